//! How far an order has come, what can happen to it, and why.

use serde::{Deserialize, Serialize};

use crate::id::DishId;

/// How far an order has come, named as the event that brought it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "EventName", into = "EventName")]
pub enum Status {
    /// The customer has ordered; the restaurant has not answered.
    Placed,
    /// The restaurant is cooking.
    Accepted,
    /// It is cooked and waits for a courier. A kitchen may leave this out.
    Ready,
    /// A courier has it.
    PickedUp,
    /// The customer has it. Final.
    Delivered,
    /// The restaurant said no. Final.
    Rejected,
    /// It ended before a courier had it: by the customer or the deadline before the restaurant
    /// answered, by the restaurant after that. Final.
    Cancelled,
    /// A courier had it and could not hand it over. Final.
    Failed,
    /// A status that a later version knows: the order is in progress, and the page offers a reload.
    Unknown,
}

impl Status {
    /// Every status that this version knows, in the order of an order's life.
    pub const ALL: [Self; 8] = [
        Self::Placed,
        Self::Accepted,
        Self::Ready,
        Self::PickedUp,
        Self::Delivered,
        Self::Rejected,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The name on every wire: the event's `detail-type`, the order's status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.event().name()
    }

    /// The event that makes an order this.
    #[must_use]
    pub const fn event(self) -> EventName {
        match self {
            Self::Placed => EventName::Placed,
            Self::Accepted => EventName::Accepted,
            Self::Ready => EventName::Ready,
            Self::PickedUp => EventName::PickedUp,
            Self::Delivered => EventName::Delivered,
            Self::Rejected => EventName::Rejected,
            Self::Cancelled => EventName::Cancelled,
            Self::Failed => EventName::Failed,
            Self::Unknown => EventName::Unknown,
        }
    }

    /// Whether nothing can happen to the order any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Delivered | Self::Rejected | Self::Cancelled | Self::Failed)
    }

    /// What an order of this status is after an event; `None` if the event cannot happen to it.
    #[must_use]
    pub const fn after(self, event: EventName) -> Option<Self> {
        match (self, event) {
            (Self::Placed, EventName::Accepted) => Some(Self::Accepted),
            (Self::Placed, EventName::Rejected) => Some(Self::Rejected),
            (Self::Accepted, EventName::Ready) => Some(Self::Ready),
            (Self::Accepted | Self::Ready, EventName::PickedUp) => Some(Self::PickedUp),
            (Self::Placed | Self::Accepted | Self::Ready, EventName::Cancelled) => {
                Some(Self::Cancelled)
            }
            (Self::PickedUp, EventName::Delivered) => Some(Self::Delivered),
            (Self::PickedUp, EventName::Failed) => Some(Self::Failed),
            (Self::Placed, EventName::Seen)
            | (Self::Accepted | Self::Ready, EventName::Released)
            | (
                Self::Accepted | Self::Ready | Self::PickedUp,
                EventName::Claimed | EventName::Delayed,
            )
            | (Self::PickedUp, EventName::Nearby | EventName::AtDoor) => Some(self),
            _ => None,
        }
    }
}

impl From<EventName> for Status {
    /// The status that an event of this name makes; unknown if it makes none.
    fn from(name: EventName) -> Self {
        name.status().unwrap_or(Self::Unknown)
    }
}

impl From<Status> for EventName {
    fn from(status: Status) -> Self {
        status.event()
    }
}

/// What can happen to an order: the `detail-type` of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventName {
    /// The customer ordered.
    #[serde(rename = "order_placed")]
    Placed,
    /// The restaurant took the order.
    #[serde(rename = "order_accepted")]
    Accepted,
    /// It is cooked.
    #[serde(rename = "order_ready")]
    Ready,
    /// A courier took it from the restaurant.
    #[serde(rename = "order_picked_up")]
    PickedUp,
    /// The customer has it.
    #[serde(rename = "order_delivered")]
    Delivered,
    /// The restaurant did not take it.
    #[serde(rename = "order_rejected")]
    Rejected,
    /// It ended before a courier had it.
    #[serde(rename = "order_cancelled")]
    Cancelled,
    /// The courier could not hand it over.
    #[serde(rename = "order_failed")]
    Failed,
    /// The restaurant has promised another time. The status stays.
    #[serde(rename = "order_delayed")]
    Delayed,
    /// A courier will bring it, or another one than before. The status stays.
    #[serde(rename = "order_claimed")]
    Claimed,
    /// That courier will not bring it. The status stays.
    #[serde(rename = "order_released")]
    Released,
    /// Somebody in the restaurant has seen it and will answer. The status stays.
    #[serde(rename = "order_seen")]
    Seen,
    /// The courier is a few minutes away from the customer. The status stays.
    #[serde(rename = "order_nearby")]
    Nearby,
    /// The courier is at the customer's door. The status stays.
    #[serde(rename = "order_at_door")]
    AtDoor,
    /// An event that a later version knows. A browser may receive it; an event on the bus is never
    /// read as one.
    #[serde(rename = "unknown", other)]
    Unknown,
}

impl EventName {
    /// Every event that this version knows: those that make a status, then the others.
    pub const ALL: [Self; 14] = [
        Self::Placed,
        Self::Accepted,
        Self::Ready,
        Self::PickedUp,
        Self::Delivered,
        Self::Rejected,
        Self::Cancelled,
        Self::Failed,
        Self::Delayed,
        Self::Claimed,
        Self::Released,
        Self::Seen,
        Self::Nearby,
        Self::AtDoor,
    ];

