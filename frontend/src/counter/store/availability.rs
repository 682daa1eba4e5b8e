//! What the restaurant cannot do, and changes of it.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::Membership,
    availability::{Availability, AvailabilityChange},
};

use super::{
    super::{api, text},
    Store,
};
use crate::browser;

impl Store {
    /// What the restaurant cannot do now. Reactive.
    pub(in crate::counter) fn availability(self) -> Availability {
        self.availability.get().at(self.now())
    }

    /// Whether a change of what the restaurant cannot do is being sent. Reactive.
    pub(in crate::counter) fn is_changing(self) -> bool {
        self.changing.get()
    }

    /// Why the last change was not made. A dialog that is opened begins without. Reactive.
    pub(in crate::counter) fn refusal(self) -> RwSignal<Option<String>> {
        self.refusal
    }

    /// Sends a change of what the restaurant cannot do.
    pub(in crate::counter) fn change(self, change: AvailabilityChange) {
        if let Some(member) = self.member.get_untracked() {
            self.change_of(member, change);
        }
    }

    pub(super) fn change_of(self, member: Membership, change: AvailabilityChange) {
        self.refusal.set(None);
        self.changing.set(true);
        spawn_local(async move {
            let session = self.session;
            let answer = api::change_availability(session, &member.restaurant_id, &change).await;
            self.changing.set(false);
            match answer {
                Ok(availability) => {
                    self.take_availability(&member, availability, browser::monotonic());
                    self.menu_at.set(None);
                }
                Err(error) => {
                    let refusal = text::not_changed(&error);
                    self.notices.notify(refusal.clone());
                    self.refusal.set(Some(refusal));
                }
            }
        });
    }

    pub(super) fn take_availability(
        self,
        member: &Membership,
        availability: Availability,
        at: i64,
    ) {
        if !self.is_open(member) || at < self.availability_at.get_untracked() {
            return;
        }
        self.availability_at.set(at);
        if self.availability.with_untracked(|known| *known != availability) {
            self.availability.set(availability);
        }
    }
}
