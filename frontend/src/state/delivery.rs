//! Where the order goes, as typed so far.

use leptos::prelude::*;
use shared::menu::Card;

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

    /// The postcode counts as it is typed now: its field was left, or filled.
    pub fn settle(self) {
        let now = self.form.with_untracked(|form| form.get(Field::Postcode).trim().to_owned());
        if self.postcode.with_untracked(|postcode| *postcode != now) {
            self.postcode.set(now);
        }
    }

    /// The postcode that orders go to; empty as long as it is not known. Reactive.
    #[must_use]
    pub fn postcode(self) -> String {
        self.postcode.get()
    }

    /// Puts the fee and the minimum for the customer's postcode into a card, in place of its areas; whether the
    /// restaurant delivers there, as far as is known. Reactive.
    pub fn apply(self, card: &mut Card) -> bool {
        if card.areas.is_empty() {
            return true;
        }
        let postcode = self.postcode.get();
        if postcode.is_empty() {
            return true;
        }
        let delivers = card.deliver_to(&postcode);
        if delivers {
            card.areas.clear();
        }
        delivers
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
