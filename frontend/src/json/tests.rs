use std::fmt::Debug;

use shared::{Order, OrderRequest, Reason, Status, api, live::ToBrowser, menu::Restaurant};

use super::*;

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../../shared/tests/wire/", $name, ".json"))
    };
}

/// Read as `serde_json` reads it.
fn same<T: for<'de> Deserialize<'de> + PartialEq + Debug>(text: &str) {
    assert_eq!(read::<T>(text).unwrap(), serde_json::from_str(text).unwrap());
}

#[test]
fn everything_on_the_wire_is_read_as_serde_json_reads_it() {
    same::<Restaurant>(golden!("reply_restaurant"));
    same::<api::Restaurants>(golden!("reply_restaurants"));
    same::<Order>(golden!("reply_order"));
    same::<Order>(golden!("reply_order_placed_elsewhere"));
    same::<api::Orders>(golden!("reply_orders"));
    same::<api::LiveTicket>(golden!("reply_live_ticket"));
    same::<api::SiteConfig>(golden!("config"));
    same::<api::Problem>(golden!("problem_field"));
    same::<api::Problem>(golden!("problem_order"));
    same::<api::Problem>(golden!("problem_price_changed"));
    same::<Vec<api::ProblemType>>(golden!("problem_types"));
    same::<Vec<Reason>>(golden!("reasons"));
    same::<OrderRequest>(golden!("request_order"));
    same::<ToBrowser>(golden!("push_pong"));
    for push in [
        golden!("push_order_placed"),
        golden!("push_order_accepted"),
        golden!("push_order_picked_up"),
        golden!("push_order_delivered"),
        golden!("push_order_rejected"),
        golden!("push_order_cancelled"),
    ] {
        same::<ToBrowser>(push);
    }
}

#[test]
fn what_a_later_version_says_is_unknown_where_it_may_be_and_unreadable_elsewhere() {
    assert_eq!(read::<Reason>(r#"{"code":"eclipse","moon":1}"#), Ok(Reason::Unknown));
    assert_eq!(read::<api::ProblemType>(r#""urn:new""#), Ok(api::ProblemType::Unknown));
    assert_eq!(read::<Status>(r#""order_teleported""#), Err(Unreadable));
    assert_eq!(read::<ToBrowser>(r#"{"type":"fanfare"}"#), Err(Unreadable));
}

#[test]
fn what_is_not_json_is_unreadable() {
    for text in ["", "nul", "{a:1}", "[1,]", "<html>"] {
        assert_eq!(read::<Vec<u8>>(text), Err(Unreadable), "{text}");
    }
}

#[test]
fn numbers_are_whole_and_a_missing_field_is_what_it_is_by_default() {
    assert_eq!(
        read::<Vec<i64>>("[1, -2, 9007199254740991]"),
        Ok(vec![1, -2, 9_007_199_254_740_991])
    );
    assert_eq!(read::<Vec<i64>>("[1.5]"), Err(Unreadable));
    let orders = read::<api::Orders>(r#"{"orders":[],"later":{"a":[null,true]}}"#).unwrap();
    assert_eq!(orders.cursor, None);
    assert_eq!(read::<api::Orders>("{}"), Err(Unreadable), "what must be there is not");
}
