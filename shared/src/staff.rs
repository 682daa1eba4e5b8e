//! Who acts on an order in a restaurant, and what they may do.

use serde::{Deserialize, Serialize};

use crate::{
    event::EventName,
    id::{CommandId, UserId},
    lenient,
    money::Amount,
    status::Reason,
    text::Text,
    time::Timestamp,
};

/// What a member of staff is called in an order's history, such as `An` or `Asha`.
pub type StaffName = Text<20>;

/// What somebody is in a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and who else is staff.
    Owner,
    /// The day: orders, availability, hours, menu, figures.
    Manager,
    /// Orders in the kitchen, and what is sold out.
    Kitchen,
    /// Orders on their way.
    Courier,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Kitchen, Self::Courier];
}

/// What somebody wants to do in a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Look at the orders under way.
    ReadOrders,
    /// Make that happen to an order, by a [`Command`].
    Make(EventName),
    /// Look at the orders that wait for a courier, claim one and bring it.
    Deliver,
    /// Say which courier brings an order.
    Assign,
    /// Be shown a customer's phone number; the order's history says so.
    RevealPhone,
    /// Say what is sold out, that the kitchen is busy, or that it takes no orders for a while.
    SetAvailability,
    /// Say when the restaurant is open.
    SetHours,
    /// Say where the restaurant delivers.
    SetDelivery,
    /// Publish another menu.
    EditMenu,
    /// See what a day brought in, and what happened to an order that has ended.
    ReadFigures,
    /// See who is staff, and who is invited.
    ReadPeople,
    /// Invite somebody, or take an invitation back.
    Invite(Role),
    /// Remove somebody.
    Remove(Role),
}

/// Whether somebody of this role may do that: the page hides what the API would refuse.
#[must_use]
pub const fn may(role: Role, action: Action) -> bool {
    match (role, action) {
        (Role::Owner, _) => true,
        // Only an owner decides who is above the kitchen.
        (
            Role::Manager,
            Action::Invite(Role::Owner | Role::Manager)
            | Action::Remove(Role::Owner | Role::Manager),
        ) => false,
        (Role::Manager, _) => true,
        // Who claims an order brings it.
        (Role::Kitchen, Action::Make(EventName::Claimed | EventName::Released)) => false,
        (Role::Kitchen, Action::ReadOrders | Action::Make(_) | Action::SetAvailability) => true,
        (
            Role::Courier,
            Action::Deliver
            | Action::Make(
                EventName::PickedUp
                | EventName::Delivered
                | EventName::Failed
                | EventName::Claimed
                | EventName::Released
                | EventName::Nearby
                | EventName::AtDoor,
            ),
        ) => true,
        (Role::Kitchen | Role::Courier, _) => false,
    }
}

/// Whoever made something happen to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What they are.
    pub role: ActorRole,
    /// What a member of staff is called there.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub name: Option<StaffName>,
}

/// What whoever acts on an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorRole {
    /// [`Role::Owner`].
    Owner,
    /// [`Role::Manager`].
    Manager,
    /// [`Role::Kitchen`].
    Kitchen,
    /// [`Role::Courier`].
    Courier,
    /// The autopilot, which plays a kitchen and a courier.
    Robot,
    /// Whoever ordered.
    Customer,
    /// The time until which the restaurant has to answer.
    Deadline,
    /// A role that a later version knows.
    #[serde(other)]
    Unknown,
}

impl Actor {
    /// The autopilot.
    pub const ROBOT: Self = Self { role: ActorRole::Robot, name: None };
    /// Whoever ordered.
    pub const CUSTOMER: Self = Self { role: ActorRole::Customer, name: None };
    /// The time until which the restaurant has to answer.
    pub const DEADLINE: Self = Self { role: ActorRole::Deadline, name: None };
}

impl From<Role> for ActorRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Manager => Self::Manager,
            Role::Kitchen => Self::Kitchen,
            Role::Courier => Self::Courier,
        }
    }
}

/// What staff, or the autopilot, does to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    /// Says that somebody has seen it, which stops the alarm on every device.
    See,
    /// Takes the order.
    Accept {
        /// Minutes until it is ready: 1 to [`Command::MAX_MINUTES`]; if absent, the
        /// [`preparation_minutes`](crate::api::Ticket::preparation_minutes) of its ticket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u16>,
    },
    /// Does not take the order.
    Decline {
        /// Why not.
        reason: Reason,
    },
    /// Promises a later time.
    Delay {
        /// How many minutes later: 1 to [`Command::MAX_MINUTES`].
        minutes: u16,
        /// Why.
        reason: Reason,
    },
    /// Says that it is cooked.
    Ready,
    /// Ends an order that was accepted.
    Cancel {
        /// Why.
        reason: Reason,
    },
    /// Says that whoever sends it will bring the order.
    Claim,
    /// Says that somebody else will bring the order. Needs [`Action::Assign`].
    Assign {
        /// Who: staff of the restaurant who may [`Action::Deliver`].
        courier: UserId,
    },
    /// Says that whoever has claimed the order will not bring it.
    Release {
        /// Why.
        reason: Reason,
    },
    /// Hands it to a courier.
    HandOver,
    /// Says that the courier is a few minutes away from the customer.
    Nearby,
    /// Says that the courier is at the customer's door.
    Arrive,
    /// Hands it to the customer.
    Deliver {
        /// What the customer paid; absent if whoever delivered did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        collected: Option<Collected>,
    },
    /// Says that it could not be handed to the customer.
    Fail {
        /// Why.
        reason: Reason,
    },
}

