//! The nine calls of Cognito that the page makes, and what it refuses, by name
//! (docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference).

use serde::{Deserialize, Serialize};
use shared::api::{Problem, ProblemType, SiteConfig};

use crate::{
    json,
    server::{self, Reply},
};

/// Why Cognito did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `NotAuthorizedException`, `UserNotFoundException`: wrong name or password, or a token that
    /// is no longer good.
    NotAuthorized,
    /// `UserNotConfirmedException`: the code is still to be entered.
    NotConfirmed,
    /// `UsernameExistsException`: there is such an account.
    Exists,
    /// `InvalidPasswordException`: against the pool's policy.
    WeakPassword,
    /// `CodeMismatchException`: not the code.
    WrongCode,
    /// `ExpiredCodeException`: no longer the code.
    OldCode,
    /// `InvalidParameterException`: mostly an address that is not one.
    Invalid,
    /// `TooManyRequestsException`, `LimitExceededException` and their kin.
    TooMany,
    /// `ResourceNotFoundException`: not our client any more.
    UnknownSite,
    /// Another error of Cognito's.
    Other,
    /// No answer, or none that can be read.
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The tokens that signing in, or renewing, gives.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tokens {
    /// What calls are signed with.
    pub(super) access_token: String,
    /// For how many seconds.
    pub(super) expires_in: i64,
    /// What the next renewal is asked for with; absent if the last one stays good.
    #[serde(default)]
    pub(super) refresh_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authenticated {
    authentication_result: Tokens,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(rename = "__type")]
    kind: String,
}

/// Every request of ours: each names what it needs.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ask<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_attributes: Option<[Attribute<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_flow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_parameters: Option<Credentials<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Credentials<'a> {
    username: &'a str,
    password: &'a str,
}

pub(super) async fn sign_up(site: &SiteConfig, email: &str, password: &str) -> Result<(), Refusal> {
    let user_attributes = Some([Attribute { name: "email", value: email }]);
    let ask =
        Ask { username: Some(email), password: Some(password), user_attributes, ..Ask::default() };
    ask.of(site, "SignUp").await.map(drop)
}

pub(super) async fn confirm(site: &SiteConfig, email: &str, code: &str) -> Result<(), Refusal> {
    let ask = Ask { username: Some(email), confirmation_code: Some(code), ..Ask::default() };
    ask.of(site, "ConfirmSignUp").await.map(drop)
}

pub(super) async fn resend(site: &SiteConfig, email: &str) -> Result<(), Refusal> {
    let ask = Ask { username: Some(email), ..Ask::default() };
    ask.of(site, "ResendConfirmationCode").await.map(drop)
}

pub(super) async fn sign_in(
    site: &SiteConfig,
    email: &str,
    password: &str,
) -> Result<Tokens, Refusal> {
    let ask = Ask {
        auth_flow: Some("USER_PASSWORD_AUTH"),
        auth_parameters: Some(Credentials { username: email, password }),
        ..Ask::default()
    };
    tokens(&ask.of(site, "InitiateAuth").await?)
}

/// With rotation a renewal is `GetTokensFromRefreshToken`, never `REFRESH_TOKEN_AUTH`.
pub(super) async fn refresh(site: &SiteConfig, refresh_token: &str) -> Result<Tokens, Refusal> {
    let ask = Ask { refresh_token: Some(refresh_token), ..Ask::default() };
    tokens(&ask.of(site, "GetTokensFromRefreshToken").await?)
}

/// Has a code sent with which a new password can be set; an unknown address gets none, and the
/// answer is the same.
pub(super) async fn forgot(site: &SiteConfig, email: &str) -> Result<(), Refusal> {
    let ask = Ask { username: Some(email), ..Ask::default() };
    ask.of(site, "ForgotPassword").await.map(drop)
}

pub(super) async fn reset(
    site: &SiteConfig,
    email: &str,
    code: &str,
    password: &str,
) -> Result<(), Refusal> {
    let ask = Ask {
        username: Some(email),
        confirmation_code: Some(code),
        password: Some(password),
        ..Ask::default()
    };
    ask.of(site, "ConfirmForgotPassword").await.map(drop)
}

