//! What couriers do: each command once, of several who claim an order one wins, and what is somebody's is
//! nobody else's.

use std::collections::BTreeSet;

use futures_util::future;
use serde_json::{Value, json};
use shared::{
    EventName, Status, UserId,
    staff::Action,
    staff::{Actor, Collected, PaidBy, Role, may},
};

use crate::{
    couriers::{
        RESTAURANT, accepts, action, assign, because, cory, dana, delivered, does, fresh,
        in_kitchen, kim, manager, mira, sends, staffed,
    },
    support::{
        DEMO, World, accepting, clock, detailed_order_request, kind, numbered_order, order_request,
        pass, somebody_else, user,
    },
};

const BOARD: &str = "GET /api/staff/{restaurant_id}/orders";

/// A restaurant with an order that is accepted, and couriers on shift.
async fn with_order() -> World {
    let world = staffed().await;
    for courier in [cory(), dana()] {
        assert_eq!(world.changes_shift(courier, RESTAURANT, true).await.0, 200);
    }
    accepts(&world, numbered_order(1)).await;
    world
}

async fn board(world: &World) -> Value {
    let (status, board) =
        world.call(BOARD, Some(kim()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 200, "{board}");
    board
}

async fn sequence(world: &World) -> u32 {
    world.item(numbered_order(1)).await.order.sequence
}

/// What a courier can do to an order that is theirs.
fn of_claimants() -> [Value; 6] {
    [
        because("release", "too_busy"),
        action("hand_over"),
        action("nearby"),
        action("arrive"),
        delivered(2_400),
        because("fail", "refused"),
    ]
}

#[tokio::test]
async fn a_courier_claims_an_order_brings_it_and_says_what_was_paid() {
    let world = with_order().await;
    let order = numbered_order(1);
    let claimed = does(&world, cory(), order, action("claim")).await;
    assert_eq!(claimed["address"]["street"], "1 Mill Row");
    assert_eq!(claimed["note"], "Ring twice.");
    assert_eq!(
        (&claimed["dishes"], &claimed["to_collect"], &claimed["currency"]),
        (&json!(3), &json!(2_400), &json!("GBP"))
    );
    assert_eq!(claimed["tip"], 100, "the courier's own");
    let ticket = board(&world).await["orders"][0].clone();
    assert_eq!((&ticket["courier"], &ticket["claimed_at"]), (&json!("Cory"), &json!(clock())));
    let (status, deliveries) = world.deliveries(cory(), RESTAURANT).await;
    assert_eq!((status, &deliveries["claimed"]), (200, &json!([claimed])));
    assert_eq!(does(&world, cory(), order, action("hand_over")).await["status"], "order_picked_up");
    pass(300);
    assert_eq!(does(&world, cory(), order, action("nearby")).await["nearby_at"], json!(clock()));
    pass(120);
    let pressed = clock().plus_seconds(-30);
    let arrive = json!({"action": "arrive", "pressed_at": pressed});
    assert_eq!(does(&world, cory(), order, arrive).await["at_door_at"], json!(clock()));
    assert_eq!(board(&world).await["orders"][0]["at_door_at"], json!(clock()));
    let done = does(&world, cory(), order, delivered(2_500)).await;
    assert_eq!(done["collected"], json!({"method": "cash", "amount": 2_500}));
    assert_eq!((&done["status"], &done["ended_at"]), (&json!("order_delivered"), &json!(clock())));
    assert_eq!(done["address"]["street"], "1 Mill Row", "a moment ago");
    assert_eq!(board(&world).await["orders"], json!([]));

    let item = world.item(order).await;
    let collected = Collected { method: PaidBy::Cash, amount: shared::Amount::new(2_500) };
    assert_eq!(item.collected, Some(collected));
    let cory: Actor = Actor { role: Role::Courier.into(), name: Some("Cory".parse().unwrap()) };
    assert!(item.history[2..].iter().all(|entry| entry.actor == cory), "{:?}", item.history);
    assert_eq!(item.history[2].courier, Some("Cory".parse().unwrap()));
    assert_eq!(item.history[5].pressed_at, Some(pressed));
    let names: Vec<EventName> = world.settle().await.iter().map(|event| event.name).collect();
    use EventName::{Accepted, AtDoor, Claimed, Delivered, Nearby, PickedUp, Placed};
    assert_eq!(names, [Placed, Accepted, Claimed, PickedUp, Nearby, AtDoor, Delivered]);
}

#[tokio::test]
async fn of_many_who_claim_an_order_at_once_exactly_one_has_it() {
    for rounds in 0..8 {
        let world = with_order().await;
        let couriers: Vec<UserId> = (0..12)
            .map(|number| {
                format!("44444444-4444-4444-8444-4444444444{number:02x}").parse().unwrap()
            })
            .collect();
        for (number, who) in couriers.iter().enumerate() {
            let name = format!("Courier {number}");
            world.employs_as(&name, *who, RESTAURANT, Role::Courier).await;
            assert_eq!(world.changes_shift(*who, RESTAURANT, true).await.0, 200);
        }
        if rounds % 2 == 1 {
            in_kitchen(&world, numbered_order(1), action("ready")).await;
        }
        world.aws.takes_turns(true);
        let claims =
            couriers.iter().map(|who| sends(&world, *who, numbered_order(1), action("claim")));
        let replies = future::join_all(claims).await;
        world.aws.takes_turns(false);
        let (won, lost): (Vec<_>, Vec<_>) =
            couriers.iter().zip(&replies).partition(|(_, (status, _))| *status == 200);
        let [(winner, (_, reply))] = won[..] else { panic!("{won:?}") };
        assert_eq!(reply["delivery"]["address"]["name"], "Asha");
        let courier = world.item(numbered_order(1)).await.courier.unwrap();
        assert_eq!(courier.user_id, *winner);
        for (_, (status, problem)) in lost {
            assert_eq!((*status, kind(problem)), (409, "order-changed"), "{problem}");
            let happened = &problem["happened"];
            assert_eq!(happened["event"], "order_claimed");
            assert_eq!(happened["actor"], json!({"role": "courier", "name": courier.name}));
            assert!(problem.get("delivery").is_none() && problem.get("ticket").is_none());
        }
        let names: Vec<EventName> = world.settle().await.iter().map(|event| event.name).collect();
        let claims = names.iter().filter(|name| **name == EventName::Claimed).count();
        assert_eq!(claims, 1, "{names:?}");
    }
}

#[tokio::test]
async fn who_was_first_is_named_also_after_more_has_happened() {
    let world = with_order().await;
    does(&world, cory(), numbered_order(1), action("claim")).await;
    in_kitchen(&world, numbered_order(1), action("ready")).await;
    let (status, problem) = sends(&world, dana(), numbered_order(1), action("claim")).await;
    assert_eq!((status, &problem["happened"]["actor"]["name"]), (409, &json!("Cory")));
    let (_, problem) = sends(&world, dana(), numbered_order(1), action("hand_over")).await;
    assert_eq!(problem["happened"]["event"], "order_ready", "{problem}");
}

#[tokio::test]
async fn what_one_has_claimed_is_nobody_elses() {
    let world = with_order().await;
    let order = numbered_order(1);
    // Nobody's.
    for command in of_claimants() {
        let (status, problem) = sends(&world, cory(), order, command.clone()).await;
        assert_eq!((status, kind(&problem)), (409, "order-changed"), "{command}: {problem}");
    }
    does(&world, cory(), order, action("claim")).await;
    for picked_up in [false, true] {
        if picked_up {
            does(&world, cory(), order, action("hand_over")).await;
        }
        let before = world.item(order).await;
        for command in of_claimants().into_iter().chain([action("claim")]) {
            for who in [dana(), mira()] {
                let (status, problem) = sends(&world, who, order, command.clone()).await;
                assert_eq!((status, kind(&problem)), (409, "order-changed"), "{command}");
                assert!(!problem.to_string().contains("Mill Row"), "{problem}");
            }
        }
        assert_eq!(world.item(order).await, before);
    }
}

#[tokio::test]
async fn a_courier_sends_what_couriers_send_and_says_what_was_paid() {
    let world = with_order().await;
    let order = numbered_order(1);
    does(&world, cory(), order, action("claim")).await;
    let foreign = [
        action("see"),
        action("accept"),
        because("decline", "too_busy"),
        json!({"action": "delay", "minutes": 5, "reason": {"code": "too_busy"}}),
        action("ready"),
        because("cancel", "too_busy"),
        assign(dana()),
    ];
    for command in foreign {
        for who in [cory(), mira()] {
            let (status, problem) = sends(&world, who, order, command.clone()).await;
            assert_eq!((status, kind(&problem)), (403, "forbidden"), "{command}: {problem}");
        }
    }
    does(&world, cory(), order, action("hand_over")).await;
    let paid = |amount: i64| json!({"action": "deliver", "collected": {"method": "card", "amount": amount}});
    for (command, field) in [
        (action("deliver"), "collected"),
        (paid(-1), "collected.amount"),
        (paid(100_000_001), "collected.amount"),
        (
            json!({"action": "deliver", "collected": {"method": "CASH", "amount": 1}}),
            "collected.method",
        ),
        (because("fail", "too_busy"), "reason"),
    ] {
        let (status, problem) = sends(&world, cory(), order, command.clone()).await;
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{command}: {problem}");
    }
    assert_eq!(does(&world, cory(), order, paid(0)).await["collected"]["amount"], 0);
}

#[tokio::test]
async fn an_order_that_is_not_there_and_one_of_another_restaurant_are_not_found() {
    let world = with_order().await;
    world.employs(cory(), "raat", Role::Courier).await;
    for (restaurant, order) in [(RESTAURANT, 9), ("raat", 1)] {
        for command in of_claimants().into_iter().chain([action("claim")]) {
            let order = numbered_order(order);
            let (status, problem) =
                world.sends_delivery_command(cory(), restaurant, order, &fresh(command)).await;
            assert_eq!((status, kind(&problem)), (404, "order-not-found"), "{problem}");
        }
    }
    assert_eq!(sequence(&world).await, 2);
}

#[tokio::test]
async fn the_same_command_again_is_done_already_and_shows_the_order_to_its_courier_only() {
    let world = with_order().await;
    let order = numbered_order(1);
    let claim = fresh(action("claim"));
    let again = async |who: UserId| {
        let (status, reply) = world.sends_delivery_command(who, RESTAURANT, order, &claim).await;
        assert_eq!(status, 200, "{reply}");
        reply
    };
    for _ in 0..3 {
        assert_eq!(again(cory()).await["delivery"]["address"]["name"], "Asha");
    }
    assert_eq!(does(&world, cory(), order, action("claim")).await["sequence"], 3, "it is theirs");
    assert_eq!(again(dana()).await, json!({}), "the id of somebody else's command");
    // The id of another command.
    let mut other = claim.clone();
    other["action"] = json!("hand_over");
    assert_eq!(world.sends_delivery_command(cory(), RESTAURANT, order, &other).await.0, 409);
    assert_eq!(sequence(&world).await, 3);

    assert_eq!(does(&world, cory(), order, because("release", "accident")).await, Value::Null);
    assert_eq!(again(cory()).await, json!({}), "it is not theirs any more");
    does(&world, dana(), order, action("claim")).await;
    assert_eq!(again(cory()).await, json!({}));
    assert_eq!(again(dana()).await["delivery"]["sequence"], 5);
    // Where they are is said once.
    does(&world, dana(), order, action("hand_over")).await;
    for step in ["nearby", "nearby", "arrive", "arrive"] {
        does(&world, dana(), order, action(step)).await;
        pass(10);
    }
    assert_eq!(sequence(&world).await, 8);
    let item = world.item(order).await.order;
    assert_eq!(item.at_door_at, Some(clock().plus_seconds(-20)), "the first time");
}

#[tokio::test]
async fn an_order_that_was_released_can_be_claimed_again() {
    let world = with_order().await;
    let order = numbered_order(1);
    does(&world, cory(), order, action("claim")).await;
    does(&world, cory(), order, because("release", "too_busy")).await;
    let item = world.item(order).await;
    assert_eq!((item.courier, item.order.claimed_at), (None, None));
    assert_eq!(board(&world).await["orders"][0].get("courier"), None);
    does(&world, dana(), order, action("claim")).await;
    does(&world, dana(), order, action("hand_over")).await;
    let (status, _) = sends(&world, dana(), order, because("release", "too_busy")).await;
    assert_eq!(status, 409, "who has it brings it");
}

#[tokio::test]
async fn a_manager_says_who_brings_an_order_and_moves_it() {
    let world = with_order().await;
    let order = numbered_order(1);
    let assigned = async |courier: UserId, name: &str| {
        let (status, ticket) = manager(&world, order, assign(courier)).await;
        assert_eq!((status, &ticket["courier"]), (200, &json!(name)), "{ticket}");
    };
    assigned(cory(), "Cory").await;
    assigned(cory(), "Cory").await;
    assert_eq!(sequence(&world).await, 3, "it is theirs already");
    assigned(dana(), "Dana").await;
    let (status, problem) = sends(&world, cory(), order, action("hand_over")).await;
    let happened = &problem["happened"];
    assert_eq!((status, &happened["event"]), (409, &json!("order_claimed")));
    assert_eq!(
        (&happened["actor"]["name"], &happened["courier"]),
        (&json!("Mira"), &json!("Dana"))
    );
    for step in ["hand_over", "nearby", "arrive"] {
        does(&world, dana(), order, action(step)).await;
    }
    // After it was picked up, too: what the courier before has said is not so of the next.
    assigned(cory(), "Cory").await;
    let item = world.item(order).await;
    assert_eq!((item.order.nearby_at, item.order.at_door_at), (None, None));
    assert_eq!(item.order.status, Status::PickedUp);
    let moved = item.history.last().unwrap();
    assert_eq!(moved.courier, Some("Cory".parse().unwrap()));
    assert_eq!(moved.actor.name, Some("Mira".parse().unwrap()));
    does(&world, cory(), order, delivered(2_400)).await;
    let (status, _) = manager(&world, order, assign(dana())).await;
    assert_eq!(status, 409, "it has ended");
}

#[tokio::test]
async fn an_order_is_assigned_to_staff_who_may_deliver() {
    let world = with_order().await;
    let order = numbered_order(1);
    world.employs(somebody_else(), "raat", Role::Courier).await;
    for nobody in [kim(), user(), somebody_else()] {
        let (status, problem) = manager(&world, order, assign(nobody)).await;
        assert_eq!((status, kind(&problem)), (422, "invalid-field"), "{problem}");
        assert_eq!(problem["field"], "courier");
    }
    assert_eq!(manager(&world, order, assign(mira())).await.1["courier"], "Mira");
    let by_kitchen = fresh(assign(cory()));
    assert_eq!(world.sends_command(kim(), RESTAURANT, order, &by_kitchen).await.0, 403);
    // What is done stays done, also when they are gone.
    let command = fresh(assign(cory()));
    for named in [json!("Cory"), Value::Null] {
        let (status, ticket) = world.sends_command(mira(), RESTAURANT, order, &command).await;
        assert_eq!((status, &ticket["courier"]), (200, &named), "{ticket}");
        world.dismisses(cory(), RESTAURANT).await;
    }
}

#[tokio::test]
async fn the_restaurant_goes_on_with_an_order_that_somebody_has_claimed() {
    for end in [action("deliver"), because("fail", "nobody_there")] {
        let world = with_order().await;
        let order = numbered_order(1);
        does(&world, cory(), order, action("claim")).await;
        in_kitchen(&world, order, action("hand_over")).await;
        for said in ["nearby", "arrive"] {
            for who in [kim(), mira()] {
                let (status, _) =
                    world.sends_command(who, RESTAURANT, order, &fresh(action(said))).await;
                assert_eq!(status, 409, "only the courier knows that");
            }
        }
        in_kitchen(&world, order, end).await;
        let item = world.item(order).await;
        assert!(item.order.status.is_terminal() && item.is_brought_by(cory()), "{item:?}");
    }
}

#[tokio::test]
async fn a_manager_frees_an_order_and_brings_one() {
    let world = with_order().await;
    let order = numbered_order(1);
    let release = because("release", "other");
    assert_eq!(manager(&world, order, release.clone()).await.0, 409, "nobody has claimed it");
    does(&world, cory(), order, action("claim")).await;
    for (command, who) in [(&release, kim()), (&action("claim"), kim())] {
        let (status, _) =
            world.sends_command(who, RESTAURANT, order, &fresh(command.clone())).await;
        assert_eq!(status, 403, "{command}");
    }
    assert_eq!(manager(&world, order, action("claim")).await.0, 409);
    assert_eq!(manager(&world, order, release).await.0, 200);
    assert_eq!(world.item(order).await.courier, None);
    let (status, ticket) = manager(&world, order, action("claim")).await;
    assert_eq!((status, &ticket["courier"]), (200, &json!("Mira")), "{ticket}");
    for step in ["hand_over", "nearby", "arrive"] {
        assert_eq!(manager(&world, order, action(step)).await.0, 200);
    }
    does(&world, mira(), order, delivered(2_400)).await;
}

#[tokio::test]
async fn an_order_that_the_kitchen_has_not_accepted_or_handed_over_without_a_courier_is_not_claimed()
 {
    let world = staffed().await;
    let order = numbered_order(1);
    world.place(user(), order, &order_request()).await;
    assert_eq!(sends(&world, cory(), order, action("claim")).await.0, 409);
    in_kitchen(&world, order, action("accept")).await;
    in_kitchen(&world, order, action("hand_over")).await;
    for claim in [
        sends(&world, cory(), order, action("claim")).await,
        manager(&world, order, action("claim")).await,
    ] {
        assert_eq!(claim.0, 409, "somebody else brings it: {claim:?}");
    }
    assert_eq!(manager(&world, order, assign(cory())).await.0, 200);
}

/// Brought as far as the door.
async fn at_door(world: &World, who: UserId) {
    for step in ["claim", "hand_over", "arrive"] {
        does(world, who, numbered_order(1), action(step)).await;
    }
}

#[tokio::test]
async fn who_says_that_nobody_is_there_has_waited_at_the_door() {
    let world = with_order().await;
    let order = numbered_order(1);
    let nobody = || because("fail", "nobody_there");
    let told = async |who: UserId, retry_after: Value| {
        let (status, problem) = sends(&world, who, order, nobody()).await;
        assert_eq!((status, kind(&problem)), (409, "wait-at-door"), "{problem}");
        assert_eq!(problem["retry_after"], retry_after, "{problem}");
    };
    for step in ["claim", "hand_over"] {
        does(&world, cory(), order, action(step)).await;
    }
    told(cory(), Value::Null).await;
    does(&world, cory(), order, action("arrive")).await;
    told(cory(), json!(300)).await;
    pass(120);
    told(cory(), json!(180)).await;
    // What another courier has waited is not theirs.
    assert_eq!(manager(&world, order, assign(dana())).await.0, 200);
    pass(600);
    told(dana(), Value::Null).await;
    does(&world, dana(), order, action("arrive")).await;
    pass(299);
    told(dana(), json!(1)).await;
    pass(1);
    let failed = does(&world, dana(), order, nobody()).await;
    assert_eq!(
        (&failed["status"], &failed["reason"]["code"]),
        (&json!("order_failed"), &json!("nobody_there"))
    );
}

#[tokio::test]
async fn any_other_reason_needs_no_waiting() {
    for reason in ["refused", "wrong_address", "accident", "other"] {
        let world = with_order().await;
        for step in ["claim", "hand_over"] {
            does(&world, cory(), numbered_order(1), action(step)).await;
        }
        let failed = does(&world, cory(), numbered_order(1), because("fail", reason)).await;
        assert_eq!(failed["reason"]["code"], reason);
    }
}

/// Where nothing can be sent, both taps are sent later and at once; or the first of them late. Here, 1,000 s late.
#[tokio::test]
async fn a_courier_has_waited_as_long_as_the_device_says() {
    for (arrived, gone, expected) in [
        (Some(0), Some(300), 200),
        (Some(0), Some(299), 409),
        (Some(300), Some(0), 409),
        (Some(700), None, 200),
        (Some(701), None, 409),
        (None, Some(300), 409),
        // Nobody has waited in the future.
        (None, Some(1_300), 409),
    ] {
        let world = with_order().await;
        let start = clock();
        for step in ["claim", "hand_over"] {
            does(&world, cory(), numbered_order(1), action(step)).await;
        }
        pass(1_000);
        let pressed = |mut command: Value, at: Option<i64>| {
            if let Some(at) = at {
                command["pressed_at"] = json!(start.plus_seconds(at));
            }
            command
        };
        does(&world, cory(), numbered_order(1), pressed(action("arrive"), arrived)).await;
        let fail = pressed(because("fail", "nobody_there"), gone);
        let (status, reply) = sends(&world, cory(), numbered_order(1), fail).await;
        assert_eq!(status, expected, "{arrived:?} {gone:?}: {reply}");
    }
}

#[tokio::test]
async fn who_is_on_shift_is_offered_what_nobody_has_claimed() {
    let world = staffed().await;
    for number in 1..=4 {
        world.place(user(), numbered_order(number), &detailed_order_request()).await;
    }
    for (number, minutes) in [(1, 30), (2, 10), (3, 20)] {
        let accept = json!({"action": "accept", "minutes": minutes});
        in_kitchen(&world, numbered_order(number), accept).await;
    }
    let offered = async |who: UserId| {
        let (status, deliveries) = world.deliveries(who, RESTAURANT).await;
        assert_eq!(status, 200, "{deliveries}");
        deliveries
    };
    let ids = |deliveries: &Value| -> Vec<String> {
        let offers = deliveries["offers"].as_array().unwrap().iter();
        offers.map(|offer| offer["order_id"].as_str().unwrap().to_owned()).collect()
    };
    let numbered = |numbers: &[u8]| -> Vec<String> {
        numbers.iter().map(|number| numbered_order(*number).to_string()).collect()
    };
    assert_eq!(offered(cory()).await, json!({"offers": [], "claimed": []}), "not on shift");
    assert_eq!(world.changes_shift(cory(), RESTAURANT, true).await.0, 200);
    let deliveries = offered(cory()).await;
    assert_eq!(ids(&deliveries), numbered(&[2, 3, 1]), "the first that is ready first");
    assert_eq!(deliveries["on_shift_until"], json!(clock().plus_seconds(12 * 3_600)));
    let expected = json!({
        "order_id": numbered_order(2), "status": "order_accepted", "sequence": 2, "district": "N1",
        "ready_at": clock().plus_seconds(600), "expected_at": deliveries["offers"][0]["expected_at"],
        "dishes": 3, "to_collect": 2_400, "currency": "GBP",
    });
    assert_eq!(deliveries["offers"][0], expected, "and nothing else");
    in_kitchen(&world, numbered_order(3), action("ready")).await;
    assert_eq!(manager(&world, numbered_order(2), assign(dana())).await.0, 200);
    in_kitchen(&world, numbered_order(1), action("hand_over")).await;
    assert_eq!(ids(&offered(cory()).await), numbered(&[3]));
    // Two that are theirs, the first claimed first.
    pass(1);
    does(&world, cory(), numbered_order(3), action("claim")).await;
    pass(1);
    assert_eq!(manager(&world, numbered_order(1), assign(cory())).await.0, 200);
    let deliveries = offered(cory()).await;
    let claimed: Vec<&Value> =
        deliveries["claimed"].as_array().unwrap().iter().map(|it| &it["order_id"]).collect();
    assert_eq!(claimed, [&json!(numbered_order(3)), &json!(numbered_order(1))]);
    world.changes_shift(cory(), RESTAURANT, false).await;
    assert_eq!(offered(cory()).await["claimed"], deliveries["claimed"], "they are brought still");
}

/// Every role on every route of couriers, in its own restaurant and in another one.
#[tokio::test]
async fn each_role_delivers_if_it_may_in_its_own_restaurant_only() {
    for role in Role::ALL {
        let world = with_order().await;
        world.employs(cory(), RESTAURANT, role).await;
        world.employs(somebody_else(), "raat", role).await;
        let allowed = may(role, Action::Deliver);
        let reads = async |who: UserId, restaurant: &str| {
            let claim = fresh(action("claim"));
            let order = numbered_order(1);
            [
                world.deliveries(who, restaurant).await,
                world.shift(who, restaurant).await,
                world.changes_shift(who, restaurant, true).await,
                world.sends_delivery_command(who, restaurant, order, &claim).await,
            ]
        };
        for (status, reply) in reads(cory(), RESTAURANT).await {
            assert_eq!(status, if allowed { 200 } else { 403 }, "{role:?}: {reply}");
        }
        assert_eq!(world.item(numbered_order(1)).await.courier.is_some(), allowed);
        for who in [somebody_else(), user()] {
            for restaurant in [RESTAURANT, "nowhere", "No Slug"] {
                for (status, problem) in reads(who, restaurant).await {
                    assert_eq!((status, kind(&problem)), (404, "not-found"), "{role:?}");
                }
            }
        }
        let [.., (status, problem)] = reads(somebody_else(), "raat").await;
        let expected = if allowed { (404, "order-not-found") } else { (403, "forbidden") };
        assert_eq!((status, kind(&problem)), expected, "{role:?}");
        // Each command of a courier's, by whoever may not.
        for command in of_claimants().into_iter().filter(|_| !allowed) {
            assert_eq!(sends(&world, cory(), numbered_order(1), command).await.0, 403);
        }
    }
}

#[tokio::test]
async fn the_autopilot_does_not_bring_what_somebody_has_claimed() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.employs_as("Cory", cory(), RESTAURANT, Role::Courier).await;
    assert_eq!(world.changes_shift(cory(), RESTAURANT, true).await.0, 200);
    let order = numbered_order(1);
    world.place(user(), order, &order_request()).await;
    world.settle().await;
    pass(7);
    world.watch().await.unwrap();
    assert_eq!(world.item(order).await.order.status, Status::Accepted);
    does(&world, cory(), order, action("claim")).await;
    world.settle().await;
    assert_eq!(world.item(order).await.act_at, None);
    pass(3_600);
    world.watch().await.unwrap();
    world.settle().await;
    assert_eq!(world.item(order).await.order.status, Status::Accepted);
    does(&world, cory(), order, action("hand_over")).await;
    world.settle().await;
    pass(3_600);
    world.watch().await.unwrap();
    assert_eq!(world.item(order).await.order.status, Status::PickedUp);
}

