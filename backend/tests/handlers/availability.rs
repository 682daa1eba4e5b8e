//! What a restaurant cannot do for a while, as staff say, and what customers see of it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use shared::{
    UserId,
    hours::{Span, Weekday},
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, DEMO, Fault, Pace, World, accepting, clock, kind, numbered_order, order_request, pass,
    restaurant, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const READ: &str = "GET /api/staff/{restaurant_id}/availability";
const CHANGE: &str = "POST /api/staff/{restaurant_id}/availability";

/// A restaurant with a cook.
async fn staffed() -> World {
    staffed_at(AT_ONCE).await
}

async fn staffed_at(pace: Pace) -> World {
    let world = World::new(pace);
    world.list(&json!({"kitchen": "silent"}));
    world.employs(somebody_else(), RESTAURANT, Role::Kitchen).await;
    world
}

async fn changes(world: &World, who: UserId, change: &Value) -> (u16, Value) {
    let parameters = [("restaurant_id", RESTAURANT)];
    world.call(CHANGE, Some(who), &parameters, &change.to_string()).await
}

async fn is_changed(world: &World, change: Value) -> Value {
    let (status, reply) = changes(world, somebody_else(), &change).await;
    assert_eq!(status, 200, "{change}: {reply}");
    reply
}

async fn quote(world: &World) -> (u16, Value) {
    let cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
    world.call("POST /api/quotes", None, &[], &cart.to_string()).await
}

async fn menu(world: &World) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    world.call("GET /api/restaurants/{restaurant_id}", None, &parameters, "").await.1
}

async fn card(world: &World) -> Value {
    let restaurants = world.call("GET /api/restaurants", None, &[], "").await.1;
    restaurants["restaurants"][0].clone()
}

fn dish<'a>(menu: &'a Value, id: &str) -> &'a Value {
    let sections = menu["sections"].as_array().unwrap().iter();
    let mut dishes = sections.flat_map(|section| section["dishes"].as_array().unwrap());
    dishes.find(|dish| dish["dish_id"] == id).unwrap()
}

/// How many minutes something lasts from now.
fn minutes_left(until: &Value) -> i64 {
    (until["ends_at"].as_i64().unwrap() - clock().millis()) / 60_000
}

#[tokio::test]
async fn a_dish_that_has_run_out_is_neither_quoted_nor_ordered_until_that_ends() {
    let world = staffed().await;
    let dish_id = order_request()["lines"][0]["dish_id"].as_str().unwrap().to_owned();
    let sold_out = json!({"change": "sell_out", "dish_id": dish_id, "lasts": "today"});
    let reply = is_changed(&world, sold_out).await;
    // It is Monday, 16:08, in London.
    assert_eq!(minutes_left(&reply["sold_out"][0]["until"]), 12 * 60 + 51, "{reply}");
    assert_eq!(dish(&menu(&world).await, &dish_id)["sold_out"], true);
    let (status, problem) = quote(&world).await;
    assert_eq!((status, kind(&problem)), (422, "sold-out"));
    let (status, problem) = world.place(user(), numbered_order(1), &order_request()).await;
    assert_eq!((status, kind(&problem)), (422, "sold-out"));
    pass(13 * 3_600);
    assert_eq!(quote(&world).await.0, 200);
    assert_eq!(dish(&menu(&world).await, &dish_id)["sold_out"], false);
    let parameters = [("restaurant_id", RESTAURANT)];
    let (_, now) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    assert_eq!(now, json!({}), "what is over is not listed");
}

#[tokio::test]
async fn a_dish_is_there_again_as_soon_as_somebody_says_so() {
    let world = staffed().await;
    let dish_id = order_request()["lines"][0]["dish_id"].clone();
    let change = json!({"change": "sell_out", "dish_id": dish_id, "lasts": "further_notice"});
    is_changed(&world, change.clone()).await;
    let twice = is_changed(&world, change).await;
    assert_eq!(twice["sold_out"].as_array().unwrap().len(), 1, "{twice}");
    pass(400 * 86_400);
    assert_eq!(quote(&world).await.0, 422, "until further notice");
    is_changed(&world, json!({"change": "sell_again", "dish_id": dish_id})).await;
    assert_eq!(quote(&world).await.0, 200);
}

