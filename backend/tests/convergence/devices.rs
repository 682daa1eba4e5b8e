//! The restaurant's two tablets: what is pushed to them, what they fetch and show, and what whoever stands
//! there does.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future;
use serde_json::{Value, json};
use shared::{
    Command, OrderId, Reason, Status, Timestamp, UserId,
    api::{Board, OrderChanged, Ticket},
    live::ToStaff,
    staff::{ActorRole, CommandRequest},
};

use crate::{
    Arriving, Case, RESTAURANT,
    support::{Call, Fault, World, clock, order_request, pass, somebody_else, user},
    tablet::Tablet,
};

/// Longer than what is known of an order stays on a tablet whatever the board says, in seconds.
const LISTED: i64 = 11;
/// After so many milliseconds the page gives up on a request.
const ANSWERED_WITHIN: i64 = 10_000;

/// One of the tablets. What it shows outlives its sockets.
pub(super) struct Device {
    user: UserId,
    connection: Option<String>,
    tablet: Tablet,
    /// The orders whose tickets it has to fetch.
    changed: BTreeSet<OrderId>,
    /// Whether it has to fetch the board.
    is_stale: bool,
    /// Answers that are on their way to it: others overtake them.
    late: Vec<LateAnswer>,
    /// The orders of which it has been told that they have left the board.
    left: BTreeSet<OrderId>,
}

/// What the API has answered to a request of that moment.
struct LateAnswer {
    is_board: bool,
    answer: (u16, Value),
    asked_at: Timestamp,
}

/// A push that was tried.
pub(super) struct PushAttempt {
    connection: String,
    message: Value,
    fault: Fault,
}

impl PushAttempt {
    /// If a call is a push: what becomes of it.
    pub(super) fn of(call: &Call, fault: Fault) -> Option<Self> {
        let connection = call.pushes_to()?;
        Some(Self { connection, message: call.body.clone(), fault })
    }

    fn is_of(&self, connection: &str, event: &Arriving) -> bool {
        let Arriving::Ours(event) = event else { return false };
        self.connection == connection
            && self.message["order_id"] == json!(event.fact.order_id)
            && self.message["sequence"] == json!(event.fact.sequence)
    }
}

/// Whoever stands at the two devices.
pub(super) fn staff() -> [UserId; 2] {
    [somebody_else(), "22222222-2222-4222-8222-222222222222".parse().unwrap()]
}

/// Neither has a socket yet, or knows anything.
pub(super) fn devices() -> [Device; 2] {
    staff().map(|user| Device {
        user,
        connection: None,
        tablet: Tablet::default(),
        changed: BTreeSet::new(),
        is_stale: true,
        late: Vec::new(),
        left: BTreeSet::new(),
    })
}

/// `POST /api/staff/{restaurant_id}/orders/{order_id}/commands`.
async fn send(
    world: &World,
    who: UserId,
    order_id: OrderId,
    request: &CommandRequest,
) -> (u16, Value) {
    let body = serde_json::to_value(request).unwrap();
    world.sends_command(who, RESTAURANT, order_id, &body).await
}

/// `GET /api/staff/{restaurant_id}/orders`.
async fn read_board(world: &World, who: UserId) -> (u16, Value) {
    let route = "GET /api/staff/{restaurant_id}/orders";
    world.call(route, Some(who), &[("restaurant_id", RESTAURANT)], "").await
}

/// `GET /api/staff/{restaurant_id}/orders/{order_id}`.
async fn read_ticket(world: &World, who: UserId, order_id: OrderId) -> (u16, Value) {
    let id = order_id.to_string();
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &id)];
    world.call("GET /api/staff/{restaurant_id}/orders/{order_id}", Some(who), &parameters, "").await
}

/// Whether a command answers an order, so that of several at most one is carried out.
const fn is_answer(command: &Command) -> bool {
    matches!(command, Command::Accept { .. } | Command::Decline { .. })
}

