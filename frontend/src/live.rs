//! The WebSocket: gets tickets, connects, pings, and hands over what it receives. When to do what is
//! decided in [`machine`], and what is received means by a [`Listener`]: that of the shop, whose orders it
//! changes, is here.
//!
//! It uses the browser's `WebSocket` itself: gloo-net's sends only once it is open and reports
//! nothing of that, and a ping belongs to the moment after.

pub mod machine;

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use shared::{
    Timestamp,
    api::{LiveTicket, ProblemType},
    live::{FromBrowser, LIVE, ToBrowser},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent, WebSocket};

use self::machine::{Command, Input, Machine, Need};
use crate::{
    api, browser,
    http::ApiError,
    server_clock,
    session::Session,
    state::{connection::Connection, orders::Orders},
};

/// Where the tabs of this browser tell each other of new orders.
const CHANNEL: &str = "tiffin.orders";

/// Whoever a page listens for.
pub trait Listener: Copy + 'static {
    /// Gets a ticket for one WebSocket.
    fn ticket(self) -> impl Future<Output = Result<LiveTicket, ApiError>>;

    /// Fetches what may have changed while nothing was received; whether all of it came.
    fn fetch(self) -> impl Future<Output = bool>;

    /// Reads a message, and applies what it says of orders.
    fn receive(self, text: &str) -> Message;
}

/// What a message was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// The answer to a ping, with the server's clock.
    Pong(Timestamp),
    /// About an order; it was applied.
    Applied,
    /// The server's refusal of this kind.
    Problem(ProblemType),
    /// Of a later version.
    Unknown,
}

/// The page's connection, of which there is one.
struct Live<L>(Rc<Inner<L>>);

impl<L> Clone for Live<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<L> {
    listener: L,
    connection: Connection,
    machine: RefCell<Machine>,
    sockets: RefCell<Vec<Socket>>,
    timer: RefCell<Option<Timeout>>,
}

/// A socket and its event handlers, which must live as long.
struct Socket {
    id: u32,
    socket: WebSocket,
    _handlers: [Closure<dyn FnMut(JsValue)>; 3],
}

/// Connects from now on, whenever `need` says that there is something to receive. Reactive.
pub fn connect_for<L: Listener>(
    listener: L,
    connection: Connection,
    need: impl Fn() -> Need + 'static,
) {
    let live = Live(Rc::new(Inner {
        listener,
        connection,
        machine: RefCell::default(),
        sockets: RefCell::default(),
        timer: RefCell::default(),
    }));
    let resumed = live.clone();
    Effect::watch(move || connection.resumed(), move |_, _, _| resumed.step(Input::Resumed), false);
    Effect::new(move || live.step(Input::Need(need())));
}

/// Connects the shop from now on, whenever there is something to receive.
pub fn connect() {
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    listen_to_other_tabs(orders);
    let need = move || need(session, orders);
    connect_for(Shop { session, orders }, expect_context::<Connection>(), need);
}

/// A customer, and their orders.
#[derive(Clone, Copy)]
struct Shop {
    session: Session,
    orders: Orders,
}

impl Listener for Shop {
    async fn ticket(self) -> Result<LiveTicket, ApiError> {
        api::live_ticket(self.session).await
    }

    async fn fetch(self) -> bool {
        self.orders.fetch_in_progress().await
    }

    fn receive(self, text: &str) -> Message {
        match browser::parse_json(text) {
            Some(ToBrowser::Pong { now }) => Message::Pong(now),
            Some(ToBrowser::OrderEvent { event }) => {
                self.orders.apply(event);
                Message::Applied
            }
            Some(ToBrowser::Problem { problem }) => Message::Problem(problem.kind),
            None => Message::Unknown,
        }
    }
}

fn need(session: Session, orders: Orders) -> Need {
    let in_progress = session.signed_in() && orders.in_progress() > 0;
    let watched = session.signed_in() && orders.watched();
    Need { generation: session.ended(), listen: in_progress || watched, in_progress }
}

/// Notifies the other tabs of this browser of a new order.
pub fn notify_other_tabs(order: shared::OrderId) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&order.to_string().into());
        channel.close();
    }
}