#[tokio::test]
async fn a_choice_that_has_run_out_is_not_offered() {
    let world = staffed().await;
    let choice = |choice_id: &str| {
        json!({"change": "sell_out", "dish_id": "masala-dosa", "lasts": "service",
            "choice": {"group_id": "size", "choice_id": choice_id}})
    };
    let before = menu(&world).await;
    let choices = dish(&before, "masala-dosa")["options"][0]["choices"].as_array().unwrap();
    let ids: Vec<&str> = choices.iter().map(|one| one["choice_id"].as_str().unwrap()).collect();
    is_changed(&world, choice(ids[0])).await;
    let after = menu(&world).await;
    let left = dish(&after, "masala-dosa")["options"][0]["choices"].as_array().unwrap();
    assert_eq!(left.len(), choices.len() - 1);
    assert_eq!(dish(&after, "masala-dosa")["sold_out"], false);
    for id in &ids[1..] {
        is_changed(&world, choice(id)).await;
    }
    assert_eq!(dish(&menu(&world).await, "masala-dosa")["sold_out"], true, "one has to choose");
}

/// Staff find it by the name that it had, for the menu that they see does not have it any more.
#[tokio::test]
async fn what_the_menu_does_not_have_any_more_can_be_put_back() {
    let world = staffed().await;
    let dish = json!({"dish_id": "masala-dosa"});
    let choice = json!({"dish_id": "masala-dosa",
        "choice": {"group_id": "size", "choice_id": "large"}});
    let change = |change: &str, item: &Value| {
        let mut change = json!({"change": change, "lasts": "further_notice"});
        change.as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
        change
    };
    for item in [&dish, &choice] {
        is_changed(&world, change("sell_out", item)).await;
    }
    // Customers are told nothing of what the menu does not have.
    let public =
        [menu(&world).await, card(&world).await, quote(&world).await.1].map(|it| it.to_string());
    for reply in public {
        assert!(!reply.contains("Large") && !reply.contains("\"until\""), "{reply}");
    }
    // A load of the catalog removes the dish.
    let key = json!({"restaurant_id": {"S": RESTAURANT}, "item": {"S": "dish#masala-dosa"}});
    world.aws.delete_item(&world.table("CatalogTable"), &key);
    let parameters = [("restaurant_id", RESTAURANT)];
    let (_, now) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    let names: Vec<_> = now["sold_out"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Masala dosa", "Masala dosa, Large"]);
    assert_eq!(changes(&world, somebody_else(), &change("sell_out", &dish)).await.0, 422);
    is_changed(&world, change("sell_again", &choice)).await;
    let reply = is_changed(&world, change("sell_again", &dish)).await;
    assert_eq!(reply, json!({}));
    assert_eq!(world.call(READ, Some(somebody_else()), &parameters, "").await.1, json!({}));
}

/// It has no name.
#[tokio::test]
async fn what_an_earlier_version_has_stored_can_be_put_back_too() {
    let world = staffed().await;
    let stored = json!({"sold_out": [{"dish_id": "masala-dosa", "until": {}}]}).to_string();
    let row = json!({"restaurant_id": {"S": RESTAURANT}, "item": {"S": "availability"},
        "availability": {"S": stored}, "version": {"N": "1"}});
    world.aws.put_item(&world.table("CatalogTable"), &row);
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, now) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    assert_eq!((status, now.to_string()), (200, stored));
    let again = json!({"change": "sell_again", "dish_id": "masala-dosa"});
    assert_eq!(is_changed(&world, again).await, json!({}));
}

#[tokio::test]
async fn a_busy_kitchen_takes_longer_for_a_while() {
    let world = staffed_at(DEMO).await;
    let usual = card(&world).await["preparation_minutes"].as_i64().unwrap();
    let change = json!({"change": "busy", "minutes": 15, "lasts_minutes": 60});
    assert_eq!(minutes_left(&is_changed(&world, change).await["busy"]["until"]), 60);
    assert_eq!(card(&world).await["preparation_minutes"], usual + 15);
    assert_eq!(menu(&world).await["card"]["preparation_minutes"], usual + 15);
    let later = world.place(user(), numbered_order(1), &order_request()).await.1;
    is_changed(&world, json!({"change": "not_busy"})).await;
    let sooner = world.place(user(), numbered_order(2), &order_request()).await.1;
    let expected = |order: &Value| order["expected_at"].as_i64().unwrap();
    assert_eq!(expected(&later) - expected(&sooner), 15_000, "a minute is a second: {later}");
    let change = json!({"change": "busy", "minutes": 15, "lasts_minutes": 60});
    is_changed(&world, change).await;
    pass(3_600);
    assert_eq!(card(&world).await["preparation_minutes"], usual, "it ends by itself");
}

