//! Cognito: how a session begins, goes on and ends
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html>).

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::person::{PASSWORD, Person, ask, ask_as_client, sign_in_as};
use crate::checks::{checks, same, token};
use crate::target::Target;

checks! {
    "an account's id signs in as its address does" => by_id,
    "a wrong password and an unknown name are refused in the same words" => wrong_password,
    "an access token says whose it is and what it is good for" => access_token,
    "an access token names the session and the event that it came of" => origin,
    "an ID token says who it is" => id_token,
    "a refresh gives new tokens" => refresh,
    "a refresh keeps the time of the sign-in" => keeps_auth_time,
    "a refresh token rotates" => rotates,
    "a refresh token that is none is refused" => wrong_refresh,
    "a refresh token of one client is refused to another" => another_client,
    "REFRESH_TOKEN_AUTH is refused to a client that rotates" => no_refresh_flow,
    "a revoked refresh token refreshes nothing" => revoke,
    "after a global sign-out nothing of the session is good at Cognito" => global_sign_out,
    "an access token tells Cognito who asks" => get_user,
}

async fn by_id(target: &Target) -> Result<()> {
    let person = Person::confirmed(target).await?;
    sign_in_as(target, &person.sub, PASSWORD).await?.ok().map(drop)
}

async fn wrong_password(target: &Target) -> Result<()> {
    const WORDS: &str = "Incorrect username or password.";
    let person = Person::confirmed(target).await?;
    let wrong = person.sign_in(target, "wrong horse").await?;
    same!(wrong.refused(400, "NotAuthorizedException")?, WORDS);
    let unknown = sign_in_as(target, &format!("{}@example.com", token()), PASSWORD).await?;
    same!(unknown.refused(400, "NotAuthorizedException")?, WORDS);
    Ok(())
}

async fn access_token(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    same!(person.tokens["TokenType"], "Bearer");
    same!(person.tokens["ExpiresIn"], 900);
    let (header, claims) = read(person.token("AccessToken"))?;
    same!(header["alg"], "RS256");
    ensure!(header["kid"].is_string(), "{header}");
    same!(claims["token_use"], "access");
    same!(claims["client_id"], target.stack.get("UserPoolClient"));
    same!(claims["scope"], "aws.cognito.signin.user.admin");
    same!(claims["sub"], person.sub.as_str());
    same!(claims["username"], person.sub.as_str());
    same!(claims["iss"], issuer(target));
    same!(lifetime(&claims), Some(900));
    ensure!(claims["aud"].is_null(), "an access token has an audience");
    Ok(())
}

async fn origin(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let (_, claims) = read(person.token("AccessToken"))?;
    for name in ["jti", "origin_jti", "event_id"] {
        ensure!(claims[name].is_string(), "{name} is {}", claims[name]);
    }
    Ok(())
}

async fn id_token(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let (_, claims) = read(person.token("IdToken"))?;
    same!(claims["token_use"], "id");
    same!(claims["aud"], target.stack.get("UserPoolClient"));
    same!(claims["sub"], person.sub.as_str());
    same!(claims["cognito:username"], person.sub.as_str());
    same!(claims["email"], person.email.as_str());
    same!(claims["iss"], issuer(target));
    same!(lifetime(&claims), Some(900));
    ensure!(claims["scope"].is_null(), "an ID token has a scope");
    Ok(())
}

async fn refresh(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = refresh_with(target, person.token("RefreshToken")).await?.ok()?;
    let renewed = |name: &str| answer["AuthenticationResult"][name].as_str().unwrap_or_default();
    same!(read(renewed("AccessToken"))?.1["sub"], person.sub.as_str());
    same!(read(renewed("IdToken"))?.1["sub"], person.sub.as_str());
    Ok(())
}

