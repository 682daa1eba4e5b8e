//! When a restaurant is open, as its office sets it, and what customers see of it.

use serde_json::{Value, json};
use shared::{
    UserId,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, World, accepting, kind, numbered_order, order_request, pass, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const READ: &str = "GET /api/staff/{restaurant_id}/hours";
const SET: &str = "PUT /api/staff/{restaurant_id}/hours";

/// A restaurant that is open around the clock, with a manager. It is Monday, 23 November 2026, 16:08.
async fn managed() -> World {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    world
}

async fn read(world: &World) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, hours) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    assert_eq!(status, 200, "{hours}");
    hours
}

async fn sets(world: &World, who: UserId, hours: &Value) -> (u16, Value) {
    let parameters = [("restaurant_id", RESTAURANT)];
    world.call(SET, Some(who), &parameters, &hours.to_string()).await
}

async fn are_set(world: &World, hours: Value) -> Value {
    let (status, reply) = sets(world, somebody_else(), &hours).await;
    assert_eq!(status, 200, "{hours}: {reply}");
    reply
}

/// Every day from 11 to 22 o'clock, with exceptions.
fn usual(version: u32, exceptions: Value) -> Value {
    json!({"version": version, "spans": spans(), "exceptions": exceptions})
}

fn spans() -> Vec<Value> {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.map(|day| json!({"day": day, "opens": 660, "closes": 1320})).into()
}

fn closed_on(day: &str) -> Value {
    json!([{"from": day, "to": day, "note": "Christmas"}])
}

async fn quote(world: &World) -> Value {
    let cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
    let (status, quote) = world.call("POST /api/quotes", None, &[], &cart.to_string()).await;
    assert_eq!(status, 200, "{quote}");
    quote
}

/// What the menu and the list of restaurants say of the hours.
async fn public(world: &World) -> [Value; 2] {
    let parameters = [("restaurant_id", RESTAURANT)];
    let menu = world.call("GET /api/restaurants/{restaurant_id}", None, &parameters, "").await.1;
    let list = world.call("GET /api/restaurants", None, &[], "").await.1;
    [menu["card"]["hours"].clone(), list["restaurants"][0]["hours"].clone()]
}

#[tokio::test]
async fn the_catalogs_hours_hold_until_the_office_sets_others() {
    let world = managed().await;
    let before = read(&world).await;
    assert_eq!(
        (&before["version"], &before["hours"]["spans"][6]["closes"]),
        (&json!(0), &json!(1440))
    );
    assert_eq!(public(&world).await, [before["hours"].clone(), before["hours"].clone()]);
    let reply = are_set(&world, usual(0, closed_on("2026-12-25"))).await;
    let expected = json!({"version": 1, "hours": {
        "time_zone": "Europe/London", "spans": spans(), "exceptions": closed_on("2026-12-25")}});
    assert_eq!((&reply, &read(&world).await), (&expected, &expected));
    assert_eq!(public(&world).await, [expected["hours"].clone(), expected["hours"].clone()]);
    let reply = are_set(&world, usual(1, json!([]))).await;
    assert_eq!((&reply["version"], reply["hours"].get("exceptions")), (&json!(2), None));
}

#[tokio::test]
async fn a_closed_day_sells_nothing_from_its_first_minute_to_its_last() {
    let world = managed().await;
    // It ends with the day, so that only the exception makes a difference.
    let day = |day: &str| json!({"day": day, "opens": 0, "closes": 1440});
    let spans = ["monday", "tuesday", "wednesday"].map(day);
    let exceptions = closed_on("2026-11-24");
    let hours = json!({"version": 0, "spans": spans, "exceptions": exceptions});
    are_set(&world, hours).await;
    let wednesday = json!({"day": "wednesday", "minute": 0, "date": "2026-11-25"});
    // 23:59 on Monday.
    pass(7 * 3_600 + 51 * 60);
    assert_eq!(quote(&world).await["open"], true);
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    for seconds in [60, 24 * 3_600 - 60] {
        pass(seconds);
        let quoted = quote(&world).await;
        assert_eq!((&quoted["open"], &quoted["opens"]), (&json!(false), &wednesday));
        let (status, problem) = world.place(user(), numbered_order(2), &order_request()).await;
        assert_eq!((status, kind(&problem)), (409, "restaurant-closed"));
        assert_eq!(problem["opens"], wednesday);
    }
    pass(60);
    assert_eq!(quote(&world).await["open"], true);
    assert_eq!(world.place(user(), numbered_order(2), &order_request()).await.0, 201);
}

