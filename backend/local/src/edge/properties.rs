//! The properties of `AWS::CloudFront` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::CloudFront::CachePolicy",
        emulated: "
            CachePolicyConfig {
                MinTTL DefaultTTL MaxTTL
                ParametersInCacheKeyAndForwardedToOrigin {
                    EnableAcceptEncodingBrotli EnableAcceptEncodingGzip
                    HeadersConfig { HeaderBehavior }
                    CookiesConfig { CookieBehavior }
                    QueryStringsConfig { QueryStringBehavior QueryStrings[] }
                }
            }",
        ignored: &[
            ("CachePolicyConfig { Name }", "a label"),
            ("CachePolicyConfig { Comment }", "a comment"),
        ],
    },
    ResourceType {
        kind: "AWS::CloudFront::Distribution",
        emulated: "
            DistributionConfig {
                Origins[] { Id DomainName OriginCustomHeaders[] { HeaderName HeaderValue } }
                CustomErrorResponses[] { ErrorCode ErrorCachingMinTTL }
                DefaultCacheBehavior {
                    TargetOriginId AllowedMethods[] Compress CachePolicyId OriginRequestPolicyId
                    ResponseHeadersPolicyId
                }
                CacheBehaviors[] {
                    PathPattern TargetOriginId AllowedMethods[] Compress CachePolicyId OriginRequestPolicyId
                    ResponseHeadersPolicyId
                }
            }",
        ignored: &[
            ("DistributionConfig { Enabled }", "an edge that is asked for is enabled"),
            ("DistributionConfig { Comment }", "a comment"),
            ("DistributionConfig { HttpVersion }", "loopback speaks HTTP/1.1"),
            ("DistributionConfig { IPV6Enabled }", "it listens on loopback"),
            ("DistributionConfig { PriceClass }", "there is one location"),
            ("DistributionConfig { Aliases[] }", "it has no name but loopback's"),
            ("DistributionConfig { ViewerCertificate.** }", "loopback needs no TLS"),
            ("DistributionConfig { DefaultRootObject }", "the page's folder has its index.html"),
            ("DistributionConfig { WebACLId }", "there is no WAF"),
            ("DistributionConfig { Logging.** }", "the console shows what happens"),
            ("DistributionConfig { Origins[] { OriginAccessControlId S3OriginConfig.** } }", "files are read from a folder"),
            ("DistributionConfig { Origins[] { CustomOriginConfig.** } }", "the APIs are in the same process"),
            ("DistributionConfig { DefaultCacheBehavior { ViewerProtocolPolicy } }", "loopback needs no TLS"),
            ("DistributionConfig { CacheBehaviors[] { ViewerProtocolPolicy } }", "loopback needs no TLS"),
            ("DistributionConfig { DefaultCacheBehavior { FunctionAssociations.** } }", "the page's folder answers a path without extension by index.html itself"),
            ("DistributionConfig { CacheBehaviors[] { FunctionAssociations.** } }", "JavaScript is not run"),
        ],
    },
    ResourceType {
        kind: "AWS::CloudFront::ResponseHeadersPolicy",
        emulated: "
            ResponseHeadersPolicyConfig {
                SecurityHeadersConfig {
                    ContentSecurityPolicy { ContentSecurityPolicy Override }
                    ContentTypeOptions { Override }
                    ReferrerPolicy { ReferrerPolicy Override }
                    StrictTransportSecurity {
                        AccessControlMaxAgeSec IncludeSubdomains Preload Override
                    }
                }
                CustomHeadersConfig { Items[] { Header Value Override } }
            }",
        ignored: &[
            ("ResponseHeadersPolicyConfig { Name }", "a label"),
            ("ResponseHeadersPolicyConfig { Comment }", "a comment"),
        ],
    },
];
