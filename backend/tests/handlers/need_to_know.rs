//! Couriers are told whom an order is for while they bring it, and nothing of it before and afterwards; a
//! push tells nobody.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::{UserId, staff::Role};

use crate::{
    couriers::{
        RESTAURANT, accepts, action, assign, because, cory, dana, delivered, does, fresh,
        in_kitchen, kim, manager, mira, sends, staffed,
    },
    support::{World, clock, envelope, numbered_order, pass, user},
};

/// What the customer has said of themselves, and who they are.
fn private() -> Vec<String> {
    let said = [
        "Asha",
        "Mill Row",
        "Flat 3",
        "N1 5TB",
        "5TB",
        "London",
        "020 7946 0000",
        "7946",
        "Ring twice",
    ];
    let keys = ["\"address\"", "\"phone\"", "\"note\"", "\"email\"", "\"user_id\""];
    let id = user().to_string();
    said.iter().chain(&keys).map(|text| (*text).to_owned()).chain([id]).collect()
}

/// What of that is in a text.
fn found(text: &str) -> Vec<String> {
    private().into_iter().filter(|private| text.contains(&**private)).collect()
}

/// Everything that somebody is answered on the routes of the restaurant, by route, without one that changes
/// the order.
async fn replies(world: &World, who: UserId) -> BTreeMap<String, Value> {
    let order = numbered_order(1).to_string();
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order)];
    let mut replies = BTreeMap::new();
    for route in [
        "GET /api/staff",
        "GET /api/staff/{restaurant_id}/deliveries",
        "GET /api/staff/{restaurant_id}/shift",
        "GET /api/staff/{restaurant_id}/orders",
        "GET /api/staff/{restaurant_id}/orders/{order_id}",
        "GET /api/staff/{restaurant_id}/availability",
        "GET /api/staff/{restaurant_id}/people",
        "POST /api/staff/{restaurant_id}/orders/{order_id}/phone",
        "GET /api/orders/{order_id}",
        "GET /api/orders",
        "GET /api/addresses",
    ] {
        replies.insert(route.to_owned(), world.call(route, Some(who), &parameters, "").await.1);
    }
    for on in [true, true] {
        replies.insert(format!("shift {on}"), world.changes_shift(who, RESTAURANT, on).await.1);
    }
    // Commands that change nothing, on both routes: what they are refused with.
    for command in [
        action("see"),
        action("deliver"),
        because("fail", "closed"),
        json!({"action": "delay", "minutes": 0, "reason": {"code": "too_busy"}}),
        assign(user()),
        json!({"action": "dance"}),
    ] {
        let (to_restaurant, to_courier) = (
            world.sends_command(who, RESTAURANT, numbered_order(1), &fresh(command.clone())).await,
            sends(world, who, numbered_order(1), command.clone()).await,
        );
        replies.insert(format!("order {command}"), to_restaurant.1);
        replies.insert(format!("delivery {command}"), to_courier.1);
    }
    replies
}

/// Checks that nothing that somebody is answered tells of the customer.
async fn knows_nothing(world: &World, who: UserId, when: &str) {
    for (route, reply) in replies(world, who).await {
        let found = found(&reply.to_string());
        assert!(found.is_empty(), "{when}: {found:?} in {route}: {reply}");
    }
}

/// Checks that somebody is told whom the order is for, and by which routes alone.
async fn knows(world: &World, who: UserId, by: &[&str], when: &str) {
    for (route, reply) in replies(world, who).await {
        let tells = !found(&reply.to_string()).is_empty();
        assert_eq!(tells, by.contains(&&*route), "{when}: {route}: {reply}");
    }
}

const DELIVERIES: &str = "GET /api/staff/{restaurant_id}/deliveries";
const SHIFT: [&str; 2] = ["GET /api/staff/{restaurant_id}/shift", "shift true"];

/// Every push to staff since this was last asked.
async fn pushed(world: &World) -> Vec<Value> {
    for event in world.aws.take_published() {
        world.notifications.handle(envelope(&event), clock()).await.unwrap();
    }
    world.aws.pushed.lock().unwrap().drain(..).map(|(_, message)| message).collect()
}

async fn listening() -> World {
    let world = staffed().await;
    for (who, id) in [(cory(), "cory="), (dana(), "dana="), (kim(), "kim=")] {
        let authorizer = json!({"user_id": who, "restaurant_id": RESTAURANT, "purpose": match who == kim() {
            true => "board",
            false => "deliveries",
        }});
        let context = json!({
            "eventType": "CONNECT", "connectionId": id, "connectedAt": clock(),
            "authorizer": authorizer,
        });
        let call = json!({"requestContext": context});
        assert_eq!(world.connections.handle(call, clock()).await.unwrap()["statusCode"], 200);
    }
    for who in [cory(), dana()] {
        assert_eq!(world.changes_shift(who, RESTAURANT, true).await.0, 200);
    }
    world
}

