//! `/api/staff`: a restaurant's orders, and what its staff do to them.
//!
//! Cognito proves who somebody is; a membership says what they are in a restaurant, and is read with every
//! request. A restaurant where one is nothing answers like one that does not exist.

use shared::{
    OrderId, RestaurantId, Timestamp, UserId,
    api::{
        Board, CustomerPhone, Happened, Membership, Memberships, OrderChanged, Problem,
        ProblemType, Ticket,
    },
    staff::{Action, Actor, CommandError, CommandRequest, may},
};

use super::{
    concurrently::concurrently,
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::{
    choreography::{changes::preparation_minutes, commands::CommandOutcome},
    metrics,
    runtime::error::Error,
    store::orders::{Item, Reveal},
};

/// How long an order that was cancelled stays on the board if nobody looks at it, in milliseconds.
const NEWS: i64 = 12 * 3_600_000;
/// How long after an order's end a manager may be shown the customer's phone number, in milliseconds.
const PHONE_AFTERWARDS: i64 = 2 * 3_600_000;

impl Api {
    /// Where somebody is staff.
    pub(super) async fn memberships(&self, user: UserId) -> Result<Response, Error> {
        let found = self.people.memberships(user).await?;
        metrics::left_out(&found.unreadable);
        Response::private(200, &Memberships { memberships: found.items })
    }

    /// The orders that somebody in the restaurant has to look after.
    pub(super) async fn board(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadOrders).await?;
        let found = self.steps.orders.board(&member.restaurant_id).await?;
        metrics::left_out(&found.unreadable);
        let (old, current): (Vec<Item>, Vec<Item>) =
            found.items.into_iter().partition(|item| has_ended_long_ago(item, now));
        let remove = |item: Item| self.steps.orders.take_off_board(item.order.order_id);
        concurrently(old.into_iter().map(remove)).await?;
        let orders = current.into_iter().filter_map(ticket_of).collect();
        Response::private(200, &Board { orders })
    }

    /// One order of the restaurant.
    pub(super) async fn read_ticket(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadOrders).await?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        Response::private(200, &ticket(item)?)
    }

    /// The customer's phone number, shown once who sees it is recorded.
    pub(super) async fn reveal_phone(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::RevealPhone).await?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        let actor = Actor { role: member.role.into(), name: Some(member.name) };
        let reveal = Reveal { at: now, actor };
        let ended = ended_at(&item);
        let is_over = ended.is_some_and(|ended| now.millis_since(ended) >= PHONE_AFTERWARDS);
        if is_over || !self.steps.orders.record_reveal(item.order.order_id, &reveal).await? {
            let title = "The customer's phone number is not shown any more for this order.";
            return Err(Problem::new(ProblemType::Forbidden, title).into());
        }
        let address = item.order.basket.and_then(|basket| basket.address);
        let phone = address.and_then(|address| address.phone);
        Response::private(200, &CustomerPhone { phone })
    }

    /// Carries out what a member of staff does to an order, once however often it is requested.
    pub(super) async fn command(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        // Who is nothing there learns nothing of how a command is written.
        let member = self.member_of(request, user).await?;
        let wanted: CommandRequest = request.json()?;
        wanted.command.check().map_err(invalid_command)?;
        allow(&member, Action::Make(wanted.command.event()))?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        let name = wanted.name.clone().unwrap_or(member.name);
        let actor = Actor { role: member.role.into(), name: Some(name) };
        match self.steps.command(item, &wanted, &actor, now).await? {
            CommandOutcome::Done(item) => {
                // What has ended by itself is on the board until somebody has seen that.
                if item.board.is_some() && item.order.status.is_terminal() {
                    self.steps.orders.take_off_board(item.order.order_id).await?;
                }
                Response::private(200, &ticket(*item)?)
            }
            CommandOutcome::Refused(item) if may(member.role, Action::ReadOrders) => {
                order_changed(*item)
            }
            // The order itself is not for them to see.
            CommandOutcome::Refused(_) => {
                let title = "The order is no longer what this is for.";
                Err(Problem::new(ProblemType::OrderChanged, title).into())
            }
        }
    }

    /// The membership of whoever asks, who may do that in the restaurant of the path.
    pub(super) async fn member(
        &self,
        request: &Request,
        user: UserId,
        action: Action,
    ) -> Result<Membership, Error> {
        let member = self.member_of(request, user).await?;
        allow(&member, action)?;
        Ok(member)
    }

    /// The same, whatever they may do.
    pub(super) async fn member_of(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Membership, Error> {
        self.member_in(request.path("restaurant_id"), user).await
    }

    /// The membership of whoever asks in a restaurant; without an id, what was sent is the id of none.
    pub(super) async fn member_in(
        &self,
        restaurant: Option<RestaurantId>,
        user: UserId,
    ) -> Result<Membership, Error> {
        let member = match restaurant {
            Some(restaurant) => self.people.membership(user, &restaurant).await?,
            None => None,
        };
        member.ok_or_else(|| {
            let title =
                "You are not staff of a restaurant with this id; ask its owner to invite you.";
            Problem::new(ProblemType::NotFound, title).into()
        })
    }

    /// The order of the path, if it is the restaurant's.
    async fn order_of(&self, restaurant: &RestaurantId, request: &Request) -> Result<Item, Error> {
        let item = match request.path::<OrderId>("order_id") {
            Some(order_id) => self.steps.orders.get(order_id).await?,
            None => None,
        };
        let is_theirs = |item: &Item| {
            item.order.basket.as_ref().is_some_and(|basket| basket.restaurant_id == *restaurant)
        };
        item.filter(is_theirs).ok_or_else(no_such_order)
    }
}

/// When an order ended, if it has.
fn ended_at(item: &Item) -> Option<Timestamp> {
    let last = item.order.timeline.last();
    last.filter(|step| step.status.is_terminal()).map(|step| step.at)
}

/// Whether an order that nobody has looked at ended so long ago that it is no news any more.
fn has_ended_long_ago(item: &Item, now: Timestamp) -> bool {
    ended_at(item).is_some_and(|ended| now.millis_since(ended) >= NEWS)
}

/// Checks that somebody may do that.
///
/// # Errors
/// `forbidden`.
pub(super) fn allow(member: &Membership, action: Action) -> Result<(), Problem> {
    match may(member.role, action) {
        true => Ok(()),
        false => {
            let title = "Your role in this restaurant does not include this; ask its owner.";
            Err(Problem::new(ProblemType::Forbidden, title))
        }
    }
}

fn ticket(item: Item) -> Result<Ticket, Error> {
    ticket_of(item).ok_or_else(no_such_order)
}

fn ticket_of(item: Item) -> Option<Ticket> {
    let minutes = preparation_minutes(&item);
    Ticket::of(item.order, minutes)
}

fn order_changed(item: Item) -> Result<Response, Error> {
    let last = item.last_entry().ok_or_else(no_such_order)?;
    let title = "The order is no longer what this is for; look at it as it is now.";
    let problem = Problem::new(ProblemType::OrderChanged, title);
    let status = problem.status;
    let happened = Happened { event: last.event, at: last.at, actor: last.actor };
    let changed = OrderChanged { problem, ticket: ticket(item)?, happened };
    Response::extended_problem(status, &changed)
}

fn invalid_command(error: CommandError) -> Problem {
    let field = match error {
        CommandError::Minutes { .. } => "minutes",
        CommandError::Reason { .. } => "reason",
    };
    invalid(field, &error)
}

fn no_such_order() -> Error {
    let title = "No order of this restaurant has this id.";
    Problem::new(ProblemType::OrderNotFound, title).into()
}
