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
    if !verified.is_empty() && !is_email(verified) {
        return Err(pool.refuse(
            "only the verification of an email before an update is supported by the local emulator",
        ));
    }
    if !is_email(pool.list("/UsernameAttributes")) {
        return Err(
            pool.refuse("only UsernameAttributes: [email] is supported by the local emulator")
        );
    }
    if !is_email(pool.list("/AutoVerifiedAttributes")) {
        return Err(
            pool.refuse("only AutoVerifiedAttributes: [email] is supported by the local emulator")
        );
    }
    let recovery = pool.list("/AccountRecoverySetting/RecoveryMechanisms");
    if recovery.iter().any(|it| it["Name"] != "verified_email") {
        return Err(pool.refuse(
            "only the RecoveryMechanism verified_email is supported by the local emulator",
        ));
    }
    if pool.text("/MfaConfiguration").is_some_and(|it| it != "OFF") {
        return Err(pool.refuse("MFA is not supported by the local emulator"));
    }
    if pool.is_true("/AdminCreateUserConfig/AllowAdminCreateUserOnly") {
        return Err(pool.refuse("AllowAdminCreateUserOnly is not supported by the local emulator"));
    }
    if !pool.list("/Schema").is_empty() {
        return Err(pool.refuse("a Schema of its own is not supported by the local emulator"));
    }
    Ok(())
}

fn client(client: &Resource) -> Result<Client> {
    if client.is_true("/GenerateSecret") {
        return Err(client.refuse("a client with a secret is not supported by the local emulator"));
    }
    let revocable = client.at("/EnableTokenRevocation");
    if revocable.is_some() && !client.is_true("/EnableTokenRevocation") {
        return Err(
            client.refuse("EnableTokenRevocation: false is not supported by the local emulator")
        );
    }
    let flows: Vec<_> =
        client.list("/ExplicitAuthFlows").iter().filter_map(|it| it.as_str()).collect();
    if let Some(other) = flows.iter().find(|it| **it != "ALLOW_USER_PASSWORD_AUTH") {
        return Err(
            client.refuse(&format!("the flow {other} is not supported by the local emulator"))
        );
    }
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
        writes: client
            .list("/WriteAttributes")
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect(),
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