impl Device {
    /// What it shows of orders that have ended.
    pub(super) fn news(&self) -> impl Iterator<Item = &Ticket> {
        self.tablet.tickets().filter(|ticket| Tablet::is_news(ticket))
    }

    /// Changes what it shows: nothing goes backwards, and what has left does not come back.
    fn show(&mut self, change: impl FnOnce(&mut Tablet)) {
        let before: BTreeMap<OrderId, u32> =
            self.tablet.tickets().map(|ticket| (ticket.order_id, ticket.sequence)).collect();
        change(&mut self.tablet);
        for ticket in self.tablet.tickets() {
            assert!(
                before.get(&ticket.order_id) <= Some(&ticket.sequence),
                "{before:?} {ticket:?}"
            );
            assert!(!self.left.contains(&ticket.order_id), "{ticket:?} is back");
        }
    }

    fn show_ticket(&mut self, ticket: Ticket, asked_at: Timestamp) {
        if ticket.status.is_terminal() && !Tablet::is_news(&ticket) {
            self.left.insert(ticket.order_id);
        }
        self.show(|tablet| tablet.take(ticket, asked_at, clock()));
    }

    /// Shows the ticket of an order that somebody here says to have seen.
    fn show_seen(&mut self, ticket: Ticket) {
        if ticket.status.is_terminal() {
            self.left.insert(ticket.order_id);
        }
        self.show(|tablet| tablet.take_seen(ticket, clock(), clock()));
    }

    /// Shows what came of the board that was asked for at `asked_at`.
    fn take_board(&mut self, answer: Option<(u16, Value)>, asked_at: Timestamp) {
        match answer {
            Some((200, board)) => {
                let board: Board = serde_json::from_value(board).unwrap();
                self.show(|tablet| tablet.take_all(board, asked_at, clock()));
                self.is_stale = false;
            }
            Some((503, _)) | None => {}
            Some(other) => panic!("{other:?} is no board"),
        }
    }

    /// Shows what came of the ticket that was asked for at `asked_at`; without an answer, the board
    /// has to be fetched.
    fn take_ticket(&mut self, answer: Option<(u16, Value)>, asked_at: Timestamp) {
        match answer {
            Some((200, ticket)) => {
                self.show_ticket(serde_json::from_value(ticket).unwrap(), asked_at);
            }
            Some((503, _)) | None => self.is_stale = true,
            Some(other) => panic!("{other:?} is no ticket"),
        }
    }

    /// An answer has come at last, unless the page has given up on it.
    fn take_late(&mut self, LateAnswer { is_board, answer, asked_at }: LateAnswer) {
        let is_in_time = clock().millis_since(asked_at) < ANSWERED_WITHIN;
        let answer = is_in_time.then_some(answer);
        match is_board {
            true => self.take_board(answer, asked_at),
            false => self.take_ticket(answer, asked_at),
        }
    }

    /// Whether it fetches the board now: without a socket it always does, unless it is doing so.
    fn wants_board(&self) -> bool {
        let is_fetching = self.late.iter().any(|late| late.is_board);
        !is_fetching && (self.is_stale || self.connection.is_none())
    }
}

impl Case {
    /// An order is placed, rings on both tablets at once, and is answered by one of them, unless it is every
    /// tenth.
    pub(super) async fn take_one_of_a_rush(&mut self, number: usize) {
        let order_id = self.dice.order_id();
        assert_eq!(self.world.place(user(), order_id, &order_request()).await.0, 201);
        self.placed.push(order_id);
        self.waited_on_board.insert(order_id);
        self.collect();
        self.deliver_all().await;
        assert!(self.devices.iter().all(|device| device.tablet.has_rung_for(order_id)));
        let command = match number % 10 {
            0 => return,
            1 => Command::Accept { minutes: Some(20) },
            _ => Command::Decline { reason: Reason::TooBusy },
        };
        let (number, request) = (number % 2, self.request(command));
        let answer = send(&self.world, staff()[number], order_id, &request).await;
        assert_eq!(answer.0, 200, "{answer:?}");
        self.note_answer(number, order_id, request, Some(answer));
        self.collect();
        self.deliver_all().await;
    }

