//! What staff see of a restaurant's orders, and what they may do.

use serde_json::{Value, json};
use shared::{
    Command, EventName, OrderId, Reason, Status, UserId,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, DEMO, Fault, Lag, Pace, World, accepting, clock, detailed_order_request, http, kind,
    numbered_order, order_request, pass, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const MEMBERSHIPS: &str = "GET /api/staff";
const BOARD: &str = "GET /api/staff/{restaurant_id}/orders";
const TICKET: &str = "GET /api/staff/{restaurant_id}/orders/{order_id}";
const COMMANDS: &str = "POST /api/staff/{restaurant_id}/orders/{order_id}/commands";

/// Somebody who works there.
fn cook() -> UserId {
    "22222222-2222-4222-8222-222222222222".parse().unwrap()
}

/// A restaurant where nobody is simulated, and one who works there.
async fn staffed(role: Role) -> World {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "silent"}));
    world.employs(cook(), RESTAURANT, role).await;
    world
}

/// The same with an order.
async fn with_order(role: Role) -> World {
    let world = staffed(role).await;
    assert_eq!(world.place(user(), numbered_order(1), &detailed_order_request()).await.0, 201);
    world
}

async fn board_of(world: &World, who: UserId) -> Value {
    let (status, board) = world.call(BOARD, Some(who), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 200, "{board}");
    board
}

async fn listed(world: &World) -> Vec<OrderId> {
    let board = board_of(world, cook()).await;
    let orders = board["orders"].as_array().unwrap().iter();
    orders.map(|order| order["order_id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn sends(world: &World, number: u8, command: Value) -> (u16, Value) {
    world.sends_command(cook(), RESTAURANT, numbered_order(1), &numbered(number, command)).await
}

async fn is_done(world: &World, number: u8, command: Value) {
    let (status, reply) = sends(world, number, command).await;
    assert_eq!(status, 200, "{reply}");
}

/// A command with an id of its own.
fn numbered(number: u8, mut command: Value) -> Value {
    command["command_id"] = json!(format!("0197f0a3-5b1c-7d2e-8f40-1122334455{number:02x}"));
    command
}

/// A command of each kind.
fn commands() -> Vec<Command> {
    vec![
        Command::See,
        Command::Accept { minutes: Some(20) },
        Command::Decline { reason: Reason::TooBusy },
        Command::Delay { minutes: 10, reason: Reason::TooBusy },
        Command::Ready,
        Command::Cancel { reason: Reason::TooBusy },
        Command::Claim,
        Command::Assign { courier: cook() },
        Command::Release { reason: Reason::TooBusy },
        Command::HandOver,
        Command::Nearby,
        Command::Arrive,
        Command::Deliver { collected: None },
        Command::Fail { reason: Reason::NobodyThere },
    ]
}

#[tokio::test]
async fn an_order_is_on_the_board_until_it_has_ended() {
    let world = with_order(Role::Kitchen).await;
    let told = json!([{"restaurant_id": RESTAURANT, "role": "kitchen", "name": "An"}]);
    assert_eq!(world.call(MEMBERSHIPS, Some(cook()), &[], "").await.1["memberships"], told);
    let steps = [
        json!({"action": "see"}),
        json!({"action": "accept", "minutes": 25}),
        json!({"action": "ready"}),
        json!({"action": "hand_over"}),
    ];
    for (number, command) in (1..).zip(steps) {
        assert_eq!(listed(&world).await, [numbered_order(1)]);
        is_done(&world, number, command).await;
    }
    assert_eq!(listed(&world).await, [numbered_order(1)], "it is on its way");
    is_done(&world, 9, json!({"action": "deliver"})).await;
    assert_eq!(listed(&world).await, []);
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &numbered_order(1).to_string())];
    let (status, ticket) = world.call(TICKET, Some(cook()), &parameters, "").await;
    assert_eq!((status, &ticket["status"]), (200, &json!("order_delivered")));
}

#[tokio::test]
async fn an_order_that_was_cancelled_stays_until_somebody_has_seen_that() {
    let world = with_order(Role::Kitchen).await;
    assert_eq!(world.cancel(user(), numbered_order(1)).await.0, 200);
    assert_eq!(board_of(&world, cook()).await["orders"][0]["status"], "order_cancelled");
    is_done(&world, 1, json!({"action": "see"})).await;
    assert_eq!(listed(&world).await, []);
    // Nobody looks: it is no news the next day.
    assert_eq!(world.place(user(), numbered_order(2), &order_request()).await.0, 201);
    pass(700);
    world.watch().await.unwrap();
    assert_eq!(world.item(numbered_order(2)).await.order.status, Status::Cancelled);
    assert_eq!(listed(&world).await, [numbered_order(2)]);
    pass(12 * 3_600);
    assert_eq!(listed(&world).await, []);
    assert_eq!(world.item(numbered_order(2)).await.board, None);
    // What staff end themselves is no news to them.
    assert_eq!(world.place(user(), numbered_order(3), &order_request()).await.0, 201);
    let decline = numbered(3, json!({"action": "decline", "reason": {"code": "too_busy"}}));
    let (status, reply) =
        world.sends_command(cook(), RESTAURANT, numbered_order(3), &decline).await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(listed(&world).await, []);
}

