use leptos::{prelude::*, task::spawn_local};
use shared::{RestaurantId, api::RestaurantDelivery};

use super::{
    super::{
        api::{self, SaveResult},
        text,
    },
    draft::{Draft, Errors},
};
use crate::{browser, components::focus_first_error, session::Session, storage};

/// The areas that are being changed. What is typed is kept on the device until it is saved or discarded.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    session: Session,
    restaurant: StoredValue<RestaurantId>,
    /// The areas as they are.
    pub(super) current: RwSignal<RestaurantDelivery>,
    pub(super) draft: RwSignal<Draft>,
    /// Grows when there are other fields than before.
    pub(super) shape: RwSignal<u32>,
    pub(super) errors: RwSignal<Errors>,
    /// Whether somebody else has changed the areas since.
    pub(super) conflict: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<String>>,
    pub(super) saved: RwSignal<bool>,
    pub(super) sending: RwSignal<bool>,
}

impl Editor {
    pub(super) fn new(restaurant: &RestaurantId, delivery: RestaurantDelivery) -> Self {
        let unchanged = Draft::of(&delivery);
        let kept = storage::get::<Draft>(&key(restaurant));
        let draft = kept.filter(|kept| kept.areas != unchanged.areas).unwrap_or(unchanged);
        Self {
            session: expect_context(),
            restaurant: StoredValue::new(restaurant.clone()),
            conflict: RwSignal::new(draft.version != delivery.version),
            current: RwSignal::new(delivery),
            draft: RwSignal::new(draft),
            shape: RwSignal::new(0),
            errors: RwSignal::default(),
            failure: RwSignal::default(),
            saved: RwSignal::new(false),
            sending: RwSignal::new(false),
        }
    }

    /// Changes the draft, and keeps it.
    pub(super) fn edit<T>(self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let changed = self.draft.try_update(change);
        let restaurant = self.restaurant.try_get_value()?;
        self.draft.with_untracked(|draft| storage::set(&key(&restaurant), draft));
        self.saved.set(false);
        changed
    }

    /// Begins anew with the areas as they are.
    pub(super) fn discard(self) {
        self.restaurant.with_value(|restaurant| storage::remove(&key(restaurant)));
        self.draft.set(self.current.with_untracked(Draft::of));
        self.errors.set(Errors::new());
        self.failure.set(None);
        self.conflict.set(false);
        self.shape.update(|shape| *shape += 1);
        browser::focus_if_lost("#save-areas".to_owned());
    }

    /// Keeps the draft in place of what somebody else has set.
    pub(super) fn keep(self) {
        let version = self.current.with_untracked(|current| current.version);
        self.edit(|draft| draft.version = version);
        self.conflict.set(false);
        browser::focus_if_lost("#save-areas".to_owned());
    }

    pub(super) fn is_changed(self) -> bool {
        self.current.with(|current| self.draft.with(|draft| *draft != Draft::of(current)))
    }

    pub(super) fn press(self, button: &str) {
        let current = self.current.get_untracked();
        let to_focus = self.edit(|draft| draft.press(button, &current));
        if let Some(to_focus) = to_focus.flatten() {
            // They may be of fields that are elsewhere now.
            self.errors.set(Errors::new());
            self.shape.update(|shape| *shape += 1);
            browser::focus_soon(format!("#{to_focus}"));
        }
    }

    pub(super) fn save(self) {
        if self.conflict.get_untracked() {
            return browser::focus("#use-theirs");
        }
        if self.sending.get_untracked() {
            return;
        }
        let currency = self.current.with_untracked(|current| current.currency);
        let read = self.draft.with_untracked(|draft| draft.read(currency));
        let request = match read {
            Ok(request) => request,
            Err(errors) => {
                self.errors.set(errors);
                return focus_first_error();
            }
        };
        self.errors.set(Errors::new());
        self.sending.set(true);
        let (restaurant, sent) = (self.restaurant.get_value(), self.draft.get_untracked());
        spawn_local(async move {
            let answer = api::set_delivery_areas(self.session, &restaurant, &request).await;
            if self.sending.try_set(false).is_some() {
                return; // the page is gone; what was typed is kept
            }
            self.failure.set(None);
            match answer {
                Ok(SaveResult::Saved(delivery)) => {
                    let version = delivery.version;
                    self.current.set(delivery);
                    // Something may have been typed meanwhile.
                    match self.draft.with_untracked(|draft| *draft == sent) {
                        true => self.discard(),
                        false => drop(self.edit(|draft| draft.version = version)),
                    }
                    self.saved.set(true);
                }
                Ok(SaveResult::Changed(current)) => {
                    self.current.set(current);
                    self.conflict.set(true);
                    browser::focus_soon("#use-theirs");
                }
                Err(error) => self.failure.set(Some(text::draft_error(&error))),
            }
        });
    }
}

/// Where a draft is kept.
fn key(restaurant: &RestaurantId) -> String {
    format!("tiffin.delivery.{restaurant}")
}