#[tokio::test]
async fn a_pause_ends_by_itself_and_says_when() {
    let world = staffed().await;
    // Every day from 11 to 15 and from 17 to 22 o'clock.
    let mut restaurant = restaurant();
    let span = |day, opens: u16, closes: u16| Span { day, opens: opens * 60, closes: closes * 60 };
    restaurant.card.hours.spans =
        Weekday::ALL.into_iter().flat_map(|day| [span(day, 11, 15), span(day, 17, 22)]).collect();
    world.list_as(restaurant, &accepting());
    pass(3_600); // 17:08
    assert_eq!(quote(&world).await.1["open"], true);
    for (lasts, minutes, opens) in [
        (
            "quarter_hour",
            15,
            json!({"day": "monday", "minute": 17 * 60 + 23, "date": "2026-11-23"}),
        ),
        ("half_hour", 30, json!({"day": "monday", "minute": 17 * 60 + 38, "date": "2026-11-23"})),
        ("hour", 60, json!({"day": "monday", "minute": 18 * 60 + 8, "date": "2026-11-23"})),
        (
            "service",
            17 * 60 + 51,
            json!({"day": "tuesday", "minute": 11 * 60, "date": "2026-11-24"}),
        ),
        ("today", 11 * 60 + 51, json!({"day": "tuesday", "minute": 11 * 60, "date": "2026-11-24"})),
    ] {
        let reply = is_changed(&world, json!({"change": "pause", "lasts": lasts})).await;
        assert_eq!(minutes_left(&reply["paused"]), minutes, "{lasts}: {reply}");
        let quoted = quote(&world).await.1;
        assert_eq!((&quoted["open"], &quoted["opens"]), (&json!(false), &opens), "{lasts}");
        assert_eq!(card(&world).await["pause"]["opens"], opens, "{lasts}");
        let (status, problem) = world.place(user(), numbered_order(1), &order_request()).await;
        assert_eq!((status, kind(&problem)), (409, "restaurant-closed"), "{problem}");
        assert_eq!(problem["opens"], opens);
    }
    is_changed(&world, json!({"change": "resume"})).await;
    assert_eq!(quote(&world).await.1["open"], true);
    is_changed(&world, json!({"change": "pause", "lasts": "quarter_hour"})).await;
    pass(15 * 60);
    assert_eq!(quote(&world).await.1["open"], true);
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
}

#[tokio::test]
async fn of_two_changes_at_once_none_is_lost() {
    let world = staffed().await;
    let dishes = ["masala-dosa", "chai", "halwa"];
    let change = |dish: &str| json!({"change": "sell_out", "dish_id": dish, "lasts": "today"});
    let all = dishes.map(|dish| {
        let (world, change) = (&world, change(dish));
        async move { is_changed(world, change).await }
    });
    futures_util::future::join_all(all).await;
    let parameters = [("restaurant_id", RESTAURANT)];
    let (_, now) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    assert_eq!(now["sold_out"].as_array().unwrap().len(), 3, "{now}");
}

/// Only what another change may have caused is tried again, with what is there then.
#[tokio::test]
async fn a_change_that_could_not_be_written_is_tried_again_after_a_race_only() {
    const CANCELLED: [(&str, usize); 5] = [
        ("ConditionalCheckFailed", 8),
        ("TransactionConflict", 8),
        ("ThrottlingError", 1),
        ("ValidationError", 1),
        ("ItemCollectionSizeLimitExceeded", 1),
    ];
    for (code, tries) in CANCELLED {
        let world = staffed().await;
        let reasons = json!([{"Code": "None"}, {"Code": code}]);
        let answer =
            json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons});
        let answer: &str = answer.to_string().leak();
        let sent = Arc::new(Mutex::new(0));
        for (cancelled, expected) in [(usize::MAX, 503), (1, if tries > 1 { 200 } else { 503 })] {
            *sent.lock().unwrap() = 0;
            let counted = Arc::clone(&sent);
            world.aws.fate(move |call| {
                if call.operation != "TransactWriteItems" {
                    return Fault::None;
                }
                let mut sent = counted.lock().unwrap();
                *sent += 1;
                if *sent <= cancelled { Fault::Answer(400, answer) } else { Fault::None }
            });
            let change = json!({"change": "pause_when_unattended"});
            let (status, reply) = changes(&world, somebody_else(), &change).await;
            assert_eq!(status, expected, "{code}: {reply}");
            assert_eq!(*sent.lock().unwrap(), tries.min(cancelled.saturating_add(1)), "{code}");
        }
    }
}

