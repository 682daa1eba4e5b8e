//! The state of the menu's editor: what is published, the draft of what is to be, and what is done with them.

mod publishing;
mod stored;
mod uploads;

use leptos::prelude::*;
use shared::{Currency, RestaurantId, api::RestaurantMenu, menu::Section};

use super::{
    super::{drafts::draft_key, text},
    changes::changes,
    draft::{Draft, Errors, Pressed, Removed, is_name},
    previews::Previews,
};
use crate::{browser, session::Session, storage, text::format::money};

/// The menu that is being changed. What is typed is kept on the device until it is published or discarded.
///
/// Futures hold it for longer than its page is open: its signals are gone then.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) session: Session,
    pub(super) restaurant: StoredValue<RestaurantId>,
    /// Where the draft is kept.
    key: StoredValue<String>,
    /// What is published.
    pub(super) current: RwSignal<RestaurantMenu>,
    pub(super) draft: RwSignal<Draft>,
    /// Grows when there are other parts than before, or in another order.
    pub(super) shape: RwSignal<u32>,
    /// Grows when a name is typed: the labels of buttons have it.
    pub(super) names: RwSignal<u32>,
    /// The dish whose fields are shown.
    pub(super) open: RwSignal<Option<u32>>,
    pub(super) errors: RwSignal<Errors>,
    /// Whether somebody else has published a menu since.
    pub(super) conflict: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<String>>,
    /// What the draft is, if not what was typed here: an earlier menu, that of a file, or what was published.
    pub(super) news: RwSignal<&'static str>,
    /// What was removed and can be put back: undoing takes the last one.
    pub(super) removed: RwSignal<Vec<Removed>>,
    /// The menu that is shown as customers would see it, in place of the fields.
    pub(super) previewed: Previews,
    pub(super) sending: RwSignal<bool>,
    /// Whether the device keeps the draft: its storage can be full, or blocked.
    is_kept: RwSignal<bool>,
    /// What was typed and is not stored yet: fields and their texts, in order.
    typed: StoredValue<Vec<(String, String)>>,
}

impl Editor {
    pub(super) fn new(restaurant: &RestaurantId, menu: RestaurantMenu) -> Self {
        let session = expect_context::<Session>();
        let account = session.email_now().unwrap_or_default();
        let key = draft_key("menu", &account, restaurant);
        let kept = storage::get::<Draft>(&key).filter(|kept| {
            uploads::are_under_way(&key) || kept.sections(menu.currency) != menu.sections
        });
        if kept.is_none() {
            // It may have been published since, and would be in the way of a later menu.
            storage::remove(&key);
        }
        let conflict = kept.as_ref().is_some_and(|kept| kept.version != menu.version);
        let draft = kept.unwrap_or_else(|| published(&menu));
        let editor = Self {
            session,
            restaurant: StoredValue::new(restaurant.clone()),
            key: StoredValue::new(key),
            current: RwSignal::new(menu),
            draft: RwSignal::new(draft),
            shape: RwSignal::new(0),
            names: RwSignal::new(0),
            open: RwSignal::new(None),
            errors: RwSignal::default(),
            conflict: RwSignal::new(conflict),
            failure: RwSignal::default(),
            news: RwSignal::new(""),
            removed: RwSignal::default(),
            previewed: Previews::of_address(restaurant),
            sending: RwSignal::new(false),
            is_kept: RwSignal::new(true),
            typed: StoredValue::default(),
        };
        editor.keep_stored();
        editor.receive();
        editor
    }

    /// The currency of the prices.
    pub(super) fn currency(self) -> Currency {
        self.current.with_untracked(|current| current.currency)
    }

    /// What would be published, as far as it can be read. Reactive.
    pub(super) fn sections(self) -> Vec<Section> {
        let currency = self.currency();
        self.draft.with(|draft| draft.sections(currency))
    }

    /// Whether it is not what is published. Reactive.
    pub(super) fn is_changed(self) -> bool {
        let sections = self.sections();
        self.current.with(|current| current.sections != sections)
    }

    /// Whether something is lost if another menu takes its place.
    pub(super) fn has_something(self) -> bool {
        untrack(|| self.is_changed() || self.is_uploading())
    }

    /// What is different from what is published, in lines of text.
    pub(super) fn changes(self) -> Vec<String> {
        let (sections, currency) = (untrack(|| self.sections()), self.currency());
        self.current.with_untracked(|current| {
            changes(&current.sections, &sections, &|amount| money(amount, currency))
        })
    }

