//! The properties of `AWS::SQS` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[ResourceType {
    kind: "AWS::SQS::Queue",
    emulated: "
            QueueName MessageRetentionPeriod VisibilityTimeout DelaySeconds
            ReceiveMessageWaitTimeSeconds MaximumMessageSize",
    ignored: &[(
        "SqsManagedSseEnabled KmsMasterKeyId KmsDataKeyReusePeriodSeconds",
        "the state folder is the developer's own",
    )],
}];
