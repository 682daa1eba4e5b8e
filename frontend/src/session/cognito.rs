//! The calls of Cognito's JSON API that the page makes, and its errors by name
//! (docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference).

use serde::{Deserialize, Serialize};
use shared::api::{ProblemType, SiteConfig};

use gloo_net::http::Method;

use crate::{
    browser,
    http::{self, ApiError, Reply, Request},
};

/// Why Cognito refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthError {
    /// `NotAuthorizedException`, `UserNotFoundException`: wrong name or password, or a refresh token
    /// that is no longer valid.
    NotAuthorized,
    /// `NotAuthorizedException` of an access token that has expired or whose session was ended.
    TokenRefused,
    /// `UserNotConfirmedException`: the code has not been entered yet.
    NotConfirmed,
    /// `UsernameExistsException`, `AliasExistsException`: another account has this address.
    Exists,
    /// `InvalidPasswordException`: against the pool's policy.
    WeakPassword,
    /// `CodeMismatchException`: another code.
    WrongCode,
    /// `ExpiredCodeException`: the code is too old.
    ExpiredCode,
    /// `InvalidParameterException` about the password.
    InvalidPassword,
    /// `InvalidParameterException` of a code that is asked for again.
    AlreadyConfirmed,
    /// `InvalidParameterException` about anything else, mostly the address.
    InvalidEmail,
    /// `TooManyRequestsException`, `LimitExceededException` and their kin; `NotAuthorizedException`
    /// of an account that is locked for a while after wrong passwords.
    TooManyTries,
    /// The permission to change the address, given for the password, has ended.
    PermissionEnded,
    /// `ResourceNotFoundException`: not our client any more.
    UnknownClient,
    /// Another error of Cognito's.
    Other,
    /// No answer, or an error of ours on the way.
    Api(ApiError),
}

impl From<ApiError> for AuthError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The tokens that signing in, or renewing, gives.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tokens {
    /// What calls are signed with.
    pub(super) access_token: String,
    /// Who has signed in, for the one call that needs their email address.
    #[serde(default)]
    pub(super) id_token: Option<String>,
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
    #[serde(default)]
    message: Option<String>,
}

/// The fields of every request that the page sends; each request sets those it needs.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Call<'a> {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
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

pub(super) async fn sign_up(
    site: &SiteConfig,
    email: &str,
    password: &str,
) -> Result<(), AuthError> {
    let user_attributes = Some([Attribute { name: "email", value: email }]);
    let call = Call {
        username: Some(email),
        password: Some(password),
        user_attributes,
        ..Call::default()
    };
    call.of_client(&site.email_client_id, site, "SignUp").await.map(drop)
}

pub(super) async fn confirm(site: &SiteConfig, email: &str, code: &str) -> Result<(), AuthError> {
    let call = Call { username: Some(email), confirmation_code: Some(code), ..Call::default() };
    call.of_client(&site.email_client_id, site, "ConfirmSignUp").await.map(drop)
}

pub(super) async fn resend(site: &SiteConfig, email: &str) -> Result<(), AuthError> {
    let call = Call { username: Some(email), ..Call::default() };
    call.of_client(&site.email_client_id, site, "ResendConfirmationCode").await.map(drop)
}

/// Begins a session of a client; `username` is the address or the account's id.
pub(super) async fn sign_in(
    site: &SiteConfig,
    client_id: &str,
    username: &str,
    password: &str,
) -> Result<Tokens, AuthError> {
    let call = Call {
        auth_flow: Some("USER_PASSWORD_AUTH"),
        auth_parameters: Some(Credentials { username, password }),
        ..Call::default()
    };
    tokens(&call.of_client(client_id, site, "InitiateAuth").await?)
}

