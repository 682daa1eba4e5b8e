//! The properties of `AWS::Lambda` that are supported, and why others change nothing here. A
//! function gets its `MemorySize` as a variable, and may use more.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::Lambda::EventInvokeConfig",
        emulated: "
            FunctionName Qualifier MaximumEventAgeInSeconds MaximumRetryAttempts
            DestinationConfig { OnFailure { Destination } }",
        ignored: &[],
    },
    ResourceType {
        kind: "AWS::Lambda::Function",
        emulated: "
            Code { S3Key } FunctionName Handler Runtime PackageType Role MemorySize Timeout
            Environment { Variables.** } ReservedConcurrentExecutions
            LoggingConfig { LogGroup LogFormat ApplicationLogLevel }
            TracingConfig { Mode }",
        ignored: &[
            ("Code { S3Bucket S3ObjectVersion ZipFile }", "programs are files of this machine"),
            ("Architectures[]", "every function runs on this machine"),
            ("LoggingConfig { SystemLogLevel }", "there are no system logs"),
        ],
    },
];
