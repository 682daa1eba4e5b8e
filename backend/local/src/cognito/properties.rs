//! The properties of `AWS::Cognito` that are supported, and why others change nothing here.

use crate::template::resource_type::ResourceType;

/// See [`ResourceType`].
pub(crate) const TYPES: &[ResourceType] = &[
    ResourceType {
        kind: "AWS::Cognito::UserPool",
        emulated: "
            UsernameAttributes[] AutoVerifiedAttributes[] MfaConfiguration
            AdminCreateUserConfig { AllowAdminCreateUserOnly }
            UsernameConfiguration { CaseSensitive }
            Policies { PasswordPolicy {
                MinimumLength PasswordHistorySize
                RequireLowercase RequireNumbers RequireSymbols RequireUppercase
            } }
            UserAttributeUpdateSettings { AttributesRequireVerificationBeforeUpdate[] }
            AccountRecoverySetting { RecoveryMechanisms[] { Name Priority } }",
        ignored: &[
            ("UserPoolName", "a label"),
            ("UserPoolTier", "nothing is billed; what a tier adds is refused by its own property"),
            ("DeletionProtection", "only --fresh deletes anything"),
            (
                "EmailConfiguration.** VerificationMessageTemplate.**",
                "no mail is sent; codes are shown",
            ),
            ("UserPoolTags.**", "labels, for readers and bills"),
            (
                "Policies { PasswordPolicy { TemporaryPasswordValidityDays } }",
                "there are no temporary passwords",
            ),
        ],
    },
    ResourceType {
        kind: "AWS::Cognito::UserPoolClient",
        emulated: "
            UserPoolId GenerateSecret ExplicitAuthFlows[] WriteAttributes[]
            AccessTokenValidity IdTokenValidity RefreshTokenValidity
            TokenValidityUnits { AccessToken IdToken RefreshToken }
            EnableTokenRevocation PreventUserExistenceErrors
            RefreshTokenRotation { Feature RetryGracePeriodSeconds }",
        ignored: &[("ClientName", "a label"), ("AuthSessionValidity", "no flow has a challenge")],
    },
];