/// With rotation a renewal is `GetTokensFromRefreshToken`, never `REFRESH_TOKEN_AUTH`.
pub(super) async fn refresh(site: &SiteConfig, refresh_token: &str) -> Result<Tokens, AuthError> {
    let call = Call { refresh_token: Some(refresh_token), ..Call::default() };
    tokens(&call.of(site, "GetTokensFromRefreshToken").await?)
}

/// Has a code sent with which a new password can be set; an unknown address gets none, and the
/// answer is the same.
pub(super) async fn forgot(site: &SiteConfig, email: &str) -> Result<(), AuthError> {
    let call = Call { username: Some(email), ..Call::default() };
    call.of(site, "ForgotPassword").await.map(drop)
}

pub(super) async fn reset(
    site: &SiteConfig,
    email: &str,
    code: &str,
    password: &str,
) -> Result<(), AuthError> {
    let call = Call {
        username: Some(email),
        confirmation_code: Some(code),
        password: Some(password),
        ..Call::default()
    };
    call.of(site, "ConfirmForgotPassword").await.map(drop)
}

/// Ends every session of the customer: no refresh token is good any more.
pub(super) async fn sign_out_everywhere(site: &SiteConfig, token: &str) -> Result<(), AuthError> {
    let call = Call { access_token: Some(token), ..Call::default() };
    call.send(site, "GlobalSignOut").await.map(drop)
}

pub(super) async fn delete_user(site: &SiteConfig, token: &str) -> Result<(), AuthError> {
    let call = Call { access_token: Some(token), ..Call::default() };
    call.send(site, "DeleteUser").await.map(drop)
}

/// Changes the password of the customer who is signed in.
pub(super) async fn change_password(
    site: &SiteConfig,
    token: &str,
    previous: &str,
    proposed: &str,
) -> Result<(), AuthError> {
    let call = Call {
        access_token: Some(token),
        previous_password: Some(previous),
        proposed_password: Some(proposed),
        ..Call::default()
    };
    call.send(site, "ChangePassword").await.map(drop)
}

/// Has a code sent to a new address, which replaces the old one once it is verified. Needs a token of
/// the client that writes addresses.
pub(super) async fn change_email(
    site: &SiteConfig,
    token: &str,
    email: &str,
) -> Result<(), AuthError> {
    let user_attributes = Some([Attribute { name: "email", value: email }]);
    let call = Call { access_token: Some(token), user_attributes, ..Call::default() };
    call.send(site, "UpdateUserAttributes").await.map(drop)
}

/// Verifies the new address by the code that was sent to it, with a token of the same client.
pub(super) async fn verify_email(
    site: &SiteConfig,
    token: &str,
    code: &str,
) -> Result<(), AuthError> {
    let (access_token, code) = (Some(token), Some(code));
    let call = Call { access_token, attribute_name: Some("email"), code, ..Call::default() };
    call.send(site, "VerifyUserAttribute").await.map(drop)
}

impl<'a> Call<'a> {
    /// A call that names the client of our sessions.
    async fn of(self, site: &'a SiteConfig, action: &str) -> Result<String, AuthError> {
        self.of_client(&site.client_id, site, action).await
    }

    /// A call that names a client.
    async fn of_client(
        mut self,
        client_id: &'a str,
        site: &SiteConfig,
        action: &str,
    ) -> Result<String, AuthError> {
        self.client_id = Some(client_id);
        self.send(site, action).await
    }

    async fn send(self, site: &SiteConfig, action: &str) -> Result<String, AuthError> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let request = Request {
            method: Method::POST,
            headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)],
            body: browser::to_json(&self),
            ..Request::get(&site.cognito_endpoint)
        };
        answer(http::send(request).await?)
    }
}

fn tokens(body: &str) -> Result<Tokens, AuthError> {
    let authenticated: Authenticated = browser::parse_json(body).ok_or(AuthError::Other)?;
    Ok(authenticated.authentication_result)
}

fn answer(reply: Reply) -> Result<String, AuthError> {
    match reply.status {
        200 => Ok(reply.body),
        500.. => Err(ApiError::of(ProblemType::Unavailable).into()),
        _ => Err(browser::parse_json(&reply.body).map_or(AuthError::Other, error)),
    }
}

