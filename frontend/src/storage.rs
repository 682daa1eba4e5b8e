//! Values stored in the browser's `localStorage`, as JSON; where that is blocked or full, in memory for as
//! long as the page is open.
//!
//! `gloo-storage` would bring `serde_json` (10 kB of Brotli) and has no such fallback.

use std::cell::RefCell;

use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};

use crate::browser;

thread_local! {
    /// What could not be stored: newer than what is stored under the same key.
    static MEMORY: RefCell<Vec<(String, String)>> = RefCell::default();
}

/// The value under `key`; `None` if there is none, or one of another version.
#[must_use]
pub fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    browser::parse_json(&get_text(key)?)
}

/// Keeps `value` under `key`; whether it outlives the page. Other tabs receive a `storage` event then.
pub fn set<T: Serialize>(key: &str, value: &T) -> bool {
    let Some(text) = browser::to_json(value) else { return false };
    let stored = local_storage().is_some_and(|storage| storage.set_item(key, &text).is_ok());
    MEMORY.with_borrow_mut(|memory| {
        memory.retain(|(known, _)| known != key);
        if !stored {
            memory.push((key.to_owned(), text));
        }
    });
    stored
}

/// Removes what is under `key`.
pub fn remove(key: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(key);
    }
    MEMORY.with_borrow_mut(|memory| memory.retain(|(known, _)| known != key));
}

fn get_text(key: &str) -> Option<String> {
    let in_memory = MEMORY.with_borrow(|memory| {
        memory.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone())
    });
    in_memory.or_else(|| local_storage()?.get_item(key).ok().flatten())
}

/// `None` where the browser blocks storage, which it says by an exception.
fn local_storage() -> Option<web_sys::Storage> {
    (!browser::PRERENDERING).then(|| window().local_storage().ok().flatten()).flatten()
}
