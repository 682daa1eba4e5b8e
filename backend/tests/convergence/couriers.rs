//! The restaurant's couriers and the manager who moves their orders: what they claim, several at once, and
//! what they send once, twice or three times.

use std::collections::BTreeSet;

use futures_util::future;
use serde_json::Value;
use shared::{
    Amount, Command, EventName, OrderId, Reason, Status, UserId,
    api::{Deliveries, DeliveryChanged, DeliveryReply, Happened},
    staff::{ActorRole, Collected, CommandRequest, PaidBy, Role},
};

use crate::{
    Case, RESTAURANT,
    support::{World, clock},
};

/// How many couriers there are.
const COURIERS: usize = 3;

/// What somebody has sent as a courier, or as the manager, and what came of it.
pub(super) struct Ride {
    who: usize,
    order_id: OrderId,
    request: CommandRequest,
    result: Option<Result<(), Happened>>,
}

/// The couriers, and last the manager.
fn person(number: usize) -> UserId {
    format!("55555555-5555-4555-8555-5555555555{number:02}").parse().unwrap()
}

fn name(number: usize) -> String {
    format!("Courier {number}")
}

/// Makes them staff, the couriers on shift.
pub(super) async fn employ(world: &World) {
    for number in 0..COURIERS {
        world.employs_as(&name(number), person(number), RESTAURANT, Role::Courier).await;
        let (status, shift) = world.changes_shift(person(number), RESTAURANT, true).await;
        assert_eq!(status, 200, "{shift}");
    }
    world.employs_as("Manager", person(COURIERS), RESTAURANT, Role::Manager).await;
}

async fn send(
    world: &World,
    who: usize,
    order_id: OrderId,
    request: &CommandRequest,
) -> (u16, Value) {
    let body = serde_json::to_value(request).unwrap();
    match who == COURIERS {
        true => world.sends_command(person(who), RESTAURANT, order_id, &body).await,
        false => world.sends_delivery_command(person(who), RESTAURANT, order_id, &body).await,
    }
}

const fn delivered() -> Command {
    let collected = Collected { method: PaidBy::Cash, amount: Amount::new(2_150) };
    Command::Deliver { collected: Some(collected) }
}

/// Whether an order can be as the command says without it.
const fn may_be_so_already(command: &Command) -> bool {
    matches!(command, Command::Claim | Command::Assign { .. } | Command::Nearby | Command::Arrive)
}

impl Case {
    /// A courier or the manager does something to an order: sends a command, or one of before again.
    pub(super) async fn ride(&mut self) {
        match self.dice.below(4) {
            0 => self.claim_at_once().await,
            1 => self.read_deliveries().await,
            _ => self.send_ride().await,
        }
    }

    async fn send_ride(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let again = !self.rides.is_empty() && self.dice.chance(40);
        let (who, order_id, request) = if again {
            let Ride { who, order_id, request, .. } =
                &self.rides[self.dice.below(self.rides.len())];
            (*who, *order_id, request.clone())
        } else {
            let who = self.dice.below(COURIERS + 1);
            let order_id = self.placed[self.dice.below(self.placed.len())];
            let command = match who == COURIERS {
                true => self.of_manager(),
                false => self.of_courier(),
            };
            (who, order_id, self.request(command))
        };
        for _ in 0..1 + self.dice.below(3) {
            let answer =
                self.stormy(async |world| send(world, who, order_id, &request).await).await;
            self.note_ride(who, order_id, request.clone(), answer);
        }
    }

    fn of_manager(&mut self) -> Command {
        let courier = person(self.dice.below(COURIERS));
        match self.dice.below(3) {
            0 => Command::Release { reason: Reason::Other },
            _ => Command::Assign { courier },
        }
    }

    fn of_courier(&mut self) -> Command {
        let all = [
            Command::Claim,
            Command::Claim,
            Command::Release { reason: Reason::Accident },
            Command::HandOver,
            Command::HandOver,
            Command::Nearby,
            Command::Arrive,
            delivered(),
            Command::Fail { reason: Reason::NobodyThere },
            Command::Fail { reason: Reason::Refused },
        ];
        all[self.dice.below(all.len())].clone()
    }

    /// All couriers claim an order at the same moment: if it can be claimed, one has it.
    async fn claim_at_once(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let order_id = self.placed[self.dice.below(self.placed.len())];
        let before = self.world.item(order_id).await;
        let waits = matches!(before.order.status, Status::Accepted | Status::Ready)
            && before.courier.is_none();
        let requests: Vec<CommandRequest> =
            (0..COURIERS).map(|_| self.request(Command::Claim)).collect();
        self.world.aws.takes_turns(true);
        let answers = self
            .stormy(async |world| {
                let claims = requests.iter().enumerate();
                let claims = claims.map(|(who, request)| send(world, who, order_id, request));
                future::join_all(claims).await
            })
            .await;
        self.world.aws.takes_turns(false);
        let Some(answers) = answers else { return };
        let won = answers.iter().filter(|(status, _)| *status == 200).count();
        let is_sure = |(status, reply): &(u16, Value)| *status != 503 && !is_not_yet(reply);
        if waits && answers.iter().all(is_sure) {
            assert_eq!(won, 1, "{answers:?}");
        }
        for (who, (request, answer)) in requests.into_iter().zip(answers).enumerate() {
            self.note_ride(who, order_id, request, Some(answer));
        }
    }

