//! Who may open a WebSocket: whoever holds a ticket that nobody has spent.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Timestamp;

use crate::{
    Context, Error,
    context::ContextError,
    incoming::null_is_absent,
    live::{Holder, Live, Ticket},
    log::{self, Level},
    origin::{self, OriginSecret},
};

/// The function `authorizer`.
pub struct Authorizer {
    live: Live,
    origin: OriginSecret,
}

/// What API Gateway asks a REQUEST authorizer
/// (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    method_arn: String,
    /// By names as the browser or CloudFront wrote them.
    #[serde(default, deserialize_with = "null_is_absent")]
    headers: HashMap<String, String>,
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
        Ok(Self { live: context.live()?, origin: context.origin_secret() })
    }

    /// Spends the ticket of a handshake. A refusal is a policy (the browser sees 403).
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no handshake, [`Error::Outside`] if the table did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let question: Question = serde_json::from_value(raw)
            .map_err(|error| Error::poison("not a handshake", &error))?;
        let holder = match self.origin.admits(question.header(origin::HEADER)) {
            true => self.spend(&question.query_string_parameters.ticket, now).await?,
            false => None,
        };
        let (effect, outcome) = match holder {
            Some(_) => ("Allow", "let in"),
            None => ("Deny", "turned away"),
        };
        log::outcome(Level::Info, outcome);
        let issued_at = holder.map_or(0, |holder| holder.issued_at).to_string();
        let user = holder.map_or_else(|| "nobody".to_owned(), |holder| holder.user.to_string());
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
            "context": { "user_id": user, "issued_at": issued_at },
        }))
    }

    /// The ticket's customer. What no ticket looks like, which may be longer than a key of the
    /// table, is not looked for.
    async fn spend(&self, ticket: &str, now: Timestamp) -> Result<Option<Holder>, Error> {
        match ticket.parse::<Ticket>() {
            Ok(ticket) => self.live.spend_ticket(&ticket, now).await,
            Err(_) => Ok(None),
        }
    }
}

impl Question {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