#[tokio::test]
async fn a_ticket_says_how_many_minutes_accepting_without_any_gives() {
    const AVAILABILITY: &str = "POST /api/staff/{restaurant_id}/availability";
    for (pace, usual, busy) in [(Pace { pace: "1", ..AT_ONCE }, 18, 33), (DEMO, 1, 1)] {
        let world = World::new(pace);
        world.list(&json!({"kitchen": "silent"}));
        world.employs(cook(), RESTAURANT, Role::Kitchen).await;
        let minutes = async |number: usize| {
            let board = board_of(&world, cook()).await;
            board["orders"][number]["preparation_minutes"].as_i64().unwrap()
        };
        world.place(user(), numbered_order(1), &order_request()).await;
        // The menu says other minutes for the orders that are placed from now on.
        let change = json!({"change": "busy", "minutes": 15, "lasts_minutes": 60}).to_string();
        let parameters = [("restaurant_id", RESTAURANT)];
        assert_eq!(world.call(AVAILABILITY, Some(cook()), &parameters, &change).await.0, 200);
        world.place(user(), numbered_order(2), &order_request()).await;
        assert_eq!((minutes(0).await, minutes(1).await), (usual, busy), "{pace:?}");
        let (status, ticket) = sends(&world, 1, json!({"action": "accept"})).await;
        assert_eq!((status, &ticket["preparation_minutes"]), (200, &json!(usual)), "{ticket}");
        let left = ticket["ready_at"].as_i64().unwrap() - clock().millis();
        assert_eq!((left + 59_999) / 60_000, usual, "{pace:?}: {ticket}");
    }
}

#[tokio::test]
async fn the_loser_of_a_race_learns_who_was_first() {
    let world = with_order(Role::Kitchen).await;
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    let accept = numbered(1, json!({"action": "accept", "minutes": 20, "name": "Asha"}));
    let (status, reply) =
        world.sends_command(somebody_else(), RESTAURANT, numbered_order(1), &accept).await;
    assert_eq!((status, &reply["status"]), (200, &json!("order_accepted")));
    let decline = json!({"action": "decline", "reason": {"code": "too_busy"}});
    let (status, problem) = sends(&world, 2, decline).await;
    assert_eq!((status, kind(&problem)), (409, "order-changed"), "{problem}");
    let happened = &problem["happened"];
    assert_eq!(
        (&happened["event"], &happened["actor"]),
        (&json!("order_accepted"), &json!({"role": "manager", "name": "Asha"}))
    );
    assert_eq!(problem["ticket"]["status"], "order_accepted");
    let (status, _) =
        world.sends_command(somebody_else(), RESTAURANT, numbered_order(1), &accept).await;
    assert_eq!(status, 200, "the same again is done already");
}

/// Every role, wherever it is somebody's, and everything that it may do or not.
#[tokio::test]
async fn each_role_does_what_it_may_in_its_own_restaurant_only() {
    for role in Role::ALL {
        for command in commands() {
            let may_do_it = may(role, Action::ReadOrders) && may(role, command.action());
            let body = numbered(1, serde_json::to_value(&command).unwrap());
            let world = with_order(role).await;
            let (status, reply) =
                world.sends_command(cook(), RESTAURANT, numbered_order(1), &body).await;
            let is_next = Status::Placed.after(command.event()).is_some()
                && !matches!(command, Command::Cancel { .. });
            let expected = match (may_do_it, is_next) {
                (false, _) => 403,
                (true, true) => 200,
                (true, false) => 409,
            };
            assert_eq!(status, expected, "{role:?} {command:?}: {reply}");
            assert_eq!(
                world.item(numbered_order(1)).await.order.sequence,
                1 + u32::from(expected == 200),
                "{role:?} {command:?}"
            );
        }
        let world = with_order(role).await;
        let expected = if may(role, Action::ReadOrders) { 200 } else { 403 };
        for route in [BOARD, TICKET] {
            let parameters =
                [("restaurant_id", RESTAURANT), ("order_id", &numbered_order(1).to_string())];
            let (status, _) = world.call(route, Some(cook()), &parameters, "").await;
            assert_eq!(status, expected, "{role:?} {route}");
        }
        // Of another restaurant, one that does not exist, and as nobody anywhere.
        world.employs(somebody_else(), "raat", role).await;
        for who in [somebody_else(), user()] {
            for restaurant in [RESTAURANT, "nowhere", "No Slug"] {
                for route in [BOARD, TICKET, COMMANDS] {
                    let order = numbered_order(1).to_string();
                    let parameters = [("restaurant_id", restaurant), ("order_id", &*order)];
                    let body = numbered(1, json!({"action": "see"})).to_string();
                    let (status, problem) = world.call(route, Some(who), &parameters, &body).await;
                    assert_eq!((status, kind(&problem)), (404, "not-found"), "{role:?} {route}");
                }
            }
        }
        // An order of another restaurant answers like one that does not exist.
        for (route, order) in [(TICKET, 1), (COMMANDS, 1), (TICKET, 9), (COMMANDS, 9)] {
            let order = numbered_order(order).to_string();
            let parameters = [("restaurant_id", "raat"), ("order_id", &*order)];
            let body = numbered(1, json!({"action": "deliver"})).to_string();
            let (status, problem) =
                world.call(route, Some(somebody_else()), &parameters, &body).await;
            let reads = may(role, Action::ReadOrders);
            let expected = if reads { (404, "order-not-found") } else { (403, "forbidden") };
            assert_eq!((status, kind(&problem)), expected, "{role:?} {route}");
        }
        assert_eq!(world.item(numbered_order(1)).await.order.sequence, 1);
    }
}