fn listen_to_other_tabs(orders: Orders) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return };
    let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(Ok(id)) = event.data().as_string().map(|id| id.parse()) {
            spawn_local(async move { drop(orders.fetch(id).await) });
        }
    });
    channel.set_onmessage(Some(handler.into_js_value().unchecked_ref()));
    // The channel receives as long as something refers to it.
    std::mem::forget(channel);
}

impl<L: Listener> Live<L> {
    fn step(&self, input: Input) {
        let now = browser::monotonic();
        let random = u32::from_le_bytes(browser::random());
        let commands = self.0.machine.borrow_mut().step(now, random, input);
        for command in commands {
            self.run(command);
        }
        let status = self.0.machine.borrow().status();
        if self.0.connection.status.get_untracked() != status {
            self.0.connection.status.set(status);
        }
        self.set_timer(now);
    }

    fn run(&self, command: Command) {
        let live = self.clone();
        match command {
            Command::Open(id) => spawn_local(async move { live.open(id).await }),
            Command::Ping(id) => self.ping(id),
            Command::Close(id) => self.close(id),
            Command::Fetch => spawn_local(async move {
                let complete = live.0.listener.fetch().await;
                live.step(Input::Fetched(complete));
            }),
        }
    }

    /// Gets a ticket, each time a fresh one, and opens a socket with it.
    async fn open(&self, id: u32) {
        let ticket = self.0.listener.ticket().await;
        let socket = ticket.ok().and_then(|ticket| WebSocket::new(&address(&ticket.ticket)).ok());
        match socket {
            Some(socket) => self.attach(id, socket),
            None => self.step(Input::Lost(id)),
        }
    }

    fn attach(&self, id: u32, socket: WebSocket) {
        let opened = self.on(move |live, _| live.step(Input::Opened(id)));
        let closed = self.on(move |live, _| {
            live.close(id);
            live.step(Input::Lost(id));
        });
        let received = self.on(move |live, event| live.receive(id, &event));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(received.as_ref().unchecked_ref()));
        let socket = Socket { id, socket, _handlers: [opened, closed, received] };
        self.0.sockets.borrow_mut().push(socket);
    }

    fn on(&self, handle: impl Fn(&Self, JsValue) + 'static) -> Closure<dyn FnMut(JsValue)> {
        let live = self.clone();
        Closure::new(move |event| handle(&live, event))
    }

    fn ping(&self, id: u32) {
        let Some(text) = browser::to_json(&FromBrowser::Ping) else { return };
        let sockets = self.0.sockets.borrow();
        if let Some(socket) = sockets.iter().find(|socket| socket.id == id) {
            let _ = socket.socket.send_with_str(&text);
        }
    }

    fn close(&self, id: u32) {
        let mut sockets = self.0.sockets.borrow_mut();
        let Some(place) = sockets.iter().position(|socket| socket.id == id) else { return };
        let socket = sockets.swap_remove(place);
        drop(sockets);
        socket.socket.set_onopen(None);
        socket.socket.set_onclose(None);
        socket.socket.set_onmessage(None);
        let _ = socket.socket.close();
    }

    /// A message that this page does not understand is of a later version: fetch, offer a reload.
    fn receive(&self, id: u32, event: &JsValue) {
        let text = event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default();
        match self.0.listener.receive(&text) {
            Message::Pong(now) => {
                server_clock::observe(now);
                self.step(Input::Pong(id));
            }
            Message::Applied => {}
            Message::Problem(ProblemType::TooManyConnections) => self.step(Input::Displaced(id)),
            // A ping too many: the socket closes, and another one is opened.
            Message::Problem(ProblemType::TooManyRequests) => {}
            // Nor does a server that does not understand this page's messages know this version.
            Message::Problem(_) | Message::Unknown => {
                self.0.connection.outdated.set(true);
                self.step(Input::UnknownMessage);
            }
        }
    }

    fn set_timer(&self, now: i64) {
        let timer = self.0.machine.borrow().wake_at().map(|at| {
            let live = self.clone();
            let wait = u32::try_from((at - now).max(0)).unwrap_or(u32::MAX).min(i32::MAX as u32);
            Timeout::new(wait, move || live.step(Input::Tick))
        });
        // Dropping the one before cancels it.
        *self.0.timer.borrow_mut() = timer;
    }
}

fn address(ticket: &str) -> String {
    let location = window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    format!("{scheme}://{}{LIVE}?ticket={ticket}", location.host().unwrap_or_default())
}
