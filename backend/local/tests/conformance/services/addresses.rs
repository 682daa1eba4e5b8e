//! Cognito: another e-mail address for an account, where it has to be proved first
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html>).

use anyhow::{Result, ensure};
use serde_json::json;

use super::person::{
    NOBODY_READS, PASSWORD, Person, ask, ask_as_client, email, sign_in_as, sign_in_by,
};
use crate::checks::{Skipped, checks, same};
use crate::target::{Mailbox, Target};
use crate::wire::http::Answer;

checks! {
    "a new one waits for its code, and the old one signs in meanwhile" => waits,
    "the code makes it the account's, which stays the same" => proved,
    "a wrong code changes nothing" => wrong_code,
    "another code can be asked for" => resent,
    "one that another account has becomes nobody else's" => taken,
    "an attribute that the client may not write is refused" => unauthorized,
    "a session of a client that may not write it does not change it" => session_alone,
    "a client that may not write it signs nobody up with it" => sign_up_alone,
}

async fn update(target: &Target, person: &Person, name: &str, value: &str) -> Result<Answer> {
    let attributes = json!([{"Name": name, "Value": value}]);
    let request = json!({"AccessToken": person.token("AccessToken"), "UserAttributes": attributes});
    ask(target, "UpdateUserAttributes", &request).await
}

async fn verify(target: &Target, person: &Person, code: &str) -> Result<Answer> {
    let request = json!({
        "AccessToken": person.token("AccessToken"), "AttributeName": "email", "Code": code,
    });
    ask(target, "VerifyUserAttribute", &request).await
}

async fn known_as(target: &Target, person: &Person) -> Result<Option<String>> {
    let request = json!({"AccessToken": person.token("AccessToken")});
    let user = ask(target, "GetUser", &request).await?.ok()?;
    let attributes = user["UserAttributes"].as_array().into_iter().flatten();
    let mut emails = attributes.filter(|it| it["Name"] == "email");
    Ok(emails.next().and_then(|it| it["Value"].as_str()).map(str::to_owned))
}

async fn waits(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = update(target, &person, "email", &email(target)).await?.ok()?;
    same!(answer["CodeDeliveryDetailsList"][0]["AttributeName"], "email");
    same!(answer["CodeDeliveryDetailsList"][0]["DeliveryMedium"], "EMAIL");
    same!(known_as(target, &person).await?, Some(person.email.clone()));
    person.sign_in(target, PASSWORD).await?.ok().map(drop)
}

async fn proved(target: &Target) -> Result<()> {
    if matches!(target.mailbox, Mailbox::Unread) {
        return Err(Skipped(NOBODY_READS).into());
    }
    let mut person = Person::signed_in(target).await?;
    let (old, new) = (person.email.clone(), email(target));
    update(target, &person, "email", &new).await?.ok()?;
    person.email = new;
    verify(target, &person, &person.code(target).await?).await?.ok()?;
    same!(known_as(target, &person).await?, Some(person.email.clone()));
    person.sign_in(target, PASSWORD).await?.ok()?;
    sign_in_as(target, &old, PASSWORD).await?.refused(400, "NotAuthorizedException")?;
    let request = json!({"AccessToken": person.token("AccessToken")});
    same!(ask(target, "GetUser", &request).await?.ok()?["Username"], person.sub.as_str());
    Ok(())
}

async fn wrong_code(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    update(target, &person, "email", &email(target)).await?.ok()?;
    verify(target, &person, "0").await?.refused(400, "CodeMismatchException")?;
    same!(known_as(target, &person).await?, Some(person.email.clone()));
    Ok(())
}

async fn resent(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    update(target, &person, "email", &email(target)).await?.ok()?;
    let request = json!({"AccessToken": person.token("AccessToken"), "AttributeName": "email"});
    let answer = ask(target, "GetUserAttributeVerificationCode", &request).await?.ok()?;
    same!(answer["CodeDeliveryDetails"]["AttributeName"], "email");
    Ok(())
}

async fn taken(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let other = Person::confirmed(target).await?;
    let answer = update(target, &person, "email", &other.email).await?;
    // Whether it is refused now or when it is verified is not documented.
    if answer.status != 200 {
        return answer.refused(400, "AliasExistsException").map(drop);
    }
    ensure!(
        !matches!(target.mailbox, Mailbox::Unread),
        Skipped("it was not refused at once, and the code is in a mailbox that nobody reads")
    );
    let code = other.code(target).await?;
    verify(target, &person, &code).await?.refused(400, "AliasExistsException").map(drop)
}

async fn unauthorized(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = update(target, &person, "name", "Ann").await?;
    answer.refused(400, "NotAuthorizedException").map(drop)
}

async fn session_alone(target: &Target) -> Result<()> {
    let mut person = Person::confirmed(target).await?;
    let client = target.stack.get("UserPoolSessionClient");
    let answer = sign_in_by(target, client, &person.email, PASSWORD).await?.ok()?;
    person.tokens = answer["AuthenticationResult"].clone();
    let answer = update(target, &person, "email", &email(target)).await?;
    answer.refused(400, "NotAuthorizedException")?;
    same!(known_as(target, &person).await?, Some(person.email.clone()));
    Ok(())
}

async fn sign_up_alone(target: &Target) -> Result<()> {
    let email = email(target);
    let request = json!({
        "ClientId": target.stack.get("UserPoolSessionClient"), "Username": email,
        "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": email}],
    });
    let answer = ask_as_client(target, "SignUp", request).await?;
    answer.refused(400, "NotAuthorizedException").map(drop)
}
