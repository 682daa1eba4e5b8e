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
    resumed: RwSignal<u32>,
}

impl Connection {
    /// Listens to the browser's events about the network and this page's visibility.
    #[must_use]
    pub fn listen() -> Self {
        let connection = Self {
            status: RwSignal::new(ConnectionStatus::default()),
            outdated: RwSignal::new(false),
            visible: RwSignal::new(browser::PRERENDERING || !document().hidden()),
            resumed: RwSignal::new(0),
        };
        browser::on_window(ev::online, move |_| connection.resume());
        browser::on_window(ev::pageshow, move |event| {
            // The first one is of the page’s own loading.
            if event.persisted() {
                connection.resume();
            }
        });
        if browser::PRERENDERING {
            return connection;
        }
        let visibility = Closure::<dyn Fn()>::new(move || {
            let visible = !document().hidden();
            connection.visible.set(visible);
            if visible {
                connection.resume();
            }
        });
        let _ = document().add_event_listener_with_callback(
            "visibilitychange",
            visibility.into_js_value().unchecked_ref(),
        );
        connection
    }

    fn resume(self) {
        self.resumed.update(|resumed| *resumed += 1);
    }

    /// How often the page was resumed: online again, visible again, or back from the back/forward
    /// cache. Reactive.
    #[must_use]
    pub fn resumed(self) -> u32 {
        self.resumed.get()
    }

    /// Whether the page is visible. Reactive.
    #[must_use]
    pub fn visible(self) -> bool {
        self.visible.get()
    }
}
