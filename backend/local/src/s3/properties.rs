//! The properties of `AWS::S3` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[ResourceType {
    kind: "AWS::S3::Bucket",
    emulated: "
        BucketName
        CorsConfiguration {
            CorsRules[] {
                AllowedOrigins[] AllowedMethods[] AllowedHeaders[] ExposedHeaders[] MaxAge
            }
        }",
    ignored: &[
        ("CorsConfiguration { CorsRules[] { Id } }", "a label"),
        ("BucketEncryption.**", "the state folder is the developer's own"),
        ("LifecycleConfiguration.**", "the state folder keeps what it has until it is deleted"),
        ("OwnershipControls.**", "there is one account, and an ACL is refused"),
        ("PublicAccessBlockConfiguration.**", "nobody reads without a signature or the edge"),
    ],
}];
