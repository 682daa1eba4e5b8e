//! The shift of a courier at the restaurants of the page that is open: one for all of them.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Timestamp,
    api::{Membership, ShiftRequest},
};

use super::{
    super::{api, text, workplaces::Workplaces},
    Store,
    deliveries::{Deliveries, for_each},
    fetching::repeat,
};
use crate::{browser, http::ApiError};

impl Store {
    /// Until when the courier is on shift, if they are. Reactive.
    pub(in crate::counter) fn on_shift_until(self) -> Option<Timestamp> {
        let now = self.now();
        self.with_places(|places| places.on_shift_until(now))
    }

    /// Whether the shift is being begun or ended. Reactive.
    pub(in crate::counter) fn is_changing_shift(self) -> bool {
        self.deliveries.changing_shift.get()
    }

    /// Begins or ends the shift wherever it is not so yet.
    pub(in crate::counter) fn change_shift(self, request: ShiftRequest) {
        let Deliveries { changing_shift, places, .. } = self.deliveries;
        if changing_shift.get_untracked() {
            return;
        }
        changing_shift.set(true);
        // What was delivered a moment ago counts for the shift that ends.
        self.send_all_waiting();
        let now = self.now.get_untracked();
        let members: Vec<_> = places.with_untracked(|places| {
            places.with_shift(!request.on, now).map(|it| it.member.clone()).collect()
        });
        spawn_local(async move {
            let answer = for_each(members, move |it| self.change_shift_of(it, request)).await;
            changing_shift.set(false);
            match answer {
                Ok(()) => {
                    let text = if request.on { text::SHIFT_BEGUN } else { text::SHIFT_ENDED };
                    self.notices.announce(text);
                    browser::focus_if_lost("#courier-shift".to_owned());
                }
                Err(error) => self.say_shift_not_changed(request, &error),
            }
            self.refetch_deliveries();
        });
    }

    async fn change_shift_of(
        self,
        member: Membership,
        request: ShiftRequest,
    ) -> Result<(), ApiError> {
        let send = async || api::change_shift(self.session, &member.restaurant_id, request).await;
        let shift = repeat(send).await?;
        self.deliveries.change(&member, |it| {
            it.round.set_shift(shift.ends_at.filter(|_| request.on));
            it.shift = Some(shift);
        });
        Ok(())
    }

    /// Says that the shift is not as requested, and where, if there are several restaurants.
    fn say_shift_not_changed(self, request: ShiftRequest, error: &ApiError) {
        let why = text::shift_not_changed(error);
        let now = self.now.get_untracked();
        let names = self.deliveries.places.with_untracked(|places| {
            places.is_several().then(|| places.names_with_shift(!request.on, now))
        });
        self.notices.notify(names.map_or_else(|| why.to_owned(), |it| text::named(&it, why)));
    }

    /// Fetches what was collected and delivered in the shift.
    pub(in crate::counter) fn fetch_shift(self) {
        let members = self.deliveries.places.with_untracked(Workplaces::members);
        spawn_local(async move {
            if let Err(error) = for_each(members, move |it| self.fetch_shift_of(it)).await {
                self.notices.notify(text::shift_not_loaded(&error));
            }
        });
    }

    async fn fetch_shift_of(self, member: Membership) -> Result<(), ApiError> {
        let shift = api::shift(self.session, &member.restaurant_id).await?;
        self.deliveries.change(&member, |it| it.shift = Some(shift));
        Ok(())
    }

    /// Whether the shift of a restaurant is shown, so that what is delivered for it changes its sums.
    pub(super) fn has_shift(self) -> bool {
        self.deliveries.places.with_untracked(|places| places.iter().any(|it| it.shift.is_some()))
    }
}
