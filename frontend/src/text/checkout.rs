//! The checkout.

use shared::api::AddressRecord;

use super::isolated;

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const TITLE: &str = "Checkout";
    pub const DELIVERY_DETAILS: &str = "Delivery details";
    pub const NAME: &str = "Name";
    pub const STREET: &str = "Street address";
    pub const UNIT: &str = "Flat, floor (optional)";
    pub const POSTCODE: &str = "Postcode";
    pub const POSTCODE_OPTIONAL: &str = "Postcode (optional)";
    pub const CITY: &str = "Town or city";
    pub const PHONE: &str = "Phone (optional)";
    pub const PHONE_HINT: &str = "So the courier can reach you";
    pub const NOTE: &str = "Note for the restaurant or courier (optional)";
    pub const SAVED_ADDRESSES: &str = "Saved addresses";
    pub const EDIT_ADDRESS: &str = "Edit delivery details";
    pub const SAVE_ADDRESS: &str = "Save this address";
    pub const NOT_SAVED: &str = "We couldn’t save your address.";
    pub const TIP: &str = "Tip your courier";
    pub const TIP_HINT: &str = "100% goes to your courier.";
    pub const NO_TIP: &str = "No tip";
    pub const PAYMENT: &str = "Payment";
    pub const PAY_ON_DELIVERY: &str = "Pay your courier by cash or card on delivery.";
    pub const ADD_MORE: &str = "Add more items";
    pub const PLACE_ORDER: &str = "Place order";
    pub const PLACING: &str = "Placing your order…";
    pub const PLACED: &str = "Order placed. You’ll find it in My orders.";
    pub const STILL_TRYING: &str = "Still trying. You won’t be charged twice.";
    pub const CHECKING: &str = "Checking whether your order went through…";
    pub const SIGN_IN_TO_ORDER: &str = "Sign in to order";
    pub const SIGN_IN_HINT: &str = "Your basket and details will be saved.";
    pub const CHECK_FIELDS: &str = "Check the highlighted fields.";
    pub const PRICE_CHANGED: &str = "The price has changed";
    pub const ACCEPT_PRICE: &str = "Order at the new price";
    pub const ALREADY_PLACED: &str = "You already ordered from this basket";
    pub const ALREADY_PLACED_HINT: &str = "Is this the same order, or do you want to order again?";
    pub const VIEW_ORDER: &str = "View order";
    pub const ORDER_AGAIN: &str = "Place another order";
    pub const ID_TAKEN: &str = "Something went wrong. Place your order again.";
}
pub use texts::*;

/// A tip in per cent of the dishes' price.
#[must_use]
pub fn tip(percent: u8) -> String {
    if percent == 0 { NO_TIP.to_owned() } else { format!("{percent}%") }
}

/// The button that places the order.
#[must_use]
pub fn place_for(total: &str) -> String {
    format!("{PLACE_ORDER} · {total}")
}

/// How many characters of a note are used.
#[must_use]
pub fn characters(used: usize, most: usize) -> String {
    format!("{used} of {most} characters")
}

/// A saved address in a few words: its label or name, and its street.
#[must_use]
pub fn short_address(saved: &AddressRecord) -> String {
    let name = match &saved.label {
        Some(label) => isolated(label.as_ref()),
        None => isolated(saved.address.name.as_ref()),
    };
    format!("{name} · {}", isolated(saved.address.street.as_ref()))
}