/// What a customer paid at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Collected {
    /// How.
    pub method: PaidBy,
    /// How much, in minor units of the bill's currency: 0 to [`Collected::MAX_AMOUNT`]. It can be another
    /// amount than the bill's total.
    pub amount: Amount,
}

impl Collected {
    /// The most that can be said to be paid for an order, in minor units.
    pub const MAX_AMOUNT: Amount = Amount::new(100_000_000);
}

/// How a customer paid at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    /// Cash, which the courier has until the end of the shift.
    Cash,
    /// By card, on the restaurant's own terminal.
    Card,
    /// Otherwise, or not at all; and a way that a later version knows.
    #[serde(other)]
    Other,
}

/// Why a command is not one that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Too few or too many minutes.
    #[error("must be 1 to {most} minutes, and is {minutes}", most = Command::MAX_MINUTES)]
    Minutes {
        /// How many.
        minutes: u16,
    },
    /// Less than nothing, or more than anybody pays at a door.
    #[error("must be 0 to {most}, in minor units", most = Collected::MAX_AMOUNT.minor())]
    Amount,
    /// The reason explains something else.
    #[error("is not a reason for {}", event.name())]
    Reason {
        /// What it should explain.
        event: EventName,
    },
}

impl Command {
    /// The longest time that a kitchen may take or ask for, in minutes.
    pub const MAX_MINUTES: u16 = 180;
    /// How long a courier waits at a door before they say that nobody is there, in milliseconds.
    pub const WAIT_AT_DOOR: i64 = 5 * 60_000;

    /// What happens to the order.
    #[must_use]
    pub const fn event(&self) -> EventName {
        match self {
            Self::See => EventName::Seen,
            Self::Accept { .. } => EventName::Accepted,
            Self::Decline { .. } => EventName::Rejected,
            Self::Delay { .. } => EventName::Delayed,
            Self::Ready => EventName::Ready,
            Self::Cancel { .. } => EventName::Cancelled,
            Self::Claim | Self::Assign { .. } => EventName::Claimed,
            Self::Release { .. } => EventName::Released,
            Self::HandOver => EventName::PickedUp,
            Self::Nearby => EventName::Nearby,
            Self::Arrive => EventName::AtDoor,
            Self::Deliver { .. } => EventName::Delivered,
            Self::Fail { .. } => EventName::Failed,
        }
    }

    /// Why, if that needs saying.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Decline { reason }
            | Self::Delay { reason, .. }
            | Self::Cancel { reason }
            | Self::Release { reason }
            | Self::Fail { reason } => Some(reason),
            Self::See
            | Self::Accept { .. }
            | Self::Ready
            | Self::Claim
            | Self::Assign { .. }
            | Self::HandOver
            | Self::Nearby
            | Self::Arrive
            | Self::Deliver { .. } => None,
        }
    }

    /// What somebody needs to be allowed.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Assign { .. } => Action::Assign,
            _ => Action::Make(self.event()),
        }
    }

    /// Checks the minutes, the amount and the reason.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn check(&self) -> Result<(), CommandError> {
        let minutes = match self {
            Self::Accept { minutes } => *minutes,
            Self::Delay { minutes, .. } => Some(*minutes),
            _ => None,
        };
        if let Some(minutes) = minutes.filter(|minutes| !(1..=Self::MAX_MINUTES).contains(minutes))
        {
            return Err(CommandError::Minutes { minutes });
        }
        if let Self::Deliver { collected: Some(collected) } = self
            && !(Amount::ZERO..=Collected::MAX_AMOUNT).contains(&collected.amount)
        {
            return Err(CommandError::Amount);
        }
        let event = self.event();
        match self.reason() {
            Some(reason) if !reason.explains(event) => Err(CommandError::Reason { event }),
            _ => Ok(()),
        }
    }
}

/// The body of a command: sent again with the same id, it is the same command, and with other contents it is refused
/// (422, `invalid-field` of `command_id`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRequest {
    /// Its id, made by the device.
    pub command_id: CommandId,
    /// Who does it, as chosen on a device that several people use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
    /// When it was pressed, by the device's clock, if it could not be sent then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed_at: Option<Timestamp>,
    /// What.
    #[serde(flatten)]
    pub command: Command,
}