/// An answer that is older than a change of theirs would undo it on the screen of whoever made it.
#[tokio::test]
async fn staff_read_it_consistently_and_the_public_pages_at_half_the_price() {
    let world = staffed().await;
    let catalog = world.table("CatalogTable");
    let reads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reads);
    world.aws.fate(move |call| {
        if call.operation == "Query" && call.body["TableName"] == catalog.as_str() {
            seen.lock().unwrap().push(call.body["ConsistentRead"] == true);
        }
        Fault::None
    });
    let parameters = [("restaurant_id", RESTAURANT)];
    assert_eq!(world.call(READ, Some(somebody_else()), &parameters, "").await.0, 200);
    assert_eq!(std::mem::take(&mut *reads.lock().unwrap()), [true]);
    menu(&world).await;
    card(&world).await;
    assert_eq!(quote(&world).await.0, 200);
    assert_eq!(*reads.lock().unwrap(), [false; 3]);
}

#[tokio::test]
async fn a_change_that_is_none_is_told_what_is_wrong() {
    let world = staffed().await;
    let choice = json!({"group_id": "size", "choice_id": "giant"});
    for (change, kind_of, field) in [
        (json!({"change": "busy", "minutes": 0, "lasts_minutes": 60}), "invalid-field", "minutes"),
        (json!({"change": "busy", "minutes": 91, "lasts_minutes": 60}), "invalid-field", "minutes"),
        (
            json!({"change": "busy", "minutes": 9, "lasts_minutes": 1441}),
            "invalid-field",
            "lasts_minutes",
        ),
        (
            json!({"change": "sell_out", "dish_id": "pizza", "lasts": "today"}),
            "unknown-dish",
            "dish_id",
        ),
        (
            json!({"change": "sell_out", "dish_id": "masala-dosa", "choice": choice, "lasts": "today"}),
            "unknown-dish",
            "choice",
        ),
    ] {
        let (status, problem) = changes(&world, somebody_else(), &change).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, kind_of, Some(field)), "{change}: {problem}");
    }
    for change in
        [json!({"change": "burn"}), json!({}), json!({"change": "pause", "lasts": "ages"})]
    {
        let (status, problem) = changes(&world, somebody_else(), &change).await;
        assert_eq!((status, kind(&problem)), (422, "invalid-field"), "{change}: {problem}");
    }
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, problem) = world.call(CHANGE, Some(somebody_else()), &parameters, "{").await;
    assert_eq!((status, kind(&problem)), (400, "malformed-json"));
}

#[tokio::test]
async fn only_staff_who_may_change_it_and_only_of_their_restaurant() {
    let pause = json!({"change": "pause", "lasts": "hour"});
    for role in Role::ALL {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.employs(somebody_else(), RESTAURANT, role).await;
        let expected = |action| if may(role, action) { 200 } else { 403 };
        let (status, _) = changes(&world, somebody_else(), &pause).await;
        assert_eq!(status, expected(Action::SetAvailability), "{role:?}");
        let parameters = [("restaurant_id", RESTAURANT)];
        let (status, _) = world.call(READ, Some(somebody_else()), &parameters, "").await;
        assert_eq!(status, expected(Action::ReadOrders), "{role:?}");
        assert_eq!(changes(&world, user(), &pause).await.0, 404, "{role:?}");
        for route in [READ, CHANGE] {
            for restaurant in ["raat", "nowhere", "No Slug"] {
                let parameters = [("restaurant_id", restaurant)];
                let body = pause.to_string();
                let (status, _) =
                    world.call(route, Some(somebody_else()), &parameters, &body).await;
                assert_eq!(status, 404, "{role:?} {route} {restaurant}");
            }
        }
    }
}
