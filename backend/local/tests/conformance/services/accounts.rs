//! Cognito: how an account begins and ends
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html>).

use anyhow::{Result, ensure};
use serde_json::json;

use super::person::{
    NOBODY_READS, PASSWORD, Person, ask, ask_as_client, email, sign_in_as, sign_up_as,
};
use crate::checks::{Skipped, checks, same, token};
use crate::target::{Mailbox, Target};

checks! {
    "a sign-up waits for its code" => sign_up,
    "the answer to a sign-up hides the address" => hidden_address,
    "an address that has an account is refused" => duplicate,
    "a password that is too short is refused" => weak,
    "a name that is no e-mail address is refused" => no_email,
    "a client that is not there is refused" => no_client,
    "a wrong code is refused" => wrong_code,
    "the code confirms the account, once" => confirmed_once,
    "before that nobody signs in" => unconfirmed,
    "an address counts in any case" => any_case,
    "a deleted account is as one that never was" => deleted,
}

async fn sign_up(target: &Target) -> Result<()> {
    let answer = sign_up_as(target, &email(target), PASSWORD).await?.ok()?;
    same!(answer["UserConfirmed"], false);
    same!(answer["UserSub"].as_str().map(str::len), Some(36));
    same!(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    same!(answer["CodeDeliveryDetails"]["AttributeName"], "email");
    Ok(())
}

async fn hidden_address(target: &Target) -> Result<()> {
    let answer = sign_up_as(target, &email(target), PASSWORD).await?.ok()?;
    let shown = answer["CodeDeliveryDetails"]["Destination"].as_str().unwrap_or_default();
    ensure!(shown.contains("***@"), "it is shown as {shown}");
    Ok(())
}

async fn duplicate(target: &Target) -> Result<()> {
    let person = Person::signed_up(target).await?;
    let answer = sign_up_as(target, &person.email, PASSWORD).await?;
    answer.refused(400, "UsernameExistsException").map(drop)
}

async fn weak(target: &Target) -> Result<()> {
    let answer = sign_up_as(target, &email(target), "short").await?;
    let why = answer.refused(400, "InvalidPasswordException")?;
    ensure!(why.starts_with("Password did not conform with policy: "), "{why}");
    Ok(())
}

async fn no_email(target: &Target) -> Result<()> {
    let answer = sign_up_as(target, "nobody", PASSWORD).await?;
    answer.refused(400, "InvalidParameterException").map(drop)
}

async fn no_client(target: &Target) -> Result<()> {
    let request = json!({"ClientId": token(), "Username": email(target), "Password": PASSWORD});
    ask_as_client(target, "SignUp", request)
        .await?
        .refused(400, "ResourceNotFoundException")
        .map(drop)
}

async fn wrong_code(target: &Target) -> Result<()> {
    let person = Person::signed_up(target).await?;
    let answer = person.confirm(target, "0").await?;
    let why = answer.refused(400, "CodeMismatchException")?;
    same!(why, "Invalid verification code provided, please try again.");
    Ok(())
}

async fn confirmed_once(target: &Target) -> Result<()> {
    if matches!(target.mailbox, Mailbox::Unread) {
        return Err(Skipped(NOBODY_READS).into());
    }
    let person = Person::signed_up(target).await?;
    let code = person.code(target).await?;
    person.confirm(target, &code).await?.ok()?;
    let why = person.confirm(target, &code).await?.refused(400, "NotAuthorizedException")?;
    same!(why, "User cannot be confirmed. Current status is CONFIRMED");
    Ok(())
}

async fn unconfirmed(target: &Target) -> Result<()> {
    let person = Person::signed_up(target).await?;
    let answer = person.sign_in(target, PASSWORD).await?;
    same!(answer.refused(400, "UserNotConfirmedException")?, "User is not confirmed.");
    Ok(())
}

async fn any_case(target: &Target) -> Result<()> {
    let person = Person::confirmed(target).await?;
    sign_in_as(target, &person.email.to_uppercase(), PASSWORD).await?.ok().map(drop)
}

async fn deleted(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let request = json!({"AccessToken": person.token("AccessToken")});
    ask(target, "DeleteUser", &request).await?.ok()?;
    let answer = person.sign_in(target, PASSWORD).await?;
    let why = answer.refused(400, "NotAuthorizedException")?;
    same!(why, "Incorrect username or password.");
    Ok(())
}