/// A connection of Cory's on which they hear of two restaurants.
async fn listens_to_two(world: &World) {
    world.employs(cory(), "raat", Role::Courier).await;
    let tickets = "POST /api/live-tickets";
    let (_, ticket) = world.call(tickets, Some(cory()), &[("purpose", "deliveries")], "").await;
    let ticket = ticket["ticket"].as_str().unwrap();
    assert_eq!(world.shake_hands(ticket, "pool=").await, 200);
}

#[tokio::test]
async fn a_courier_is_told_whom_an_order_is_for_while_they_bring_it() {
    let world = listening().await;
    listens_to_two(&world).await;
    let order = numbered_order(1);
    accepts(&world, order).await;
    knows_nothing(&world, cory(), "accepted").await;
    in_kitchen(&world, order, action("ready")).await;
    knows_nothing(&world, cory(), "ready").await;
    let offers = &world.deliveries(cory(), RESTAURANT).await.1["offers"];
    assert_eq!(offers[0]["district"], "N1", "{offers}");

    let claim = fresh(action("claim"));
    let (_, reply) = world.sends_delivery_command(cory(), RESTAURANT, order, &claim).await;
    assert!(!found(&reply.to_string()).is_empty(), "{reply}");
    knows(&world, cory(), &[DELIVERIES], "claimed").await;
    knows_nothing(&world, dana(), "claimed by another").await;
    let lost = sends(&world, dana(), order, action("claim")).await.1;
    let replayed = world.sends_delivery_command(dana(), RESTAURANT, order, &claim).await.1;
    let refused = sends(&world, dana(), order, action("hand_over")).await.1;
    for reply in [lost, replayed, refused] {
        assert_eq!(found(&reply.to_string()), Vec::<String>::new(), "{reply}");
    }

    let release = fresh(because("release", "too_busy"));
    let released = world.sends_delivery_command(cory(), RESTAURANT, order, &release).await.1;
    let replayed = world.sends_delivery_command(cory(), RESTAURANT, order, &claim).await.1;
    assert_eq!((released, replayed), (json!({}), json!({})));
    knows_nothing(&world, cory(), "released").await;

    does(&world, cory(), order, action("claim")).await;
    does(&world, cory(), order, action("hand_over")).await;
    knows(&world, cory(), &[DELIVERIES], "picked up").await;
    does(&world, cory(), order, action("arrive")).await;
    let waits = sends(&world, cory(), order, because("fail", "nobody_there")).await.1;
    assert_eq!(found(&waits.to_string()), Vec::<String>::new(), "{waits}");
    assert_eq!(manager(&world, order, assign(dana())).await.0, 200);
    knows_nothing(&world, cory(), "moved").await;
    knows(&world, dana(), &[DELIVERIES], "moved").await;

    does(&world, dana(), order, delivered(2_400)).await;
    knows(&world, dana(), &SHIFT, "delivered just now").await;
    knows_nothing(&world, cory(), "delivered by another").await;
    let pushes = pushed(&world).await;
    assert_eq!(pushes.len(), 4 * 10, "{pushes:?}");
    for push in pushes {
        assert_eq!(found(&push.to_string()), Vec::<String>::new(), "{push}");
    }
    pass(3 * 3_600);
    knows_nothing(&world, dana(), "delivered three hours ago").await;
    let command = fresh(action("claim"));
    let late = world.sends_delivery_command(dana(), RESTAURANT, order, &command).await.1;
    assert_eq!(found(&late.to_string()), Vec::<String>::new(), "{late}");
}

/// The kitchen and a manager read names of couriers, and nothing of the customer, at any time.
#[tokio::test]
async fn who_looks_after_the_orders_sees_nothing_of_who_ordered_whoever_brings_them() {
    let world = listening().await;
    let order = numbered_order(1);
    accepts(&world, order).await;
    let tickets = async |when: &str| {
        for who in [kim(), mira()] {
            let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order.to_string())];
            for route in [
                "GET /api/staff/{restaurant_id}/orders",
                "GET /api/staff/{restaurant_id}/orders/{order_id}",
                "GET /api/staff/{restaurant_id}/deliveries",
                "GET /api/staff/{restaurant_id}/shift",
            ] {
                let text = world.call(route, Some(who), &parameters, "").await.1.to_string();
                for private in ["Asha", "Mill Row", "5TB", "London", "7946", &user().to_string()] {
                    assert!(!text.contains(private), "{when}: {private} in {route}: {text}");
                }
            }
        }
    };
    tickets("accepted").await;
    for step in [action("claim"), action("hand_over"), action("arrive"), delivered(2_400)] {
        let reply = does(&world, cory(), order, step.clone()).await;
        assert!(!found(&reply.to_string()).is_empty(), "its courier is told");
        tickets(&step.to_string()).await;
    }
}

#[tokio::test]
async fn a_courier_of_another_restaurant_knows_nothing() {
    let world = listening().await;
    accepts(&world, numbered_order(1)).await;
    does(&world, cory(), numbered_order(1), action("claim")).await;
    world.employs(kim(), "raat", Role::Courier).await;
    world.dismisses(kim(), RESTAURANT).await;
    knows_nothing(&world, kim(), "elsewhere").await;
}
