//! What staff do to an order: each command once, the first of several wins, and who did it is recorded.

use backend::choreography::{
    changes::{Side, StaffCommand},
    commands::CommandOutcome,
};
use serde_json::json;
use shared::{
    Command, EventName, Reason, Status,
    staff::{Actor, ActorRole, CommandRequest, Role},
};

use crate::support::{
    AT_ONCE, DEMO, World, accepting, clock, envelope, order, order_request, pass, somebody_else,
    user,
};

const NAME: &str = "Ragnhildur";
const MINUTE: i64 = 60;

fn request(number: u8, command: Command) -> CommandRequest {
    let command_id = format!("0197f0a3-5b1c-7d2e-8f40-1122334455{number:02x}").parse().unwrap();
    CommandRequest { command_id, name: None, pressed_at: None, command }
}

fn cook() -> Actor {
    Actor { role: Role::Kitchen.into(), name: Some(NAME.parse().unwrap()) }
}

/// The command as the cook's tablet sends it.
fn sent<'a>(request: &'a CommandRequest, actor: &'a Actor) -> StaffCommand<'a> {
    let user_id = somebody_else();
    StaffCommand { request, user_id, actor, side: Side::Restaurant, assigned: None }
}

async fn does(world: &World, number: u8, command: Command) -> CommandOutcome {
    let item = world.item(order()).await;
    let request = request(number, command);
    world.steps.command(item, &sent(&request, &cook()), clock()).await.unwrap()
}

async fn is_done(world: &World, number: u8, command: Command) {
    let outcome = does(world, number, command.clone()).await;
    assert!(matches!(outcome, CommandOutcome::Done(_)), "{command:?}: {outcome:?}");
}

async fn is_refused(world: &World, number: u8, command: Command) {
    let before = world.item(order()).await;
    let outcome = does(world, number, command.clone()).await;
    assert!(matches!(outcome, CommandOutcome::Refused(_)), "{command:?}: {outcome:?}");
    assert_eq!(world.item(order()).await, before, "{command:?}");
}

/// An order at a restaurant where nobody is simulated.
async fn placed() -> World {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "silent"}));
    world.connect(user(), "open=", clock()).await;
    assert_eq!(world.place(user(), order(), &order_request()).await.0, 201);
    world
}

async fn names(world: &World) -> Vec<EventName> {
    world.settle().await.iter().map(|event| event.name).collect()
}

fn accept(minutes: u16) -> Command {
    Command::Accept { minutes: Some(minutes) }
}

#[tokio::test]
async fn an_order_goes_its_way_by_commands() {
    let world = placed().await;
    let start = clock();
    let delay = Command::Delay { minutes: 10, reason: Reason::TooBusy };
    for (number, command) in (1..).zip([
        Command::See,
        accept(25),
        delay,
        Command::Ready,
        Command::HandOver,
        Command::Deliver { collected: None },
    ]) {
        is_done(&world, number, command).await;
    }
    let events = world.settle().await;
    let names: Vec<EventName> = events.iter().map(|event| event.name).collect();
    use EventName::{Accepted, Delayed, Delivered, PickedUp, Placed, Ready, Seen};
    assert_eq!(names, [Placed, Seen, Accepted, Delayed, Ready, PickedUp, Delivered]);

    let fact = |name: EventName| {
        events.iter().find(|event| event.name == name).map(|event| event.fact.clone()).unwrap()
    };
    assert_eq!(fact(Accepted).ready_at, Some(start.plus_seconds(25 * MINUTE)));
    assert_eq!(fact(Delayed).ready_at, Some(start.plus_seconds(35 * MINUTE)));
    assert_eq!(fact(Delayed).reason, Some(Reason::TooBusy));
    assert_eq!(
        (fact(Seen).order_status, fact(Delayed).order_status),
        (Status::Placed, Status::Accepted)
    );

    let item = world.item(order()).await;
    assert_eq!((item.order.status, item.order.sequence), (Status::Delivered, 7));
    assert_eq!(item.order.timeline.len(), 5, "those that made it what it is");
    assert_eq!(item.order.seen_at, Some(start));
    assert_eq!(item.order.delay.as_ref().unwrap().reason, Some(Reason::TooBusy));
    assert!(item.unpublished.is_empty() && item.attention_at.is_none(), "{item:?}");
    assert_eq!(item.history.len(), 7);
    assert_eq!(item.history[0].actor, Actor::CUSTOMER);
    assert!(item.history[1..].iter().all(|entry| entry.actor == cook()), "{:?}", item.history);
}

#[tokio::test]
async fn a_name_reaches_neither_the_bus_nor_a_push() {
    let world = placed().await;
    is_done(&world, 1, accept(25)).await;
    let events = world.settle().await;
    assert!(!serde_json::to_string(&events).unwrap().contains(NAME));
    for event in &events {
        world.notifications.handle(envelope(event), clock()).await.unwrap();
    }
    let pushed = world.aws.pushed.lock().unwrap().clone();
    assert!(!pushed.is_empty());
    assert!(!format!("{pushed:?}").contains(NAME), "{pushed:?}");
    let (_, read) = world
        .call("GET /api/orders/{order_id}", Some(user()), &[("order_id", &order().to_string())], "")
        .await;
    assert_eq!(read["status"], "order_accepted");
    assert!(!read.to_string().contains(NAME), "{read}");
}

