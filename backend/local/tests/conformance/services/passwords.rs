//! Cognito: a password that was forgotten
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html>)
//! and one that is changed
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html>).

use anyhow::Result;
use serde_json::json;

use super::person::{NOBODY_READS, PASSWORD, Person, ask, ask_as_client};
use crate::checks::{Skipped, checks, same, token};
use crate::target::{Mailbox, Target};
use crate::wire::http::Answer;

checks! {
    "a code from the mail sets a new one, and the old one is none any more" => forgotten,
    "a wrong code sets nothing" => wrong_code,
    "for an address that has no account a code is promised, too" => unknown,
    "whoever is signed in and knows it changes it, and stays signed in" => changed,
    "whoever does not know it does not change it" => unchanged,
    "one that is too short does not replace it" => too_short,
}

const NEW_PASSWORD: &str = "battery staple";

async fn forgot(target: &Target, email: &str) -> Result<Answer> {
    ask_as_client(target, "ForgotPassword", json!({"Username": email})).await
}

async fn choose(target: &Target, person: &Person, code: &str) -> Result<Answer> {
    let request = json!({
        "Username": person.email, "ConfirmationCode": code, "Password": NEW_PASSWORD,
    });
    ask_as_client(target, "ConfirmForgotPassword", request).await
}

/// Somebody whose mail is read: what was confirmed by an administrator has no proved address, to
/// which a code could go.
async fn reachable(target: &Target) -> Result<Person> {
    match target.mailbox {
        Mailbox::Unread => Err(Skipped(NOBODY_READS).into()),
        _ => Person::confirmed(target).await,
    }
}

async fn forgotten(target: &Target) -> Result<()> {
    let person = reachable(target).await?;
    let answer = forgot(target, &person.email).await?.ok()?;
    same!(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    choose(target, &person, &person.code(target).await?).await?.ok()?;
    person.sign_in(target, NEW_PASSWORD).await?.ok()?;
    let old = person.sign_in(target, PASSWORD).await?;
    old.refused(400, "NotAuthorizedException").map(drop)
}

async fn wrong_code(target: &Target) -> Result<()> {
    let person = reachable(target).await?;
    forgot(target, &person.email).await?.ok()?;
    choose(target, &person, "0").await?.refused(400, "CodeMismatchException")?;
    person.sign_in(target, PASSWORD).await?.ok().map(drop)
}

async fn unknown(target: &Target) -> Result<()> {
    let answer = forgot(target, &format!("{}@example.com", token())).await?.ok()?;
    same!(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    Ok(())
}

async fn change(target: &Target, person: &Person, old: &str, new: &str) -> Result<Answer> {
    let request = json!({
        "AccessToken": person.token("AccessToken"), "PreviousPassword": old, "ProposedPassword": new,
    });
    ask(target, "ChangePassword", &request).await
}

async fn changed(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    change(target, &person, PASSWORD, NEW_PASSWORD).await?.ok()?;
    person.sign_in(target, NEW_PASSWORD).await?.ok()?;
    person.sign_in(target, PASSWORD).await?.refused(400, "NotAuthorizedException")?;
    let request = json!({"AccessToken": person.token("AccessToken")});
    ask(target, "GetUser", &request).await?.ok().map(drop)
}

async fn unchanged(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = change(target, &person, "wrong horse", NEW_PASSWORD).await?;
    answer.refused(400, "NotAuthorizedException")?;
    person.sign_in(target, PASSWORD).await?.ok().map(drop)
}

async fn too_short(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = change(target, &person, PASSWORD, "short").await?;
    answer.refused(400, "InvalidPasswordException").map(drop)
}
