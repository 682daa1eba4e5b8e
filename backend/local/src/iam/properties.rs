//! The properties of `AWS::IAM`, and of what permits calls on functions and queues, that are
//! supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::IAM::Role",
        emulated: "
            RoleName AssumeRolePolicyDocument.** ManagedPolicyArns[]
            Policies[] { PolicyDocument.** }",
        ignored: &[
            ("Path", "no policy names roles by path"),
            ("Policies[] { PolicyName }", "a label"),
            ("MaxSessionDuration", "a function's keys are good while it runs"),
        ],
    },
    ResourceType {
        kind: "AWS::Lambda::Permission",
        emulated: "Action FunctionName Principal SourceArn SourceAccount",
        ignored: &[],
    },
    ResourceType {
        kind: "AWS::SQS::QueuePolicy",
        emulated: "Queues[] PolicyDocument.**",
        ignored: &[],
    },
];