    /// The name on every wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "order_placed",
            Self::Accepted => "order_accepted",
            Self::Ready => "order_ready",
            Self::PickedUp => "order_picked_up",
            Self::Delivered => "order_delivered",
            Self::Rejected => "order_rejected",
            Self::Cancelled => "order_cancelled",
            Self::Failed => "order_failed",
            Self::Delayed => "order_delayed",
            Self::Claimed => "order_claimed",
            Self::Released => "order_released",
            Self::Seen => "order_seen",
            Self::Nearby => "order_nearby",
            Self::AtDoor => "order_at_door",
            Self::Unknown => "unknown",
        }
    }

    /// What the event makes an order; `None` if the status stays as it is.
    #[must_use]
    pub const fn status(self) -> Option<Status> {
        match self {
            Self::Placed => Some(Status::Placed),
            Self::Accepted => Some(Status::Accepted),
            Self::Ready => Some(Status::Ready),
            Self::PickedUp => Some(Status::PickedUp),
            Self::Delivered => Some(Status::Delivered),
            Self::Rejected => Some(Status::Rejected),
            Self::Cancelled => Some(Status::Cancelled),
            Self::Failed => Some(Status::Failed),
            Self::Unknown => Some(Status::Unknown),
            Self::Delayed
            | Self::Claimed
            | Self::Released
            | Self::Seen
            | Self::Nearby
            | Self::AtDoor => None,
        }
    }
}

/// Why something happened to an order: a code with its parameters; the sentence is the page's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", from = "Code")]
pub enum Reason {
    /// The customer changed their mind while it was free.
    ByCustomer,
    /// The restaurant did not answer in time.
    NotAnswered {
        /// How long it had, in seconds.
        within_seconds: u32,
    },
    /// The restaurant is closed, or is closing early.
    Closed,
    /// The kitchen cannot take another order, or needs longer; a courier has too many.
    TooBusy,
    /// The restaurant has run out of something.
    ItemUnavailable {
        /// The dish, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dish_id: Option<DishId>,
    },
    /// The customer called the restaurant.
    CustomerCalled,
    /// There is no courier.
    NoCourier,
    /// Nobody was there to take it.
    NobodyThere,
    /// The customer did not take it.
    Refused,
    /// The address is wrong, or was not found.
    WrongAddress,
    /// Something happened to the courier, their vehicle or the order.
    Accident,
    /// Something else.
    Other,
    /// A reason that a later version knows.
    Unknown,
}

impl Reason {
    /// What staff read.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::ByCustomer => "Changed their mind",
            Self::NotAnswered { .. } => "Nobody answered in time",
            Self::Closed => "Closing",
            Self::TooBusy => "Too busy",
            Self::ItemUnavailable { .. } => "Sold out",
            Self::CustomerCalled => "The customer called",
            Self::NoCourier => "No courier",
            Self::NobodyThere => "Nobody there",
            Self::Refused => "Refused at the door",
            Self::WrongAddress => "Wrong address",
            Self::Accident => "Accident",
            Self::Other | Self::Unknown => "Another reason",
        }
    }
}

/// A [`Reason`] as it is read: its code with every parameter that any code has.
#[derive(Deserialize)]
struct Code {
    code: String,
    #[serde(default)]
    within_seconds: Option<u32>,
    #[serde(default)]
    dish_id: Option<DishId>,
}

impl From<Code> for Reason {
    fn from(read: Code) -> Self {
        match (read.code.as_str(), read.within_seconds) {
            ("by_customer", _) => Self::ByCustomer,
            ("not_answered", Some(within_seconds)) => Self::NotAnswered { within_seconds },
            ("closed", _) => Self::Closed,
            ("too_busy", _) => Self::TooBusy,
            ("item_unavailable", _) => Self::ItemUnavailable { dish_id: read.dish_id },
            ("customer_called", _) => Self::CustomerCalled,
            ("no_courier", _) => Self::NoCourier,
            ("nobody_there", _) => Self::NobodyThere,
            ("refused", _) => Self::Refused,
            ("wrong_address", _) => Self::WrongAddress,
            ("accident", _) => Self::Accident,
            ("other", _) => Self::Other,
            _ => Self::Unknown,
        }
    }
}

impl Reason {
    /// Whether a person of the restaurant may give this reason for an event.
    #[must_use]
    pub const fn explains(&self, event: EventName) -> bool {
        match event {
            EventName::Rejected => {
                matches!(
                    self,
                    Self::ItemUnavailable { .. } | Self::TooBusy | Self::Closed | Self::Other
                )
            }
            EventName::Cancelled => matches!(
                self,
                Self::ItemUnavailable { .. }
                    | Self::TooBusy
                    | Self::Closed
                    | Self::CustomerCalled
                    | Self::NoCourier
            ),
            EventName::Failed => matches!(
                self,
                Self::NobodyThere
                    | Self::Refused
                    | Self::WrongAddress
                    | Self::Accident
                    | Self::Other
            ),
            EventName::Delayed => matches!(self, Self::TooBusy | Self::NoCourier | Self::Other),
            EventName::Released => matches!(self, Self::TooBusy | Self::Accident | Self::Other),
            _ => false,
        }
    }
}