    /// The name of a part as it is typed, or what it is called without one. Reactive.
    pub(super) fn name(self, number: u32, nameless: &'static str) -> String {
        self.names.track();
        self.shape.track();
        let name = self.draft.with_untracked(|draft| draft.name(number).map(str::to_owned));
        name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| nameless.to_owned())
    }

    /// The path of a dish's picture; empty if it has none. Reactive.
    pub(super) fn art(self, dish: u32) -> String {
        self.shape.track();
        let art = self.draft.with_untracked(|draft| draft.get(dish).map(|dish| dish.art.clone()));
        art.unwrap_or_default()
    }

    /// Whether the page that shows it was left.
    fn is_gone(self) -> bool {
        self.draft.is_disposed()
    }

    /// Takes what is typed in a field.
    pub(super) fn type_in(self, field: &str, text: String) {
        self.draft.update(|draft| draft.type_in(field, text.clone()));
        self.draft.with_untracked(|draft| {
            self.errors.update(|all| all.retain(|(wrong, _)| !draft.is_put_right(wrong, field)));
        });
        self.news.set("");
        if is_name(field) {
            self.names.update(|names| *names += 1);
        }
        self.store_soon(field, text);
    }

    /// Does what a button is for, if it is one that changes the menu.
    pub(super) fn press(self, button: &str) {
        // What changes nothing notifies nobody, and is not stored.
        let mut draft = self.draft.get_untracked();
        let Some(Pressed { focus, open, removed }) = draft.press(button) else { return };
        self.change_to(draft);
        if let Some(removed) = removed {
            self.removed.update(|before| before.push(removed));
        }
        if open.is_some() {
            self.open.set(open);
        }
        browser::focus_soon(format!("#{focus}"));
    }

    /// Puts back what was removed last.
    pub(super) fn undo(self) {
        if let Some(removed) = self.removed.try_update(Vec::pop).flatten() {
            let mut draft = self.draft.get_untracked();
            draft.put_back(removed);
            self.change_to(draft);
            browser::focus_if_lost("#publish".to_owned());
        }
    }

    /// Gives a dish a picture, also if the dish was removed and can be put back.
    pub(super) fn set_art(self, dish: u32, art: &str) {
        let mut draft = self.draft.get_untracked();
        if draft.set_art(dish, art) {
            // Somebody may be typing: what is wrong elsewhere stays marked, and no field is made anew.
            let errors = self.errors.get_untracked();
            self.change_to(draft);
            return self.errors.set(errors);
        }
        self.removed.update(|removed| {
            removed.iter_mut().any(|removed| removed.set_art(dish, art));
        });
    }

    /// Has other parts than before, and stores them.
    fn change_to(self, draft: Draft) {
        self.draft.set(draft);
        self.news.set("");
        // They may be of fields that are elsewhere now.
        self.errors.set(Errors::new());
        self.shape.update(|shape| *shape += 1);
        self.store();
    }

    /// Puts another menu in the place of the draft, and says which.
    pub(super) fn replace(self, sections: &[Section], news: &'static str) {
        if self.is_gone() {
            return;
        }
        let version = self.current.with_untracked(|current| current.version);
        self.begin_anew(Draft::of(version, sections, self.currency()));
        self.store();
        self.news.set(news);
    }

    /// Begins anew with what is published.
    pub(super) fn discard(self) {
        self.begin_anew(self.current.with_untracked(published));
        self.store();
    }

    fn begin_anew(self, mut draft: Draft) {
        self.forget_uploads();
        self.draft.with_untracked(|before| draft.replaces(before));
        self.typed.set_value(Vec::new());
        self.draft.set(draft);
        self.errors.set(Errors::new());
        self.failure.set(None);
        self.conflict.set(false);
        self.removed.set(Vec::new());
        self.previewed.close();
        self.open.set(None);
        self.news.set("");
        self.shape.update(|shape| *shape += 1);
        browser::focus_if_lost("#publish".to_owned());
    }

    /// Keeps the draft in place of what somebody else has published.
    pub(super) fn keep(self) {
        let version = self.current.with_untracked(|current| current.version);
        self.draft.update(|draft| draft.version = version);
        self.store();
        self.conflict.set(false);
        self.previewed.close();
        browser::focus_if_lost("#publish".to_owned());
    }

    /// What is said of the draft beside the button that publishes it. Reactive.
    pub(super) fn status(self, is_changed: bool) -> &'static str {
        match self.news.get() {
            _ if self.is_uploading() => text::WAIT_FOR_PICTURE,
            "" if is_changed && !self.is_kept.get() => text::NOT_KEPT,
            "" if is_changed => text::NOT_PUBLISHED,
            "" => text::NOTHING_CHANGED,
            news => news,
        }
    }
}

/// The draft of what is published.
fn published(menu: &RestaurantMenu) -> Draft {
    Draft::of(menu.version, &menu.sections, menu.currency)
}
