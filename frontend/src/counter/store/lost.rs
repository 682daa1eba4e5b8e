//! What a courier is told of orders that are no longer theirs.

use leptos::prelude::*;
use shared::OrderId;

use super::{
    super::{round::Change, taps::Tap, text},
    Store,
    deliveries::Deliveries,
};
use crate::browser;

/// What gets the focus when an order leaves the page: the heading of those that are left.
pub(super) const MINE: &str = "#deliveries-mine";

impl Store {
    /// Says what a list has lost, unless something else has said so or will.
    pub(super) fn tell_of_lost(self, change: Change) {
        let Deliveries { told, gone, .. } = self.deliveries;
        let (untold, waiting) = untrack(|| {
            self.with_taps(|taps| {
                let untold = told.with(|told| change.untold(taps, told));
                let waits = |id: &OrderId| taps.of(*id).next().is_some();
                (untold, change.lost.into_iter().filter(waits).collect::<Vec<_>>())
            })
        });
        self.say_lost(untold);
        gone.update(|gone| gone.extend(waiting));
    }

    /// Says that orders are gone, in one sentence with those of which the notice that is shown says so already: each
    /// restaurant has a list of its own.
    fn say_lost(self, ids: Vec<OrderId>) {
        if ids.is_empty() {
            return;
        }
        browser::focus_if_lost(MINE.to_owned());
        let mut lost = self.deliveries.lost.get_untracked();
        let before = text::lost(&lost);
        let shown = self.notices.notice.get_untracked().map(|notice| notice.text);
        let shown = shown.filter(|shown| shown.contains(&before));
        if shown.is_none() {
            lost.clear();
        }
        lost.extend(ids);
        lost.sort_unstable();
        lost.dedup();
        let now = text::lost(&lost);
        match shown {
            Some(shown) => self.notices.notify(shown.replace(&before, &now)),
            None => self.notices.add(&now),
        }
        self.deliveries.lost.set(lost);
    }

    /// What was pressed for an order was carried out, and nothing else waits for its answer: says that the order is
    /// gone, unless that is what was pressed.
    pub(super) fn tell_if_gone(self, tap: &Tap) {
        let id = tap.order_id;
        let is_last = untrack(|| self.with_taps(|taps| taps.of(id).next().is_none()));
        if is_last && self.forget_gone(id) && !tap.ends() {
            self.say_lost(vec![id]);
        }
    }

    /// What was pressed for an order was refused, and a notice says why: so does no other.
    pub(super) fn tell_no_more(self, id: OrderId) {
        self.forget_gone(id);
        self.deliveries.told.update(|told| told.extend([id]));
        self.refetch_deliveries_soon();
    }

    /// Another tab has sent what was pressed for these orders, which ended them: that is no news here.
    pub(super) fn are_ended(self, ended: Vec<OrderId>) {
        self.deliveries.told.update(|told| told.extend(ended));
    }

    fn forget_gone(self, id: OrderId) -> bool {
        self.deliveries.gone.try_update(|gone| gone.remove(&id)) == Some(true)
    }
}
