//! A cart at a restaurant: what a quote and an order have in common.

use shared::{
    Amount, OrderRequest, RestaurantId, Timestamp,
    api::{Problem, ProblemType},
    hours::OpeningTime,
    menu::Restaurant,
    order::OrderLine,
    price::{self, Bill, PriceError},
    text::Text,
};

use super::{local_time, request::invalid, state::Api};
use crate::{runtime::error::Error, store::catalog::CatalogEntry};

/// Whether a restaurant is open, by its own clock.
pub(super) enum Opening {
    /// It is open.
    Open,
    /// It is closed.
    Closed {
        /// When it opens next, if it ever does.
        opens: Option<OpeningTime>,
    },
}

impl Opening {
    /// Whether the restaurant is open now.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the catalog names a time zone that is none.
    pub(super) fn of(restaurant: &Restaurant, now: Timestamp) -> Result<Self, Error> {
        let hours = &restaurant.card.hours;
        if let Some(pause) = restaurant.card.pause.filter(|pause| pause.until.holds(now)) {
            return Ok(Self::Closed { opens: pause.opens });
        }
        let local = local_time::local(now, &hours.time_zone)?;
        Ok(match hours.open_at(local) {
            true => Self::Open,
            false => Self::Closed { opens: hours.opens_after(local).map(OpeningTime::from) },
        })
    }
}

impl Api {
    /// The restaurant that a cart is for.
    ///
    /// # Errors
    /// `unknown-restaurant`, or [`Error::Dependency`] if the table did not answer.
    pub(super) async fn restaurant_of(&self, id: &RestaurantId) -> Result<CatalogEntry, Error> {
        self.catalog.restaurant(id).await?.ok_or_else(|| {
            let title = format!("restaurant_id: there is no restaurant called “{id}”.");
            Problem::new(ProblemType::UnknownRestaurant, title).at("restaurant_id").into()
        })
    }
}

/// Has a cart priced by the area of a postcode, which is in that field of the request; without one, by the lowest fee.
///
/// # Errors
/// `not-delivered-here`.
pub(super) fn deliver_to(
    restaurant: &mut Restaurant,
    postcode: Option<&Text<16>>,
    field: &str,
) -> Result<(), Problem> {
    let delivers = restaurant.card.deliver_to(postcode.map(AsRef::as_ref));
    let Some(postcode) = postcode.filter(|_| !delivers) else { return Ok(()) };
    let name = &restaurant.card.name;
    let title = format!(
        "{field}: {name} does not deliver to {postcode}; choose another address or restaurant."
    );
    Err(Problem::new(ProblemType::NotDeliveredHere, title).at(field))
}

/// Refuses a cart with no lines, or with too many.
pub(super) fn check_lines(lines: &[OrderLine]) -> Result<(), Problem> {
    if (1..=OrderRequest::MAX_LINES).contains(&lines.len()) {
        return Ok(());
    }
    let most = OrderRequest::MAX_LINES;
    Err(invalid("lines", &format!("must hold 1 to {most} lines, and holds {}", lines.len())))
}

/// The bill of a cart at the prices of now; the problem names the field that cannot be sold.
pub(super) fn bill(
    restaurant: &Restaurant,
    lines: &[OrderLine],
    tip: Amount,
) -> Result<Bill, Problem> {
    price::bill(restaurant, lines, tip).map_err(unsellable)
}

/// What the dishes still lack to the smallest order; zero if nothing.
pub(super) fn missing(restaurant: &Restaurant, bill: &Bill) -> Amount {
    let minimum = restaurant.card.minimum_order.minor();
    Amount::new(minimum.saturating_sub(bill.subtotal.minor()).max(0))
}

fn unsellable(error: PriceError) -> Problem {
    let kind = match error {
        PriceError::UnknownDish { .. } => ProblemType::UnknownDish,
        PriceError::SoldOut { .. } => ProblemType::SoldOut,
        PriceError::UnknownOption { .. } | PriceError::WrongChoices { .. } => {
            ProblemType::InvalidOptions
        }
        PriceError::Tip { .. } => ProblemType::InvalidField,
    };
    let field = error.field();
    Problem::new(kind, format!("{field}: {error}.")).at(field)
}
