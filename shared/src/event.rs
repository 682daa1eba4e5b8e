//! The facts on the bus: what happened to an order, each named once.

use serde::{Deserialize, Deserializer, Serialize, de};

pub use crate::status::EventName;
use crate::{
    id::{OrderId, RestaurantId, UserId},
    lenient,
    status::{Reason, Status},
    time::Timestamp,
};

/// The `Source` of every Tiffin event on the bus.
pub const SOURCE: &str = "custom.food_app";

/// Something that happened to an order: an EventBridge event's `detail-type` and `detail`.
///
/// Read from a whole EventBridge invocation through [`Envelope`]; written to the bus as the two
/// fields, and to the browser as this object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// What.
    #[serde(rename = "detail-type")]
    pub name: EventName,
    /// To which order, when, and what it is now.
    #[serde(rename = "detail")]
    pub fact: Fact,
}

impl OrderEvent {
    /// The event that made an order what this fact says it is.
    #[must_use]
    pub const fn of(fact: Fact) -> Self {
        Self { name: fact.order_status.event(), fact }
    }

    /// What the order is after this event; unknown if the event is.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.name {
            EventName::Unknown => Status::Unknown,
            _ => self.fact.order_status,
        }
    }
}

/// The `detail` of an order event: ids, status, reason and times; nothing personal, no prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The order it happened to.
    pub order_id: OrderId,
    /// What the order is now. If the event made it that, it equals the event's `detail-type`, or the
    /// event is refused.
    pub order_status: Status,
    /// Whose order it is.
    pub user_id: UserId,
    /// The restaurant that cooks it; `None` for an order of another channel, and in an event of a
    /// version before this field.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub restaurant_id: Option<RestaurantId>,
    /// The order's count of events with this one, the first being 1.
    pub sequence: u32,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When the order should be ready for the courier, as of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When the order should arrive, as of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// When the order arrives at the latest, as of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Timestamp>,
    /// Why it happened, if that needs saying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// An order placed through another channel: an `order_placed` that nobody has numbered yet.
///
/// This is the whole of the seed's test event; reading one is permission to create the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedElsewhere {
    /// The new order's id.
    pub order_id: OrderId,
    /// Whose order it is.
    pub user_id: UserId,
    /// When the bus took the event: the envelope's `time`, RFC 3339 in whole seconds.
    pub time: String,
}

/// What a function is invoked with by a rule of the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// An event that our own functions published.
    Event(OrderEvent),
    /// A first event from another channel.
    PlacedElsewhere(PlacedElsewhere),
    /// An event that an archive replays: it has been acted on before.
    Replayed,
}

/// Why an invocation is not an order event. Its sentence goes into the failures queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The event says two things.
    #[error("order_status is “{order_status}” in an event of detail-type “{detail_type}”")]
    Contradiction {
        /// The envelope's `detail-type`.
        detail_type: &'static str,
        /// The detail's `order_status`.
        order_status: &'static str,
    },
    /// Only an `order_placed` may come without a sequence.
    #[error("“sequence” is missing; only an order_placed from another channel has none")]
    NoSequence,
    /// Sequences count from 1, and 1 is the event that places the order.
    #[error("“sequence” is {0}, which an event of this name never has")]
    Sequence(u32),
    /// Only an `order_placed` without a sequence may leave its time to the envelope.
    #[error("“occurred_at” is missing")]
    NoTime,
}

/// An EventBridge invocation as Lambda hands it over: our event and what the bus says of it.
///
/// Unknown fields of the envelope are ignored; an unknown `detail-type` is an error that names
/// those we know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The bus's own id of the event, for logs.
    pub id: String,
    /// When the bus took the event, RFC 3339 in whole seconds.
    pub time: String,
    /// Set when an archive replays the event
    /// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html).
    #[serde(rename = "replay-name", default)]
    replay_name: Option<String>,
    #[serde(rename = "detail-type", deserialize_with = "known_name")]
    name: EventName,
    detail: UnreadFact,
}

/// A name that this version knows: a function must not act on another.
fn known_name<'de, D: Deserializer<'de>>(from: D) -> Result<EventName, D::Error> {
    let read = String::deserialize(from)?;
    EventName::ALL.into_iter().find(|known| known.name() == read).ok_or_else(|| {
        let known = EventName::ALL.map(EventName::name).join(", ");
        de::Error::custom(format_args!("“{read}” is not one of our events: {known}"))
    })
}

/// A [`Fact`] with what another channel may leave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct UnreadFact {
    order_id: OrderId,
    order_status: Status,
    user_id: UserId,
    /// Another channel may name its own restaurants in its own way.
    #[serde(default, deserialize_with = "lenient::optional")]
    restaurant_id: Option<RestaurantId>,
    #[serde(default, deserialize_with = "present")]
    sequence: Option<u32>,
    #[serde(default)]
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    ready_at: Option<Timestamp>,
    #[serde(default)]
    expected_at: Option<Timestamp>,
    #[serde(default)]
    latest_at: Option<Timestamp>,
    #[serde(default)]
    reason: Option<Reason>,
}

/// A field that is there must hold a value: `null` is not "left out".
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    u32::deserialize(deserializer).map(Some)
}

impl Envelope {
    /// Checks that the event says one thing, and what kind of thing it is.
    ///
    /// # Errors
    /// [`EventError`] for an event that contradicts itself or misses what only we could know.
    pub fn read(self) -> Result<Incoming, EventError> {
        let (name, fact) = (self.name, self.detail);
        let says_two_things = match name.status() {
            Some(status) => fact.order_status != status,
            None => fact.order_status.after(name).is_none(),
        };
        if says_two_things {
            let (detail_type, order_status) = (name.name(), fact.order_status.name());
            return Err(EventError::Contradiction { detail_type, order_status });
        }
        if self.replay_name.is_some() {
            return Ok(Incoming::Replayed);
        }
        let first = name == EventName::Placed;
        match fact.sequence {
            None if first => {
                let UnreadFact { order_id, user_id, .. } = fact;
                Ok(Incoming::PlacedElsewhere(PlacedElsewhere {
                    order_id,
                    user_id,
                    time: self.time,
                }))
            }
            None => Err(EventError::NoSequence),
            Some(sequence) if sequence > 0 && first == (sequence == 1) => {
                let fact = fact.whole(sequence)?;
                Ok(Incoming::Event(OrderEvent { name, fact }))
            }
            Some(sequence) => Err(EventError::Sequence(sequence)),
        }
    }
}

impl UnreadFact {
    fn whole(self, sequence: u32) -> Result<Fact, EventError> {
        Ok(Fact {
            order_id: self.order_id,
            order_status: self.order_status,
            user_id: self.user_id,
            restaurant_id: self.restaurant_id,
            sequence,
            occurred_at: self.occurred_at.ok_or(EventError::NoTime)?,
            ready_at: self.ready_at,
            expected_at: self.expected_at,
            latest_at: self.latest_at,
            reason: self.reason,
        })
    }
}
