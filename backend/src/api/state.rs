//! What the routes of the API need.

use super::max_totals::MaxTotals;
use crate::{
    choreography::{steps::Steps, timing::Timing},
    runtime::origin_secret::OriginSecret,
    store::{
        catalog::Catalog,
        live::{Limits, Live},
        people::People,
    },
    websocket::sockets::Sockets,
};

/// The function `api`.
pub struct Api {
    /// The table of restaurants and dishes.
    pub catalog: Catalog,
    /// The orders.
    pub steps: Steps,
    /// The table of people.
    pub people: People,
    /// The table of connections and tickets.
    pub live: Live,
    /// The open WebSockets.
    pub sockets: Sockets,
    /// How fast the simulated kitchens are.
    pub timing: Timing,
    /// The secret of the requests that came through CloudFront.
    pub origin: OriginSecret,
    /// How much a customer may do a minute.
    pub limits: Limits,
    /// The most that an order may cost.
    pub max_totals: MaxTotals,
}
