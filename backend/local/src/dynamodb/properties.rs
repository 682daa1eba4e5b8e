//! The properties of `AWS::DynamoDB` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[ResourceType {
    kind: "AWS::DynamoDB::Table",
    emulated: "
            TableName
            AttributeDefinitions[] { AttributeName AttributeType }
            KeySchema[] { AttributeName KeyType }
            GlobalSecondaryIndexes[] {
                IndexName KeySchema[] { AttributeName KeyType }
                Projection { ProjectionType NonKeyAttributes[] }
            }
            TimeToLiveSpecification { AttributeName Enabled }",
    ignored: &[
        ("BillingMode", "nothing is billed or throttled"),
        ("PointInTimeRecoverySpecification.**", "there are no backups"),
        ("SSESpecification.**", "the state folder is the developer's own"),
        ("DeletionProtectionEnabled", "only --fresh deletes anything"),
        ("TableClass", "nothing is billed"),
    ],
}];
