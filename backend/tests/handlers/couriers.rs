//! A restaurant with couriers, for the tests of what they see and do.

use serde_json::{Value, json};
use shared::{OrderId, UserId, staff::Role};

use crate::support::{AT_ONCE, World, detailed_order_request, user};

pub(super) const RESTAURANT: &str = "golden-dosa";

fn person(number: u8) -> UserId {
    format!("33333333-3333-4333-8333-3333333333{number:02x}").parse().unwrap()
}

/// A courier.
pub(super) fn cory() -> UserId {
    person(1)
}

/// Another courier.
pub(super) fn dana() -> UserId {
    person(2)
}

/// A manager.
pub(super) fn mira() -> UserId {
    person(3)
}

/// A cook.
pub(super) fn kim() -> UserId {
    person(4)
}

/// A restaurant where nobody is simulated, with two couriers, a manager and a cook.
pub(super) async fn staffed() -> World {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "silent"}));
    for (name, who, role) in [
        ("Cory", cory(), Role::Courier),
        ("Dana", dana(), Role::Courier),
        ("Mira", mira(), Role::Manager),
        ("Kim", kim(), Role::Kitchen),
    ] {
        world.employs_as(name, who, RESTAURANT, role).await;
    }
    world
}

/// The customer orders, with everything that they may say of themselves, and the kitchen accepts.
pub(super) async fn accepts(world: &World, order_id: OrderId) {
    let (status, reply) = world.place(user(), order_id, &detailed_order_request()).await;
    assert_eq!(status, 201, "{reply}");
    in_kitchen(world, order_id, json!({"action": "accept", "minutes": 20})).await;
}

/// A command with an id that no other has.
pub(super) fn fresh(mut command: Value) -> Value {
    let mut random = [0; 10];
    getrandom::fill(&mut random).unwrap();
    command["command_id"] = json!(OrderId::new(crate::support::clock(), random));
    command
}

/// The kitchen does that.
pub(super) async fn in_kitchen(world: &World, order_id: OrderId, command: Value) {
    let (status, reply) = world.sends_command(kim(), RESTAURANT, order_id, &fresh(command)).await;
    assert_eq!(status, 200, "{reply}");
}

/// The manager sends a command.
pub(super) async fn manager(world: &World, order_id: OrderId, command: Value) -> (u16, Value) {
    world.sends_command(mira(), RESTAURANT, order_id, &fresh(command)).await
}

/// A courier sends a command.
pub(super) async fn sends(
    world: &World,
    who: UserId,
    order_id: OrderId,
    command: Value,
) -> (u16, Value) {
    world.sends_delivery_command(who, RESTAURANT, order_id, &fresh(command)).await
}

/// A courier does that: the delivery then.
pub(super) async fn does(world: &World, who: UserId, order_id: OrderId, command: Value) -> Value {
    let (status, reply) = sends(world, who, order_id, command.clone()).await;
    assert_eq!(status, 200, "{command}: {reply}");
    reply["delivery"].clone()
}

/// A command of this action alone.
pub(super) fn action(name: &str) -> Value {
    json!({"action": name})
}

/// The same with a reason.
pub(super) fn because(name: &str, code: &str) -> Value {
    json!({"action": name, "reason": {"code": code}})
}

/// The order is delivered, and that was paid in cash.
pub(super) fn delivered(amount: i64) -> Value {
    json!({"action": "deliver", "collected": {"method": "cash", "amount": amount}})
}

/// The manager assigns the order.
pub(super) fn assign(courier: UserId) -> Value {
    json!({"action": "assign", "courier": courier})
}