/// It is counted under the courier's name.
#[tokio::test]
async fn the_kitchen_does_not_say_what_a_courier_has_collected() {
    for (who, expected) in [(kim(), 403), (mira(), 200)] {
        let world = with_order().await;
        at_door(&world, cory()).await;
        let paid = fresh(delivered(99_999));
        let (status, reply) = world.sends_command(who, RESTAURANT, numbered_order(1), &paid).await;
        assert_eq!(status, expected, "{reply}");
        if expected == 403 {
            assert_eq!((kind(&reply), &reply["field"]), ("forbidden", &json!("collected")));
            in_kitchen(&world, numbered_order(1), action("deliver")).await;
            assert_eq!(world.item(numbered_order(1)).await.collected, None);
        }
    }
    // What no courier brings, the kitchen may have collected.
    let world = with_order().await;
    for step in [action("hand_over"), delivered(2_400)] {
        in_kitchen(&world, numbered_order(1), step).await;
    }
}

#[tokio::test]
async fn what_was_paid_stays_when_the_customer_is_gone() {
    let world = with_order().await;
    at_door(&world, cory()).await;
    does(&world, cory(), numbered_order(1), delivered(2_400)).await;
    world.settle().await;
    assert_eq!(world.delete_account().await.0, 204);
    let item = world.item(numbered_order(1)).await;
    assert_eq!((item.user_id, item.collected.is_some()), (None, true));
    assert!(item.is_brought_by(cory()), "{item:?}");
}

