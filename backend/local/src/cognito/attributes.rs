//! Another e-mail address for an account: asked for, proved by a code that is sent there, and only
//! then the address to sign in with
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-email-phone-verification.html>,
//! "Verifying updates to email addresses and phone numbers").

use serde::Deserialize;
use serde_json::json;

use super::account::{SignedIn, signed_in};
use super::codes::{self, Purpose};
use super::sign_up::{Attribute, is_email, may_not_write};
use super::{Answer, ServiceError, UserPools, invalid, users};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateUserAttributes {
    access_token: String,
    user_attributes: Vec<Attribute>,
}

/// A code for the new address; until it is proved, everything goes on with the old one. One that
/// the account has already changes nothing, and needs no code.
pub(super) fn update_user_attributes(
    pools: &UserPools,
    request: UpdateUserAttributes,
    now: u64,
) -> Answer {
    let asks = signed_in(pools, &request.access_token, now)?;
    let mut wanted = None;
    for attribute in &request.user_attributes {
        check_attribute(&asks, &attribute.name)?;
        wanted = attribute.value.as_deref();
    }
    let Some(email) = wanted.filter(|email| *email != asks.user.email) else {
        return Ok(json!({ "CodeDeliveryDetailsList": [] }));
    };
    if !is_email(email) {
        return Err(invalid("Invalid email address format."));
    }
    let SignedIn { pool, user, .. } = &asks;
    let code = pools.store(|connection| {
        users::check_free(connection, pool, &user.sub, email)?;
        codes::make_for(connection, pool, user, email, Purpose::Email, now)
    })?;
    pools.deliver(email, &code);
    Ok(json!({ "CodeDeliveryDetailsList": [codes::delivery(email)] }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserAttributeVerificationCode {
    access_token: String,
    attribute_name: String,
}

/// Another code for the address that waits for one, or for the one there is.
pub(super) fn send_code(
    pools: &UserPools,
    request: GetUserAttributeVerificationCode,
    now: u64,
) -> Answer {
    let asks = signed_in(pools, &request.access_token, now)?;
    check_attribute(&asks, &request.attribute_name)?;
    let SignedIn { pool, user, .. } = &asks;
    let (email, code) = pools.store(|connection| {
        let waiting = codes::sent_to(connection, pool, user, Purpose::Email)?;
        let email = waiting.unwrap_or_else(|| user.email.clone());
        let code = codes::make_for(connection, pool, user, &email, Purpose::Email, now)?;
        Ok((email, code))
    })?;
    pools.deliver(&email, &code);
    Ok(json!({ "CodeDeliveryDetails": codes::delivery(&email) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyUserAttribute {
    access_token: String,
    attribute_name: String,
    code: String,
}

/// The address is proved, and the account's. Whoever is signed in stays so, under the same `sub`.
pub(super) fn verify_user_attribute(
    pools: &UserPools,
    request: VerifyUserAttribute,
    now: u64,
) -> Answer {
    let asks = signed_in(pools, &request.access_token, now)?;
    check_attribute(&asks, &request.attribute_name)?;
    let SignedIn { pool, user, .. } = &asks;
    pools.store(|connection| {
        let code = request.code.trim();
        let email = codes::spend(connection, pool, user, Purpose::Email, code, now)?;
        users::set_email(connection, pool, &user.sub, &email)
    })?;
    Ok(json!({}))
}

/// Refuses every attribute but an address that waits to be proved, and all that the client may not
/// write. That this includes asking for a code and proving the address is not documented.
fn check_attribute(asks: &SignedIn<'_>, name: &str) -> Result<(), ServiceError> {
    if !asks.client.may_write(name) {
        return Err(may_not_write());
    }
    match name == "email" && asks.pool.verifies_before_update {
        true => Ok(()),
        false => Err(invalid(format!(
            "The local Cognito changes an email that is verified before the update, and no {name}."
        ))),
    }
}
