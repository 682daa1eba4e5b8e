//! The draft on the device: it outlives the page, and every tab with the same menu shows the same draft.

use leptos::{ev, leptos_dom::helpers::set_timeout_with_handle, prelude::*, task::spawn_local};

use super::{Editor, published, uploads};
use crate::{
    counter::{
        api,
        menu::draft::{Draft, Errors},
    },
    storage,
};

/// Milliseconds after which what is typed is stored: a large menu takes some to write.
const STORE_AFTER: std::time::Duration = std::time::Duration::from_millis(300);

impl Editor {
    /// Stores what is typed before the page is closed, loaded again or frozen, and when another page of the counter
    /// is opened; and shows what another tab has stored.
    pub(super) fn keep_stored(self) {
        let hidden = window_event_listener(ev::visibilitychange, move |_| self.store_typed());
        let left = window_event_listener(ev::pagehide, move |_| self.store_typed());
        let elsewhere = window_event_listener(ev::storage, move |event| self.follow(&event));
        on_cleanup(move || {
            self.store_typed();
            hidden.remove();
            left.remove();
            elsewhere.remove();
        });
    }

    /// Stores what was typed in a field soon.
    pub(super) fn store_soon(self, field: &str, text: String) {
        let is_first = self.typed.with_value(Vec::is_empty);
        self.typed.update_value(|typed| {
            typed.retain(|(known, _)| known != field);
            typed.push((field.to_owned(), text));
        });
        if is_first && set_timeout_with_handle(move || self.store_typed(), STORE_AFTER).is_err() {
            self.store(); // without timers, at once
        }
    }

    fn store_typed(self) {
        if self.typed.try_with_value(|typed| !typed.is_empty()) == Some(true) {
            self.store();
        }
    }

    /// Stores the draft, unless it is what is published.
    pub(super) fn store(self) {
        self.typed.set_value(Vec::new());
        let is_changed = untrack(|| self.is_changed());
        let is_kept = self.key.with_value(|key| {
            let is_wanted = is_changed || uploads::are_under_way(key);
            if !is_wanted {
                storage::remove(key);
            }
            !is_wanted || self.draft.with_untracked(|draft| storage::set(key, draft))
        });
        self.is_kept.set(is_kept);
    }

    /// Takes over what another tab has stored, or that there is no draft any more.
    fn follow(self, event: &web_sys::StorageEvent) {
        let Some(key) = self.key.try_get_value() else { return };
        if event.key().as_deref() == Some(&*key) {
            match storage::get::<Draft>(&key) {
                Some(draft) => self.take(draft),
                None => self.fetch_published(),
            }
        }
    }

    /// Takes a draft of another tab, with what was typed here since this one was stored.
    fn take(self, mut draft: Draft) {
        let typed = self.typed.get_value();
        typed.iter().for_each(|(field, text)| draft.type_in(field, text.clone()));
        let version = draft.version;
        self.show(draft);
        if !typed.is_empty() {
            self.store();
        }
        if self.current.with_untracked(|current| current.version != version) {
            self.fetch_published();
        }
    }

    fn show(self, mut draft: Draft) {
        self.draft.with_untracked(|before| draft.replaces(before));
        self.draft.set(draft);
        self.errors.set(Errors::new());
        self.news.set("");
        self.shape.update(|shape| *shape += 1);
    }

    /// Another tab has published its draft, which is this one's, has discarded it, or keeps it in the place of what
    /// somebody else has published: what is that?
    fn fetch_published(self) {
        let (restaurant, before) = (self.restaurant.get_value(), self.draft.get_untracked());
        spawn_local(async move {
            let answer = api::menu(self.session, &restaurant).await;
            let Some(key) = self.key.try_get_value() else { return };
            let Ok(menu) = answer else { return };
            let (version, published) = (menu.version, published(&menu));
            self.current.set(menu);
            if storage::get::<Draft>(&key).is_some() {
                let is_of_it = self.draft.with_untracked(|draft| draft.version == version);
                self.conflict.set(!is_of_it);
            } else if !uploads::are_under_way(&key)
                && self.draft.with_untracked(|draft| draft.is_same(&before))
            {
                self.begin_anew(published);
            } else {
                // Something was typed here meanwhile, or a picture is on its way.
                self.draft.update(|draft| draft.version = version);
                self.store();
                self.conflict.set(false);
            }
        });
    }
}