fn error(failed: Failed) -> AuthError {
    // The name may come behind a namespace: `com.amazonaws…#NotAuthorizedException`.
    let says = |part| failed.message.as_ref().is_some_and(|message| message.contains(part));
    match failed.kind.rsplit('#').next().unwrap_or_default() {
        // After five wrong passwords, whether or not the next one is right (Cognito Developer
        // Guide, "Authentication": "Password attempts exceeded").
        "NotAuthorizedException" if says("attempts exceeded") => AuthError::TooManyTries,
        // "Access Token has been revoked" (API reference, GlobalSignOut), "… has expired".
        "NotAuthorizedException" if says("Access Token") => AuthError::TokenRefused,
        "NotAuthorizedException" | "UserNotFoundException" => AuthError::NotAuthorized,
        "UserNotConfirmedException" => AuthError::NotConfirmed,
        "UsernameExistsException" | "AliasExistsException" => AuthError::Exists,
        "InvalidPasswordException" => AuthError::WeakPassword,
        "CodeMismatchException" => AuthError::WrongCode,
        "ExpiredCodeException" => AuthError::ExpiredCode,
        "InvalidParameterException" if says("assword") => AuthError::InvalidPassword,
        "InvalidParameterException" => AuthError::InvalidEmail,
        "ResourceNotFoundException" => AuthError::UnknownClient,
        "TooManyRequestsException"
        | "LimitExceededException"
        | "TooManyFailedAttemptsException" => AuthError::TooManyTries,
        _ => AuthError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_those_of_cognitos_reference() {
        let call = Call {
            client_id: Some("c"),
            auth_flow: Some("USER_PASSWORD_AUTH"),
            auth_parameters: Some(Credentials { username: "a@b.c", password: "p" }),
            ..Call::default()
        };
        assert_eq!(
            serde_json::to_string(&call).unwrap(),
            r#"{"ClientId":"c","AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"a@b.c","PASSWORD":"p"}}"#
        );
    }

    #[test]
    fn tokens_are_read_with_and_without_a_new_refresh_token() {
        let text = r#"{"AuthenticationResult":{"AccessToken":"a","ExpiresIn":900,"IdToken":"i","TokenType":"Bearer"},"ChallengeParameters":{}}"#;
        let read: Authenticated = serde_json::from_str(text).unwrap();
        let expected = Tokens {
            access_token: "a".to_owned(),
            id_token: Some("i".to_owned()),
            expires_in: 900,
            refresh_token: None,
        };
        assert_eq!(read.authentication_result, expected);
    }

    #[test]
    fn errors_are_known_by_name_with_or_without_a_namespace() {
        let of = |kind: &str, message: &str| {
            let message = Some(message.to_owned());
            error(Failed { kind: kind.to_owned(), message })
        };
        assert_eq!(of("NotAuthorizedException", ""), AuthError::NotAuthorized);
        assert_eq!(
            of("NotAuthorizedException", "Password attempts exceeded"),
            AuthError::TooManyTries
        );
        for ended in ["Access Token has been revoked", "Access Token has expired"] {
            assert_eq!(of("NotAuthorizedException", ended), AuthError::TokenRefused);
        }
        let wrong = of("NotAuthorizedException", "Incorrect username or password.");
        assert_eq!(wrong, AuthError::NotAuthorized);
        assert_eq!(of("com.amazonaws.cognito#CodeMismatchException", ""), AuthError::WrongCode);
        assert_eq!(
            of("InvalidParameterException", "Value at 'password' failed to satisfy constraint"),
            AuthError::InvalidPassword
        );
        assert_eq!(of("InvalidParameterException", "username"), AuthError::InvalidEmail);
        assert_eq!(of("SomethingNew", ""), AuthError::Other);
    }
}
