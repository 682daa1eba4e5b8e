//! `/api/staff/{restaurant_id}/days`, `…/reports`, `…/history` and `…/orders/{order_id}/history`: what a
//! restaurant took and what happened to its orders, for who leads it.
//!
//! An order belongs to the local day on which it was placed. What is read here has a customer's name and
//! address in it; [`facts`] leaves them out before anything else is done.

mod csv;
mod facts;
mod history;
mod period;
mod sums;
#[cfg(test)]
mod tests;

use futures_util::{StreamExt, TryStreamExt, stream};
use shared::{
    RestaurantId, Timestamp, UserId,
    api::{CsvFile, Day, FoundOrders, Membership, OrderRow},
    hours::Date,
    staff::Action,
};

use self::{
    facts::OrderFacts,
    history::history,
    period::{Code, Period},
};
use super::{
    local_time::day,
    request::{Request, invalid},
    response::Response,
    staff::no_such_order,
    state::Api,
};
use crate::{metrics, runtime::error::Error, store::orders::Item};

/// How many days are read at once.
const CONCURRENCY: usize = 4;
/// The most orders that a search shows.
const MOST_FOUND: usize = 50;
/// The most bytes of a file: a function answers with 6 MB at most (Lambda Developer Guide, "Lambda quotas"), in
/// which a quotation mark takes two.
const MOST_BYTES: usize = 4_000_000;

/// A restaurant whose figures somebody may see.
struct Office {
    restaurant: RestaurantId,
    /// The IANA name of its time zone.
    zone: String,
    /// The day that it is there.
    today: Date,
    now: Timestamp,
}

/// A day with its orders, as they were placed.
type DayOrders = (Date, Vec<OrderFacts>);

impl Api {
    /// What a day brought in.
    pub(super) async fn day(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let office = self.office(request, user, now).await?;
        let date = period::date(request, office.today)?;
        let (_, orders) = self.orders_on(&office, date).await?;
        let figures = sums::figures(&orders);
        let orders = newest_first(orders);
        Response::private(200, &Day { date, today: office.today, figures, orders })
    }

    /// The orders of the last days that have a code.
    pub(super) async fn found_orders(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let office = self.office(request, user, now).await?;
        let code = request.query("code").unwrap_or_default().parse::<Code>();
        let code = code.map_err(|error| invalid("code", &error))?;
        let first = office.today.days_after_1970().saturating_sub(FoundOrders::DAYS - 1);
        let first = Date::after_1970(first);
        let since = day::day(first, &office.zone)?.start;
        let is_of = |order_id| code.is_of(order_id);
        let orders = &self.steps.orders;
        let found = orders.placed_where(&office.restaurant, since, now, is_of).await?;
        metrics::left_out(&found.unreadable);
        let mut orders = newest_first(office.facts(found.items));
        orders.truncate(MOST_FOUND);
        Response::private(200, &FoundOrders { orders })
    }

    /// All that happened to an order.
    pub(super) async fn order_history(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let Membership { restaurant_id, .. } =
            self.member(request, user, Action::ReadFigures).await?;
        let item = self.order_of(&restaurant_id, request).await?;
        Response::private(200, &history(item, now).ok_or_else(no_such_order)?)
    }

    /// What several days brought in.
    pub(super) async fn report(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let (office, period) = self.period(request, user, now).await?;
        let days = self.days(&office, period).await?;
        Response::private(200, &sums::report(period.from, period.to, &days))
    }

    /// Their orders, or the dishes of them, for a spreadsheet.
    pub(super) async fn csv(
        &self,
        of: CsvFile,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let (office, period) = self.period(request, user, now).await?;
        let days = self.days(&office, period).await?;
        let csv = match of {
            CsvFile::Orders => csv::orders(days.iter().flat_map(|(_, day)| day), &office.zone)?,
            CsvFile::Dishes => csv::dishes(&days)?,
        };
        if csv.len() > MOST_BYTES {
            return Err(
                invalid("from", &"has more orders than one file; ask for fewer days").into()
            );
        }
        let Period { from, to } = period;
        let name = of.file_name(&office.restaurant, from, to);
        Ok(Response::csv(&name, csv))
    }

    /// The restaurant of the path, if whoever asks may see its figures.
    async fn office(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Office, Error> {
        let Membership { restaurant_id: restaurant, .. } =
            self.member(request, user, Action::ReadFigures).await?;
        let zone = self.restaurant_of(&restaurant).await?.restaurant.card.hours.time_zone;
        let today = day::date(now, &zone)?;
        Ok(Office { restaurant, zone, today, now })
    }

    async fn period(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<(Office, Period), Error> {
        let office = self.office(request, user, now).await?;
        let period = Period::of(request, office.today)?;
        Ok((office, period))
    }

    async fn days(&self, office: &Office, period: Period) -> Result<Vec<DayOrders>, Error> {
        let days = stream::iter(period.dates()).map(|date| self.orders_on(office, date));
        days.buffered(CONCURRENCY).try_collect().await
    }

    async fn orders_on(&self, office: &Office, date: Date) -> Result<DayOrders, Error> {
        let lasts = day::day(date, &office.zone)?;
        // A day that the zone has left out; an index takes no such range.
        if lasts.is_empty() {
            return Ok((date, Vec::new()));
        }
        let (since, until) = (lasts.start, lasts.end.plus_millis(-1));
        let found = self.steps.orders.placed_at(&office.restaurant, since, until).await?;
        metrics::left_out(&found.unreadable);
        Ok((date, office.facts(found.items)))
    }
}

impl Office {
    /// What figures need of these orders, as they were placed.
    fn facts(&self, items: Vec<Item>) -> Vec<OrderFacts> {
        let facts = items.into_iter().filter_map(|item| OrderFacts::of(item, self.now));
        let mut orders: Vec<OrderFacts> = facts.collect();
        orders.sort_by_key(|order| (order.row.placed_at, order.row.order_id));
        orders
    }
}

fn newest_first(orders: Vec<OrderFacts>) -> Vec<OrderRow> {
    orders.into_iter().rev().map(|order| order.row).collect()
}
