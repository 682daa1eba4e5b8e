//! `/api/staff/{restaurant_id}/availability`: what a restaurant cannot do for a while, and what that makes of
//! its menu, a quote and an order.

use shared::{
    Timestamp, Until, UserId,
    api::{Problem, ProblemType},
    availability::{
        Availability, AvailabilityChange, Busy, MenuItem, PausedFor, SoldOut, SoldOutFor,
    },
    hours::{OpeningHours, OpeningTime},
    menu::{Card, Pause, Restaurant},
    staff::Action,
};

use super::{
    local_time,
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::{runtime::error::Error, store::catalog::CatalogEntry};

/// The minute of the day at which a kitchen's day begins: 5 o'clock, when no service goes on.
const MORNING: u16 = 5 * 60;

impl Api {
    /// What the restaurant cannot do for a while.
    pub(super) async fn availability(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadOrders).await?;
        let availability = self.catalog.availability(&member.restaurant_id).await?;
        Response::private(200, &availability.at(now))
    }

    /// Changes it; what it is then.
    pub(super) async fn change_availability(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::SetAvailability).await?;
        let change: AvailabilityChange = request.json()?;
        let entry = self.restaurant_of(&member.restaurant_id).await?;
        let change = Change::of(&change, &entry.restaurant, now)?;
        let changed = self
            .catalog
            .change_availability(&member.restaurant_id, now, |availability| {
                change.clone().make(availability);
            })
            .await?;
        Response::private(200, &changed)
    }
}

/// A change with the moment at which it ends.
#[derive(Debug, Clone)]
enum Change {
    SellOut(SoldOut),
    SellAgain(MenuItem),
    Busy(Option<Busy>),
    Paused(Option<Until>),
    PausesWhenUnattended(bool),
}

impl Change {
    fn of(
        change: &AvailabilityChange,
        restaurant: &Restaurant,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let hours = &restaurant.card.hours;
        Ok(match change {
            AvailabilityChange::SellOut { item, lasts } => {
                let name = item.name_in(restaurant).ok_or_else(|| not_sold(item))?;
                let until = sold_out_until(*lasts, hours, now)?;
                Self::SellOut(SoldOut { item: item.clone(), name, until })
            }
            // Also what the menu does not have any more.
            AvailabilityChange::SellAgain { item } => Self::SellAgain(item.clone()),
            AvailabilityChange::Busy { minutes, lasts_minutes } => {
                check("minutes", *minutes, Busy::MAX_MINUTES)?;
                check("lasts_minutes", *lasts_minutes, AvailabilityChange::MAX_MINUTES)?;
                let until = Until::at(now.plus_seconds(i64::from(*lasts_minutes) * 60));
                Self::Busy(Some(Busy { minutes: *minutes, until }))
            }
            AvailabilityChange::NotBusy => Self::Busy(None),
            AvailabilityChange::Pause { lasts } => {
                Self::Paused(Some(paused_until(*lasts, hours, now)?))
            }
            AvailabilityChange::Resume => Self::Paused(None),
            AvailabilityChange::PauseWhenUnattended => Self::PausesWhenUnattended(true),
            AvailabilityChange::TakeWhenUnattended => Self::PausesWhenUnattended(false),
        })
    }

    fn make(self, availability: &mut Availability) {
        let sold_out = &mut availability.sold_out;
        match self {
            Self::SellOut(new) => {
                sold_out.retain(|one| one.item != new.item);
                sold_out.push(new);
            }
            Self::SellAgain(item) => sold_out.retain(|one| one.item != item),
            Self::Busy(busy) => availability.busy = busy,
            Self::Paused(paused) => availability.paused = paused,
            Self::PausesWhenUnattended(pauses) => availability.pauses_when_unattended = pauses,
        }
    }
}

fn sold_out_until(lasts: SoldOutFor, hours: &OpeningHours, now: Timestamp) -> Result<Until, Error> {
    match lasts {
        SoldOutFor::Service => end_of_service(hours, now),
        SoldOutFor::Today => tomorrow(hours, now),
        SoldOutFor::FurtherNotice => Ok(Until::FURTHER_NOTICE),
    }
}

