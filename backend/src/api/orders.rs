//! `/api/orders`: placing, listing, reading and cancelling.

use serde_json::json;
use shared::{
    OrderId, OrderRequest, Reason, Status, Timestamp, UserId,
    api::{Problem, ProblemType},
    country::uses_postcodes,
    hours::LocalTime,
    menu::Restaurant,
    order::{Basket, DeliveryAddress},
    price::Bill,
};

use crate::{
    Error,
    api::{
        Api, Request, Response,
        cart::{Door, bill, check_lines, missing},
        request::invalid,
        response::digest,
    },
    catalog::Listed,
    limits::Action,
    log::{self, Level},
    orders::{Cause, Cursor, Item, Move, Placement, Transition, Written},
    plan::{Minutes, Outlook},
};

/// An order to be placed, read and addressed.
struct Wish {
    order_id: OrderId,
    user_id: UserId,
    request: OrderRequest,
    digest: String,
}

impl Api {
    /// Places an order, or finds that it is placed: however often it is asked for, there is one.
    pub(super) async fn place(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        let wish = Wish::read(request)?;
        if let Some(item) = self.steps.orders.get(wish.order_id).await? {
            return self.already(&wish, item, now).await;
        }
        self.limits.count(Action::Order, wish.user_id, now).await?;
        let listed = self.restaurant_of(&wish.request.restaurant_id).await?;
        check_postcode(&wish.request.address, &listed.restaurant)?;
        if let Door::Closed { opens } = Door::of(&listed.restaurant, now)? {
            return Err(closed(&listed.restaurant, opens));
        }
        let basket = basket(&wish.request, &listed.restaurant)?;
        self.check_maximum(&basket.bill)?;
        let item = Item::new(wish.placement(&self.outlook(&listed, now), basket, now), now);
        match self.steps.orders.place(&self.people, wish.user_id, &item).await? {
            Written::Done(()) => {
                self.publish(&item, 1).await;
                Response::private(201, &item.into_order())
            }
            Written::Refused(Some(item)) => self.already(&wish, *item, now).await,
            Written::Refused(None) => Err(Error::Outside {
                what: "writing an order",
                why: "refused, and nothing is there".to_owned(),
            }),
        }
    }

    /// A page of the customer's orders, newest first.
    pub(super) async fn list(&self, request: &Request) -> Result<Response, Error> {
        let (orders, next) = self.steps.orders.of_user(request.user()?, cursor(request)?).await?;
        let orders = self.steps.orders.with_dishes(orders).await?;
        Response::private(200, &Cursor::page(orders, next))
    }

    /// One order of the customer's; another's is not there.
    pub(super) async fn read(&self, request: &Request) -> Result<Response, Error> {
        let item = self.own(request).await?;
        Response::private(200, &item.into_order())
    }

    /// Cancels an order while the restaurant has not answered.
    pub(super) async fn cancel(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let mut item = self.own(request).await?;
        if item.status == Status::Placed {
            let step = Move { to: Status::Cancelled, reason: Some(Reason::ByCustomer) };
            let (order_id, from, sequence) = (item.order_id, item.status, item.sequence + 1);
            let transition =
                Transition { order_id, from, step, sequence, cause: Cause::Other, now };
            item = match self.steps.orders.advance(&transition).await? {
                Written::Done(item) => *item,
                Written::Refused(Some(item)) => *item,
                Written::Refused(None) => return Err(no_such_order()),
            };
        }
        if item.status != Status::Cancelled || item.reason != Some(Reason::ByCustomer) {
            let problem = Problem::new(
                ProblemType::TooLateToCancel,
                "The restaurant has answered, or the order has ended.",
            );
            return Err(with_order(problem, item).into());
        }
        if item.unpublished.contains_key(&item.sequence.to_string()) {
            self.publish(&item, item.sequence).await;
        }
        Response::private(200, &item.into_order())
    }

    async fn own(&self, request: &Request) -> Result<Item, Error> {
        let user = request.user()?;
        let Some(order_id) = request.path("order_id") else {
            return Err(no_such_order());
        };
        let item = self.steps.orders.get(order_id).await?;
        item.filter(|item| item.user_id == Some(user)).ok_or_else(no_such_order)
    }