    /// One of two devices sends a command, or an earlier one again.
    pub(super) async fn command(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let again = !self.commands.is_empty() && self.dice.chance(30);
        let (order_id, request) = if again {
            self.commands[self.dice.below(self.commands.len())].clone()
        } else {
            let order_id = self.placed[self.dice.below(self.placed.len())];
            let all = [
                Command::See,
                Command::Accept { minutes: Some(20) },
                Command::Accept { minutes: None },
                Command::Decline { reason: Reason::TooBusy },
                Command::Delay { minutes: 10, reason: Reason::TooBusy },
                Command::Ready,
                Command::Cancel { reason: Reason::TooBusy },
                Command::HandOver,
                Command::Deliver { collected: None },
                Command::Fail { reason: Reason::NobodyThere },
            ];
            let command = all[self.dice.below(all.len())].clone();
            (order_id, self.request(command))
        };
        self.commands.push((order_id, request.clone()));
        let number = self.dice.below(2);
        let who = staff()[number];
        let answer = self.stormy(async |world| send(world, who, order_id, &request).await).await;
        self.note_answer(number, order_id, request, answer);
    }

    /// Both devices answer an order at the same moment, and contradict each other: of two that hear
    /// anything, one was first, unless neither was.
    pub(super) async fn contradict(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let order_id = self.placed[self.dice.below(self.placed.len())];
        let was_placed = self.world.item(order_id).await.order.status == Status::Placed;
        let accept = self.request(Command::Accept { minutes: Some(20) });
        let decline = self.request(Command::Decline { reason: Reason::TooBusy });
        let (first, second) = (self.dice.below(2), [&accept, &decline]);
        let requests = [second[first], second[1 - first]];
        self.commands.extend(requests.map(|request| (order_id, request.clone())));
        let [left, right] = staff();
        self.world.aws.takes_turns(true);
        let answers = self
            .stormy(async |world| {
                let left = send(world, left, order_id, requests[0]);
                future::join(left, send(world, right, order_id, requests[1])).await
            })
            .await;
        self.world.aws.takes_turns(false);
        let Some((left, right)) = answers else { return };
        let statuses = [left.0, right.0];
        let too_late = [&left, &right].iter().all(|(_, answer)| {
            let by = &answer["happened"]["actor"]["role"];
            *by == json!(ActorRole::Deadline)
        });
        if was_placed && statuses.iter().all(|status| *status != 503) {
            let wins = statuses.iter().filter(|status| **status == 200).count();
            assert_eq!(wins, usize::from(!too_late), "{left:?} {right:?}");
        }
        for (number, answer) in [left, right].into_iter().enumerate() {
            self.note_answer(number, order_id, requests[number].clone(), Some(answer));
        }
    }

    /// A device shows what its command has come to.
    fn note_answer(
        &mut self,
        number: usize,
        order_id: OrderId,
        request: CommandRequest,
        answer: Option<(u16, Value)>,
    ) {
        let ticket: Ticket = match answer {
            Some((200, ticket)) => {
                self.done.push((order_id, request.clone()));
                serde_json::from_value(ticket).unwrap()
            }
            Some((409, refusal)) => {
                let refusal: OrderChanged = serde_json::from_value(refusal).unwrap();
                self.refused.push((order_id, request.clone(), refusal.happened));
                refusal.ticket
            }
            Some((503, _)) | None => return,
            Some(other) => panic!("{other:?} for {request:?}"),
        };
        match request.command {
            Command::See => self.devices[number].show_seen(ticket),
            _ => self.devices[number].show_ticket(ticket, clock()),
        }
    }

    pub(super) fn request(&mut self, command: Command) -> CommandRequest {
        let command_id = self.dice.order_id().to_string().parse().unwrap();
        CommandRequest { command_id, name: None, pressed_at: None, command }
    }

