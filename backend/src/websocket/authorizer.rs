//! The function `authorizer`: whoever has a valid ticket may open one WebSocket.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Timestamp;
use tracing::Level;

use crate::{
    runtime::{
        error::Error,
        json::null_as_default,
        origin_secret::{self, OriginSecret},
        telemetry,
    },
    store::live::{Live, Subscriber, Ticket},
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
struct Handshake {
    method_arn: String,
    /// By names as the browser or CloudFront wrote them.
    #[serde(default, deserialize_with = "null_as_default")]
    headers: HashMap<String, String>,
    #[serde(default, deserialize_with = "null_as_default")]
    query_string_parameters: Query,
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(default, deserialize_with = "null_as_default")]
    ticket: String,
}

impl Authorizer {
    /// The function, with the table of tickets and the secret of its requests.
    #[must_use]
    pub const fn new(live: Live, origin: OriginSecret) -> Self {
        Self { live, origin }
    }

    /// Spends the ticket of a handshake. A refusal is a policy too (the browser sees 403).
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no handshake, [`Error::Dependency`] if the table did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let handshake: Handshake = serde_json::from_value(raw)
            .map_err(|error| Error::invalid_event("not a handshake", &error))?;
        let subscriber = match self.origin.accepts(handshake.header(origin_secret::HEADER)) {
            true => self.spend(&handshake.query_string_parameters.ticket, now).await?,
            false => None,
        };
        let (effect, outcome) = match subscriber {
            Some(_) => ("Allow", "authorized"),
            None => ("Deny", "denied"),
        };
        telemetry::outcome(Level::INFO, outcome);
        let user = match &subscriber {
            Some(subscriber) => subscriber.holder.user.to_string(),
            None => "nobody".to_owned(),
        };
        Ok(json!({
            "principalId": user,
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": handshake.method_arn,
                }],
            },
            "context": context(&user, subscriber.as_ref()),
        }))
    }

    /// Whose the ticket is. A text that is no ticket, which may be longer than a key of the table,
    /// is not looked up.
    async fn spend(&self, ticket: &str, now: Timestamp) -> Result<Option<Subscriber>, Error> {
        match ticket.parse::<Ticket>() {
            Ok(ticket) => self.live.spend_ticket(&ticket, now).await,
            Err(_) => Ok(None),
        }
    }
}

/// What the function `connections` is told of whoever connects, with each of their calls: texts, as
/// API Gateway passes on nothing else.
fn context(user: &str, subscriber: Option<&Subscriber>) -> Value {
    let signed_in_at = subscriber.map_or(0, |subscriber| subscriber.holder.signed_in_at);
    let mut context = json!({"user_id": user, "signed_in_at": signed_in_at.to_string()});
    if let Some(subscriber) = subscriber
        && !subscriber.restaurants.is_empty()
    {
        context["restaurant_id"] = json!(subscriber.restaurants);
        context["purpose"] = json!(subscriber.purpose);
    }
    context
}

impl Handshake {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
