//! The list of the customer's orders.

use shared::api::OrderSummary;

use super::{isolated, order};

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const SIGN_IN_TO_SEE: &str = "Sign in to see your orders";
    pub const SIGN_IN_HINT: &str = "Track your orders and order again.";
    pub const NONE: &str = "No orders yet";
    pub const NONE_HINT: &str = "Your orders will appear here.";
    pub const IN_PROGRESS: &str = "In progress";
    pub const PAST: &str = "Past orders";
    pub const SHOW_OLDER: &str = "Show older orders";
    pub const ELSEWHERE: &str = "Placed elsewhere";
}
pub use texts::*;

/// The name of the button that orders again.
#[must_use]
pub fn reorder(summary: &OrderSummary) -> String {
    let from = isolated(summary.restaurant_name.as_deref().unwrap_or(ELSEWHERE));
    format!("{} from {from}, {}", order::REORDER, order::number(summary.order_id))
}
