//! The basket, which is what a customer calls the cart.

use shared::{hours::OpeningTime, menu::Card, order::Quantity, price::BillOption};

use super::{counted, hours, isolated, list};

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const BASKET: &str = "Your basket";
    pub const EMPTY: &str = "Your basket is empty";
    pub const EMPTY_HINT: &str = "Items you add are saved here.";
    pub const VIEW: &str = "View basket";
    pub const CHECKOUT: &str = "Go to checkout";
    pub const FULL: &str = "You can order up to 99 of an item and 50 different items.";
    pub const CHANGED_ELSEWHERE: &str = "Your basket was changed in another tab.";
    pub const REMOVE: &str = "Remove";
    pub const SUBTOTAL: &str = "Subtotal";
    pub const DELIVERY: &str = "Delivery";
    pub const DELIVERY_FROM: &str = "Delivery from";
    pub const FREE: &str = "Free";
    pub const TIP: &str = "Courier tip";
    pub const TOTAL: &str = "Total";
}
pub use texts::*;

/// How many items are in the basket.
#[must_use]
pub fn items(count: u32) -> String {
    counted(count as usize, "item")
}

/// Whose dishes these are.
#[must_use]
pub fn from_restaurant(name: &str) -> String {
    format!("From {}", isolated(name))
}

/// How many of a dish, before its name.
#[must_use]
pub fn times(quantity: Quantity) -> String {
    format!("{}×", quantity.get())
}

/// What was chosen with a dish.
#[must_use]
pub fn options(chosen: &[BillOption]) -> String {
    list(chosen.iter().map(|option| option.name.as_str()))
}

/// The name of a button that changes something.
#[must_use]
pub fn edit(name: &str) -> String {
    format!("Edit {}", isolated(name))
}

/// The name of a button that removes something.
#[must_use]
pub fn remove(name: &str) -> String {
    format!("{REMOVE} {}", isolated(name))
}

/// What is said when a line was removed.
#[must_use]
pub fn removed(dish: &str) -> String {
    format!("{} removed", isolated(dish))
}

/// What is said when the restaurant no longer sells so many lines of the basket; `names` are their dishes', if known.
/// One of these dishes may still be sold, with other options (`is_sold`).
#[must_use]
pub fn no_longer_available(lines: usize, names: Option<&[String]>, is_sold: bool) -> String {
    let what = match names {
        Some(names) => list(names.iter().map(String::as_str)),
        None => counted(lines, "item"),
    };
    let as_chosen = if is_sold { " as chosen" } else { "" };
    match names.map_or(lines, <[String]>::len) {
        1 => format!("{what} is no longer available{as_chosen} and was removed."),
        _ => format!("{what} are no longer available{as_chosen} and were removed."),
    }
}

/// What is missing to the smallest order.
#[must_use]
pub fn below_minimum(missing: &str, minimum: &str) -> String {
    format!("Add {missing} to reach the {minimum} minimum")
}

/// The restaurant does not deliver to this postcode.
#[must_use]
pub fn not_delivered(card: &Card, postcode: &str) -> String {
    format!("{} doesn’t deliver to {}.", isolated(&card.name), isolated(postcode))
}

/// The restaurant takes no orders now.
#[must_use]
pub fn closed(card: &Card, opens: Option<OpeningTime>) -> String {
    let name = isolated(&card.name);
    match opens {
        Some(opens) => {
            let opens = hours::opens(opens, &card.hours);
            format!("{name} {opens}. We’ve saved your basket.")
        }
        None => format!("{name} isn’t taking orders."),
    }
}

/// Prices have changed.
#[must_use]
pub fn price_changed(before: &str, now: &str) -> String {
    format!("Price changed from {before} to {now}. You haven’t ordered yet.")
}

/// The name of the tax line of a bill.
#[must_use]
pub fn tax(name: &str, included: bool) -> String {
    if included { format!("Includes {name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_left_the_basket_is_named_if_its_name_is_known() {
        let names = ["Masala dosa", "Filter coffee"].map(str::to_owned);
        for (lines, names, text) in [
            (1, &names[..1], "Masala dosa is no longer available and was removed."),
            (2, &names[..1], "Masala dosa is no longer available and was removed."),
            (2, &names[..], "Masala dosa, Filter coffee are no longer available and were removed."),
        ] {
            let said = no_longer_available(lines, Some(names), false)
                .replace(['\u{2068}', '\u{2069}'], "");
            assert_eq!(said, text);
        }
        assert_eq!(
            no_longer_available(1, None, false),
            "1 item is no longer available and was removed."
        );
        let chosen = "1 item is no longer available as chosen and was removed.";
        assert_eq!(no_longer_available(1, None, true), chosen);
        let two = "2 items are no longer available and were removed.";
        assert_eq!(no_longer_available(2, None, false), two);
    }
}
