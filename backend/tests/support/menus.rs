//! Menus with numbers, which every name and every price of them has in it, so that whoever is shown two halves
//! knows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{order_request, restaurant};

/// What the order of a customer costs by the catalog's menu, and how many dishes it has.
const TOTAL: u32 = 2_300;
const DISHES: u32 = 3;

/// The number of a menu; the catalog's is 0.
pub type Number = u32;

/// The menu of that number.
pub fn numbered_menu(number: Number) -> Value {
    let mut sections = serde_json::to_value(restaurant().sections).unwrap();
    for dish in sections[0]["dishes"].as_array_mut().unwrap() {
        let (name, price) = (dish["name"].as_str().unwrap(), dish["price"].as_u64().unwrap());
        dish["name"] = json!(format!("{name} {number}"));
        dish["price"] = json!(price + u64::from(number));
        dish["sold_out"] = json!(false);
    }
    sections
}

/// What the customer's order costs by the menu of that number.
pub const fn total_by(number: Number) -> u32 {
    TOTAL + DISHES * number
}

/// Which menu these dishes are of: one. The card of the tests' catalog names no dishes.
pub fn number_of(dishes: &Value) -> Number {
    let number = |dish: &Value| {
        let name = dish["name"].as_str().unwrap();
        name.rsplit(' ').next().unwrap().parse::<Number>().unwrap_or_default()
    };
    let numbers: BTreeSet<Number> = dishes.as_array().unwrap().iter().map(number).collect();
    assert!(numbers.len() <= 1, "parts of {numbers:?}: {dishes}");
    numbers.into_iter().next().unwrap_or_default()
}

/// Which menu a restaurant's page shows: menu and card are of the same.
pub fn number_of_page(page: &Value) -> Number {
    let dishes = &page["sections"][0]["dishes"];
    let number = number_of(dishes);
    assert_eq!(number_of(&page["card"]["dishes"]), number, "{page}");
    assert_eq!(dishes[0]["price"], 750 + number, "{page}");
    number
}

/// By which menu a bill is made: all of it by one.
pub fn number_of_bill(bill: &Value) -> Number {
    let number = number_of(&bill["lines"]);
    assert_eq!(bill["total"], total_by(number), "{bill}");
    number
}

/// The version and the number of a menu as the office is shown it.
pub fn version_of(menu: &Value) -> (u32, Number) {
    let version = menu["version"].as_u64().unwrap().try_into().unwrap();
    (version, number_of(&menu["sections"][0]["dishes"]))
}

/// What the customer orders: two large dosas, and a chai.
pub fn ordered_lines() -> Value {
    let mut lines = order_request()["lines"].clone();
    lines.as_array_mut().unwrap().push(json!({"dish_id": "chai", "quantity": 1}));
    lines
}

/// The order of a customer who has seen the menu of that number.
pub fn order_by(number: Number) -> Value {
    let mut request = order_request();
    request["lines"] = ordered_lines();
    request["expected_total"] = json!(total_by(number));
    request
}