    /// Staff go on with what nobody else will: orders on which they have acted.
    pub(super) async fn finish_by_hand(&mut self) {
        for order_id in self.placed.clone() {
            let item = self.world.item(order_id).await;
            if self.finish_by_courier(order_id).await {
                continue;
            }
            let command = match item.order.status {
                _ if item.act_at.is_some() => continue,
                Status::Accepted | Status::Ready => Command::HandOver,
                Status::PickedUp => Command::Deliver { collected: None },
                _ => continue,
            };
            let request = self.request(command);
            let answer = send(&self.world, staff()[0], order_id, &request).await;
            assert_eq!(answer.0, 200, "{answer:?}");
            self.note_answer(0, order_id, request, Some(answer));
        }
        self.collect();
    }

    /// A tablet opens a socket, fetches what it has to, or loses its socket.
    pub(super) async fn use_device(&mut self) {
        let number = self.dice.below(2);
        match (self.devices[number].connection.is_some(), self.dice.below(3)) {
            (false, 0 | 1) => self.connect(number).await,
            (true, 0) => self.disconnect(number).await,
            _ => self.refresh(number).await,
        }
    }

    /// Opens a socket, and fetches the board as it was after that.
    async fn connect(&mut self, number: usize) {
        self.connections_made += 1;
        let (connection, who) = (format!("tablet{}=", self.connections_made), staff()[number]);
        let opened = self.stormy(async |world| {
            world.staff_socket("CONNECT", who, RESTAURANT, &connection).await.ok()
        });
        if opened.await.flatten() == Some(json!({"statusCode": 200})) {
            self.devices[number].connection = Some(connection);
            self.devices[number].is_stale = true;
            self.refresh(number).await;
        } else {
            self.world.aws.gone.lock().unwrap().insert(connection);
        }
    }

    /// The gateway tells of a socket that has closed, or does not.
    async fn disconnect(&mut self, number: usize) {
        let (who, connection) = (staff()[number], self.devices[number].connection.take().unwrap());
        self.world.aws.gone.lock().unwrap().insert(connection.clone());
        if self.dice.chance(50) {
            self.stormy(async |world| {
                world.staff_socket("DISCONNECT", who, RESTAURANT, &connection).await.is_ok()
            })
            .await;
        }
    }

    /// Fetches the tickets of orders that have changed, and the board if it may be out of date. Some answers
    /// come later than what is asked for after them.
    async fn refresh(&mut self, number: usize) {
        let who = staff()[number];
        for late in std::mem::take(&mut self.devices[number].late) {
            match self.dice.chance(50) {
                true => self.devices[number].take_late(late),
                false => self.devices[number].late.push(late),
            }
        }
        for order_id in std::mem::take(&mut self.devices[number].changed) {
            let asked_at = clock();
            let answer = self.stormy(async |world| read_ticket(world, who, order_id).await).await;
            self.answered(number, false, answer, asked_at);
        }
        if self.devices[number].wants_board() {
            let asked_at = clock();
            let answer = self.stormy(async |world| read_board(world, who).await).await;
            self.answered(number, true, answer, asked_at);
        }
    }

    /// Hands a tablet what it has asked for, now or later.
    fn answered(
        &mut self,
        number: usize,
        is_board: bool,
        answer: Option<(u16, Value)>,
        asked_at: Timestamp,
    ) {
        let is_late = self.dice.chance(30);
        let device = &mut self.devices[number];
        match answer {
            Some(answer) if is_late => {
                device.late.push(LateAnswer { is_board, answer, asked_at });
            }
            answer if is_board => device.take_board(answer, asked_at),
            answer => device.take_ticket(answer, asked_at),
        }
    }

    /// The connections of those tablets that hear of the restaurant's orders.
    pub(super) fn listening(&self) -> Vec<String> {
        self.devices.iter().filter_map(|device| device.connection.clone()).collect()
    }

