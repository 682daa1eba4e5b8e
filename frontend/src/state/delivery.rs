//! Where the order goes, as typed so far.

use leptos::prelude::*;
use shared::{Amount, area::is_same_postcode, menu::Card, text::Text};

use crate::{
    browser,
    model::delivery::{DeliveryForm, Field},
    storage,
};

const STORAGE_KEY: &str = "tiffin.details";

/// Where the order goes, as typed so far; kept in this browser until it is ordered or the session
/// ends.
#[derive(Clone, Copy)]
pub struct Delivery {
    form: RwSignal<DeliveryForm>,
    /// How often the form was filled by anything but typing: the fields are then made anew. What
    /// is being typed is never rewritten.
    filled: RwSignal<u32>,
    /// The postcode that counts: the one that was in its field when that was left.
    postcode: RwSignal<String>,
}

impl Delivery {
    /// What this browser has stored.
    #[must_use]
    pub fn open() -> Self {
        let delivery = Self {
            form: RwSignal::new(storage::get(STORAGE_KEY).unwrap_or_default()),
            filled: RwSignal::new(0),
            postcode: RwSignal::new(String::new()),
        };
        delivery.settle();
        browser::on_window(leptos::ev::storage, move |event| {
            let removed =
                event.key().is_none_or(|key| key == STORAGE_KEY) && event.new_value().is_none();
            if removed {
                delivery.reload();
            }
        });
        delivery
    }

    /// Takes over what is stored, if another tab has cleared it.
    pub fn reload(self) {
        if storage::get::<DeliveryForm>(STORAGE_KEY).is_none() && !self.form_now().is_empty() {
            self.form.set(DeliveryForm::default());
            self.filled.update(|filled| *filled += 1);
            self.settle();
        }
    }

    /// The postcode counts as it is typed now, unless it can be none: its field was left, or filled.
    pub fn settle(self) {
        let typed = self.form.with_untracked(|form| form.get(Field::Postcode).parse::<Text<16>>());
        let now = typed.map(|postcode| postcode.to_string()).unwrap_or_default();
        if self.postcode.with_untracked(|postcode| *postcode != now) {
            self.postcode.set(now);
        }
    }

    /// The postcode that orders go to; empty as long as it is not known. Reactive.
    #[must_use]
    pub fn postcode(self) -> String {
        self.postcode.get()
    }

    /// Takes the postcode that is typed before anything else of an address, and counts from now on. The street of
    /// another is not there.
    pub fn move_to(self, postcode: String) {
        let is_elsewhere =
            |before: &String| !before.is_empty() && !is_same_postcode(before, &postcode);
        if self.postcode.with_untracked(is_elsewhere) {
            self.form.update(DeliveryForm::leave_place);
        }
        self.type_in(Field::Postcode, postcode);
        self.settle();
    }

    /// Puts the fee and the minimum for the customer's postcode into a card, in place of its areas; whether the
    /// restaurant delivers there, as far as is known. The areas stay as long as the fee depends on them. Reactive.
    pub fn apply(self, card: &mut Card) -> bool {
        let postcode = self.postcode_for(card);
        let delivers = card.deliver_to(postcode.as_deref());
        if delivers && postcode.is_some() {
            card.areas.clear();
        }
        delivers
    }

    /// What a restaurant charges for delivery: the lowest fee as long as the postcode is not known; `None` if it
    /// does not deliver there. Reactive.
    #[must_use]
    pub fn fee(self, card: &Card) -> Option<Amount> {
        match self.postcode_for(card) {
            Some(postcode) => card.area(&postcode).map(|area| area.delivery_fee),
            None => Some(card.lowest_fee()),
        }
    }

    /// The customer's postcode, if it is known and makes a difference to this restaurant. Reactive.
    fn postcode_for(self, card: &Card) -> Option<String> {
        let has_areas = !card.areas.is_empty();
        has_areas.then(|| self.postcode.get()).filter(|postcode| !postcode.is_empty())
    }

    /// How often the fields have to be made anew. Reactive.
    #[must_use]
    pub fn filled(self) -> u32 {
        self.filled.get()
    }

    /// Something of what is typed. Reactive.
    pub fn with<T>(self, read: impl FnOnce(&DeliveryForm) -> T) -> T {
        self.form.with(read)
    }

    /// What is typed, now.
    #[must_use]
    pub fn form_now(self) -> DeliveryForm {
        self.form.get_untracked()
    }

    /// Takes what is typed in a field.
    pub fn type_in(self, field: Field, text: String) {
        self.reload();
        self.form.update(|form| form.set(field, text));
        self.form.with_untracked(|form| storage::set(STORAGE_KEY, form));
    }

    /// Fills the form by something else than typing.
    pub fn fill(self, edit: impl FnOnce(&mut DeliveryForm)) {
        self.form.update(edit);
        self.form.with_untracked(|form| storage::set(STORAGE_KEY, form));
        self.filled.update(|filled| *filled += 1);
        self.settle();
    }

    /// Removes everything that is typed.
    pub fn clear(self) {
        storage::remove(STORAGE_KEY);
        self.form.set(DeliveryForm::default());
        self.filled.update(|filled| *filled += 1);
        self.settle();
    }
}