#[tokio::test]
async fn the_same_command_again_is_done_already() {
    let world = placed().await;
    for _ in 0..3 {
        is_done(&world, 1, accept(25)).await;
    }
    // An answered order need not be seen.
    is_done(&world, 7, Command::See).await;
    assert_eq!(names(&world).await, [EventName::Placed, EventName::Accepted]);
    // The id of another command.
    is_refused(&world, 1, Command::Ready).await;
    is_done(&world, 2, Command::Ready).await;
    is_done(&world, 1, accept(25)).await;
    assert_eq!(world.item(order()).await.order.status, Status::Ready);
    assert_eq!(names(&world).await, [EventName::Ready]);
}

#[tokio::test]
async fn the_watchdog_publishes_what_leaves_the_status_as_it_is_too() {
    let world = placed().await;
    let delay = Command::Delay { minutes: 10, reason: Reason::TooBusy };
    for (number, command, expected) in
        [(1, Command::See, EventName::Seen), (2, delay, EventName::Delayed)]
    {
        names(&world).await;
        world.refuse(|call| call.operation == "PutEvents");
        is_done(&world, number, command).await;
        world.aws.calm();
        assert_eq!(names(&world).await, []);
        pass(31);
        world.watch().await.unwrap();
        assert_eq!(names(&world).await, [expected]);
        if expected == EventName::Seen {
            is_done(&world, 9, accept(25)).await;
        }
    }
}

#[tokio::test]
async fn the_first_of_two_wins() {
    let world = placed().await;
    // Both have read the order as it was.
    let item = world.item(order()).await;
    let (first, second) =
        (request(1, accept(25)), request(2, Command::Decline { reason: Reason::TooBusy }));
    let (cook, manager) = (cook(), Actor { role: ActorRole::Manager, name: None });
    let (first, second) = futures_util::future::join(
        world.steps.command(item.clone(), &sent(&first, &cook), clock()),
        world.steps.command(item, &sent(&second, &manager), clock()),
    )
    .await;
    let is_done = |outcome: &CommandOutcome| matches!(outcome, CommandOutcome::Done(_));
    let both = [first.unwrap(), second.unwrap()];
    assert_eq!(both.iter().filter(|outcome| is_done(outcome)).count(), 1, "{both:?}");
    let [CommandOutcome::Done(done), CommandOutcome::Refused(there)] = &both else {
        panic!("{both:?}")
    };
    assert_eq!(there.history.last(), done.history.last(), "the second learns who was first");
    assert_eq!(names(&world).await, [EventName::Placed, EventName::Accepted]);
}

#[tokio::test]
async fn a_command_that_does_not_fit_changes_nothing() {
    let world = placed().await;
    let cancel = Command::Cancel { reason: Reason::CustomerCalled };
    let fail = Command::Fail { reason: Reason::NobodyThere };
    for command in [
        Command::Ready,
        Command::HandOver,
        Command::Deliver { collected: None },
        fail.clone(),
        cancel.clone(),
    ] {
        is_refused(&world, 1, command).await;
    }
    is_done(&world, 2, accept(25)).await;
    let decline = Command::Decline { reason: Reason::TooBusy };
    for command in [accept(10), decline, Command::Deliver { collected: None }, fail] {
        is_refused(&world, 3, command).await;
    }
    is_done(&world, 4, cancel.clone()).await;
    let item = world.item(order()).await;
    assert_eq!(
        (item.order.status, &item.order.reason),
        (Status::Cancelled, &Some(Reason::CustomerCalled))
    );
    for command in [Command::Ready, Command::HandOver, cancel] {
        is_refused(&world, 5, command).await;
    }
    assert_eq!(names(&world).await, [EventName::Placed, EventName::Accepted, EventName::Cancelled]);
}

#[tokio::test]
async fn a_delay_promises_what_is_still_to_come() {
    let world = placed().await;
    is_done(&world, 1, accept(20)).await;
    let delay = || Command::Delay { minutes: 10, reason: Reason::TooBusy };
    let promised = async || world.item(order()).await.order;
    let before = promised().await;
    is_done(&world, 2, delay()).await;
    let after = promised().await;
    for (before, after) in [
        (before.ready_at, after.ready_at),
        (before.expected_at, after.expected_at),
        (before.latest_at, after.latest_at),
    ] {
        assert_eq!(before.map(|at| at.plus_seconds(10 * MINUTE)), after);
    }
    // The time has passed: ten minutes from now, not from then.
    pass(60 * MINUTE);
    is_done(&world, 3, delay()).await;
    let late = promised().await;
    assert_eq!(late.ready_at, Some(clock().plus_seconds(10 * MINUTE)));
    assert!(late.expected_at >= late.ready_at && late.latest_at >= late.expected_at, "{late:?}");
    // What is ready stays so; it arrives later.
    is_done(&world, 4, Command::Ready).await;
    assert_eq!(promised().await.ready_at, Some(clock()));
    is_done(&world, 5, delay()).await;
    let ready = promised().await;
    assert_eq!(ready.ready_at, Some(clock()));
    assert_eq!(ready.expected_at, late.expected_at.map(|at| at.plus_seconds(10 * MINUTE)));
}

