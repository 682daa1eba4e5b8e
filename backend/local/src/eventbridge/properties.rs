//! The properties of `AWS::Events` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::Events::EventBus",
        emulated: "Name",
        ignored: &[("LogConfig.**", "the console shows what happens")],
    },
    ResourceType {
        kind: "AWS::Events::Rule",
        emulated: "
            Name EventBusName EventPattern.** ScheduleExpression State
            Targets[] {
                Arn Id Input DeadLetterConfig { Arn }
                RetryPolicy { MaximumEventAgeInSeconds MaximumRetryAttempts }
            }",
        ignored: &[],
    },
];
