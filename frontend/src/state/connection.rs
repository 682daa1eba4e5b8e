//! The live connection, and whether anybody looks at the page.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{browser, live::machine::ConnectionStatus};

/// How this page is connected, and whether anybody looks at it.
#[derive(Clone, Copy)]
pub struct Connection {
    /// The state of the WebSocket.
    pub status: RwSignal<ConnectionStatus>,
    /// Whether something was received that only a later version of this page understands.
    pub outdated: RwSignal<bool>,
    visible: RwSignal<bool>,
    woken: RwSignal<u32>,
}

impl Connection {
    /// Follows the browser's events about the network and this page's visibility.
    #[must_use]
    pub fn follow() -> Self {
        let connection = Self {
            status: RwSignal::new(ConnectionStatus::default()),
            outdated: RwSignal::new(false),
            visible: RwSignal::new(!browser::document().hidden()),
            woken: RwSignal::new(0),
        };
        let _ = window_event_listener(ev::online, move |_| connection.wake());
        let _ = window_event_listener(ev::pageshow, move |event| {
            // The first one tells of the page's own loading.
            if event.persisted() {
                connection.wake();
            }
        });
        let visibility = Closure::<dyn Fn()>::new(move || {
            let visible = !browser::document().hidden();
            connection.visible.set(visible);
            if visible {
                connection.wake();
            }
        });
        let _ = browser::document().add_event_listener_with_callback(
            "visibilitychange",
            visibility.into_js_value().unchecked_ref(),
        );
        connection
    }

    fn wake(self) {
        self.woken.update(|woken| *woken += 1);
    }

    /// How often the page was woken: online again, visible again, or back from the back/forward
    /// cache. Reactive.
    #[must_use]
    pub fn woken(self) -> u32 {
        self.woken.get()
    }

    /// Whether the page is visible. Reactive.
    #[must_use]
    pub fn visible(self) -> bool {
        self.visible.get()
    }
}
