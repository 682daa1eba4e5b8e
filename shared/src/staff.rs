//! Who acts on an order in a restaurant, and what they may do.

use serde::{Deserialize, Serialize};

use crate::{event::EventName, id::CommandId, lenient, status::Reason, text::Text};

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
    /// Be shown a customer's phone number; the order's history says so.
    RevealPhone,
    /// Say what is sold out, that the kitchen is busy, or that it takes no orders for a while.
    SetAvailability,
    /// Say when the restaurant is open.
    SetHours,
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
        (Role::Kitchen, Action::ReadOrders | Action::Make(_) | Action::SetAvailability) => true,
        (
            Role::Courier,
            Action::Make(
                EventName::PickedUp
                | EventName::Delivered
                | EventName::Failed
                | EventName::Claimed
                | EventName::Released,
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
    /// Hands it to a courier.
    HandOver,
    /// Hands it to the customer.
    Deliver,
    /// Says that it could not be handed to the customer.
    Fail {
        /// Why.
        reason: Reason,
    },
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
            Self::HandOver => EventName::PickedUp,
            Self::Deliver => EventName::Delivered,
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
            | Self::Fail { reason } => Some(reason),
            Self::See | Self::Accept { .. } | Self::Ready | Self::HandOver | Self::Deliver => None,
        }
    }

    /// Checks the minutes and the reason.
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
        let event = self.event();
        match self.reason() {
            Some(reason) if !reason.explains(event) => Err(CommandError::Reason { event }),
            _ => Ok(()),
        }
    }
}

/// The body of a command: sent again with the same id, it is the same command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRequest {
    /// Its id, made by the device.
    pub command_id: CommandId,
    /// Who does it, as chosen on a device that several people use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StaffName>,
    /// What.
    #[serde(flatten)]
    pub command: Command,
}
