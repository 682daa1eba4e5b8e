//! Operations on an account: a new password, reading it, deleting it. Those on its address are in
//! [`super::attributes`].

use serde::Deserialize;
use serde_json::{Value, json};

use super::codes::{self, Purpose};
use super::pool::{Client, Pool};
use super::sign_up::unknown_user;
use super::users::{self, User};
use super::{Answer, ServiceError, UserPools, invalid, not_authorized, password, sessions};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ForgotPassword {
    client_id: String,
    username: String,
}

/// A code to choose a new password with. For a client that must not learn whether an account
/// exists, the answer is the same where no code is sent: for an unknown address and one that was
/// never verified
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html>).
pub(super) fn forgot_password(pools: &UserPools, request: ForgotPassword, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    let (user, code) = pools.store(|connection| {
        let found = users::find(connection, pool, &request.username)?;
        let user = match found.filter(|it| it.confirmed || !client.hides_existence) {
            None if !client.hides_existence => return Err(unknown_user().into()),
            None => users::simulated(connection, pool, &request.username)?,
            Some(user) if !user.confirmed => return Err(unverified().into()),
            Some(user) => user,
        };
        let code = codes::make(connection, pool, &user, Purpose::Password, now)?;
        Ok((user, code))
    })?;
    if !user.sub.starts_with(users::SIMULATED) {
        pools.deliver(&user.email, &code);
    }
    Ok(json!({ "CodeDeliveryDetails": codes::delivery(&user.email) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmForgotPassword {
    client_id: String,
    username: String,
    confirmation_code: String,
    password: String,
}

/// A new password. The sessions that began with an older one go on, as on AWS, where only a global
/// sign-out ends them (<https://github.com/aws-amplify/amplify-js/issues/6559>).
pub(super) fn confirm_forgot_password(
    pools: &UserPools,
    request: ConfirmForgotPassword,
    now: u64,
) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    pool.password_policy.check(&request.password)?;
    let hash = password::hash(&request.password);
    pools.store(|connection| {
        let found = users::find(connection, pool, &request.username)?;
        let user = match found.filter(|it| it.confirmed || !client.hides_existence) {
            None if !client.hides_existence => return Err(unknown_user().into()),
            None => users::simulated(connection, pool, &request.username)?,
            Some(user) => user,
        };
        let code = request.confirmation_code.trim();
        codes::spend(connection, pool, &user, Purpose::Password, code, now)?;
        Ok(users::set_password(connection, pool, &user.sub, &hash)?)
    })?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangePassword {
    access_token: String,
    previous_password: String,
    proposed_password: String,
}

/// A new password, given the one before. The sessions stay valid. Wrong tries count as those at
/// sign-in do, so that guessing is no easier here
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html>).
pub(super) fn change_password(pools: &UserPools, request: ChangePassword, now: u64) -> Answer {
    let SignedIn { pool, user, .. } = signed_in(pools, &request.access_token, now)?;
    pool.password_policy.check(&request.proposed_password)?;
    let hash = password::hash(&request.proposed_password);
    if users::is_locked(&user, now) {
        return Err(codes::too_many());
    }
    let is_right = password::matches(&request.previous_password, &user.password_hash);
    pools.store(|connection| {
        let now_stored = users::find(connection, pool, &user.sub)?;
        let Some(user) = now_stored.filter(|it| it.password_hash == user.password_hash) else {
            return Err(not_authorized("Incorrect username or password.").into());
        };
        if users::is_locked(&user, now) {
            return Err(codes::too_many().into());
        }
        users::tried(connection, pool, &user, is_right, now)?;
        match is_right {
            true => Ok(users::set_password(connection, pool, &user.sub, &hash)?),
            false => Err(not_authorized("Incorrect username or password.").into()),
        }
    })?;
    Ok(json!({}))
}

/// A request that is authorized by an access token.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AccessToken {
    pub(super) access_token: String,
}

/// The account that is signed in.
pub(super) fn get_user(pools: &UserPools, request: AccessToken, now: u64) -> Answer {
    let SignedIn { user, .. } = signed_in(pools, &request.access_token, now)?;
    Ok(json!({
        "Username": user.sub,
        "UserAttributes": [
            { "Name": "email", "Value": user.email },
            { "Name": "email_verified", "Value": user.confirmed.to_string() },
            { "Name": "sub", "Value": user.sub },
        ],
    }))
}

/// Deletes the account and every session of it.
pub(super) fn delete_user(pools: &UserPools, request: AccessToken, now: u64) -> Answer {
    let SignedIn { pool, user, .. } = signed_in(pools, &request.access_token, now)?;
    pools.store(|connection| {
        sessions::forget(connection, pool, &user.sub)?;
        codes::forget(connection, pool, &user.sub)?;
        Ok(users::delete(connection, pool, &user.sub)?)
    })?;
    Ok(json!({}))
}

/// Whoever an access token speaks for.
pub(super) struct SignedIn<'a> {
    pub(super) pool: &'a Pool,
    /// The client that the token was issued to.
    pub(super) client: &'a Client,
    pub(super) user: User,
}

/// Whose access token this is. Unlike an API's authorizer, Cognito itself knows which sessions
/// were signed out.
pub(super) fn signed_in<'a>(
    pools: &'a UserPools,
    access_token: &str,
    now: u64,
) -> Result<SignedIn<'a>, ServiceError> {
    let no_token = || not_authorized("Invalid Access Token");
    let claims = pools.verify(access_token).map_err(|_| no_token())?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("token_use") != "access" {
        return Err(no_token());
    }
    if claims.get("exp").and_then(Value::as_u64).unwrap_or(0) <= now / 1_000 {
        return Err(not_authorized("Access Token has expired"));
    }
    let pool = super::pool::by_issuer(&pools.shared.pools, text("iss")).ok_or_else(no_token)?;
    let client = pool.clients.get(text("client_id")).ok_or_else(no_token)?;
    let user = pools.store(|connection| {
        let Some(user) = users::find(connection, pool, text("sub"))? else {
            return Err(ServiceError::new("UserNotFoundException", "User does not exist.").into());
        };
        if sessions::is_over(connection, text("origin_jti"))? {
            return Err(not_authorized("Access Token has been revoked").into());
        }
        Ok(user)
    })?;
    Ok(SignedIn { pool, client, user })
}

fn unverified() -> ServiceError {
    invalid(
        "Cannot reset password for the user as there is no registered/verified email or \
         phone_number",
    )
}