#[tokio::test]
async fn an_order_is_not_claimed_again_and_again_without_end() {
    let world = with_order().await;
    let mut couriers = [cory(), dana()].into_iter().cycle();
    let mut statuses = BTreeSet::new();
    for _ in 0..160 {
        statuses
            .insert(manager(&world, numbered_order(1), assign(couriers.next().unwrap())).await.0);
    }
    assert_eq!(statuses, [200, 409].into());
    assert_eq!(world.item(numbered_order(1)).await.history.len(), 150);
    in_kitchen(&world, numbered_order(1), action("hand_over")).await;
}

#[tokio::test]
async fn a_courier_acts_in_their_own_name() {
    let world = with_order().await;
    let order = numbered_order(1);
    for command in of_claimants().into_iter().chain([action("claim")]) {
        let mut named = command;
        named["name"] = json!("Noor");
        let (status, problem) = sends(&world, cory(), order, named.clone()).await;
        assert_eq!((status, &problem["field"]), (422, &json!("name")), "{named}: {problem}");
    }
    assert_eq!(sequence(&world).await, 2, "nothing has happened");
}

#[tokio::test]
async fn what_a_device_says_of_the_time_is_kept_within_what_happened() {
    let world = with_order().await;
    let order = numbered_order(1);
    does(&world, cory(), order, action("claim")).await;
    pass(900);
    does(&world, cory(), order, action("hand_over")).await;
    let handed_over = clock();
    let mut arrive = action("arrive");
    arrive["pressed_at"] = json!(handed_over.plus_seconds(-600));
    does(&world, cory(), order, arrive).await;
    let (status, problem) = sends(&world, cory(), order, because("fail", "nobody_there")).await;
    assert_eq!((status, &problem["retry_after"]), (409, &json!(300)), "{problem}");
    let pressed = async || {
        let item = world.item(order).await;
        item.history.last().unwrap().pressed_at
    };
    assert_eq!(pressed().await, Some(handed_over));
    pass(60);
    let mut deliver = delivered(2_400);
    deliver["pressed_at"] = json!(clock().plus_seconds(3_600));
    does(&world, cory(), order, deliver).await;
    assert_eq!(pressed().await, Some(clock()), "nothing is pressed in the future");
}

