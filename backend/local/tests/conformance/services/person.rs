//! Somebody with an account, and the calls that their browser makes.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::checks::{Skipped, token};
use crate::target::{Mailbox, Target};
use crate::wire::aws::COGNITO;
use crate::wire::http::{self, Answer};

/// The password of everybody.
pub(super) const PASSWORD: &str = "correct horse";

/// Why checks that need a code are skipped on AWS.
pub(super) const NOBODY_READS: &str = "the code is in a mailbox that the suite does not read";

/// Somebody with an account.
pub(super) struct Person {
    pub(super) email: String,
    pub(super) sub: String,
    /// `AuthenticationResult` of the last sign-in; `null` before the first.
    pub(super) tokens: Value,
    /// The code that was spent last; empty before the first.
    spent: String,
}

impl Person {
    /// Signs up and does not confirm it.
    pub(super) async fn signed_up(target: &Target) -> Result<Self> {
        let email = email(target);
        let answer = sign_up_as(target, &email, PASSWORD).await?.ok()?;
        let sub = answer["UserSub"].as_str().context("no UserSub")?.to_owned();
        Ok(Self { email, sub, tokens: Value::Null, spent: String::new() })
    }

    /// Signs up and confirms it; where nobody reads the mail, as an administrator.
    pub(super) async fn confirmed(target: &Target) -> Result<Self> {
        let mut person = Self::signed_up(target).await?;
        match target.mailbox {
            Mailbox::Unread => {
                let pool = target.stack.get("UserPool");
                let request = json!({"UserPoolId": pool, "Username": person.email});
                target.aws.call(COGNITO, "AdminConfirmSignUp", &request).await?.ok()?;
            }
            _ => {
                person.spent = person.code(target).await?;
                person.confirm(target, &person.spent).await?.ok()?;
            }
        }
        Ok(person)
    }

    /// Signs up, confirms it and signs in.
    pub(super) async fn signed_in(target: &Target) -> Result<Self> {
        let mut person = Self::confirmed(target).await?;
        let answer = person.sign_in(target, PASSWORD).await?.ok()?;
        person.tokens = answer["AuthenticationResult"].clone();
        Ok(person)
    }

    /// Asks for a session.
    pub(super) async fn sign_in(&self, target: &Target, password: &str) -> Result<Answer> {
        sign_in_as(target, &self.email, password).await
    }

    /// A token of the last sign-in, such as `AccessToken`.
    pub(super) fn token(&self, name: &str) -> &str {
        self.tokens[name].as_str().unwrap_or_default()
    }

    /// Waits for a code in the mail that is not the one spent last.
    pub(super) async fn code(&self, target: &Target) -> Result<String> {
        let look = async || {
            let found = match &target.mailbox {
                Mailbox::Codes(address) => {
                    let mails = http::send("GET", address, &[], "").await?.ok()?;
                    let mut mails = mails.as_array().into_iter().flatten();
                    let ours = mails.find(|it| it["email"] == self.email.as_str());
                    ours.and_then(|it| it["code"].as_str()).map(str::to_owned)
                }
                Mailbox::Messages(address) => {
                    let messages = http::send("GET", address, &[], "").await?.ok()?;
                    let accounts = messages["messages"].as_object().into_iter().flatten();
                    let mut mails =
                        accounts.flat_map(|(_, it)| it.as_array().into_iter().flatten());
                    let ours = mails.rfind(|it| it["To"].to_string().contains(&self.email));
                    ours.and_then(|it| digits(it["BodyText"].as_str()?))
                }
                Mailbox::Unread => return Err(Skipped(NOBODY_READS).into()),
            };
            Ok(found.filter(|it| *it != self.spent))
        };
        target.eventually(target.patience.soon, look).await
    }

    /// Confirms the account with a code.
    pub(super) async fn confirm(&self, target: &Target, code: &str) -> Result<Answer> {
        let request = json!({"Username": self.email, "ConfirmationCode": code});
        ask_as_client(target, "ConfirmSignUp", request).await
    }
}

/// A call as a browser makes it: unsigned.
pub(super) async fn ask(target: &Target, operation: &str, request: &Value) -> Result<Answer> {
    let operation = format!("AWSCognitoIdentityProviderService.{operation}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &operation)];
    http::send("POST", &target.cognito, &headers, request.to_string()).await
}

/// The same with the stack's client, unless the request names another.
pub(super) async fn ask_as_client(
    target: &Target,
    operation: &str,
    mut request: Value,
) -> Result<Answer> {
    if request.get("ClientId").is_none() {
        request["ClientId"] = json!(target.stack.get("UserPoolClient"));
    }
    ask(target, operation, &request).await
}

/// Asks for a session with a password.
pub(super) async fn sign_in_as(target: &Target, name: &str, password: &str) -> Result<Answer> {
    sign_in_by(target, target.stack.get("UserPoolClient"), name, password).await
}

/// The same by a client of the stack.
pub(super) async fn sign_in_by(
    target: &Target,
    client: &str,
    name: &str,
    password: &str,
) -> Result<Answer> {
    let parameters = json!({"USERNAME": name, "PASSWORD": password});
    let request = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
    });
    ask(target, "InitiateAuth", &request).await
}

/// An address that nobody has. What AWS sends there is swallowed, and harms nobody's reputation
/// (<https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>).
pub(super) fn email(target: &Target) -> String {
    match target.mailbox {
        Mailbox::Unread => format!("success+{}@simulator.amazonses.com", token()),
        _ => format!("{}@example.com", token()),
    }
}

/// The first six digits in a row.
fn digits(text: &str) -> Option<String> {
    text.split(|it: char| !it.is_ascii_digit()).find(|it| it.len() == 6).map(str::to_owned)
}

/// Asks for an account.
pub(super) async fn sign_up_as(target: &Target, name: &str, password: &str) -> Result<Answer> {
    let attributes = json!([{"Name": "email", "Value": name}]);
    let request = json!({"Username": name, "Password": password, "UserAttributes": attributes});
    ask_as_client(target, "SignUp", request).await
}
