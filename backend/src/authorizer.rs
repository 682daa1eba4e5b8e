//! Who may open a WebSocket: whoever holds a ticket that nobody has spent.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Timestamp;

use crate::{
    Context, Error,
    context::ContextError,
    incoming::null_is_absent,
    live::Live,
    log::{self, Level},
};

/// The function `authorizer`.
pub struct Authorizer {
    live: Live,
}

/// What API Gateway asks a REQUEST authorizer
/// (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    method_arn: String,
    #[serde(default, deserialize_with = "null_is_absent")]
    query_string_parameters: Query,
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(default, deserialize_with = "null_is_absent")]
    ticket: String,
}

impl Authorizer {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self { live: context.live()? })
    }

    /// Spends the ticket of a handshake. A refusal is a policy (the browser sees 403).
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no handshake, [`Error::Outside`] if the table did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let question: Question = serde_json::from_value(raw)
            .map_err(|error| Error::poison("not a handshake", &error))?;
        let user = self.live.spend_ticket(&question.query_string_parameters.ticket, now).await?;
        let (effect, outcome) = match user {
            Some(_) => ("Allow", "let in"),
            None => ("Deny", "turned away"),
        };
        log::outcome(Level::Info, outcome);
        let user = user.map_or_else(|| "nobody".to_owned(), |user| user.to_string());
        Ok(json!({
            "principalId": user,
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": question.method_arn,
                }],
            },
            "context": { "user_id": user },
        }))
    }
}
