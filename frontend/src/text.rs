//! Every sentence a person reads. Money, times and numbers: [`mod@format`]; when a restaurant is
//! open: [`mod@hours`]; what went wrong: [`problems`]; what becomes of an order: [`progress`].

pub mod format;
pub mod hours;
pub mod problems;
pub mod progress;

use shared::{
    api::ListedAddress,
    hours::LocalTime,
    menu::{Allergen, Card, Diet, OptionGroup},
    order::{DeliveryAddress, Quantity},
    price::BillOption,
};

use crate::finding::Sort;

pub use self::{
    format::{countdown, machine_time, money, when},
    hours::{Doors, doors, hours},
    progress::{headline, status_name},
};

#[expect(missing_docs, reason = "each is the sentence it is")]
mod sentences {
    pub const TIFFIN: &str = "Tiffin";
    pub const SKIP: &str = "Skip to the page";
    pub const NAVIGATION: &str = "Tiffin";
    pub const RELOAD: &str = "Reload";
    pub const BROKEN: &str = "Something broke. Your cart is kept.";
    pub const OUTDATED: &str = "There is a newer version of this page.";
    pub const EXPIRED: &str =
        "You have been signed out, because this site no longer knows your sign-in.";
    pub const DISMISS: &str = "Put away";
    pub const CLOSE: &str = "Close";
    pub const CANCEL: &str = "Keep as it is";
    pub const LOADING: &str = "Loading";
    pub const TRY_AGAIN: &str = "Try again";
    pub const DEMO_PACE: &str = "Demo pace: one minute takes a second";

    pub const ORDERS: &str = "My orders";
    pub const ACCOUNT: &str = "Account";
    pub const SIGN_IN: &str = "Sign in";
    pub const SIGN_OUT: &str = "Sign out";
    pub const CREATE_ACCOUNT: &str = "Create account";

    pub const HOME_TITLE: &str = "Restaurants";
    pub const HOME_HEADING: &str = "What’s in your tiffin today?";
    pub const HOME_LEAD: &str =
        "Order from a kitchen nearby and watch it come to you, step by step.";
    pub const NO_RESTAURANTS: &str = "No kitchen has opened here yet";
    pub const NO_RESTAURANTS_HINT: &str = "Come back a little later.";
    pub const SEARCH: &str = "Search restaurants and dishes";
    pub const FILTERS: &str = "Narrow down";
    pub const OPEN_NOW: &str = "Open now";
    pub const CUISINE: &str = "Cuisine";
    pub const ALL_CUISINES: &str = "All";
    pub const SORT: &str = "Sort by";
    pub const NOTHING_FOUND: &str = "No kitchen cooks that";
    pub const NOTHING_FOUND_HINT: &str = "Try another word, or take a filter away.";
    pub const SHOW_ALL: &str = "Show all restaurants";
    pub const OPENING_HOURS: &str = "Opening hours";

    pub const ALL_RESTAURANTS: &str = "All restaurants";
    pub const SOLD_OUT: &str = "Sold out today";
    pub const MENU: &str = "Menu";
    pub const MENU_SECTIONS: &str = "Parts of the menu";
    pub const REQUIRED: &str = "Required";
    pub const ONE_LESS: &str = "One less";
    pub const ONE_MORE: &str = "One more";
    pub const CLOSED_NOW: &str = "Closed now";
    pub const LINE_NOTE: &str = "A word to the kitchen (optional)";
    pub const UNDO: &str = "Undo";
    pub const REMOVE: &str = "Remove";
    pub const CART_FULL: &str = "An order holds at most 99 of a dish, and 50 different lines.";

    pub const YOUR_CART: &str = "Your order";
    pub const CART: &str = "Cart";
    pub const CART_EMPTY: &str = "Nothing in it yet";
    pub const CART_EMPTY_HINT: &str = "Add a dish, and it waits here, even if you close the page.";
    pub const FIND_FOOD: &str = "Find something to eat";
    pub const GO_TO_CHECKOUT: &str = "Go to checkout";
    pub const VIEW_CART: &str = "View order";
    pub const ADD_MORE: &str = "Add more dishes";
    pub const SUBTOTAL: &str = "Subtotal";
    pub const DELIVERY: &str = "Delivery";
    pub const TOTAL: &str = "Total";
    pub const FREE: &str = "Free";

    pub const START_OVER_TITLE: &str = "Start a new order?";
    pub const START_OVER: &str = "Start a new order";