/// Ends every session of the customer: no refresh token is good any more.
pub(super) async fn sign_out_everywhere(site: &SiteConfig, token: &str) -> Result<(), Refusal> {
    let ask = Ask { access_token: Some(token), ..Ask::default() };
    ask.send(site, "GlobalSignOut").await.map(drop)
}

pub(super) async fn delete_user(site: &SiteConfig, token: &str) -> Result<(), Refusal> {
    let ask = Ask { access_token: Some(token), ..Ask::default() };
    ask.send(site, "DeleteUser").await.map(drop)
}

impl<'a> Ask<'a> {
    /// A call of our client.
    async fn of(mut self, site: &'a SiteConfig, action: &str) -> Result<String, Refusal> {
        self.client_id = Some(&site.client_id);
        self.send(site, action).await
    }

    async fn send(self, site: &SiteConfig, action: &str) -> Result<String, Refusal> {
        let body = json::write(&self);
        answer(server::cognito(&site.cognito_endpoint, action, &body).await?)
    }
}

fn tokens(body: &str) -> Result<Tokens, Refusal> {
    let read = json::read::<Authenticated>(body);
    read.map(|read| read.authentication_result).map_err(|_| Refusal::Other)
}

fn answer(reply: Reply) -> Result<String, Refusal> {
    match reply.status {
        200 => Ok(reply.body),
        500.. => Err(Problem::new(ProblemType::Unavailable, "").into()),
        _ => Err(refusal(&reply.body)),
    }
}

fn refusal(body: &str) -> Refusal {
    let Ok(Failed { kind }) = json::read(body) else { return Refusal::Other };
    // The name may come behind a namespace: `com.amazonaws…#NotAuthorizedException`.
    match kind.rsplit('#').next().unwrap_or_default() {
        "NotAuthorizedException" | "UserNotFoundException" => Refusal::NotAuthorized,
        "UserNotConfirmedException" => Refusal::NotConfirmed,
        "UsernameExistsException" | "AliasExistsException" => Refusal::Exists,
        "InvalidPasswordException" => Refusal::WeakPassword,
        "CodeMismatchException" => Refusal::WrongCode,
        "ExpiredCodeException" => Refusal::OldCode,
        "InvalidParameterException" => Refusal::Invalid,
        "ResourceNotFoundException" => Refusal::UnknownSite,
        "TooManyRequestsException"
        | "LimitExceededException"
        | "TooManyFailedAttemptsException" => Refusal::TooMany,
        _ => Refusal::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_those_of_cognitos_reference() {
        let ask = Ask {
            client_id: Some("c"),
            auth_flow: Some("USER_PASSWORD_AUTH"),
            auth_parameters: Some(Credentials { username: "a@b.c", password: "p" }),
            ..Ask::default()
        };
        assert_eq!(
            serde_json::to_string(&ask).unwrap(),
            r#"{"ClientId":"c","AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"a@b.c","PASSWORD":"p"}}"#
        );
    }

    #[test]
    fn tokens_are_read_with_and_without_a_new_refresh_token() {
        let tokens = tokens(
            r#"{"AuthenticationResult":{"AccessToken":"a","ExpiresIn":900,"IdToken":"i","TokenType":"Bearer"},"ChallengeParameters":{}}"#,
        );
        let expected =
            Tokens { access_token: "a".to_owned(), expires_in: 900, refresh_token: None };
        assert_eq!(tokens, Ok(expected));
    }

    #[test]
    fn refusals_are_known_by_name_with_or_without_a_namespace() {
        let of = |kind: &str| refusal(&format!(r#"{{"__type":"{kind}","message":"…"}}"#));
        assert_eq!(of("NotAuthorizedException"), Refusal::NotAuthorized);
        assert_eq!(of("com.amazonaws.cognito#CodeMismatchException"), Refusal::WrongCode);
        assert_eq!(of("SomethingNew"), Refusal::Other);
        assert_eq!(refusal("<html>"), Refusal::Other);
    }
}
