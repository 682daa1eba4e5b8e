//! `PUT /api/orders/{order_id}`: placing an order.

use futures_util::future;
use shared::{
    OrderId, OrderRequest, Timestamp, UserId,
    api::{Problem, ProblemType},
    area::is_whole_postcode,
    country::uses_postcodes,
    hours::OpeningTime,
    menu::{Card, Restaurant},
    order::{Basket, DeliveryAddress},
    price::Bill,
};

use super::{
    cart::{Opening, bill, check_lines, deliver_to, missing},
    orders::with_order,
    request::{Request, invalid},
    response::{Response, digest},
    state::Api,
};
use crate::{
    choreography::plan::{Minutes, schedule},
    runtime::error::Error,
    store::{
        catalog::CatalogEntry,
        live::Action,
        orders::{Item, Placement, Schedule, Written},
    },
};

/// A request to place an order, with whose it is and under which id.
struct PlaceOrder {
    order_id: OrderId,
    user_id: UserId,
    request: OrderRequest,
    digest: String,
}

impl Api {
    /// Places an order, or finds that it is placed: however often it is requested, there is one.
    pub(super) async fn place(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let wanted = PlaceOrder::read(request, user)?;
        // At the same time, for the customer waits for both.
        let (item, entry) = future::join(
            self.steps.orders.get(wanted.order_id),
            self.restaurant_of(&wanted.request.restaurant_id),
        )
        .await;
        match item? {
            Some(item) => self.existing(&wanted, item).await,
            None => {
                let entry = self.restaurant_at(entry?, now).await?;
                self.place_new(&wanted, entry, now).await
            }
        }
    }

    /// Places an order that does not exist yet. Only one that can be placed is counted: whoever
    /// corrects a mistake is not at their limit, and a refusal costs no more than a read.
    async fn place_new(
        &self,
        wanted: &PlaceOrder,
        mut entry: CatalogEntry,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let address = &wanted.request.address;
        deliver_to(&mut entry.restaurant, address.postcode.as_ref(), "address.postcode")?;
        check_postcode(address, &entry.restaurant)?;
        if let Opening::Closed { opens } = Opening::of(&entry.restaurant, now)? {
            return Err(closed(&entry.restaurant, opens));
        }
        let basket = basket(&wanted.request, &entry.restaurant)?;
        self.check_max_total(&basket.bill)?;
        let counted = self.limits.count(Action::Order, wanted.user_id, now).await;
        counted.map_err(Problem::from)?;
        let item = wanted.placement(self.schedule(&entry, now), basket, now).into_item(now);
        match self.steps.place(&self.people, wanted.user_id, &item).await? {
            Written::Done(()) => {
                self.steps.publish_now_or_later(&item, 1).await;
                Response::private(201, &item.order)
            }
            Written::Conflict(Some(item)) => self.existing(wanted, *item).await,
            Written::Conflict(None) => Err(Error::Dependency {
                operation: "writing an order",
                cause: "refused, and nothing is there".to_owned(),
            }),
        }
    }

    /// The reply to an order whose id exists.
    async fn existing(&self, wanted: &PlaceOrder, item: Item) -> Result<Response, Error> {
        if item.user_id != Some(wanted.user_id) {
            let title = "This id is in use; make another one.";
            return Err(Problem::new(ProblemType::OrderIdTaken, title).at("order_id").into());
        }
        if item.digest.as_ref() != Some(&wanted.digest) {
            let title = "This id is another order of yours; make another one to order this too.";
            let problem = Problem::new(ProblemType::OrderAlreadyPlaced, title);
            return Err(with_order(problem, item).into());
        }
        self.steps.publish_now_or_later(&item, 1).await;
        Response::private(200, &item.order)
    }

    fn check_max_total(&self, bill: &Bill) -> Result<(), Problem> {
        match self.max_totals.of(bill.currency) {
            Some(max) if bill.total > max => {
                let title = format!(
                    "lines: an order must not cost more than {} {} in minor units; order less, or \
                     call the restaurant.",
                    max.minor(),
                    bill.currency
                );
                Err(Problem::new(ProblemType::AboveMaximum, title).at("lines"))
            }
            _ => Ok(()),
        }
    }

    fn schedule(&self, entry: &CatalogEntry, now: Timestamp) -> Schedule {
        let card = &entry.restaurant.card;
        let minutes =
            Minutes { preparation: card.preparation_minutes, travel: card.travel_minutes };
        schedule(&self.timing, &entry.kitchen, minutes, now)
    }
}

impl PlaceOrder {
    fn read(request: &Request, user_id: UserId) -> Result<Self, Problem> {
        let order_id = request.chosen("order_id")?;
        let wanted: OrderRequest = request.json()?;
        check_lines(&wanted.lines)?;
        let canonical = serde_json::to_vec(&wanted).map_err(|error| invalid("body", &error))?;
        Ok(Self { order_id, user_id, digest: digest(&canonical), request: wanted })
    }

    fn placement(&self, schedule: Schedule, basket: Basket, now: Timestamp) -> Placement {
        Placement {
            order_id: self.order_id,
            user_id: self.user_id,
            placed_at: now,
            schedule,
            order: Some((basket, self.digest.clone())),
        }
    }
}

fn basket(wanted: &OrderRequest, restaurant: &Restaurant) -> Result<Basket, Problem> {
    let bill = bill(restaurant, &wanted.lines, wanted.tip)?;
    check_amounts(wanted, restaurant, &bill)?;
    Ok(Basket {
        restaurant_id: wanted.restaurant_id.clone(),
        restaurant_name: restaurant.card.name.clone(),
        restaurant_phone: restaurant.phone.clone(),
        bill,
        address: Some(wanted.address.clone()),
        note: wanted.note.clone(),
        payment: wanted.payment,
    })
}

/// An address has no country of its own: it is where the restaurant delivers. Where the price depends on the postcode,
/// it must be a whole one: how it begins may be in a cheaper area than where the order goes.
fn check_postcode(address: &DeliveryAddress, restaurant: &Restaurant) -> Result<(), Problem> {
    let Card { country, areas, .. } = &restaurant.card;
    let wrong = match &address.postcode {
        None if uses_postcodes(*country) => {
            "is missing; where this restaurant delivers, addresses have one"
        }
        Some(postcode) if !areas.is_empty() && !is_whole_postcode(postcode.as_ref(), *country) => {
            "must be a whole postcode, in the letters and digits of ASCII"
        }
        _ => return Ok(()),
    };
    Err(invalid("address.postcode", &wrong))
}

fn check_amounts(
    wanted: &OrderRequest,
    restaurant: &Restaurant,
    bill: &Bill,
) -> Result<(), Problem> {
    if bill.total != wanted.expected_total {
        let mut problem = Problem::new(
            ProblemType::PriceChanged,
            "The order costs something else now; nothing was placed.",
        );
        problem.bill = Some(Box::new(bill.clone()));
        return Err(problem.at("expected_total"));
    }
    if !missing(restaurant, bill).is_zero() {
        let title = format!(
            "lines: the dishes must cost at least {} {} in minor units.",
            restaurant.card.minimum_order.minor(),
            bill.currency
        );
        return Err(Problem::new(ProblemType::BelowMinimum, title).at("lines"));
    }
    Ok(())
}

fn closed(restaurant: &Restaurant, opens: Option<OpeningTime>) -> Error {
    let title = format!("{} takes no orders now; nothing was placed.", restaurant.card.name);
    let mut problem = Problem::new(ProblemType::RestaurantClosed, title);
    problem.opens = opens.map(Box::new);
    problem.into()
}
