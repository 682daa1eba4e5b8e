//! The problem for a customer who exceeds a limit per minute, over HTTP or a WebSocket.

use shared::api::{Problem, ProblemType};

use crate::store::live::{Action, OverLimit};

/// `too-many-requests`, with the limit and the seconds until it can be tried again.
#[must_use]
pub fn problem(over: OverLimit) -> Problem {
    let OverLimit { action, per_minute, retry_after } = over;
    let what = match action {
        Action::Order => "orders",
        Action::Ticket => "tickets",
        Action::Message => "messages",
    };
    let title =
        format!("At most {per_minute} {what} a minute are taken; try again in {retry_after} s.");
    Problem { retry_after: Some(retry_after), ..Problem::new(ProblemType::TooManyRequests, title) }
}