    pub const CHECKOUT: &str = "Checkout";
    pub const WHERE_TO: &str = "Where to?";
    pub const NAME: &str = "Name";
    pub const STREET: &str = "House and street";
    pub const CITY: &str = "Town or city";
    pub const POSTCODE: &str = "Postcode";
    pub const PHONE: &str = "Phone (optional)";
    pub const PHONE_HINT: &str = "For the courier, if your door is hard to find.";
    pub const NOTE: &str = "Note for the kitchen or courier (optional)";
    pub const NOTE_HINT: &str = "Up to 280 characters.";
    pub const KEPT_ADDRESSES: &str = "Kept addresses";
    pub const KEEP_ADDRESS: &str = "Keep this address for next time";
    pub const TIP: &str = "Tip for the courier";
    pub const TIP_HINT: &str = "All of it is the courier’s.";
    pub const PAYMENT: &str = "How you pay";
    pub const PAY_ON_DELIVERY: &str =
        "At your door, to the courier, in cash or by card. There is no other way to pay yet.";
    pub const PLACE_ORDER: &str = "Place order";
    pub const PLACED: &str = "Your order is placed. You find it under My orders.";
    pub const PLACING: &str = "Placing your order…";
    pub const STILL_TRYING: &str = "No answer yet, trying again. It will not be ordered twice.";
    pub const SIGN_IN_TO_ORDER: &str = "Sign in to order";
    pub const SIGN_IN_TO_ORDER_HINT: &str = "Your cart and what you typed stay as they are.";
    pub const CHECK_FIELDS: &str = "Please look at the fields that are marked.";
    pub const SETTLING: &str = "Looking up whether your order arrived…";
    pub const PRICE_CHANGED: &str = "The price has changed";
    pub const ACCEPT_PRICE: &str = "Order at the new price";
    pub const ALREADY_PLACED: &str = "You placed an order from this cart before";
    pub const ALREADY_PLACED_HINT: &str =
        "It is on its way to you. Is this the same order, or do you want this one too?";
    pub const SEE_IT: &str = "See it";
    pub const ORDER_THIS_TOO: &str = "Order this too";
    pub const ID_TAKEN: &str =
        "This cart could not be placed under its number, so it has a new one. Please try again.";

    pub const ORDER: &str = "Order";
    pub const PLACED_ELSEWHERE: &str =
        "Placed elsewhere: what was ordered is not known here, but you can watch it arrive.";
    pub const ELSEWHERE: &str = "An order placed elsewhere";
    pub const TIMELINE: &str = "What happened when";
    pub const EXPECTED: &str = "Expected";
    pub const AT_THE_LATEST: &str = "At the latest";
    pub const ANSWER_BY: &str = "The restaurant has to answer within";
    pub const ANSWER_AT: &str = "The restaurant has to answer by";
    pub const ANSWER_OVERDUE: &str = "The time to answer is over; this order is about to end.";
    pub const CANCEL_ORDER: &str = "Cancel order, free of charge";
    pub const CANCEL_TITLE: &str = "Cancel this order?";
    pub const CANCEL_HINT: &str = "The restaurant has not started. It costs nothing.";
    pub const CANCEL_YES: &str = "Yes, cancel it";
    pub const WHAT_YOU_ORDERED: &str = "What you ordered";
    pub const BROUGHT_TO: &str = "Brought to";
    pub const YOUR_NOTE: &str = "Your note";
    pub const ORDER_AGAIN_THERE: &str = "See the menu";
    pub const SIGN_IN_TO_SEE: &str = "Sign in to see your orders";

    pub const REORDER: &str = "Order again";
    pub const NOTHING_SOLD_ANY_MORE: &str = "Nothing of that order is sold any more.";

