//! Where the restaurant delivers.

use shared::{
    Amount, RestaurantId,
    api::RestaurantDelivery,
    area::{DeliveryArea, PostcodePrefix},
};

use crate::text::format::money;

mod texts {
    pub const AREAS: &str = "Delivery areas";
    pub const AREA: &str = "Area";
    pub const POSTCODES: &str = "Postcodes begin with";
    pub const POSTCODES_HINT: &str = "Separated by commas, such as N1, E8 or 110, 122";
    pub const FEE: &str = "Delivery fee";
    pub const MINIMUM: &str = "Minimum order (optional)";
    pub const ADD_AREA: &str = "Add area";
    pub const REMOVE_AREA: &str = "Remove area";
    pub const AREAS_HINT: &str = "You deliver to these postcodes and nowhere else. Where two areas fit, the one with more of the postcode counts.";
    pub const NO_POSTCODES_HERE: &str =
        "Addresses in your country have no postcodes, so you can’t set areas.";
    pub const SAVE_AREAS: &str = "Save areas";
    pub const AREAS_SAVED: &str = "Areas saved. Customers see them within a minute.";
    pub const AREAS_CHANGED: &str = "Someone else changed the areas";
    pub const AREAS_CHANGED_HINT: &str = "Yours aren’t saved. These are the areas now:";
    pub const POSTCODES_MISSING: &str = "Enter a postcode, or remove this area.";
    pub const POSTCODES_WRONG: &str =
        "Enter how postcodes begin, separated by commas: up to 12 letters and digits each.";
    pub const TOO_MANY_POSTCODES: &str = "All areas can have up to 200 postcodes.";
    pub const TOO_MANY_AREAS: &str = "There can be up to 30 areas.";
    pub const AMOUNT_TOO_HIGH: &str = "Enter a lower amount.";
}
pub(in crate::counter) use texts::*;

/// The address of where a restaurant delivers.
pub(in crate::counter) fn delivery_areas_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}/delivery")
}

/// Where a restaurant without areas delivers.
pub(in crate::counter) fn anywhere(delivery: &RestaurantDelivery) -> String {
    let fee = money(delivery.delivery_fee, delivery.currency);
    match minimum(delivery.minimum_order, delivery) {
        None => format!("You have no areas: you deliver anywhere for {fee}."),
        Some(minimum) => {
            format!("You have no areas: you deliver anywhere for {fee}, {minimum}.")
        }
    }
}

/// An area in a line: `N1, E8: £1.50, minimum £15.00`.
pub(in crate::counter) fn area_line(area: &DeliveryArea, delivery: &RestaurantDelivery) -> String {
    let postcodes: Vec<_> = area.postcodes.iter().map(AsRef::as_ref).collect();
    let fee = money(area.delivery_fee, delivery.currency);
    let minimum = minimum(area.minimum_order, delivery);
    let minimum = minimum.map(|minimum| format!(", {minimum}")).unwrap_or_default();
    format!("{}: {fee}{minimum}", postcodes.join(", "))
}

/// A text that no postcode of the restaurant's country, which has British ones, begins with.
pub(in crate::counter) fn postcode_unknown(postcode: &PostcodePrefix) -> String {
    format!("{postcode} isn’t how a postcode begins. Write it like SW, SW1Y or SW1Y 4.")
}

/// A postcode that is listed before.
pub(in crate::counter) fn postcode_twice(postcode: &PostcodePrefix) -> String {
    format!("{postcode} is listed twice. Remove one.")
}

fn minimum(amount: Amount, delivery: &RestaurantDelivery) -> Option<String> {
    (!amount.is_zero()).then(|| format!("minimum {}", money(amount, delivery.currency)))
}