/// Who says of everything that it was pressed long ago has waited nowhere.
#[tokio::test]
async fn nothing_was_pressed_before_the_order_was_the_couriers() {
    let world = with_order().await;
    let order = numbered_order(1);
    pass(3_600);
    let placed_at = world.item(order).await.order.placed_at;
    let claimed_at = clock();
    for step in ["claim", "hand_over", "arrive"] {
        let mut pressed = action(step);
        pressed["pressed_at"] = json!(0);
        does(&world, cory(), order, pressed).await;
    }
    let (status, problem) = sends(&world, cory(), order, because("fail", "nobody_there")).await;
    assert_eq!((status, &problem["retry_after"]), (409, &json!(300)), "{problem}");
    let item = world.item(order).await;
    let pressed: Vec<_> = item.history[2..].iter().map(|entry| entry.pressed_at).collect();
    assert_eq!(pressed, [Some(placed_at), Some(claimed_at), Some(claimed_at)]);
}

/// Answering 200 would hide that other contents were recorded.
#[tokio::test]
async fn the_id_of_a_command_is_not_used_for_other_contents() {
    let world = with_order().await;
    let order = numbered_order(1);
    let sent = async |command: &Value| {
        let (status, reply) =
            world.sends_delivery_command(cory(), RESTAURANT, order, command).await;
        (status, reply["field"].as_str().map(str::to_owned))
    };
    let refused = (422, Some("command_id".to_owned()));
    does(&world, cory(), order, action("claim")).await;
    let release = fresh(because("release", "accident"));
    let mut other = release.clone();
    other["reason"] = because("release", "too_busy")["reason"].clone();
    assert_eq!(sent(&release).await.0, 200);
    assert_eq!(sent(&other).await, refused);
    assert_eq!(sent(&release).await.0, 200, "it is done already");

    at_door(&world, cory()).await;
    let paid = fresh(delivered(2_400));
    let mut less = paid.clone();
    less["collected"]["amount"] = json!(1);
    assert_eq!(sent(&paid).await.0, 200);
    assert_eq!(sent(&less).await, refused);
    assert_eq!(sent(&paid).await.0, 200, "it is done already");
}