/// A pause, and what has run out, end with the service of the day as it is.
#[tokio::test]
async fn what_lasts_until_the_next_service_knows_of_special_days() {
    let world = managed().await;
    let exceptions = json!([
        {"from": "2026-11-23", "to": "2026-11-23", "times": [{"opens": 600, "closes": 1080}]},
        {"from": "2026-11-24", "to": "2026-12-08"}]);
    are_set(&world, usual(0, exceptions)).await;
    let route = "POST /api/staff/{restaurant_id}/availability";
    let parameters = [("restaurant_id", RESTAURANT)];
    let change = async |change: Value| {
        let (status, reply) =
            world.call(route, Some(somebody_else()), &parameters, &change.to_string()).await;
        assert_eq!(status, 200, "{reply}");
        reply
    };
    let minutes = |until: &Value| {
        (until["ends_at"].as_i64().unwrap() - crate::support::clock().millis()) / 60_000
    };
    let sold_out = json!({"change": "sell_out", "dish_id": "chai", "lasts": "service"});
    let reply = change(sold_out).await;
    assert_eq!(minutes(&reply["sold_out"][0]["until"]), 60 + 51, "18:00: {reply}");
    let reply = change(json!({"change": "pause", "lasts": "service"})).await;
    let days = 16 * 24 * 60 - (16 * 60 + 8) + 11 * 60 - 1;
    assert_eq!(minutes(&reply["paused"]), days, "11:00 on 9 December: {reply}");
    let opens = json!({"day": "wednesday", "minute": 660, "date": "2026-12-09"});
    assert_eq!(quote(&world).await["opens"], opens);
}

#[tokio::test]
async fn of_two_who_change_the_hours_the_second_is_shown_what_the_first_has_set() {
    let world = managed().await;
    world.employs(user(), RESTAURANT, Role::Owner).await;
    let first = are_set(&world, usual(0, closed_on("2026-12-25"))).await;
    for version in [0, 2, 7] {
        let (status, problem) = sets(&world, user(), &usual(version, json!([]))).await;
        assert_eq!((status, kind(&problem)), (409, "hours-changed"), "{version}");
        assert_eq!(problem["current"], first);
    }
    assert_eq!(read(&world).await, first, "nothing is changed");
    let (status, second) = sets(&world, user(), &usual(1, json!([]))).await;
    assert_eq!((status, &second["version"]), (200, &json!(2)));
}

#[tokio::test]
async fn of_two_changes_at_the_same_moment_one_is_made() {
    let world = managed().await;
    let days = ["2026-12-24", "2026-12-25", "2026-12-26"];
    let all = days.map(|day| {
        let world = &world;
        async move { sets(world, somebody_else(), &usual(0, closed_on(day))).await }
    });
    let mut answers = futures_util::future::join_all(all).await;
    answers.sort_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 409, 409]);
    assert_eq!(read(&world).await, answers[0].1);
    assert!(answers[1..].iter().all(|(_, problem)| problem["current"] == answers[0].1));
}

#[tokio::test]
async fn a_change_that_is_sent_again_is_made_once() {
    let world = managed().await;
    let hours = usual(0, closed_on("2026-12-25"));
    let first = are_set(&world, hours.clone()).await;
    assert_eq!(are_set(&world, hours).await, first);
}

#[tokio::test]
async fn past_days_are_dropped_and_the_rest_is_by_date() {
    let world = managed().await;
    let day = |day: &str| json!({"from": day, "to": day});
    let sent = ["2026-12-25", "2026-11-21", "2026-11-23"].map(day);
    let reply = are_set(&world, usual(0, json!(sent))).await;
    let left = ["2026-11-23", "2026-12-25"].map(day);
    assert_eq!(reply["hours"]["exceptions"], json!(left));
    pass(2 * 86_400);
    assert_eq!(read(&world).await["hours"]["exceptions"], json!([day("2026-12-25")]));
}