    /// Hands a push to the tablet of that connection. It says what the bus has, and nothing else.
    pub(super) fn receive(&mut self, connection: &str, message: &Value) {
        let fields: BTreeSet<&str> = message.as_object().unwrap().keys().map(|it| &**it).collect();
        let expected = ["event", "occurred_at", "order_id", "sequence", "status", "type"];
        assert!(fields.into_iter().eq(expected), "{message} says more or less than staff are told");
        let heard: ToStaff = serde_json::from_value(message.clone()).unwrap();
        let ToStaff::OrderChanged { order_id, event, status, sequence, occurred_at } = heard else {
            panic!("{message} is no event");
        };
        let (known, _) = &self.published[&(order_id, sequence)];
        assert_eq!(
            (event, status, occurred_at),
            (known.name, known.fact.order_status, known.fact.occurred_at)
        );
        assert_eq!(known.fact.restaurant_id, Some(RESTAURANT.parse().unwrap()), "{message}");
        let mut devices = self.devices.iter_mut();
        if let Some(device) = devices.find(|it| it.connection.as_deref() == Some(connection)) {
            device.changed.extend(device.tablet.receive(&heard));
        }
    }

    /// An event that `notifications` has taken was pushed to each tablet that listened, and again only
    /// if the answer to that was none.
    pub(super) fn check_pushed_to(&self, listening: &[String], event: &Arriving) {
        if !self.is_of_restaurant(event) {
            return;
        }
        let attempts = self.attempts.lock().unwrap();
        for connection in listening {
            let faults = attempts.iter().filter(|it| it.is_of(connection, event));
            let faults: Vec<Fault> = faults.map(|attempt| attempt.fault).collect();
            let again = faults.iter().rev().skip(1);
            assert!(!faults.is_empty(), "no push to {connection}");
            assert!(again.into_iter().all(|fault| *fault != Fault::None), "{faults:?}");
        }
    }

    /// Whether an event is of an order that the restaurant cooks.
    pub(super) fn is_of_restaurant(&self, event: &Arriving) -> bool {
        matches!(event, Arriving::Ours(event) if event.fact.restaurant_id.is_some())
    }

    /// The storm is over: both tablets listen, and have fetched what is there. It is so long after what they
    /// knew before that the board alone decides.
    pub(super) async fn reconnect_devices(&mut self) {
        for device in &mut self.devices {
            for late in std::mem::take(&mut device.late) {
                device.take_late(late);
            }
        }
        pass(LISTED);
        for number in 0..2 {
            if self.devices[number].connection.is_none() {
                let connection = format!("tablet-at-last{number}=");
                let opened =
                    self.world.staff_socket("CONNECT", staff()[number], RESTAURANT, &connection);
                assert_eq!(opened.await.unwrap()["statusCode"], 200);
                self.devices[number].connection = Some(connection);
            }
            self.devices[number].is_stale = true;
        }
        self.refresh_devices().await;
    }

    /// Without faults, both tablets fetch what they have to.
    pub(super) async fn refresh_devices(&mut self) {
        for device in &mut self.devices {
            for order_id in std::mem::take(&mut device.changed) {
                let answer = read_ticket(&self.world, device.user, order_id).await;
                device.take_ticket(Some(answer), clock());
            }
            if device.is_stale {
                device.take_board(Some(read_board(&self.world, device.user).await), clock());
                assert!(!device.is_stale);
            }
        }
    }

    /// All that is on the bus has been pushed: both tablets show the restaurant's orders as they are, and
    /// have rung for those that wait for an answer.
    pub(super) fn check_devices(&self) {
        for (order_id, item) in self.on_board() {
            if item["unpublished"]["M"] != json!({}) {
                continue; // no push can have told of that
            }
            for device in &self.devices {
                let shown = device.tablet.get(order_id);
                let shown = shown.map(|ticket| (json!(ticket.status), ticket.sequence.to_string()));
                let there = (item["status"]["S"].clone(), item["sequence"]["N"].as_str().unwrap());
                assert_eq!(shown, Some((there.0, there.1.to_owned())), "{item}");
                let by = Timestamp::from_millis(number(&item["accept_by"]));
                let waits = item["status"]["S"] == "order_placed" && clock() < by;
                let is_seen = item.get("seen_at").is_some();
                assert!(!waits || is_seen || device.tablet.has_rung_for(order_id), "{item}");
            }
        }
    }