#[tokio::test]
async fn an_assignment_is_not_sent_again_for_another_courier() {
    let world = with_order().await;
    let order = numbered_order(1);
    let to_cory = fresh(assign(cory()));
    let mut to_dana = to_cory.clone();
    to_dana["courier"] = json!(dana());
    let send =
        async |command: &Value| world.sends_command(mira(), RESTAURANT, order, command).await.0;
    assert_eq!(send(&to_cory).await, 200);
    assert_eq!(send(&to_dana).await, 422);
    assert_eq!(send(&to_cory).await, 200);
    assert_eq!(manager(&world, order, assign(dana())).await.0, 200);
    assert_eq!(send(&to_cory).await, 200, "also after it was moved");
}

/// An owner can still say who brings an order that was claimed and given back a hundred times.
#[tokio::test]
async fn an_order_that_is_given_back_again_and_again_is_offered_no_more_and_can_be_assigned() {
    let world = with_order().await;
    let order = numbered_order(1);
    for _ in 0..49 {
        does(&world, cory(), order, action("claim")).await;
        sends(&world, cory(), order, because("release", "too_busy")).await;
    }
    let offers = world.deliveries(dana(), RESTAURANT).await.1["offers"].clone();
    assert_eq!(offers, json!([]), "after {} events", sequence(&world).await);
    assert_eq!(sends(&world, dana(), order, action("claim")).await.0, 409);
    assert_eq!(manager(&world, order, assign(dana())).await.0, 200);
    does(&world, dana(), order, action("hand_over")).await;
    does(&world, dana(), order, delivered(2_400)).await;
}