    pub const SIGNED_IN_AS: &str = "Signed in as";
    pub const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";
    pub const SIGNED_OUT_EVERYWHERE: &str =
        "You are signed out here, and within a quarter of an hour everywhere.";
    pub const NO_ADDRESSES: &str = "None yet. One you keep fills in the checkout with one press.";
    pub const ADD_ADDRESS: &str = "Add an address";
    pub const ADDRESS: &str = "Address";
    pub const LABEL: &str = "Called (optional)";
    pub const LABEL_HINT: &str = "Such as Home.";
    pub const KEEP: &str = "Keep it";
    pub const EDIT: &str = "Change";
    pub const MY_DATA: &str = "My data";
    pub const MY_DATA_HINT: &str =
        "Everything that is kept of you: your account, your addresses, your orders.";
    pub const DOWNLOAD: &str = "Download as a file";
    pub const DELETE_ACCOUNT: &str = "Delete my account";
    pub const DELETE_HINT: &str = "Your sign-in and your kept addresses are deleted, and your \
        name, address, phone and notes are removed from your past orders. What was sold for how \
        much stays for the restaurants’ books, without anything that leads to you.";
    pub const DELETE_BEGUN: &str =
        "Deleting this account has begun and was interrupted. Delete it again to finish.";
    pub const DELETE_TITLE: &str = "Delete your account?";
    pub const DELETE_YES: &str = "Yes, delete it";
    pub const DELETED: &str = "Your account is deleted.";

    pub const NO_ORDERS: &str = "No orders yet";
    pub const NO_ORDERS_HINT: &str = "Your first one will show up here and move by itself.";
    pub const UNDER_WAY: &str = "Under way";
    pub const PAST: &str = "Past";
    pub const MORE_ORDERS: &str = "Show older orders";

    pub const SIGN_UP_TITLE: &str = "Create your account";
    pub const SIGN_UP_LEAD: &str = "An email address and a password are all it takes.";
    pub const SIGN_IN_TITLE: &str = "Welcome back";
    pub const EMAIL: &str = "Email address";
    pub const PASSWORD: &str = "Password";
    pub const PASSWORD_HINT: &str = "At least 8 characters; longer is better.";
    pub const HAVE_ACCOUNT: &str = "I have an account";
    pub const NO_ACCOUNT: &str = "I am new here";
    pub const FORGOT: &str = "I forgot my password";
    pub const FORGOT_TITLE: &str = "Set a new password";
    pub const FORGOT_LEAD: &str = "We send a code to your address, and you choose a new password.";
    pub const SEND_CODE: &str = "Send the code";
    pub const RESET_TITLE: &str = "Choose a new password";
    pub const SET_PASSWORD: &str = "Set it and sign in";
    pub const BACK_TO_SIGN_IN: &str = "Back to signing in";
    pub const CONFIRM_TITLE: &str = "Check your email";
    pub const CODE: &str = "Confirmation code";
    pub const CONFIRM: &str = "Confirm";
    pub const RESEND: &str = "Send a new code";
    pub const RESENT: &str = "A new code is on its way.";
    pub const OPEN_MAILBOX: &str = "Open the mailbox of this demo";
    pub const CONFIRMED_SIGN_IN: &str = "Your account is confirmed. Now sign in.";
    pub const WORKING: &str = "One moment…";

    pub const NOT_FOUND: &str = "There is nothing here";
    pub const NOT_FOUND_HINT: &str = "The address may be mistyped, or what was here is gone.";
    pub const RESTAURANT_GONE_HINT: &str = "It may have closed. The others are still cooking.";

    pub const TOUCH_LIVE: &str = "Live";
    pub const TOUCH_RECONNECTING: &str = "Reconnecting";
    pub const TOUCH_CATCHING_UP: &str = "Catching up";
}
pub use sentences::*;

/// The title of the browser's tab.
#[must_use]
pub fn title(page: &str) -> String {
    format!("{page} · {TIFFIN}")
}

/// How long an order takes: from cooking and travelling, and a third on top.
#[must_use]
pub fn takes(card: &Card) -> String {
    let least = card.preparation_minutes + card.travel_minutes;
    let most = (least + least.div_ceil(3)).next_multiple_of(5);
    format!("{least}–{most} min")
}

/// What comes first in a list.
#[must_use]
pub const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "Name",
        Sort::Time => "Delivery time",
        Sort::Price => "Price",
    }
}

/// How many restaurants were found.
#[must_use]
pub fn restaurants(count: usize) -> String {
    match count {
        1 => "1 restaurant".to_owned(),
        _ => format!("{count} restaurants"),
    }
}

/// The dishes that were looked for; empty if none was.
#[must_use]
pub fn serves(dishes: &[&str]) -> String {
    match dishes {
        [] => String::new(),
        [first, second, third, _, ..] => format!("Serves {first}, {second}, {third} and more"),
        some => format!("Serves {}", some.join(", ")),
    }
}

