//! A request (HTTP API payload format 2.0,
//! docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).

use std::{collections::HashMap, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    UserId,
    api::{MAX_BODY_BYTES, Problem, ProblemType},
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
    /// API Gateway hands every claim over as a text.
    iat: Option<Value>,
}

impl Request {
    /// The customer: `sub` of the access token that the gateway's authorizer verified.
    ///
    /// # Errors
    /// `not-signed-in` if there is none, which the template's routes do not let happen.
    pub fn user(&self) -> Result<UserId, Problem> {
        let sub = self.request_context.authorizer.jwt.claims.sub.as_deref();
        sub.and_then(|sub| sub.parse().ok()).ok_or_else(not_signed_in)
    }

    /// The customer, and when they signed in or their browser last renewed that.
    ///
    /// # Errors
    /// As [`Request::user`].
    pub fn holder(&self) -> Result<Holder, Problem> {
        Ok(Holder { user: self.user()?, issued_at: self.issued_at() })
    }

    /// When the access token was issued, in seconds since the epoch; 0 if it does not say.
    fn issued_at(&self) -> i64 {
        match &self.request_context.authorizer.jwt.claims.iat {
            Some(Value::String(text)) => text.parse().unwrap_or_default(),
            Some(number) => number.as_i64().unwrap_or_default(),
            None => 0,
        }
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

    /// Checks that the body is not over [`MAX_BODY_BYTES`], whatever the route makes of it.
    ///
    /// # Errors
    /// `body-too-large`.
    pub fn check_size(&self) -> Result<(), Problem> {
        let padding = self.body.bytes().rev().take_while(|byte| *byte == b'=').count();
        let bytes = match self.is_base64_encoded {
            true => (self.body.len() / 4 * 3).saturating_sub(padding),
            false => self.body.len(),
        };
        if bytes <= MAX_BODY_BYTES {
            return Ok(());
        }
        let title = format!("The body has {bytes} bytes; at most {MAX_BODY_BYTES} are accepted.");
        Err(Problem::new(ProblemType::BodyTooLarge, title))
    }

    /// The body, read as `T`.
    ///
    /// # Errors
    /// `malformed-json`, or `invalid-field` with the field at fault.
    pub fn json<T: DeserializeOwned + Serialize>(&self) -> Result<T, Problem> {
        json::read(&self.bytes()?).map_err(|error| match error {
            JsonError::Malformed(error) => malformed(&error),
            JsonError::Field { field, sentence } => invalid(&field, &sentence),
        })
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        if !self.is_base64_encoded {
            return Ok(self.body.clone().into_bytes());
        }
        BASE64_STANDARD.decode(&self.body).map_err(|error| malformed(&error))
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
