//! What becomes of the orders and the invitations of somebody who leaves a restaurant's staff.

use serde_json::{Value, json};
use shared::{EventName, OrderId, UserId, staff::Role};

use crate::{
    couriers::{
        RESTAURANT, accepts, action, assign, cory, dana, delivered, does, in_kitchen, kim, manager,
        mira, staffed,
    },
    support::{World, kind, numbered_order},
};

const EMAIL: &str = "cory@example.com";

/// How somebody leaves.
#[derive(Debug, Clone, Copy)]
enum Leaves {
    /// A manager removes them.
    Removed,
    /// They go.
    Alone,
    /// Their account is deleted.
    Deletes,
    /// They are a cook from now on.
    ToKitchen,
}

/// Two orders are the courier's, one of which they have picked up; a third is another's.
async fn with_orders() -> World {
    let world = staffed().await;
    for who in [cory(), dana()] {
        assert_eq!(world.changes_shift(who, RESTAURANT, true).await.0, 200);
    }
    for (number, who) in [(1, cory()), (2, cory()), (3, dana())] {
        accepts(&world, numbered_order(number)).await;
        does(&world, who, numbered_order(number), action("claim")).await;
    }
    does(&world, cory(), numbered_order(2), action("hand_over")).await;
    world
}

async fn leaves(world: &World, how: Leaves) {
    let (status, reply) = match how {
        Leaves::Removed => world.removes(mira(), RESTAURANT, cory()).await,
        Leaves::Alone => world.removes(cory(), RESTAURANT, cory()).await,
        Leaves::Deletes => world.call("DELETE /api/account", Some(cory()), &[], "").await,
        Leaves::ToKitchen => {
            let cook = json!({"email": EMAIL, "role": "kitchen", "name": "Cory"});
            let (status, invitation) = world.invites(mira(), RESTAURANT, &cook).await;
            assert_eq!(status, 201, "{invitation}");
            let acceptance = json!({"invitation": invitation["token"]});
            assert_eq!(world.accepts(cory(), EMAIL, &acceptance).await.0, 201);
            world.accepts(cory(), EMAIL, &acceptance).await
        }
    };
    assert!([200, 204].contains(&status), "{how:?}: {reply}");
}

/// An order on the board.
async fn ticket(world: &World, order: OrderId) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    let route = "GET /api/staff/{restaurant_id}/orders";
    let (status, board) = world.call(route, Some(kim()), &parameters, "").await;
    assert_eq!(status, 200, "{board}");
    let mut orders = board["orders"].as_array().unwrap().iter();
    orders.find(|ticket| ticket["order_id"] == json!(order)).unwrap().clone()
}

async fn offers(world: &World, who: UserId) -> usize {
    let (status, deliveries) = world.deliveries(who, RESTAURANT).await;
    assert_eq!(status, 200, "{deliveries}");
    deliveries["offers"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_orders_of_a_courier_who_leaves_wait_for_another() {
    for how in [Leaves::Removed, Leaves::Alone, Leaves::Deletes, Leaves::ToKitchen] {
        let world = with_orders().await;
        let [waits, on_its_way, others] = [1, 2, 3].map(numbered_order);
        leaves(&world, how).await;
        for order in [waits, on_its_way] {
            let ticket = ticket(&world, order).await;
            let of_courier = (ticket.get("courier"), ticket.get("claimed_at"));
            assert_eq!(of_courier, (None, None), "{how:?}: {ticket}");
        }
        assert_eq!(ticket(&world, others).await["courier"], "Dana");
        assert_eq!(offers(&world, dana()).await, 1, "{how:?}");
        does(&world, dana(), waits, action("claim")).await;
        assert_eq!(ticket(&world, waits).await["courier"], "Dana");
        // On its way, it is the restaurant's to say who brings it, or that it has been brought.
        let (status, changed) = manager(&world, on_its_way, assign(dana())).await;
        assert_eq!((status, &changed["courier"]), (200, &json!("Dana")), "{how:?}: {changed}");
        does(&world, dana(), on_its_way, delivered(2_400)).await;
        let names: Vec<EventName> = world.settle().await.iter().map(|event| event.name).collect();
        assert_eq!(names.iter().filter(|name| **name == EventName::Released).count(), 1);
    }
}

/// The function may end between removing somebody and releasing their orders; the request is sent again.
#[tokio::test]
async fn what_was_not_released_is_with_the_next_request_and_is_shown_without_a_courier_before() {
    let world = with_orders().await;
    let restaurant = RESTAURANT.parse().unwrap();
    let removed = world.api.people.remove_member(cory(), &restaurant, None).await.unwrap();
    assert_eq!(removed, Ok(()));
    let [waits, on_its_way] = [1, 2].map(numbered_order);
    assert_eq!(ticket(&world, waits).await.get("courier"), None);
    assert_eq!(offers(&world, dana()).await, 0, "it is not released");
    for _ in 0..2 {
        assert_eq!(world.removes(mira(), RESTAURANT, cory()).await.0, 204);
        assert_eq!(offers(&world, dana()).await, 1);
    }
    let item = world.item(waits).await;
    let last = item.history.last().unwrap();
    assert_eq!((last.event, item.history.len()), (EventName::Released, 4));
    assert_eq!(last.actor.name, Some("Mira".parse().unwrap()));
    in_kitchen(&world, on_its_way, action("deliver")).await;
}

#[tokio::test]
async fn who_delivers_in_their_new_role_too_keeps_their_orders() {
    let world = with_orders().await;
    world.employs_as("Olga", kim(), RESTAURANT, Role::Owner).await;
    let manages = json!({"email": EMAIL, "role": "manager", "name": "Cory"});
    let (_, invitation) = world.invites(kim(), RESTAURANT, &manages).await;
    let acceptance = json!({"invitation": invitation["token"]});
    assert_eq!(world.accepts(cory(), EMAIL, &acceptance).await.0, 201);
    for order in [1, 2] {
        assert_eq!(ticket(&world, numbered_order(order)).await["courier"], "Cory");
    }
    does(&world, cory(), numbered_order(2), delivered(2_400)).await;
}

#[tokio::test]
async fn the_invitations_of_whoever_is_removed_are_withdrawn_for_good() {
    let world = staffed().await;
    world.employs_as("Olga", kim(), RESTAURANT, Role::Owner).await;
    let cook = json!({"email": "an@example.com", "role": "kitchen", "name": "An"});
    let (_, of_manager) = world.invites(mira(), RESTAURANT, &cook).await;
    let (_, of_owner) = world.invites(kim(), RESTAURANT, &cook).await;
    let invited = async || {
        let parameters = [("restaurant_id", RESTAURANT)];
        let route = "GET /api/staff/{restaurant_id}/people";
        let people = world.call(route, Some(kim()), &parameters, "").await.1;
        let invitations = people["invitations"].as_array().unwrap().iter();
        invitations.map(|it| it["invitation_id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(invited().await.len(), 2);
    assert_eq!(world.removes(kim(), RESTAURANT, mira()).await.0, 204);
    assert_eq!(invited().await, [of_owner["invitation_id"].clone()]);
    world.employs_as("Mira", mira(), RESTAURANT, Role::Manager).await;
    assert_eq!(invited().await, [of_owner["invitation_id"].clone()], "it is not back");
    let acceptance = json!({"invitation": of_manager["token"]});
    let (status, problem) = world.accepts(dana(), "an@example.com", &acceptance).await;
    assert_eq!((status, kind(&problem)), (404, "invitation-not-valid"), "{problem}");
}