fn paused_until(lasts: PausedFor, hours: &OpeningHours, now: Timestamp) -> Result<Until, Error> {
    let minutes = |minutes: i64| Ok(Until::at(now.plus_seconds(minutes * 60)));
    match lasts {
        PausedFor::QuarterHour => minutes(15),
        PausedFor::HalfHour => minutes(30),
        PausedFor::Hour => minutes(60),
        PausedFor::Service => {
            let local = local_time::local(now, &hours.time_zone)?;
            // While it is open, until it opens again after closing.
            let from = hours.closes_after(local).unwrap_or(local);
            match hours.opens_after(from) {
                Some(opens) if !hours.open_at(local) || hours.closes_after(local).is_some() => {
                    local_time::next(now, &hours.time_zone, opens).map(Until::at)
                }
                _ => tomorrow(hours, now),
            }
        }
        PausedFor::Today => tomorrow(hours, now),
    }
}

/// When the restaurant closes; tomorrow, if it is closed or never closes.
fn end_of_service(hours: &OpeningHours, now: Timestamp) -> Result<Until, Error> {
    let local = local_time::local(now, &hours.time_zone)?;
    match hours.closes_after(local) {
        Some(closes) => local_time::next(now, &hours.time_zone, closes).map(Until::at),
        None => tomorrow(hours, now),
    }
}

fn tomorrow(hours: &OpeningHours, now: Timestamp) -> Result<Until, Error> {
    local_time::next_at(now, &hours.time_zone, MORNING).map(Until::at)
}

fn check(field: &str, minutes: u16, most: u16) -> Result<(), Problem> {
    match (1..=most).contains(&minutes) {
        true => Ok(()),
        false => Err(invalid(field, &format!("must be 1 to {most}, and is {minutes}"))),
    }
}

fn not_sold(item: &MenuItem) -> Error {
    let MenuItem { dish_id, choice } = item;
    let what = match choice {
        None => format!("dish_id: the menu has no dish “{dish_id}”"),
        Some(choice) => format!(
            "choice: the dish “{dish_id}” has no choice “{}: {}”",
            choice.group_id, choice.choice_id
        ),
    };
    let field = if choice.is_some() { "choice" } else { "dish_id" };
    let title = format!("{what}; look at the menu as it is now.");
    Problem::new(ProblemType::UnknownDish, title).at(field).into()
}

impl Api {
    /// The restaurant as it is at a moment: what has run out is sold out, and a pause is on its card, also
    /// one because nobody would hear of an order.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or if the catalog names a time zone that is none.
    pub(super) async fn restaurant_at(
        &self,
        entry: CatalogEntry,
        now: Timestamp,
    ) -> Result<CatalogEntry, Error> {
        let CatalogEntry { mut restaurant, kitchen, availability } = entry;
        availability.apply(&mut restaurant, now);
        pause(&mut restaurant.card, &availability, now)?;
        if availability.pauses_when_unattended && restaurant.card.pause.is_none() {
            let id = &restaurant.card.restaurant_id;
            if self.live.is_unattended(id, Availability::UNATTENDED_SECONDS, now).await? {
                restaurant.card.pause = Some(Pause { until: Until::FURTHER_NOTICE, opens: None });
            }
        }
        Ok(CatalogEntry { restaurant, kitchen, availability })
    }
}

/// The card of a restaurant as it is at a moment.
///
/// # Errors
/// [`Error::Dependency`] if the catalog names a time zone that is none.
pub(super) fn card_at(
    (mut card, availability): (Card, Availability),
    now: Timestamp,
) -> Result<Card, Error> {
    availability.apply_to_card(&mut card, now);
    pause(&mut card, &availability, now)?;
    Ok(card)
}

fn pause(card: &mut Card, availability: &Availability, now: Timestamp) -> Result<(), Error> {
    let Some(until) = availability.paused.filter(|paused| paused.holds(now)) else {
        return Ok(());
    };
    let hours = &card.hours;
    let opens = match until.ends_at() {
        None => None,
        Some(end) => {
            let local = local_time::local(end, &hours.time_zone)?;
            let next = if hours.open_at(local) { Some(local) } else { hours.opens_after(local) };
            next.map(OpeningTime::from)
        }
    };
    card.pause = Some(Pause { until, opens });
    Ok(())
}