    /// What is on the restaurant's board, by the table.
    fn on_board(&self) -> BTreeMap<OrderId, Value> {
        let items = self.world.aws.items(&self.world.table("OrdersTable")).into_iter();
        let on_board = items.filter(|item| item["board"]["S"] == RESTAURANT);
        on_board
            .map(|item| (item["order_id"]["S"].as_str().unwrap().parse().unwrap(), item))
            .collect()
    }

    /// Each tablet fetches the board once more: it shows what the API and the table have, and nothing else.
    pub(super) async fn check_boards(&mut self) {
        pass(LISTED);
        for number in 0..2 {
            let (status, answer) = read_board(&self.world, self.devices[number].user).await;
            let board: Board = serde_json::from_value(answer.clone()).unwrap();
            let there: Vec<OrderId> = self.on_board().into_keys().collect();
            let device = &mut self.devices[number];
            // Pushes have told of all but of what another device has taken off the board.
            let known = device.tablet.tickets().filter(|shown| there.contains(&shown.order_id));
            assert!(known.eq(&board.orders), "{answer}");
            assert!(device.tablet.tickets().all(Tablet::is_news));
            device.take_board(Some((status, answer)), clock());
            assert!(device.tablet.tickets().eq(&board.orders));
            assert!(device.tablet.tickets().map(|ticket| ticket.order_id).eq(there));
        }
    }

    /// Nobody answered in time only what both tablets have rung for, or somebody has seen.
    pub(super) async fn check_rung(&self) {
        for order_id in &self.placed {
            let item = self.world.item(*order_id).await;
            if !matches!(item.order.reason, Some(Reason::NotAnswered { .. })) {
                continue;
            }
            assert!(self.waited_on_board.contains(order_id), "it was on no board: {item:?}");
            let in_the_calm = self.calm_since.is_some_and(|since| since < item.order.accept_by);
            let is_seen = item.order.seen_at.is_some();
            for device in self.devices.iter().filter(|_| in_the_calm && !is_seen) {
                assert!(device.tablet.has_rung_for(*order_id), "it did not ring: {item:?}");
            }
        }
    }

    /// Each command has happened once if it was answered as done, and at most once otherwise; of an
    /// order's answers, one at most; and who was refused was told what had happened.
    pub(super) async fn check_commands(&self) {
        for (order_id, request) in &self.commands {
            let item = self.world.item(*order_id).await;
            let by = item.history.iter().filter(|it| it.command_id == Some(request.command_id));
            let times = by.count();
            let is_done = self.done.iter().any(|(_, done)| done == request);
            // Of several that have seen it, the first is recorded.
            let least = usize::from(is_done && request.command != Command::See);
            assert!((least..=1).contains(&times), "{times} times {request:?}: {item:?}");
        }
        for (order_id, request, happened) in &self.refused {
            let item = self.world.item(*order_id).await;
            let is_it = |at: usize| {
                let entry = &item.history[at];
                (entry.event, entry.at, &entry.actor)
                    == (happened.event, happened.at, &happened.actor)
            };
            let at = (0..item.history.len()).find(|at| is_it(*at));
            let at = at.unwrap_or_else(|| panic!("{happened:?} never happened: {item:?}"));
            if is_answer(&request.command) {
                let is_theirs = |it: &Option<_>| *it == Some(request.command_id);
                assert_ne!(item.history[at].status, Status::Placed, "{request:?}: {item:?}");
                assert!(!item.history.iter().any(|it| is_theirs(&it.command_id)), "{item:?}");
            }
        }
        let mut answered = BTreeMap::new();
        for (order_id, request) in self.done.iter().filter(|(_, it)| is_answer(&it.command)) {
            let first = answered.entry(order_id).or_insert(request.command_id);
            assert_eq!(*first, request.command_id, "two devices have both answered {order_id}");
        }
    }
}

/// A number of an item.
pub(super) fn number(value: &Value) -> i64 {
    value["N"].as_str().unwrap().parse().unwrap()
}