#[tokio::test]
async fn two_delays_at_once_are_one() {
    let world = placed().await;
    is_done(&world, 1, accept(20)).await;
    let item = world.item(order()).await;
    let delay = Command::Delay { minutes: 10, reason: Reason::TooBusy };
    let requests = [request(2, delay.clone()), request(3, delay)];
    let (mut done, cook) = (0, cook());
    for request in &requests {
        // Both have read the order as it was.
        let sent = sent(request, &cook);
        let outcome = world.steps.command(item.clone(), &sent, clock()).await.unwrap();
        done += usize::from(matches!(outcome, CommandOutcome::Done(_)));
    }
    assert_eq!(done, 1);
    let ready_at = world.item(order()).await.order.ready_at;
    assert_eq!(ready_at, Some(clock().plus_seconds(30 * MINUTE)));
}

#[tokio::test]
async fn an_order_that_was_only_seen_can_still_be_cancelled_by_its_customer() {
    let world = placed().await;
    is_done(&world, 1, Command::See).await;
    let cancel = "POST /api/orders/{order_id}/cancel";
    let path = order().to_string();
    let (status, answer) = world.call(cancel, Some(user()), &[("order_id", &path)], "").await;
    assert_eq!((status, &answer["status"]), (200, &json!("order_cancelled")), "{answer}");
}

#[tokio::test]
async fn an_order_that_an_earlier_version_placed_goes_on() {
    let world = placed().await;
    world.alter(order(), |item| drop(item.as_object_mut().unwrap().remove("history")));
    for (number, command) in (1..).zip([Command::See, accept(25), Command::Ready]) {
        is_done(&world, number, command).await;
    }
    let names = names(&world).await;
    use EventName::{Accepted, Placed, Ready, Seen};
    assert_eq!(names, [Placed, Seen, Accepted, Ready]);
    let item = world.item(order()).await;
    assert_eq!(item.history.len(), 3);
    assert_eq!(item.event(1).unwrap().name, Placed);
    assert!(item.unpublished.is_empty(), "{item:?}");
}

#[tokio::test]
async fn an_order_that_cannot_be_handed_over_fails_with_a_reason() {
    let world = placed().await;
    is_done(&world, 1, Command::Accept { minutes: None }).await;
    is_done(&world, 2, Command::HandOver).await;
    is_done(&world, 3, Command::Fail { reason: Reason::NobodyThere }).await;
    let item = world.item(order()).await;
    assert_eq!(
        (item.order.status, &item.order.reason),
        (Status::Failed, &Some(Reason::NobodyThere))
    );
    let failed = world.settle().await.pop().unwrap();
    assert_eq!((failed.name, failed.fact.reason), (EventName::Failed, Some(Reason::NobodyThere)));
    assert!(world.item(order()).await.is_over());
}

#[tokio::test]
async fn past_the_deadline_the_order_is_cancelled_whoever_answers() {
    let world = placed().await;
    assert_eq!(names(&world).await, [EventName::Placed]);
    pass(601);
    let outcome = does(&world, 1, accept(25)).await;
    let CommandOutcome::Refused(item) = outcome else { panic!("{outcome:?}") };
    assert_eq!(item.order.reason, Some(Reason::NotAnswered { within_seconds: 600 }));
    assert_eq!(item.history.last().unwrap().actor, Actor::DEADLINE);
    assert_eq!(names(&world).await, [EventName::Cancelled]);
}

#[tokio::test]
async fn the_autopilot_leaves_an_order_on_which_a_person_has_acted_alone() {
    let world = World::new(DEMO);
    world.list(&accepting());
    assert_eq!(world.place(user(), order(), &order_request()).await.0, 201);
    is_done(&world, 1, Command::See).await;
    pass(30);
    world.watch().await.unwrap();
    assert_eq!(names(&world).await, [EventName::Placed, EventName::Seen]);
    is_done(&world, 2, accept(1)).await;
    pass(3_600);
    world.watch().await.unwrap();
    assert_eq!(names(&world).await, [EventName::Accepted]);
    let item = world.item(order()).await;
    assert_eq!((item.order.status, item.act_at), (Status::Accepted, None));
    assert!(item.attention_at.is_some(), "the watchdog says that it is late");
}

#[tokio::test]
async fn what_the_autopilot_does_is_recorded_too() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    world.settle().await;
    let item = world.item(order()).await;
    let actors: Vec<ActorRole> = item.history.iter().map(|entry| entry.actor.role).collect();
    assert_eq!(actors, [ActorRole::Customer, ActorRole::Robot, ActorRole::Robot, ActorRole::Robot]);
}
