//! A cart at a restaurant: what a quote and an order ask of it alike.

use shared::{
    Amount, OrderRequest, RestaurantId, Timestamp,
    api::{Problem, ProblemType},
    hours::LocalTime,
    menu::Restaurant,
    order::OrderLine,
    price::{self, Bill, PriceError},
};

use crate::{
    Error,
    api::{Api, request::invalid},
    catalog::Listed,
    wall_clock,
};

/// Whether a restaurant takes orders, by its own clock.
pub(super) enum Door {
    /// It does.
    Open,
    /// It does not.
    Closed {
        /// When it opens next, if it ever does.
        opens: Option<LocalTime>,
    },
}

impl Door {
    /// The restaurant's door now.
    ///
    /// # Errors
    /// [`Error::Outside`] if the catalog names a time zone that is none.
    pub(super) fn of(restaurant: &Restaurant, now: Timestamp) -> Result<Self, Error> {
        let hours = &restaurant.card.hours;
        let local = wall_clock::local(now, &hours.time_zone)?;
        Ok(match hours.open_at(local) {
            true => Self::Open,
            false => Self::Closed { opens: hours.opens_after(local) },
        })
    }
}

impl Api {
    /// The restaurant that a cart is for.
    ///
    /// # Errors
    /// `unknown-restaurant`, or [`Error::Outside`] if the table did not answer.
    pub(super) async fn restaurant_of(&self, id: &RestaurantId) -> Result<Listed, Error> {
        self.catalog.restaurant(id).await?.ok_or_else(|| {
            let title = format!("restaurant_id: there is no restaurant called “{id}”.");
            Problem::new(ProblemType::UnknownRestaurant, title).at("restaurant_id").into()
        })
    }
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
