//! Ends of an order that need a reason.

use shared::{Command, Reason, api::Ticket};

/// Why an order could not be handed over.
pub(super) const FAILURES: [Reason; 5] =
    [Reason::NobodyThere, Reason::Refused, Reason::WrongAddress, Reason::Accident, Reason::Other];

/// An end that needs a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Of an order that was not answered.
    Decline,
    /// Of an order that was accepted.
    Cancel,
    /// Of an order on its way.
    Fail,
}

impl Choice {
    /// The command for a reason.
    pub(super) fn command(self, reason: Reason) -> Command {
        match self {
            Self::Decline => Command::Decline { reason },
            Self::Cancel => Command::Cancel { reason },
            Self::Fail => Command::Fail { reason },
        }
    }

    /// The reasons to choose from; each dish of the order may have run out.
    pub(super) fn reasons(self, ticket: &Ticket) -> Vec<Reason> {
        let mut dishes: Vec<_> =
            ticket.bill.lines.iter().map(|line| Some(line.dish_id.clone())).collect();
        dishes.dedup();
        let sold_out = dishes.into_iter().map(|dish_id| Reason::ItemUnavailable { dish_id });
        match self {
            Self::Decline => {
                sold_out.chain([Reason::TooBusy, Reason::Closed, Reason::Other]).collect()
            }
            Self::Cancel => sold_out
                .chain([Reason::TooBusy, Reason::Closed, Reason::CustomerCalled, Reason::NoCourier])
                .collect(),
            Self::Fail => FAILURES.to_vec(),
        }
    }
}
