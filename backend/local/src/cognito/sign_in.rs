//! Signing in with a password, staying signed in, signing out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{AccessToken, SignedIn, signed_in};
use super::pool::{Client, Pool};
use super::sessions::{self, Session};
use super::users::{self, User};
use super::{Answer, ServiceError, UserPools, invalid, not_authorized, password};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InitiateAuth {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: BTreeMap<String, String>,
}

/// A session begins with the right password of a confirmed account.
pub(super) fn initiate_auth(pools: &UserPools, request: InitiateAuth, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    if request.auth_flow != "USER_PASSWORD_AUTH" || !client.password_auth {
        return Err(invalid(format!("{} flow not enabled for this client", request.auth_flow)));
    }
    let parameter = |name: &str| {
        let value = request.auth_parameters.get(name);
        value.ok_or_else(|| invalid(format!("Missing required parameter {name}")))
    };
    let (username, typed) = (parameter("USERNAME")?, parameter("PASSWORD")?);
    let asked = pools.store(|connection| {
        if !client.hides_existence && users::find(connection, pool, username)?.is_none() {
            return Err(unknown().into());
        }
        Ok(users::find_or_simulate(connection, pool, username)?)
    })?;
    users::check_lock(&asked, now)?;
    // Outside the store, which one request at a time has: hashing takes milliseconds.
    let is_right = password::matches(typed, &asked.password_hash);
    let (user, session, refresh_token) = pools.store(|connection| {
        let user = users::find_or_simulate(connection, pool, username)?;
        // Who guesses many at once is locked out by the first that are wrong.
        users::check_lock(&user, now)?;
        let is_right = is_right && user.password_hash == asked.password_hash;
        users::tried(connection, pool, &user, is_right, now)?;
        if !is_right {
            return Err(not_authorized("Incorrect username or password.").into());
        }
        if !user.confirmed {
            let why = "User is not confirmed.";
            return Err(ServiceError::new("UserNotConfirmedException", why).into());
        }
        let (session, refresh_token) = sessions::begin(connection, pool, client, &user, now)?;
        Ok((user, session, refresh_token))
    })?;
    let result = result(pools, pool, client, &user, &session, Some(refresh_token), now)?;
    Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTokensFromRefreshToken {
    client_id: String,
    refresh_token: String,
}

/// New tokens for a session that goes on.
pub(super) fn refresh(pools: &UserPools, request: GetTokensFromRefreshToken, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    let (user, session, refresh_token) = pools.store(|connection| {
        let (session, next) = sessions::refresh(connection, client, &request.refresh_token, now)?;
        let user = users::find(connection, pool, &session.sub)?;
        let user = user.ok_or_else(|| not_authorized("Invalid Refresh Token"))?;
        Ok((user, session, next))
    })?;
    let result = result(pools, pool, client, &user, &session, refresh_token, now)?;
    Ok(json!({ "AuthenticationResult": result }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeToken {
    client_id: String,
    token: String,
}

/// A session ends.
pub(super) fn revoke_token(pools: &UserPools, request: RevokeToken) -> Answer {
    let (_, client) = pools.client(&request.client_id)?;
    if pools.verify(&request.token).is_ok() {
        let why = "Only refresh tokens can be revoked.";
        return Err(ServiceError::new("UnsupportedTokenTypeException", why));
    }
    pools.store(|connection| Ok(sessions::revoke(connection, client, &request.token)?))?;
    Ok(json!({}))
}

/// Every session of the account ends: its refresh tokens refresh nothing, and Cognito's own calls
/// refuse its access tokens. An API's authorizer does not ask Cognito, so there they are good until
/// they expire
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html>:
/// "Other requests might be valid until your user's token expires").
pub(super) fn global_sign_out(pools: &UserPools, request: AccessToken, now: u64) -> Answer {
    let SignedIn { pool, user, .. } = signed_in(pools, &request.access_token, now)?;
    pools.store(|connection| Ok(sessions::revoke_all(connection, pool, &user.sub)?))?;
    Ok(json!({}))
}

fn result(
    pools: &UserPools,
    pool: &Pool,
    client: &Client,
    user: &User,
    session: &Session,
    refresh_token: Option<String>,
    now: u64,
) -> Result<Value, ServiceError> {
    let tokens = pools.issue(pool, client, user, session, now)?;
    let mut result = json!({
        "AccessToken": tokens.access_token,
        "IdToken": tokens.id_token,
        "ExpiresIn": client.access_seconds,
        "TokenType": "Bearer",
    });
    if let Some(token) = refresh_token {
        result["RefreshToken"] = token.into();
    }
    Ok(result)
}

fn unknown() -> ServiceError {
    ServiceError::new("UserNotFoundException", "User does not exist.")
}
