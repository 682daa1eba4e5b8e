//! The only module that knows the socket: gets tickets, opens, pings, and folds what it hears
//! into the [`Store`]. When to do what is decided in [`machine`].

pub mod machine;

use std::{cell::RefCell, rc::Rc};

use shared::live::{FromBrowser, LIVE, ToBrowser};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent, WebSocket};

use self::machine::{Act, Input, Machine, Need};
use crate::{browser, drawn::follow, json, server, store::Store};

/// On which tabs of this browser tell each other of new orders.
const CHANNEL: &str = "tiffin.orders";

/// The page's connection, of which there is one.
#[derive(Clone)]
struct Live(Rc<Inner>);

struct Inner {
    store: Store,
    machine: RefCell<Machine>,
    sockets: RefCell<Vec<Socket>>,
    /// The timer that is set, by the browser's number.
    timer: RefCell<Option<i32>>,
}

/// A socket and what it calls, which must live as long.
struct Socket {
    line: u32,
    socket: WebSocket,
    _heard: [Closure<dyn FnMut(JsValue)>; 3],
}

/// Listens from now on, whenever the store has something to listen for.
pub fn listen(store: Store) {
    let live = Live(Rc::new(Inner {
        store,
        machine: RefCell::default(),
        sockets: RefCell::default(),
        timer: RefCell::default(),
    }));
    live.follow_the_browser();
    live.follow_other_tabs();
    // The socket is outside of the page: an effect is how the page's state reaches it.
    follow(move || live.hear(Input::Need(need(store))));
}

fn need(store: Store) -> Need {
    let under_way = store.session.signed_in() && store.count_under_way() > 0;
    let watched = store.session.signed_in() && store.watched();
    Need { listen: under_way || watched, under_way }
}

/// Tells the other tabs of this browser of a new order.
pub fn tell_other_tabs(order: shared::OrderId) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&order.to_string().into());
        channel.close();
    }
}

impl Live {
    fn hear(&self, input: Input) {
        let now = browser::monotonic();
        let chance = u32::from_le_bytes(browser::random());
        let acts = self.0.machine.borrow_mut().step(now, chance, input);
        for act in acts {
            self.act(act);
        }
        self.0.store.touch.set(self.0.machine.borrow().touch());
        self.set_timer(now);
    }

    fn act(&self, act: Act) {
        let live = self.clone();
        match act {
            Act::Open(line) => browser::spawn(async move { live.open(line).await }),
            Act::Ping(line) => self.ping(line),
            Act::Close(line) => self.close(line),
            Act::Look => browser::spawn(async move {
                let complete = live.0.store.fetch_under_way().await;
                live.hear(Input::Looked(complete));
            }),
        }
    }

    /// Gets a ticket, each time a fresh one, and opens a socket with it.
    async fn open(&self, line: u32) {
        let ticket = server::live_ticket(self.0.store.session).await;
        let socket = ticket.ok().and_then(|ticket| WebSocket::new(&address(&ticket.ticket)).ok());
        match socket {
            Some(socket) => self.attach(line, socket),
            None => self.hear(Input::Lost(line)),
        }
    }

    fn attach(&self, line: u32, socket: WebSocket) {
        let opened = self.on(move |live, _| live.hear(Input::Opened(line)));
        let closed = self.on(move |live, _| {
            live.close(line);
            live.hear(Input::Lost(line));
        });
        let told = self.on(move |live, event| live.told(line, &event));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(told.as_ref().unchecked_ref()));
        let socket = Socket { line, socket, _heard: [opened, closed, told] };
        self.0.sockets.borrow_mut().push(socket);
    }

    fn on(&self, heard: impl Fn(&Self, JsValue) + 'static) -> Closure<dyn FnMut(JsValue)> {
        let live = self.clone();
        Closure::new(move |event| heard(&live, event))
    }

    fn ping(&self, line: u32) {
        let text = json::write(&FromBrowser::Ping);
        let sockets = self.0.sockets.borrow();
        if let Some(socket) = sockets.iter().find(|socket| socket.line == line) {
            let _ = socket.socket.send_with_str(&text);
        }
    }

    fn close(&self, line: u32) {
        let mut sockets = self.0.sockets.borrow_mut();
        let Some(place) = sockets.iter().position(|socket| socket.line == line) else { return };
        let socket = sockets.swap_remove(place);
        drop(sockets);
        socket.socket.set_onopen(None);
        socket.socket.set_onclose(None);
        socket.socket.set_onmessage(None);
        let _ = socket.socket.close();
    }

    /// A message that this page does not understand is of a later version: fetch, offer a reload.
    fn told(&self, line: u32, event: &JsValue) {
        let text = event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default();
        match json::read(&text) {
            Ok(ToBrowser::Pong { now }) => {
                self.0.store.set_clock(now);
                self.hear(Input::Pong(line));
            }
            Ok(ToBrowser::OrderEvent { event }) => self.0.store.hear(event),
            // Nor does a server that does not understand this page's messages know this version.
            Ok(ToBrowser::Problem { .. }) | Err(_) => {
                self.0.store.outdated.set(true);
                self.hear(Input::Puzzled);
            }
        }
    }

    fn set_timer(&self, now: i64) {
        if let Some(timer) = self.0.timer.take() {
            browser::window().clear_timeout_with_handle(timer);
        }
        let Some(at) = self.0.machine.borrow().wake_at() else { return };
        let live = self.clone();
        let tick = Closure::once_into_js(move || live.hear(Input::Tick));
        let wait = i32::try_from((at - now).max(0)).unwrap_or(i32::MAX);
        let timer = browser::window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), wait);
        *self.0.timer.borrow_mut() = timer.ok();
    }

    fn follow_the_browser(&self) {
        for name in ["online", "pageshow"] {
            let live = self.clone();
            browser::on(&browser::window(), name, move |_| live.hear(Input::Woken));
        }
        let live = self.clone();
        browser::on(&browser::document(), "visibilitychange", move |_| {
            let visible = !browser::document().hidden();
            live.0.store.visible.set(visible);
            if visible {
                live.hear(Input::Woken);
            }
        });
    }

    fn follow_other_tabs(&self) {
        let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return };
        let store = self.0.store;
        browser::on(&channel, "message", move |event| {
            let id = event.unchecked_ref::<MessageEvent>().data().as_string();
            if let Some(Ok(id)) = id.map(|id| id.parse()) {
                browser::spawn(async move { drop(store.fetch_order(id).await) });
            }
        });
        // The channel hears as long as somebody holds it.
        std::mem::forget(channel);
    }
}

fn address(ticket: &str) -> String {
    let location = browser::window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    format!("{scheme}://{}{LIVE}?ticket={ticket}", location.host().unwrap_or_default())
}
