//! The shift of a courier at the restaurants of the page that is open: one for all of them.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    RestaurantId, Timestamp,
    api::{Membership, ShiftRequest},
};

use super::{
    super::{
        api, text,
        workplaces::{Workplace, Workplaces, names},
    },
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

    /// Begins or ends the shift wherever it is not known to be so.
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
            places.to_change(request.on, now).map(|it| it.member.clone()).collect()
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
            it.set_shift(shift.ends_at.filter(|_| request.on));
            it.report.take(Ok(shift), browser::monotonic());
        });
        Ok(())
    }

    /// Says that the shift is not as requested, and where, if there are several restaurants.
    fn say_shift_not_changed(self, request: ShiftRequest, error: &ApiError) {
        let why = text::shift_not_changed(error);
        let now = self.now.get_untracked();
        let names = self.deliveries.places.with_untracked(|places| {
            places.is_several().then(|| names(places.to_change(request.on, now)))
        });
        self.notices.add(&names.map_or_else(|| why.to_owned(), |it| text::named(&it, why)));
    }

    /// Whether what was collected and delivered in the shift is shown. Reactive.
    pub(in crate::counter) fn shows_report(self) -> bool {
        self.deliveries.shows_report.get()
    }

    /// Shows what was collected and delivered in the shift, as it is now, or shows it no more.
    pub(in crate::counter) fn show_report(self, is_shown: bool) {
        self.deliveries.shows_report.set(is_shown);
        if is_shown {
            self.fetch_report();
        }
    }

    /// Fetches what was collected and delivered in the shift at each restaurant.
    pub(in crate::counter) fn fetch_report(self) {
        for member in self.deliveries.places.with_untracked(Workplaces::members) {
            self.fetch_report_of(member);
        }
    }

    fn fetch_report_of(self, member: Membership) {
        spawn_local(async move {
            self.deliveries.change(&member, |it| it.report.failure = None);
            let asked_at = browser::monotonic();
            let answer = api::shift(self.session, &member.restaurant_id).await;
            self.deliveries.change(&member, |it| it.report.take(answer, asked_at));
        });
    }

    /// Something was delivered for a restaurant: what is shown of its shift is to follow.
    pub(super) fn refetch_report(self, restaurant: &RestaurantId) {
        self.fetch_report_where(|it| it.member.restaurant_id == *restaurant);
    }

    /// The restaurant can be reached: what is shown of its shift is fetched if that failed before.
    pub(super) fn retry_report(self, member: &Membership) {
        self.fetch_report_where(|it| it.member == *member && it.report.failure.is_some());
    }

    fn fetch_report_where(self, is_due: impl Fn(&Workplace) -> bool) {
        let Deliveries { places, shows_report, .. } = self.deliveries;
        if shows_report.get_untracked() {
            let member = |places: &Workplaces| {
                places.iter().find(|it| is_due(it)).map(|it| it.member.clone())
            };
            places.with_untracked(member).into_iter().for_each(|it| self.fetch_report_of(it));
        }
    }
}
