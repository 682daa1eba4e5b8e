//! What the template says about a pool and its clients.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use anyhow::Result;

use super::keys::Keys;
use super::password::PasswordPolicy;
use crate::template::{Resource, Stack};

/// A user pool.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) id: String,
    /// `https://cognito-idp.{region}.{suffix}/{pool}`, the `iss` of every token.
    pub(super) issuer: String,
    pub(super) password_policy: PasswordPolicy,
    /// Whether a new address becomes the account's only once it is proved.
    pub(super) verifies_before_update: bool,
    /// Whether `Ann@example.com` and `ann@example.com` are two accounts.
    pub(super) case_sensitive: bool,
    pub(super) clients: BTreeMap<String, Client>,
    /// Made in the background at the first start of a state, kept in the store.
    pub(super) keys: OnceLock<Result<Keys, String>>,
}

/// A client of a pool.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: String,
    /// Whether `ALLOW_USER_PASSWORD_AUTH` is among its flows.
    pub(super) password_auth: bool,
    /// Seconds an access token is valid.
    pub(super) access_seconds: u64,
    /// Seconds an ID token is valid.
    pub(super) id_seconds: u64,
    /// Seconds a session can be refreshed.
    pub(super) refresh_seconds: u64,
    /// If refresh tokens rotate: seconds a replaced one stays valid.
    pub(super) rotation_grace_seconds: Option<u64>,
    /// Whether its errors hide that an account does not exist.
    pub(super) hides_existence: bool,
    /// The attributes that it may write; empty if all of them.
    pub(super) writes: Vec<String>,
}

impl Client {
    /// Whether it may write an attribute.
    pub(super) fn may_write(&self, name: &str) -> bool {
        self.writes.is_empty() || self.writes.iter().any(|it| it == name)
    }
}

impl Pool {
    pub(super) fn new(stack: &Stack, pool: &Resource) -> Result<Self> {
        check(pool)?;
        let clients = stack.of_kind("AWS::Cognito::UserPoolClient");
        let own = clients.filter(|it| it.text("/UserPoolId") == Some(&pool.physical_id));
        Ok(Self {
            id: pool.physical_id.clone(),
            issuer: stack.attribute(&pool.logical_id, "ProviderURL").unwrap_or_default(),
            password_policy: PasswordPolicy::new(pool)?,
            verifies_before_update: is_email(pool.list(VERIFY_BEFORE_UPDATE)),
            case_sensitive: pool
                .at("/UsernameConfiguration/CaseSensitive")
                .is_none_or(|_| pool.is_true("/UsernameConfiguration/CaseSensitive")),
            clients: own
                .map(|it| Ok((it.physical_id.clone(), client(it)?)))
                .collect::<Result<_>>()?,
            keys: OnceLock::new(),
        })
    }

    /// The form of an address that identifies accounts.
    pub(super) fn key_of(&self, email: &str) -> String {
        if self.case_sensitive { email.to_owned() } else { email.to_lowercase() }
    }
}

const VERIFY_BEFORE_UPDATE: &str =
    "/UserAttributeUpdateSettings/AttributesRequireVerificationBeforeUpdate";

fn is_email(list: &[serde_json::Value]) -> bool {
    list.len() == 1 && list[0] == "email"
}

/// Refuses what would have to be honoured and is not.
fn check(pool: &Resource) -> Result<()> {
    let verified = pool.list(VERIFY_BEFORE_UPDATE);
    let recovery = pool.list("/AccountRecoverySetting/RecoveryMechanisms");
    refuse_any(
        pool,
        &[
            (!verified.is_empty() && !is_email(verified), "verifying other than [email]"),
            (!is_email(pool.list("/UsernameAttributes")), "UsernameAttributes other than [email]"),
            (
                !is_email(pool.list("/AutoVerifiedAttributes")),
                "AutoVerifiedAttributes other than [email]",
            ),
            (
                recovery.iter().any(|it| it["Name"] != "verified_email"),
                "a RecoveryMechanism other than verified_email",
            ),
            (pool.text("/MfaConfiguration").is_some_and(|it| it != "OFF"), "MFA"),
            (
                pool.is_true("/AdminCreateUserConfig/AllowAdminCreateUserOnly"),
                "AllowAdminCreateUserOnly",
            ),
        ],
    )
}

/// Refuses a resource by the first line whose condition holds.
fn refuse_any(resource: &Resource, unsupported: &[(bool, &str)]) -> Result<()> {
    let found = unsupported.iter().find(|(is_declared, _)| *is_declared);
    found.map_or(Ok(()), |(_, what)| Err(resource.unsupported(what)))
}

fn client(client: &Resource) -> Result<Client> {
    let flows: Vec<&str> = client.texts("/ExplicitAuthFlows").collect();
    let is_revocable = client
        .at("/EnableTokenRevocation")
        .is_none_or(|_| client.is_true("/EnableTokenRevocation"));
    refuse_any(
        client,
        &[
            (client.is_true("/GenerateSecret"), "a client with a secret"),
            (!is_revocable, "EnableTokenRevocation: false"),
            (
                flows.iter().any(|it| *it != "ALLOW_USER_PASSWORD_AUTH"),
                "a flow other than ALLOW_USER_PASSWORD_AUTH",
            ),
        ],
    )?;
    let rotates = client.text("/RefreshTokenRotation/Feature") == Some("ENABLED");
    let grace = client.number("/RefreshTokenRotation/RetryGracePeriodSeconds")?.unwrap_or(0);
    if grace > 60 {
        return Err(client.refuse("RetryGracePeriodSeconds is at most 60"));
    }
    Ok(Client {
        id: client.physical_id.clone(),
        password_auth: flows.contains(&"ALLOW_USER_PASSWORD_AUTH"),
        access_seconds: validity(client, "AccessToken", 1, "hours")?,
        id_seconds: validity(client, "IdToken", 1, "hours")?,
        refresh_seconds: validity(client, "RefreshToken", 30, "days")?,
        rotation_grace_seconds: rotates.then_some(grace),
        hides_existence: client.text("/PreventUserExistenceErrors") == Some("ENABLED"),
        writes: client.texts("/WriteAttributes").map(str::to_owned).collect(),
    })
}

/// How long a kind of token is valid, in seconds
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TokenValidityUnitsType.html>).
fn validity(client: &Resource, token: &str, default: u64, unit: &str) -> Result<u64> {
    let number = client.number(&format!("/{token}Validity"))?.unwrap_or(default);
    let unit = client.text(&format!("/TokenValidityUnits/{token}")).unwrap_or(unit);
    let seconds = match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 60 * 60,
        "days" => 24 * 60 * 60,
        other => return Err(client.refuse(&format!("there is no unit {other}"))),
    };
    let seconds = number.saturating_mul(seconds);
    let range = if token == "RefreshToken" { 3_600..=315_360_000 } else { 300..=86_400 };
    if !range.contains(&seconds) {
        let why = format!("{token}Validity must be {} to {} seconds", range.start(), range.end());
        return Err(client.refuse(&why));
    }
    Ok(seconds)
}

/// The pool whose tokens say they are from `issuer`.
pub(super) fn by_issuer<'a>(pools: &'a BTreeMap<String, Pool>, issuer: &str) -> Option<&'a Pool> {
    pools.values().find(|it| it.issuer == issuer)
}
