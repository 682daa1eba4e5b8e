use std::fmt::Debug;

use serde_json::Value;
use shared::{Order, OrderRequest, Reason, Status, api, live::ToBrowser, menu::Restaurant};

use super::{parse::parse, *};

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../../shared/tests/wire/", $name, ".json"))
    };
}

/// Read as `serde_json` reads it.
fn same<T: for<'de> Deserialize<'de> + PartialEq + Debug>(text: &str) {
    assert_eq!(read::<T>(text).unwrap(), serde_json::from_str(text).unwrap());
}

fn tree(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => value.into(),
        Json::Whole(number) => number.into(),
        Json::Fraction => "a fraction".into(),
        Json::Text(text) => text.into(),
        Json::List(items) => items.into_iter().map(tree).collect(),
        Json::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, tree(value))).collect()
        }
    }
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
fn any_text_is_taken_apart_as_serde_json_does() {
    for text in [
        r#" { "a" : [ ] , "b" : { } , "" : [ 1 , -2 , 0 , true , false , null ] } "#,
        r#""quote \" slash \\ \/ tab \t line \n \r \b \f euro \u20ac face \ud83d\ude00 déjà 😀""#,
        "9007199254740991",
        "-9223372036854775808",
        "[[[[[[[[[[[[1]]]]]]]]]]]]",
    ] {
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(tree(parse(text).unwrap()), expected, "{text}");
    }
    assert_eq!(parse("1.5e3"), Ok(Json::Fraction));
}

#[test]
fn what_is_not_json_is_unreadable() {
    for text in [
        "",
        " ",
        "nul",
        "01",
        "-",
        "+1",
        ".5",
        "1 2",
        "[1,]",
        "[1",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ude00\"",
        "\"\\u+123\"",
        "\"a\nb\"",
        "'a'",
        "{\"a\":1}}",
        "\"\\ud83d\\u0041\"",
    ] {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        assert_eq!(parse(text), Err(Unreadable), "{text}");
    }
    assert_eq!(parse(&"[".repeat(10_000)), Err(Unreadable), "no deeper than the stack");
}