#[tokio::test]
async fn hours_that_are_none_are_told_what_is_wrong() {
    let world = managed().await;
    let with = |path: &str, value: Value| {
        let mut hours = usual(
            0,
            json!([{"from": "2026-12-24", "to": "2026-12-26",
            "times": [{"opens": 660, "closes": 900}], "note": "Christmas"}]),
        );
        *hours.pointer_mut(path).unwrap() = value;
        hours
    };
    let span = |opens: u32, closes: u32| json!({"day": "monday", "opens": opens, "closes": closes});
    let times = |opens: u32, closes: u32| json!({"opens": opens, "closes": closes});
    let many = vec![json!({"from": "2026-12-24", "to": "2026-12-24"}); 101];
    let four: Vec<_> = (0..4).map(|at| times(at * 60, at * 60 + 30)).collect();
    for (hours, field) in [
        (json!({"spans": []}), "version"),
        (json!({"version": 0}), "spans"),
        (with("/version", json!(-1)), "version"),
        (with("/spans/0", json!({"opens": 1, "closes": 2})), "spans[0].day"),
        (with("/spans/0/day", json!("funday")), "spans[0].day"),
        (with("/spans/0/opens", json!("11:00")), "spans[0].opens"),
        (with("/spans/2", span(1_440, 1_500)), "spans[2]"),
        (with("/spans/2", span(900, 900)), "spans[2]"),
        (with("/spans/2", span(900, 2_341)), "spans[2]"),
        (with("/spans/1", span(1_319, 1_400)), "spans[1]"),
        (with("/exceptions", json!(many)), "exceptions"),
        (with("/exceptions/0/from", json!("2026-02-30")), "exceptions[0].from"),
        (with("/exceptions/0/to", json!("2026-12-23")), "exceptions[0].to"),
        (with("/exceptions/0/times/0", times(900, 600)), "exceptions[0].times[0]"),
        (with("/exceptions/0/times", json!(four)), "exceptions[0].times"),
        (with("/exceptions/0/times", json!([times(1, 9), times(3, 4)])), "exceptions[0].times[1]"),
        (with("/exceptions/0/note", json!("x".repeat(61))), "exceptions[0].note"),
        (with("/exceptions/0/note", json!("\t\u{7}")), "exceptions[0].note"),
    ] {
        let (status, problem) = sets(&world, somebody_else(), &hours).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "invalid-field", Some(field)), "{hours}: {problem}");
    }
    let twice = json!([{"from": "2026-12-24", "to": "2026-12-26"},
        {"from": "2026-12-26", "to": "2027-01-01"}]);
    let (_, problem) = sets(&world, somebody_else(), &usual(0, twice)).await;
    assert_eq!(problem["field"], "exceptions[1].from", "{problem}");
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, problem) = world.call(SET, Some(somebody_else()), &parameters, "{").await;
    assert_eq!((status, kind(&problem)), (400, "malformed-json"));
    assert_eq!(read(&world).await["version"], 0);
}

#[tokio::test]
async fn only_who_may_set_the_hours_reads_and_sets_them_and_only_of_their_restaurant() {
    let hours = usual(0, json!([]));
    for role in Role::ALL {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.employs(somebody_else(), RESTAURANT, role).await;
        let expected = if may(role, Action::SetHours) { 200 } else { 403 };
        assert_eq!(expected == 200, matches!(role, Role::Owner | Role::Manager));
        let parameters = [("restaurant_id", RESTAURANT)];
        let (status, _) = world.call(READ, Some(somebody_else()), &parameters, "").await;
        assert_eq!(status, expected, "{role:?}");
        assert_eq!(sets(&world, somebody_else(), &hours).await.0, expected, "{role:?}");
        assert_eq!(sets(&world, user(), &hours).await.0, 404, "{role:?}");
        for route in [READ, SET] {
            for restaurant in ["raat", "nowhere", "No Slug"] {
                let parameters = [("restaurant_id", restaurant)];
                let body = hours.to_string();
                let (status, _) =
                    world.call(route, Some(somebody_else()), &parameters, &body).await;
                assert_eq!(status, 404, "{role:?} {route} {restaurant}");
            }
        }
    }
}