#[tokio::test]
async fn somebody_who_is_removed_is_nobody_with_the_next_request() {
    let world = with_order(Role::Kitchen).await;
    board_of(&world, cook()).await;
    world.dismisses(cook(), RESTAURANT).await;
    let (status, _) = world.call(BOARD, Some(cook()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn who_deletes_their_account_is_no_staff_any_more() {
    let world = staffed(Role::Kitchen).await;
    assert_eq!(world.call("DELETE /api/account", Some(cook()), &[], "").await.0, 204);
    for item in world.aws.items(&world.table("PeopleTable")) {
        let text = item.to_string();
        let is_theirs = text.contains(&cook().to_string()) || text.contains("\"An\"");
        assert!(!is_theirs || item["item"]["S"] == "closed", "{text}");
    }
}

/// Every reply to every role, but for the phone number that a manager asks for; what is refused is a reply, too.
#[tokio::test]
async fn staff_see_nothing_of_who_ordered() {
    for role in Role::ALL {
        let world = with_order(role).await;
        let order = numbered_order(1).to_string();
        let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order)];
        let decline = json!({"action": "decline", "reason": {"code": "too_busy"}});
        let mut replies = Vec::new();
        for route in [
            BOARD,
            TICKET,
            "GET /api/staff",
            "GET /api/staff/{restaurant_id}/availability",
            "GET /api/staff/{restaurant_id}/people",
        ] {
            replies.push(world.call(route, Some(cook()), &parameters, "").await.1);
        }
        replies.push(sends(&world, 1, json!({"action": "accept"})).await.1);
        replies.push(sends(&world, 2, decline).await.1);
        replies.push(sends(&world, 3, json!({"action": "hand_over"})).await.1);
        let customer = user().to_string();
        let private = ["Mill Row", "N1 5TB", "London", "020 7946", "7946", "Flat 3", &customer];
        for reply in &replies {
            let text = reply.to_string();
            for private in private {
                assert!(!text.contains(private), "{role:?}: {private} in {text}");
            }
            assert!(!text.contains("\"address\"") && !text.contains("\"phone\""), "{text}");
        }
        let sees = replies.iter().any(|reply| reply.to_string().contains("Extra crisp."));
        assert!(sees || role == Role::Courier, "{role:?} reads what to cook");
    }
}

#[tokio::test]
async fn a_manager_who_sees_a_phone_number_is_in_the_orders_history() {
    const PHONE: &str = "POST /api/staff/{restaurant_id}/orders/{order_id}/phone";
    let order = numbered_order(1).to_string();
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order)];
    for role in Role::ALL {
        let world = with_order(role).await;
        let (status, reply) = world.call(PHONE, Some(cook()), &parameters, "").await;
        let reveals = world.item(numbered_order(1)).await.reveals;
        if may(role, Action::RevealPhone) {
            assert_eq!((status, &reply), (200, &json!({"phone": "020 7946 0000"})), "{role:?}");
            assert_eq!(world.call(PHONE, Some(cook()), &parameters, "").await.0, 200);
            let reveals = world.item(numbered_order(1)).await.reveals;
            let role: shared::staff::ActorRole = role.into();
            assert!(reveals.iter().all(|one| one.actor.role == role && one.at == clock()));
            assert_eq!(reveals.len(), 2, "each time");
        } else {
            assert_eq!((status, reveals), (403, vec![]), "{role:?}: {reply}");
        }
        let (status, _) = world.call(PHONE, Some(user()), &parameters, "").await;
        assert_eq!(status, 404, "nobody there");
    }
    // Not for ever, and not without end.
    let world = with_order(Role::Owner).await;
    for _ in 0..50 {
        assert_eq!(world.call(PHONE, Some(cook()), &parameters, "").await.0, 200);
    }
    assert_eq!(world.call(PHONE, Some(cook()), &parameters, "").await.0, 403);
    assert_eq!(world.item(numbered_order(1)).await.reveals.len(), 50);
    let world = with_order(Role::Owner).await;
    is_done(&world, 1, json!({"action": "decline", "reason": {"code": "too_busy"}})).await;
    pass(2 * 3_600 - 1);
    assert_eq!(world.call(PHONE, Some(cook()), &parameters, "").await.0, 200);
    pass(1);
    assert_eq!(world.call(PHONE, Some(cook()), &parameters, "").await.0, 403);
    // Not shown if it cannot be recorded.
    let world = with_order(Role::Owner).await;
    world.aws.fate(|call| match call.operation.as_str() {
        "UpdateItem" => Fault::Refused,
        _ => Fault::None,
    });
    let (status, reply) = world.call(PHONE, Some(cook()), &parameters, "").await;
    assert_eq!(status, 503, "{reply}");
}