    /// The reply to an order whose id is there.
    async fn already(&self, wish: &Wish, item: Item, now: Timestamp) -> Result<Response, Error> {
        if item.user_id != Some(wish.user_id) {
            let title = "This id is in use; make another one.";
            return Err(Problem::new(ProblemType::OrderIdTaken, title).at("order_id").into());
        }
        if item.digest.as_ref() != Some(&wish.digest) {
            let title = "This id is another order of yours; make another one to order this too.";
            return Err(
                with_order(Problem::new(ProblemType::OrderAlreadyPlaced, title), item).into()
            );
        }
        if item.unpublished.contains_key("1")
            || item.is_stale(1, now) && !item.unpublished.is_empty()
        {
            self.publish(&item, 1).await;
        }
        Response::private(200, &item.into_order())
    }

    fn check_maximum(&self, bill: &Bill) -> Result<(), Problem> {
        match self.max_totals.of(bill.currency) {
            Some(most) if bill.total > most => {
                let title = format!(
                    "lines: an order must not cost more than {} {} in minor units; order less, or \
                     call the restaurant.",
                    most.minor(),
                    bill.currency
                );
                Err(Problem::new(ProblemType::AboveMaximum, title).at("lines"))
            }
            _ => Ok(()),
        }
    }

    fn outlook(&self, listed: &Listed, now: Timestamp) -> Outlook {
        let card = &listed.restaurant.card;
        let minutes =
            Minutes { preparation: card.preparation_minutes, travel: card.travel_minutes };
        Outlook::new(&self.timing, &listed.kitchen, minutes, now)
    }

    /// The order is written, so the customer's answer does not wait for the bus: what could not be
    /// published now, the watchdog publishes.
    async fn publish(&self, item: &Item, sequence: u32) {
        if let Err(error) = self.steps.publish(item, sequence).await {
            let fields = json!({"sequence": sequence, "error": error.to_string()});
            log::line(Level::Warn, "left to the watchdog", fields);
        }
    }
}

impl Wish {
    fn read(request: &Request) -> Result<Self, Problem> {
        let user_id = request.user()?;
        let order_id = request.chosen("order_id")?;
        let wanted: OrderRequest = request.json()?;
        check_lines(&wanted.lines)?;
        let canonical = serde_json::to_vec(&wanted).map_err(|error| invalid("body", &error))?;
        Ok(Self { order_id, user_id, digest: digest(&canonical), request: wanted })
    }

    fn placement(&self, outlook: &Outlook, basket: Basket, now: Timestamp) -> Placement {
        Placement {
            order_id: self.order_id,
            user_id: self.user_id,
            placed_at: now,
            outlook: outlook.clone(),
            order: Some((basket, self.digest.clone())),
        }
    }
}

/// Where the page that is asked for begins.
pub(super) fn cursor(request: &Request) -> Result<Option<Cursor>, Problem> {
    let text = request.query("cursor");
    text.map(|text| {
        Cursor::parse(text)
            .ok_or_else(|| invalid("cursor", &"must be the cursor of the page before"))
    })
    .transpose()
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

/// An address has no country of its own: it is where the restaurant delivers.
fn check_postcode(address: &DeliveryAddress, restaurant: &Restaurant) -> Result<(), Problem> {
    if address.postcode.is_some() || !uses_postcodes(restaurant.card.country) {
        return Ok(());
    }
    Err(invalid(
        "address.postcode",
        &"is missing; where this restaurant delivers, addresses have one",
    ))
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

fn closed(restaurant: &Restaurant, opens: Option<LocalTime>) -> Error {
    let title = format!("{} is closed now; nothing was placed.", restaurant.card.name);
    let mut problem = Problem::new(ProblemType::RestaurantClosed, title);
    problem.opens = opens;
    problem.into()
}

fn with_order(mut problem: Problem, item: Item) -> Problem {
    problem.order = Some(Box::new(item.into_order()));
    problem
}

fn no_such_order() -> Error {
    Problem::new(ProblemType::OrderNotFound, "No order of yours has this id.").into()
}
