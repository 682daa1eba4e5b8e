use leptos::{ev, leptos_dom::helpers::set_timeout_with_handle, prelude::*, task::spawn_local};
use shared::{Currency, RestaurantId, api::RestaurantMenu, menu::Section};

use super::{
    super::{
        api::{self, MenuResult},
        text,
    },
    changes::changes,
    draft::{Draft, Errors, Pressed},
};
use crate::{browser, session::Session, storage, text::format::money};

/// Milliseconds after the last change in which a draft is stored: a large menu takes some to write.
const STORE_AFTER: std::time::Duration = std::time::Duration::from_millis(300);

/// The menu that is being changed. What is typed is kept on the device until it is published or discarded.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) session: Session,
    pub(super) restaurant: StoredValue<RestaurantId>,
    /// What is published.
    pub(super) current: RwSignal<RestaurantMenu>,
    pub(super) draft: RwSignal<Draft>,
    /// Grows when there are other parts than before, or in another order.
    pub(super) shape: RwSignal<u32>,
    /// The dish whose fields are shown.
    pub(super) open: RwSignal<Option<u32>>,
    pub(super) errors: RwSignal<Errors>,
    /// Whether somebody else has published a menu since.
    pub(super) conflict: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<String>>,
    /// What the draft is, if not what was typed here: an earlier menu, that of a file, or what was published.
    pub(super) news: RwSignal<&'static str>,
    /// What was removed last, by name, and the draft as it was before.
    pub(super) removed: RwSignal<Option<(String, Draft)>>,
    /// Whether the draft is shown as customers would see it.
    pub(super) previewing: RwSignal<bool>,
    pub(super) sending: RwSignal<bool>,
    /// Whether the draft is not stored yet.
    unsaved: RwSignal<bool>,
}