/// How dear a restaurant is: `££`.
#[must_use]
pub fn price_level(card: &Card) -> String {
    let sign = match card.currency.code() {
        "GBP" => "£",
        "EUR" => "€",
        "INR" => "₹",
        "JPY" | "CNY" => "¥",
        _ => "$",
    };
    sign.repeat(usize::from(card.price_level.clamp(1, 4)))
}

/// How dear a restaurant is, said.
#[must_use]
pub const fn price_level_said(card: &Card) -> &'static str {
    match card.price_level {
        0 | 1 => "inexpensive",
        2 => "moderate prices",
        3 => "upmarket",
        _ => "expensive",
    }
}

/// What bringing an order costs.
#[must_use]
pub fn delivery_fee(card: &Card) -> String {
    match card.delivery_fee.minor() {
        0 => "Free delivery".to_owned(),
        _ => format!("{} delivery", money(card.delivery_fee, card.currency)),
    }
}

/// The smallest order; `None` if any will do.
#[must_use]
pub fn minimum(card: &Card) -> Option<String> {
    let least = card.minimum_order;
    (least.minor() > 0).then(|| format!("{} minimum", money(least, card.currency)))
}

/// What is still missing to the smallest order.
#[must_use]
pub fn short_of_minimum(missing: &str) -> String {
    format!("Add {missing} more to reach the restaurant’s minimum.")
}

/// What the tax line of a bill is called.
#[must_use]
pub fn tax(name: &str, included: bool) -> String {
    if included { format!("of which {name}") } else { name.to_owned() }
}

/// How many to choose in an option group.
#[must_use]
pub fn how_many(group: &OptionGroup) -> String {
    match (group.at_least, group.at_most) {
        (1, 1) => "Choose one".to_owned(),
        (0, 1) => "Choose one, if you like".to_owned(),
        (0, most) => format!("Choose up to {most}"),
        (least, most) if least == most => format!("Choose {least}"),
        (least, most) => format!("Choose {least} to {most}"),
    }
}

/// What choosing something adds to the price; empty if nothing.
#[must_use]
pub fn on_top(price: &str, free: bool) -> String {
    if free { String::new() } else { format!("+ {price}") }
}

/// The button that adds a dish to the cart, or changes the line it is on.
#[must_use]
pub fn take_for(price: &str, is_new: bool) -> String {
    let does = if is_new { "Add to order" } else { "Change it" };
    format!("{does} · {price}")
}

/// A screen reader's name of the button that opens a line of the cart.
#[must_use]
pub fn edit(dish: &str) -> String {
    format!("Change {dish}")
}

/// What is said when a line has left the cart.
#[must_use]
pub fn removed(dish: &str) -> String {
    format!("{dish} has left your order.")
}

/// A restaurant does not cook now.
#[must_use]
pub fn closed(card: &Card, opens: Option<LocalTime>) -> String {
    match opens {
        Some(opens) => {
            format!(
                "{} is closed and {}. Your cart waits.",
                card.name,
                hours::opening(opens, &card.hours)
            )
        }
        None => format!("{} is closed and takes no orders.", card.name),
    }
}

/// How many of a dish, before its name.
#[must_use]
pub fn times(quantity: Quantity) -> String {
    format!("{}×", quantity.get())
}

