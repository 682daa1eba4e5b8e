//! Signing up, and proving the address.

use serde::Deserialize;
use serde_json::json;

use super::codes::{self, Purpose};
use super::{Answer, ServiceError, UserPools, invalid, not_authorized, password, users};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignUp {
    client_id: String,
    username: String,
    password: String,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

/// An account that waits for its code. Its address is an attribute, which the client must be allowed
/// to write. Cognito refuses that of an attribute in the request
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>,
/// "Attribute permissions and scopes"); what it makes of a username that fills in the address by
/// itself is not documented, and is refused here as well.
pub(super) fn sign_up(pools: &UserPools, request: SignUp, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    if !client.may_write("email") {
        return Err(may_not_write());
    }
    let email = request.username.as_str();
    if !is_email(email) {
        return Err(invalid("Username should be an email."));
    }
    check_attributes(email, &request.user_attributes)?;
    pool.password_policy.check(&request.password)?;
    let hash = password::hash(&request.password);
    let (user, code) = pools.store(|connection| {
        let user = users::create(connection, pool, email, &hash)?;
        let code = codes::make(connection, pool, &user, Purpose::SignUp, now)?;
        Ok((user, code))
    })?;
    pools.deliver(email, &code);
    Ok(json!({
        "UserConfirmed": false,
        "UserSub": user.sub,
        "CodeDeliveryDetails": codes::delivery(email),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmSignUp {
    client_id: String,
    username: String,
    confirmation_code: String,
}

/// The address is proved.
pub(super) fn confirm_sign_up(pools: &UserPools, request: ConfirmSignUp, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    pools.store(|connection| {
        let Some(user) = users::find(connection, pool, &request.username)? else {
            let hidden = client.hides_existence;
            return Err(if hidden { codes::mismatch() } else { unknown_user() }.into());
        };
        if user.confirmed {
            let why = "User cannot be confirmed. Current status is CONFIRMED";
            return Err(not_authorized(why).into());
        }
        let code = request.confirmation_code.trim();
        codes::spend(connection, pool, &user, Purpose::SignUp, code, now)?;
        Ok(users::confirm(connection, pool, &user.sub)?)
    })?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResendConfirmationCode {
    client_id: String,
    username: String,
}

/// Another code; the one before is void.
pub(super) fn resend_code(pools: &UserPools, request: ResendConfirmationCode, now: u64) -> Answer {
    let (pool, client) = pools.client(&request.client_id)?;
    let sent = pools.store(|connection| {
        let Some(user) = users::find(connection, pool, &request.username)? else {
            return if client.hides_existence { Ok(None) } else { Err(unknown_user().into()) };
        };
        if user.confirmed {
            return Err(invalid("User is already confirmed.").into());
        }
        let code = codes::make(connection, pool, &user, Purpose::SignUp, now)?;
        Ok(Some((user.email, code)))
    })?;
    let email = sent.as_ref().map_or(request.username.as_str(), |(email, _)| email);
    if let Some((email, code)) = &sent {
        pools.deliver(email, code);
    }
    Ok(json!({ "CodeDeliveryDetails": codes::delivery(email) }))
}

/// `NotAuthorizedException`: the client's `WriteAttributes` lack the attribute.
pub(super) fn may_not_write() -> ServiceError {
    not_authorized("A client attempted to write unauthorized attribute")
}

/// `UserNotFoundException`, where the client may know.
pub(super) fn unknown_user() -> ServiceError {
    ServiceError::new("UserNotFoundException", "Username/client id combination not found.")
}

/// Whether a text is an e-mail address that Cognito takes.
pub(super) fn is_email(text: &str) -> bool {
    let has_parts = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.contains('@')
            && domain.split('.').all(|it| !it.is_empty())
            && domain.contains('.')
    });
    let is_printable =
        text.len() <= 128 && !text.contains(|it: char| it.is_whitespace() || it.is_control());
    has_parts && is_printable
}

/// The address is already given as the username; no other attribute is kept here.
fn check_attributes(email: &str, attributes: &[Attribute]) -> Result<(), ServiceError> {
    for attribute in attributes {
        let same = attribute.value.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(email));
        if attribute.name != "email" || !same {
            let why =
                format!("The attribute {} is not supported by the local emulator.", attribute.name);
            return Err(invalid(why));
        }
    }
    Ok(())
}