/// Refreshes until a later second has begun; the old refresh token is good for the grace period.
async fn keeps_auth_time(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let first = read(person.token("AccessToken"))?.1;
    ensure!(first["auth_time"].is_u64(), "the session began at {}", first["auth_time"]);
    let renew = async || {
        let answer = refresh_with(target, person.token("RefreshToken")).await?.ok()?;
        let renewed = answer["AuthenticationResult"]["AccessToken"].as_str().unwrap_or_default();
        let claims = read(renewed)?.1;
        Ok((claims["iat"].as_u64() > first["iat"].as_u64()).then_some(claims))
    };
    let renewed = target.eventually(target.patience.soon, renew).await?;
    same!(renewed["auth_time"], first["auth_time"]);
    Ok(())
}

async fn rotates(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let answer = refresh_with(target, person.token("RefreshToken")).await?.ok()?;
    let next = answer["AuthenticationResult"]["RefreshToken"].as_str().unwrap_or_default();
    ensure!(!next.is_empty() && next != person.token("RefreshToken"), "the next is {next:?}");
    refresh_with(target, next).await?.ok().map(drop)
}

async fn wrong_refresh(target: &Target) -> Result<()> {
    let answer = refresh_with(target, "no token").await?;
    answer.refused(400, "NotAuthorizedException").map(drop)
}

/// "Refresh Token has different Client" (<https://github.com/aws/aws-sdk-js/issues/4016>); the
/// sentence was another before, so only the error's name is compared.
async fn another_client(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let token = person.token("RefreshToken");
    let client = target.stack.get("UserPoolSessionClient");
    let request = json!({"ClientId": client, "RefreshToken": token});
    let answer = ask_as_client(target, "GetTokensFromRefreshToken", request).await?;
    answer.refused(400, "NotAuthorizedException")?;
    refresh_with(target, token).await?.ok().map(drop)
}

async fn no_refresh_flow(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let parameters = json!({"REFRESH_TOKEN": person.token("RefreshToken")});
    let request = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    let answer = ask_as_client(target, "InitiateAuth", request).await?;
    // Which of its two words Cognito has for this is not documented.
    ensure!(
        answer.status == 400
            && ["InvalidParameterException", "NotAuthorizedException"]
                .contains(&answer.code().as_str()),
        "the answer is {}: {}",
        answer.status,
        answer.excerpt()
    );
    Ok(())
}

async fn revoke(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let request = json!({"Token": person.token("RefreshToken")});
    ask_as_client(target, "RevokeToken", request).await?.ok()?;
    let answer = refresh_with(target, person.token("RefreshToken")).await?;
    answer.refused(400, "NotAuthorizedException").map(drop)
}

async fn global_sign_out(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let request = json!({"AccessToken": person.token("AccessToken")});
    ask(target, "GlobalSignOut", &request).await?.ok()?;
    let refreshed = refresh_with(target, person.token("RefreshToken")).await?;
    refreshed.refused(400, "NotAuthorizedException")?;
    let why = ask(target, "GetUser", &request).await?.refused(400, "NotAuthorizedException")?;
    same!(why, "Access Token has been revoked");
    Ok(())
}

async fn get_user(target: &Target) -> Result<()> {
    let person = Person::signed_in(target).await?;
    let request = json!({"AccessToken": person.token("AccessToken")});
    let answer = ask(target, "GetUser", &request).await?.ok()?;
    same!(answer["Username"], person.sub.as_str());
    let attributes = answer["UserAttributes"].as_array().context("no UserAttributes")?;
    ensure!(attributes.contains(&json!({"Name": "email", "Value": person.email})), "{answer}");
    Ok(())
}

async fn refresh_with(target: &Target, token: &str) -> Result<crate::wire::http::Answer> {
    ask_as_client(target, "GetTokensFromRefreshToken", json!({"RefreshToken": token})).await
}

/// Header and claims of a token.
fn read(token: &str) -> Result<(Value, Value)> {
    let mut parts = token.split('.').map(|part| -> Result<Value> {
        Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part)?)?)
    });
    let mut part = || parts.next().context("the token is none")?;
    Ok((part()?, part()?))
}

fn issuer(target: &Target) -> String {
    let pool = target.stack.get("UserPool");
    format!("https://cognito-idp.{}.amazonaws.com/{pool}", target.aws.region)
}

/// In seconds.
fn lifetime(claims: &Value) -> Option<u64> {
    claims["exp"].as_u64()?.checked_sub(claims["iat"].as_u64()?)
}
