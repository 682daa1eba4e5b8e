//! A request (HTTP API payload format 2.0,
//! docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).

use std::{collections::HashMap, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    api::{MAX_BODY_BYTES, MAX_MENU_BODY_BYTES, Problem, ProblemType},
    text::EmailAddress,
};

use crate::{
    runtime::json::{self, JsonError, null_as_default},
    store::live::Holder,
};

/// What we read of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The route that API Gateway chose: `PUT /api/orders/{order_id}`.
    pub route_key: String,
    #[serde(default, deserialize_with = "null_as_default")]
    headers: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_as_default")]
    path_parameters: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_as_default")]
    query_string_parameters: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_as_default")]
    body: String,
    #[serde(default, deserialize_with = "null_as_default")]
    is_base64_encoded: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    request_context: RequestContext,
}

/// The routes that take a whole menu.
const MENU_ROUTES: [&str; 2] =
    ["PUT /api/staff/{restaurant_id}/menu", "POST /api/staff/{restaurant_id}/menu/file"];

#[derive(Debug, Default, Deserialize)]
struct RequestContext {
    #[serde(default, deserialize_with = "null_as_default")]
    authorizer: Authorizer,
}

#[derive(Debug, Default, Deserialize)]
struct Authorizer {
    #[serde(default, deserialize_with = "null_as_default")]
    jwt: Jwt,
}

#[derive(Debug, Default, Deserialize)]
struct Jwt {
    #[serde(default, deserialize_with = "null_as_default")]
    claims: Claims,
}

#[derive(Debug, Default, Deserialize)]
struct Claims {
    sub: Option<String>,
    /// API Gateway passes every claim as a text.
    auth_time: Option<Value>,
    iat: Option<Value>,
    /// `access` or `id`.
    token_use: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
}

impl Request {
    /// The customer, by `sub` of the access token that the gateway's authorizer verified, and when
    /// they signed in: `auth_time`, which a refresh does not change, unlike `iat` (Cognito Developer
    /// Guide, "Understanding the access token"); `iat` if there is none, and 0 without either.
    ///
    /// # Errors
    /// `not-signed-in` if there is no customer, which the template's routes do not let happen.
    pub fn holder(&self) -> Result<Holder, Problem> {
        let Claims { sub, auth_time, iat, .. } = self.claims();
        let user = sub.as_deref().and_then(|sub| sub.parse().ok()).ok_or_else(not_signed_in)?;
        let signed_in_at = auth_time.as_ref().or(iat.as_ref()).and_then(seconds);
        Ok(Holder { user, signed_in_at: signed_in_at.unwrap_or_default() })
    }

    /// Whether the token is an ID token, which says who somebody is and not what its bearer may do. It has
    /// no scope, so the scopes in the template keep it out of every route that has some (API Gateway
    /// Developer Guide, "Control access to HTTP APIs with JWT authorizers").
    #[must_use]
    pub fn has_id_token(&self) -> bool {
        self.claims().token_use.as_deref() == Some("id")
    }

    /// The email address of the account, which its owner has proved to read: of an ID token, as an access
    /// token has no such claim.
    ///
    /// # Errors
    /// `forbidden` if it is not known or not proved.
    pub fn verified_email(&self) -> Result<EmailAddress, Problem> {
        let Claims { email, email_verified, .. } = self.claims();
        let is_verified = match email_verified {
            Some(Value::String(text)) => text == "true",
            Some(Value::Bool(is_verified)) => *is_verified,
            _ => false,
        };
        let email = email.as_deref().filter(|_| is_verified).and_then(|email| email.parse().ok());
        let title = "Confirm the email address of your account first.";
        email.ok_or_else(|| Problem::new(ProblemType::Forbidden, title))
    }

    const fn claims(&self) -> &Claims {
        &self.request_context.authorizer.jwt.claims
    }

    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// A parameter of the query string.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query_string_parameters.get(name).map(String::as_str)
    }

    /// A variable of the path; `None` if it is not what its type takes, so nothing is there.
    #[must_use]
    pub fn path<T: FromStr>(&self, name: &str) -> Option<T> {
        self.path_parameters.get(name)?.parse().ok()
    }

    /// A variable of the path that the customer chooses.
    ///
    /// # Errors
    /// `invalid-field` with the type's own sentence.
    pub fn chosen<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T, Problem> {
        let text = self.path_parameters.get(name).map_or("", String::as_str);
        text.parse().map_err(|error| invalid(name, &error))
    }

    /// Checks that the body is not over [`MAX_BODY_BYTES`], or [`MAX_MENU_BODY_BYTES`] on a route that takes a menu,
    /// whatever the route makes of it.
    ///
    /// # Errors
    /// `body-too-large`.
    pub fn check_size(&self) -> Result<(), Problem> {
        let padding = self.body.bytes().rev().take_while(|byte| *byte == b'=').count();
        let bytes = match self.is_base64_encoded {
            true => (self.body.len() / 4 * 3).saturating_sub(padding),
            false => self.body.len(),
        };
        let most = match MENU_ROUTES.contains(&self.route_key.as_str()) {
            true => MAX_MENU_BODY_BYTES,
            false => MAX_BODY_BYTES,
        };
        if bytes <= most {
            return Ok(());
        }
        let title = format!("The body has {bytes} bytes; at most {most} are accepted.");
        Err(Problem::new(ProblemType::BodyTooLarge, title))
    }

    /// The body, read as `T`.
    ///
    /// # Errors
    /// `malformed-json`, or `invalid-field` with the field at fault.
    pub fn json<T: DeserializeOwned + Serialize>(&self) -> Result<T, Problem> {
        json::read(&self.bytes()?).map_err(unreadable)
    }

    /// The body, read as a `T` that takes the place of another one: with a field that is not known, it is refused.
    ///
    /// # Errors
    /// As [`Request::json`].
    pub fn whole<T: DeserializeOwned + Serialize>(&self) -> Result<T, Problem> {
        json::read_whole(&self.bytes()?).map_err(unreadable)
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        if !self.is_base64_encoded {
            return Ok(self.body.clone().into_bytes());
        }
        BASE64_STANDARD.decode(&self.body).map_err(|error| malformed(&error))
    }
}

fn unreadable(error: JsonError) -> Problem {
    match error {
        JsonError::Malformed(error) => malformed(&error),
        JsonError::Field { field, sentence } => invalid(&field, &sentence),
    }
}

fn seconds(claim: &Value) -> Option<i64> {
    match claim {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }
}

/// Nobody is signed in, or no longer.
pub(super) fn not_signed_in() -> Problem {
    Problem::new(ProblemType::NotSignedIn, "Sign in and try again.")
}

/// A field holds what it must not.
pub(super) fn invalid(field: &str, error: &impl std::fmt::Display) -> Problem {
    Problem::new(ProblemType::InvalidField, format!("{field}: {error}.")).at(field)
}

fn malformed(error: &impl std::fmt::Display) -> Problem {
    Problem::new(ProblemType::MalformedJson, format!("The body is not JSON: {error}."))
}
