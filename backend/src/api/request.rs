//! A request, read at the door (HTTP API payload format 2.0,
//! docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).

use std::{collections::HashMap, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{
    UserId,
    api::{MAX_BODY_BYTES, Problem, ProblemType},
};

use crate::incoming::null_is_absent;

/// What we read of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The route that API Gateway chose: `PUT /api/orders/{order_id}`.
    pub route_key: String,
    #[serde(default, deserialize_with = "null_is_absent")]
    headers: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_is_absent")]
    path_parameters: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_is_absent")]
    query_string_parameters: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_is_absent")]
    body: String,
    #[serde(default, deserialize_with = "null_is_absent")]
    is_base64_encoded: bool,
    #[serde(default, deserialize_with = "null_is_absent")]
    request_context: RequestContext,
}

#[derive(Debug, Default, Deserialize)]
struct RequestContext {
    #[serde(default, deserialize_with = "null_is_absent")]
    authorizer: Authorizer,
}

#[derive(Debug, Default, Deserialize)]
struct Authorizer {
    #[serde(default, deserialize_with = "null_is_absent")]
    jwt: Jwt,
}

#[derive(Debug, Default, Deserialize)]
struct Jwt {
    #[serde(default, deserialize_with = "null_is_absent")]
    claims: Claims,
}

#[derive(Debug, Default, Deserialize)]
struct Claims {
    sub: Option<String>,
}

impl Request {
    /// The customer: `sub` of the access token that the gateway's authorizer verified.
    ///
    /// # Errors
    /// `not-signed-in` if there is none, which the template's routes do not let happen.
    pub fn user(&self) -> Result<UserId, Problem> {
        let sub = self.request_context.authorizer.jwt.claims.sub.as_deref();
        sub.and_then(|sub| sub.parse().ok())
            .ok_or_else(|| Problem::new(ProblemType::NotSignedIn, "Sign in and try again."))
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

    /// The body, read as `T`.
    ///
    /// # Errors
    /// `body-too-large`, `malformed-json`, or `invalid-field` with the field at fault.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.bytes()?;
        if body.len() > MAX_BODY_BYTES {
            let title =
                format!("The body has {} bytes; at most {MAX_BODY_BYTES} are taken.", body.len());
            return Err(Problem::new(ProblemType::BodyTooLarge, title));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| unread(&error))?;
        json.end().map_err(|error| malformed(&error))?;
        Ok(value)
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        if !self.is_base64_encoded {
            return Ok(self.body.clone().into_bytes());
        }
        BASE64_STANDARD.decode(&self.body).map_err(|error| malformed(&error))
    }
}

/// A field holds what it must not.
pub(super) fn invalid(field: &str, error: &impl std::fmt::Display) -> Problem {
    Problem::new(ProblemType::InvalidField, format!("{field}: {error}.")).at(field)
}

fn malformed(error: &impl std::fmt::Display) -> Problem {
    Problem::new(ProblemType::MalformedJson, format!("The body is not JSON: {error}."))
}

fn unread(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let cause = error.inner();
    if !cause.is_data() {
        return malformed(cause);
    }
    let text = cause.to_string();
    let sentence = text.split(" at line ").next().unwrap_or(&text);
    invalid(&field(&error.path().to_string(), sentence), &sentence)
}

/// The path of the field at fault: serde names a missing field in its sentence only.
fn field(path: &str, sentence: &str) -> String {
    let missing = sentence.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    }
}