    /// A courier reads what there is to deliver: what is theirs by the table, and what is nobody's.
    async fn read_deliveries(&mut self) {
        let who = self.dice.below(COURIERS);
        self.stormy(async |world| world.changes_shift(person(who), RESTAURANT, true).await).await;
        let answer =
            self.stormy(async |world| world.deliveries(person(who), RESTAURANT).await).await;
        let Some((200, deliveries)) = answer else { return };
        let Deliveries { on_shift_until, offers, claimed } =
            serde_json::from_value(deliveries).unwrap();
        let mut expected = (BTreeSet::new(), BTreeSet::new());
        for order_id in &self.placed {
            let item = self.world.item(*order_id).await;
            let waits = matches!(item.order.status, Status::Accepted | Status::Ready);
            if item.is_brought_by(person(who)) && !item.order.status.is_terminal() {
                expected.0.insert(*order_id);
            } else if item.courier.is_none() && waits && on_shift_until.is_some() {
                expected.1.insert(*order_id);
            }
        }
        let claimed = claimed.iter().map(|delivery| delivery.order_id).collect();
        let offers = offers.iter().map(|offer| offer.order_id).collect();
        assert_eq!((claimed, offers), expected);
    }

    /// What is answered to a courier is of their own order alone.
    fn note_ride(
        &mut self,
        who: usize,
        order_id: OrderId,
        request: CommandRequest,
        answer: Option<(u16, Value)>,
    ) {
        let result = match answer {
            Some((200, reply)) => {
                if who != COURIERS {
                    serde_json::from_value::<DeliveryReply>(reply).unwrap();
                }
                Some(Ok(()))
            }
            Some((409, problem)) if is_not_yet(&problem) => None,
            Some((409, problem)) => {
                let changed: DeliveryChanged = serde_json::from_value(problem).unwrap();
                Some(Err(changed.happened))
            }
            Some((503, _)) | None => None,
            Some(other) => panic!("{other:?} for {request:?}"),
        };
        self.rides.push(Ride { who, order_id, request, result });
    }

    /// The storm is over: a courier goes on with an order that is theirs; whether somebody has.
    pub(super) async fn finish_by_courier(&mut self, order_id: OrderId) -> bool {
        let item = self.world.item(order_id).await;
        let theirs = (0..COURIERS).find(|number| item.is_brought_by(person(*number)));
        let command = match item.order.status {
            Status::Accepted | Status::Ready => Command::HandOver,
            Status::PickedUp => delivered(),
            _ => return false,
        };
        let Some(who) = theirs else { return false };
        let request = self.request(command);
        let answer = send(&self.world, who, order_id, &request).await;
        assert_eq!(answer.0, 200, "{answer:?}");
        self.note_ride(who, order_id, request, Some(answer));
        true
    }

    /// Each command has happened once if it was answered as done, and at most once otherwise; nobody has
    /// claimed what somebody else had; what couriers have done, they have done to their own orders; and
    /// once a person has acted, the autopilot has not.
    pub(super) async fn check_rides(&self) {
        for Ride { who, order_id, request, result } in &self.rides {
            let item = self.world.item(*order_id).await;
            let is_it = |id: &Option<_>| *id == Some(request.command_id);
            let times = item.history.iter().filter(|entry| is_it(&entry.command_id)).count();
            let is_done = *result == Some(Ok(())) && !may_be_so_already(&request.command);
            assert!((usize::from(is_done)..=1).contains(&times), "{times} {request:?}: {item:?}");
            if let Some(Err(happened)) = result {
                let is_it = |event, at, actor| {
                    (event, at, actor) == (happened.event, happened.at, &happened.actor)
                };
                let mut history = item.history.iter();
                let is_known = history.any(|it| is_it(it.event, it.at, &it.actor));
                assert!(is_known, "{who} was told {happened:?}: {item:?}");
            }
        }
        for order_id in &self.placed {
            self.check_claims(*order_id).await;
        }
    }

    async fn check_claims(&self, order_id: OrderId) {
        let item = self.world.item(order_id).await;
        let (mut courier, mut by_person) = (None, false);
        for entry in &item.history {
            let by_courier = entry.actor.role == ActorRole::Courier;
            by_person |= entry.command_id.is_some();
            assert!(!by_person || entry.actor.role != ActorRole::Robot, "{item:?}");
            match entry.event {
                EventName::Claimed => {
                    assert!(!by_courier || courier.is_none(), "claimed twice: {item:?}");
                    assert!(!by_courier || entry.courier == entry.actor.name, "{item:?}");
                    assert!(entry.courier.is_some() && entry.courier != courier, "{item:?}");
                    courier = entry.courier.clone();
                    continue;
                }
                EventName::Released => {
                    let released = courier.take();
                    assert!(released.is_some(), "{item:?}");
                    assert!(!by_courier || released == entry.actor.name, "{item:?}");
                }
                _ if by_courier => assert_eq!(courier, entry.actor.name, "{item:?}"),
                _ => {}
            }
        }
        assert_eq!(item.courier.map(|courier| courier.name), courier);
        assert!(item.order.claimed_at.is_none_or(|at| at <= clock()));
    }
}

/// Whether a command is refused for want of something that the courier can still do.
fn is_not_yet(problem: &Value) -> bool {
    let kinds = ["wait-at-door", "off-shift"];
    kinds.iter().any(|kind| problem["type"] == format!("urn:tiffin:problem:{kind}"))
}