impl Editor {
    pub(super) fn new(restaurant: &RestaurantId, menu: RestaurantMenu) -> Self {
        let published = of(&Draft::default(), &menu);
        let kept = storage::get::<Draft>(&key(restaurant));
        let kept = kept.filter(|kept| kept.sections(menu.currency) != menu.sections);
        let conflict = kept.as_ref().is_some_and(|kept| kept.version != menu.version);
        let editor = Self {
            session: expect_context(),
            restaurant: StoredValue::new(restaurant.clone()),
            current: RwSignal::new(menu),
            draft: RwSignal::new(kept.unwrap_or(published)),
            shape: RwSignal::new(0),
            open: RwSignal::new(None),
            errors: RwSignal::default(),
            conflict: RwSignal::new(conflict),
            failure: RwSignal::default(),
            news: RwSignal::new(""),
            removed: RwSignal::new(None),
            previewing: RwSignal::new(false),
            sending: RwSignal::new(false),
            unsaved: RwSignal::new(false),
        };
        // Before the page is closed, loaded again or frozen, and when another page of the counter is opened.
        let hidden = window_event_listener(ev::visibilitychange, move |_| editor.store());
        let left = window_event_listener(ev::pagehide, move |_| editor.store());
        // Another tab has changed it.
        let elsewhere = window_event_listener(ev::storage, move |event| editor.take_stored(&event));
        on_cleanup(move || {
            editor.store();
            hidden.remove();
            left.remove();
            elsewhere.remove();
        });
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

    /// What is different from what is published, in lines of text.
    pub(super) fn changes(self) -> Vec<String> {
        let (sections, currency) = (untrack(|| self.sections()), self.currency());
        self.current.with_untracked(|current| {
            changes(&current.sections, &sections, &|amount| money(amount, currency))
        })
    }

    /// Changes the draft, and stores it soon.
    fn edit<T>(self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let changed = self.draft.try_update(change);
        self.news.set("");
        if !self.unsaved.get_untracked() {
            self.unsaved.set(true);
            let later = set_timeout_with_handle(move || self.store(), STORE_AFTER);
            // Without timers, at once.
            if later.is_err() {
                self.store();
            }
        }
        changed
    }

    fn store(self) {
        if self.unsaved.try_get_untracked() == Some(true) {
            self.unsaved.set(false);
            let restaurant = self.restaurant.get_value();
            self.draft.with_untracked(|draft| storage::set(&key(&restaurant), draft));
        }
    }

    fn take_stored(self, event: &web_sys::StorageEvent) {
        let Some(restaurant) = self.restaurant.try_get_value() else { return };
        if event.key().as_deref() == Some(&*key(&restaurant))
            && let Some(draft) = storage::get::<Draft>(&key(&restaurant))
        {
            self.unsaved.set(false);
            self.draft.set(draft);
            self.errors.set(Errors::new());
            self.shape.update(|shape| *shape += 1);
        }
    }

    /// Takes what is typed in a field.
    pub(super) fn type_in(self, field: &str, text: String) {
        self.errors.update(|errors| errors.retain(|(wrong, _)| wrong != field));
        self.edit(|draft| draft.type_in(field, text));
    }

    /// Does what a button is for, if it is one that changes the menu.
    pub(super) fn press(self, button: &str) {
        let before = self.draft.get_untracked();
        let Some(Some(pressed)) = self.edit(|draft| draft.press(button)) else { return };
        let Pressed { focus, open, removed } = pressed;
        self.removed.set(removed.map(|name| (name, before)));
        if open.is_some() {
            self.open.set(open);
        }
        self.errors.set(Errors::new());
        self.shape.update(|shape| *shape += 1);
        browser::focus_soon(format!("#{focus}"));
    }

    /// Puts back what was removed last.
    pub(super) fn undo(self) {
        if let Some((_, before)) = self.removed.get_untracked() {
            self.removed.set(None);
            self.edit(|draft| *draft = before);
            self.shape.update(|shape| *shape += 1);
            browser::focus_if_lost("#publish".to_owned());
        }
    }

    /// Gives a dish a picture.
    pub(super) fn set_art(self, dish: u32, art: String) {
        self.edit(|draft| draft.set_art(dish, art));
        self.shape.update(|shape| *shape += 1);
    }

    /// Puts another menu in the place of the draft, and says which.
    pub(super) fn replace(self, sections: &[Section], news: &'static str) {
        let currency = self.currency();
        let version = self.current.with_untracked(|current| current.version);
        self.edit(|draft| *draft = Draft::of(draft, version, sections, currency));
        self.begin_anew();
        self.news.set(news);
    }

    /// Begins anew with what is published.
    pub(super) fn discard(self) {
        self.restaurant.with_value(|restaurant| storage::remove(&key(restaurant)));
        self.unsaved.set(false);
        self.current.with_untracked(|current| {
            self.draft.update(|draft| *draft = of(draft, current));
        });
        self.begin_anew();
    }

    fn begin_anew(self) {
        self.errors.set(Errors::new());
        self.failure.set(None);
        self.conflict.set(false);
        self.removed.set(None);
        self.open.set(None);
        self.news.set("");
        self.shape.update(|shape| *shape += 1);
        browser::focus_if_lost("#publish".to_owned());
    }

    /// Keeps the draft in place of what somebody else has published.
    pub(super) fn keep(self) {
        let version = self.current.with_untracked(|current| current.version);
        self.edit(|draft| draft.version = version);
        self.conflict.set(false);
        browser::focus_if_lost("#publish".to_owned());
    }

    /// Whether the draft can be published; if not, shows why.
    pub(super) fn check(self) -> bool {
        if self.conflict.get_untracked() {
            browser::focus("#use-theirs");
            return false;
        }
        let currency = self.currency();
        let Err(errors) = self.draft.with_untracked(|draft| draft.read(currency)) else {
            self.errors.set(Errors::new());
            return true;
        };
        self.previewing.set(false);
        if let Some((field, _)) = errors.first() {
            let dish = self.draft.with_untracked(|draft| draft.dish_of(field));
            if dish.is_some() {
                self.open.set(dish);
            }
            browser::focus_soon(format!("#{field}"));
        }
        self.errors.set(errors);
        false
    }

    /// Publishes the draft.
    pub(super) fn publish(self) {
        let currency = self.currency();
        let Ok(sections) = self.draft.with_untracked(|draft| draft.read(currency)) else { return };
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        let (restaurant, sent) = (self.restaurant.get_value(), self.draft.get_untracked());
        spawn_local(async move {
            let answer = api::publish(self.session, &restaurant, sent.version, sections).await;
            if self.sending.try_set(false).is_some() {
                return; // the page is gone; what was typed is kept
            }
            self.failure.set(None);
            match answer {
                Ok(MenuResult::Published(menu)) => {
                    let version = menu.version;
                    self.current.set(menu);
                    // Something may have been typed meanwhile.
                    match self.draft.with_untracked(|draft| *draft == sent) {
                        true => self.discard(),
                        false => drop(self.edit(|draft| draft.version = version)),
                    }
                    self.news.set(text::PUBLISHED);
                }
                Ok(MenuResult::Changed(current)) => {
                    self.current.set(current);
                    self.conflict.set(true);
                    browser::focus_soon("#use-theirs");
                }
                Err(error) => self.failure.set(Some(text::menu_error(&error))),
            }
        });
    }
}

/// The draft of what is published.
fn of(
    before: &Draft,
    RestaurantMenu { version, currency, sections, .. }: &RestaurantMenu,
) -> Draft {
    Draft::of(before, *version, sections, *currency)
}

/// Where a draft is kept.
fn key(restaurant: &RestaurantId) -> String {
    format!("tiffin.menu.{restaurant}")
}