#[tokio::test]
async fn a_command_that_is_none_is_told_what_is_wrong() {
    let world = with_order(Role::Manager).await;
    for (body, status, field) in [
        (json!({"action": "accept", "minutes": 0}), 422, "minutes"),
        (json!({"action": "accept", "minutes": 181}), 422, "minutes"),
        (
            json!({"action": "delay", "minutes": 5, "reason": {"code": "nobody_there"}}),
            422,
            "reason",
        ),
        (json!({"action": "decline", "reason": {"code": "no_courier"}}), 422, "reason"),
        (json!({"action": "accept", "name": ""}), 422, "name"),
        (json!({"action": "accept", "name": "x".repeat(21)}), 422, "name"),
    ] {
        let (got, problem) = sends(&world, 1, body.clone()).await;
        assert_eq!((got, problem["field"].as_str()), (status, Some(field)), "{body}: {problem}");
    }
    for body in [json!({"action": "burn"}), json!({}), json!({"action": "decline"})] {
        let (status, problem) = sends(&world, 1, body.clone()).await;
        assert_eq!((status, kind(&problem)), (422, "invalid-field"), "{body}: {problem}");
    }
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", "1")];
    let (status, problem) = world.call(COMMANDS, Some(cook()), &parameters, "{").await;
    assert_eq!((status, kind(&problem)), (400, "malformed-json"));
    let body = numbered(1, json!({"action": "see"})).to_string();
    let (status, problem) = world.call(COMMANDS, Some(cook()), &parameters, &body).await;
    assert_eq!((status, kind(&problem)), (404, "order-not-found"));
    assert_eq!(world.item(numbered_order(1)).await.order.sequence, 1);
}

#[tokio::test]
async fn a_board_has_all_orders_whatever_the_index_and_a_batch_leave_out() {
    let world = staffed(Role::Kitchen).await;
    for number in 1..=120 {
        let placed = world.place(user(), numbered_order(number), &order_request()).await;
        assert_eq!(placed.0, 201);
        pass(1);
    }
    let expected: Vec<OrderId> = (1..=120).map(numbered_order).collect();
    assert_eq!(listed(&world).await, expected, "more than a batch, by the time they were placed");
    // The index still has one that is off the board.
    let outdated = world.raw_item(numbered_order(1));
    world.orders.take_off_board(numbered_order(1)).await.unwrap();
    world.aws.lag.lock().unwrap().outdated.push(("board", outdated));
    assert_eq!(listed(&world).await, expected[1..]);
    *world.aws.lag.lock().unwrap() = Lag::default();
    world.aws.fate(|call| match call.operation.as_str() {
        "BatchGetItem" => Fault::Refused,
        _ => Fault::None,
    });
    let (status, _) = world.call(BOARD, Some(cook()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 503, "no board at all rather than a part of it");
}

#[tokio::test]
async fn a_simulated_kitchen_keeps_its_board_clean() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.employs(cook(), RESTAURANT, Role::Owner).await;
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    assert_eq!(listed(&world).await, [numbered_order(1)]);
    let last = world.settle().await.pop().unwrap();
    assert_eq!(last.name, EventName::Delivered);
    assert_eq!(listed(&world).await, []);
}

#[tokio::test]
async fn without_a_session_there_is_no_staff() {
    let world = with_order(Role::Owner).await;
    for route in [MEMBERSHIPS, BOARD, TICKET, COMMANDS] {
        let reply = world.api.handle(http(route, None, &[], "{}"), clock()).await.unwrap();
        assert_eq!(reply["statusCode"], 401, "{route}");
    }
}
