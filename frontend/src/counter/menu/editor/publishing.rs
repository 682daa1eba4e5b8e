//! Checking a draft and publishing it.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{MAX_MENU_BYTES, RestaurantMenu},
    menu::Section,
};

use super::{Editor, published, uploads::opened};
use crate::{
    browser,
    counter::{
        api::{self, SaveResult},
        menu::draft::{Draft, Errors},
        text,
    },
    http::ApiError,
    storage,
};

impl Editor {
    /// Whether the draft can be published; if not, shows why.
    pub(in super::super) fn check(self) -> bool {
        if self.conflict.get_untracked() {
            browser::focus("#use-theirs");
            return false;
        }
        if untrack(|| self.is_uploading()) {
            return false; // the status says so
        }
        let currency = self.currency();
        match self.draft.with_untracked(|draft| draft.read(currency)) {
            Ok(sections) => {
                self.errors.set(Errors::new());
                let is_too_large = bytes(&sections) > MAX_MENU_BYTES;
                self.failure.set(is_too_large.then(text::menu_too_large));
                !is_too_large
            }
            Err(errors) => {
                self.show_errors(errors);
                false
            }
        }
    }

    fn show_errors(self, errors: Errors) {
        self.previewed.close();
        if let Some((field, _)) = errors.first() {
            let dish = self.draft.with_untracked(|draft| draft.dish_of(field));
            if dish.is_some() {
                self.open.set(dish);
            }
            browser::focus_soon(format!("#{field}"));
        }
        self.errors.set(errors);
    }

    /// Publishes the draft.
    pub(in super::super) fn publish(self) {
        let currency = self.currency();
        // Another tab may have published it meanwhile.
        let has_changes = untrack(|| self.is_changed());
        if self.sending.get_untracked() || !has_changes || !self.check() {
            return;
        }
        let Ok(sections) = self.draft.with_untracked(|draft| draft.read(currency)) else { return };
        self.sending.set(true);
        let (restaurant, key) = (self.restaurant.get_value(), self.key.get_value());
        let sent = self.draft.get_untracked();
        spawn_local(async move {
            let answer = api::publish(self.session, &restaurant, sent.version, sections).await;
            match (opened(&key), answer) {
                (Some(editor), answer) => editor.take_answer(answer, &sent),
                (None, Ok(SaveResult::Saved(menu))) => publish_stored(&key, &sent, &menu),
                // What was typed is kept, and what is the matter is seen when it is opened again.
                (None, _) => {}
            }
        });
    }

    fn take_answer(self, answer: Result<SaveResult<RestaurantMenu>, ApiError>, sent: &Draft) {
        self.sending.set(false);
        self.failure.set(None);
        match answer {
            Ok(SaveResult::Saved(menu)) => {
                let is_sent = self.draft.with_untracked(|draft| draft.is_same(sent));
                if is_sent {
                    self.current.set(menu);
                    self.discard();
                } else {
                    // Something was typed meanwhile, which changes what is published now.
                    self.draft.update(|draft| draft.take_ids(sent, &published(&menu)));
                    self.current.set(menu);
                    self.conflict.set(false);
                    self.store();
                }
                self.news.set(text::PUBLISHED);
            }
            Ok(SaveResult::Changed(current)) => {
                self.current.set(current);
                self.conflict.set(true);
                browser::focus_soon("#use-theirs");
            }
            Err(error) => self.failure.set(Some(text::menu_error(&error))),
        }
    }
}

/// The draft of a page that was left meanwhile is published, as far as nothing was typed since it was sent.
fn publish_stored(key: &str, sent: &Draft, menu: &RestaurantMenu) {
    let Some(mut draft) = storage::get::<Draft>(key) else { return };
    if draft.is_same(sent) {
        return storage::remove(key);
    }
    draft.take_ids(sent, &published(menu));
    storage::set(key, &draft);
}

/// The size of a menu as it is sent and stored.
fn bytes(sections: &[Section]) -> usize {
    browser::to_json(&sections).map_or(0, |json| json.len())
}