/// What was chosen with a dish.
#[must_use]
pub fn options(chosen: &[BillOption]) -> String {
    chosen.iter().map(|option| option.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a dish contains that some must avoid; empty if nothing.
#[must_use]
pub fn contains(allergens: &[Allergen]) -> String {
    let names = allergens.iter().copied().filter_map(allergen).collect::<Vec<_>>();
    if names.is_empty() { String::new() } else { format!("Contains {}", names.join(", ")) }
}

/// The time a restaurant has left to answer, in words and figures.
#[must_use]
pub fn answer_within(seconds: i64) -> (String, String) {
    match seconds {
        1.. => (ANSWER_BY.to_owned(), countdown(seconds)),
        _ => (ANSWER_OVERDUE.to_owned(), String::new()),
    }
}

/// A screen reader's name of the button that adds one of a dish.
#[must_use]
pub fn add_one(dish: &str) -> String {
    format!("Add {dish}")
}

/// What is said when a dish is in the cart.
#[must_use]
pub fn added(dish: &str) -> String {
    format!("{dish} added to your order.")
}

/// How many dishes there are.
#[must_use]
pub fn dishes(count: u32) -> String {
    match count {
        1 => "1 dish".to_owned(),
        _ => format!("{count} dishes"),
    }
}

/// A screen reader's name of a line's quantity.
#[must_use]
pub fn quantity_of(dish: &str) -> String {
    format!("How many of {dish}")
}

/// What starting over means.
#[must_use]
pub fn start_over(old: &str, new: &str) -> String {
    format!("Your order holds dishes of {old}. Starting one at {new} removes them.")
}

/// What is said when dishes had to leave the cart.
#[must_use]
pub fn no_longer_sold(count: usize) -> String {
    match count {
        1 => "One dish is no longer sold as you chose it, and has left your order.".to_owned(),
        _ => format!(
            "{count} dishes are no longer sold as you chose them, and have left your order."
        ),
    }
}

/// The order's own restaurant, above a cart.
#[must_use]
pub fn from_restaurant(name: &str) -> String {
    format!("From {name}")
}

/// What the prices were and are.
#[must_use]
pub fn price_change(before: &str, now: &str) -> String {
    format!("You saw {before}; it is {now} now. Nothing has been ordered yet.")
}

/// Where the code was sent.
#[must_use]
pub fn code_sent(email: &str) -> String {
    format!("We have sent a code to {email}. Enter it to finish.")
}

/// Where the code for a new password was sent, if there is such an account.
#[must_use]
pub fn reset_sent(email: &str) -> String {
    format!("If {email} has an account here, a code is on its way to it.")
}

/// A screen reader's name of the button that removes something.
#[must_use]
pub fn remove(name: &str) -> String {
    format!("{REMOVE} {name}")
}

/// What ordering again means for the cart as it is.
#[must_use]
pub fn reorder_instead(restaurant: &str) -> String {
    format!("What you ordered from {restaurant} takes the place of what is in your order now.")
}

/// What could not be ordered again.
#[must_use]
pub fn not_sold_any_more(names: &[String]) -> String {
    format!("No longer sold as it was: {}.", names.join(", "))
}

/// The tab's title of an order.
#[must_use]
pub fn order_title(status: shared::Status) -> String {
    format!("{} · {ORDER}", status_name(status))
}

/// What an order is called.
#[must_use]
pub fn order_number(id: shared::OrderId) -> String {
    format!("{ORDER} {}", progress::number(id))
}

/// An address, line by line.
#[must_use]
pub fn address(address: &DeliveryAddress) -> Vec<String> {
    let mut lines = vec![
        address.name.to_string(),
        address.street.to_string(),
        format!("{} {}", address.postcode, address.city),
    ];
    lines.extend(address.phone.as_ref().map(ToString::to_string));
    lines
}

/// An address in a few words: what it is called, or its name and street.
#[must_use]
pub fn short_address(kept: &ListedAddress) -> String {
    match &kept.label {
        Some(label) => format!("{label} · {}", kept.address.street),
        None => format!("{} · {}", kept.address.name, kept.address.street),
    }
}

/// A tip in hundredths of what the dishes cost.
#[must_use]
pub fn tip(percent: u8) -> String {
    match percent {
        0 => "No tip".to_owned(),
        _ => format!("{percent} %"),
    }
}

/// The button that places an order.
#[must_use]
pub fn place_for(total: &str) -> String {
    format!("{PLACE_ORDER} · {total}")
}

/// A mark for whom a dish suits; `None` for one of a later version.
#[must_use]
pub const fn diet(diet: Diet) -> Option<&'static str> {
    Some(match diet {
        Diet::Vegetarian => "Vegetarian",
        Diet::Vegan => "Vegan",
        Diet::GlutenFree => "Gluten-free",
        Diet::Halal => "Halal",
        Diet::Spicy => "Spicy",
        Diet::Unknown => return None,
    })
}

/// What a dish contains; `None` for an allergen of a later version.
#[must_use]
pub const fn allergen(allergen: Allergen) -> Option<&'static str> {
    Some(match allergen {
        Allergen::Gluten => "gluten",
        Allergen::Crustaceans => "crustaceans",
        Allergen::Eggs => "eggs",
        Allergen::Fish => "fish",
        Allergen::Peanuts => "peanuts",
        Allergen::Soybeans => "soya",
        Allergen::Milk => "milk",
        Allergen::Nuts => "nuts",
        Allergen::Celery => "celery",
        Allergen::Mustard => "mustard",
        Allergen::Sesame => "sesame",
        Allergen::Sulphites => "sulphites",
        Allergen::Lupin => "lupin",
        Allergen::Molluscs => "molluscs",
        Allergen::Unknown => return None,
    })
}
