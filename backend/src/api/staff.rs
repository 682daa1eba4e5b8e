//! `/api/staff`: a restaurant's orders, and what its staff do to them.
//!
//! Cognito proves who somebody is; a membership says what they are in a restaurant, and is read with every
//! request. A restaurant where one is nothing answers like one that does not exist.

use futures_util::future;
use shared::{
    Command, OrderId, RestaurantId, Timestamp, UserId,
    api::{
        Board, Courier, CustomerPhone, Happened, Membership, Memberships, OrderChanged, Problem,
        ProblemType, Ticket,
    },
    staff::{Action, Role, may},
};

use super::{
    commands::{
        actor, actor_of, check_collected, command_of, happened, off_shift, reused, too_early,
    },
    concurrently::concurrently,
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::{
    choreography::{
        changes::{Side, StaffCommand, preparation_minutes},
        commands::CommandOutcome,
    },
    metrics,
    runtime::error::Error,
    store::{
        orders::{self, Item, Reveal},
        people::{Colleague, Joined, People, Staff},
    },
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
        let memberships = found.items.into_iter().map(|joined| joined.membership).collect();
        Response::private(200, &Memberships { memberships })
    }

    /// The orders that somebody in the restaurant has to look after.
    pub(super) async fn board(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadOrders).await?;
        let restaurant = &member.restaurant_id;
        let (found, staff) =
            future::try_join(self.steps.orders.board(restaurant), self.people.staff(restaurant))
                .await?;
        let Staff { members, unreadable, .. } = staff;
        metrics::left_out(&unreadable);
        metrics::left_out(&found.unreadable);
        let (old, current): (Vec<Item>, Vec<Item>) =
            found.items.into_iter().partition(|item| has_ended_long_ago(item, now));
        let remove = |item: Item| self.steps.orders.take_off_board(item.order.order_id);
        concurrently(old.into_iter().map(remove)).await?;
        let is_courier = |user: UserId| {
            let mut deliver = members.iter().filter(|it| may(it.member.role, Action::Deliver));
            deliver.any(|colleague| colleague.member.user_id == user)
        };
        let shown = |item: Item| match expected_courier(&item) {
            Some(courier) if !is_courier(courier) => without_courier(item),
            _ => item,
        };
        let orders = current.into_iter().map(shown).filter_map(ticket_of).collect();
        Response::private(200, &Board { orders, couriers: couriers(members, now) })
    }

    /// One order of the restaurant.
    pub(super) async fn read_ticket(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadOrders).await?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        Response::private(200, &self.ticket_for(item, &member.restaurant_id).await?)
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
        let reveal = Reveal { at: now, actor: actor(&member) };
        let is_over =
            item.ended_at().is_some_and(|ended| now.millis_since(ended) >= PHONE_AFTERWARDS);
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
        let member = self.member(request, user, Action::ReadOrders).await?;
        let wanted = command_of(request)?;
        allow(&member, wanted.command.action())?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        let restaurant = &member.restaurant_id;
        let mut assigned = None;
        // What was done before is not checked again.
        if item.entry_of(wanted.command_id).is_none() {
            check_collected(&member, &wanted.command, &item)?;
            if let Command::Assign { courier } = wanted.command {
                assigned = Some(self.assigned(courier, restaurant).await?);
            }
        }
        let actor = actor_of(&member, &wanted);
        let side = Side::Restaurant;
        let sent = StaffCommand { request: &wanted, user_id: user, actor: &actor, side, assigned };
        match self.steps.command(item, &sent, now).await? {
            CommandOutcome::Done(item) => {
                // What has ended by itself is on the board until somebody has seen that.
                if item.board.is_some() && item.order.status.is_terminal() {
                    self.steps.orders.take_off_board(item.order.order_id).await?;
                }
                Response::private(200, &self.ticket_for(*item, restaurant).await?)
            }
            CommandOutcome::Refused(item) => {
                let happened = happened(&item, &wanted.command).ok_or_else(no_such_order)?;
                order_changed(self.ticket_for(*item, restaurant).await?, happened)
            }
            CommandOutcome::Reused => Err(reused()),
            CommandOutcome::OffShift => Err(off_shift()),
            CommandOutcome::TooEarly { left } => Err(too_early(left)),
        }
    }

    /// The member of staff to whom an order is assigned.
    ///
    /// # Errors
    /// `invalid-field` if they cannot bring orders, or [`Error::Dependency`] if the table did not answer.
    async fn assigned(
        &self,
        courier: UserId,
        restaurant: &RestaurantId,
    ) -> Result<orders::Courier, Error> {
        let member = self.people.membership(courier, restaurant).await?;
        let member = member.filter(|member| may(member.role, Action::Deliver));
        let Some(Membership { name, .. }) = member else {
            return Err(invalid(
                "courier",
                &"must be one of the restaurant's staff who may deliver",
            )
            .into());
        };
        Ok(orders::Courier { user_id: courier, name })
    }

    /// An order as its restaurant sees it.
    ///
    /// # Errors
    /// `order-not-found` if it has no basket, or [`Error::Dependency`] if the table did not answer.
    async fn ticket_for(&self, item: Item, restaurant: &RestaurantId) -> Result<Ticket, Error> {
        let is_brought = match expected_courier(&item) {
            Some(courier) => {
                let member = self.people.membership(courier, restaurant).await?;
                member.is_some_and(|member| may(member.role, Action::Deliver))
            }
            None => true,
        };
        let shown = if is_brought { item } else { without_courier(item) };
        ticket_of(shown).ok_or_else(no_such_order)
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
        Ok(self.joined_in(restaurant, user).await?.membership)
    }

    /// The same with their last shift.
    pub(super) async fn joined_in(
        &self,
        restaurant: Option<RestaurantId>,
        user: UserId,
    ) -> Result<Joined, Error> {
        joined_in(&self.people, restaurant, user).await
    }

    /// The order of the path, if it is the restaurant's.
    pub(super) async fn order_of(
        &self,
        restaurant: &RestaurantId,
        request: &Request,
    ) -> Result<Item, Error> {
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

/// The membership of whoever asks in a restaurant; without an id, what was sent is the id of none.
///
/// # Errors
/// `not-found` if there is none, or [`Error`] if the table did not answer.
pub(super) async fn joined_in(
    people: &People,
    restaurant: Option<RestaurantId>,
    user: UserId,
) -> Result<Joined, Error> {
    let joined = match restaurant {
        Some(restaurant) => people.joined(user, &restaurant).await?,
        None => None,
    };
    joined.ok_or_else(|| {
        let title = "You are not staff of a restaurant with this id; ask its owner to invite you.";
        Problem::new(ProblemType::NotFound, title).into()
    })
}

/// Whether an order that nobody has looked at ended so long ago that it is no news any more.
fn has_ended_long_ago(item: &Item, now: Timestamp) -> bool {
    item.ended_at().is_some_and(|ended| now.millis_since(ended) >= NEWS)
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

/// Who is to bring an order that has not ended.
fn expected_courier(item: &Item) -> Option<UserId> {
    let courier = item.courier.as_ref().filter(|_| !item.order.status.is_terminal());
    courier.map(|courier| courier.user_id)
}

/// An order whose courier delivers for the restaurant no more, as one that nobody brings: somebody has to see to it.
fn without_courier(mut item: Item) -> Item {
    item.courier = None;
    item.order.claimed_at = None;
    item
}

fn ticket_of(item: Item) -> Option<Ticket> {
    let minutes = preparation_minutes(&item);
    let courier = item.courier.map(|courier| courier.name);
    Ticket::of(item.order, minutes, courier)
}

/// Who can bring orders: whose role that is, and who else is on shift.
fn couriers(members: Vec<Colleague>, now: Timestamp) -> Vec<Courier> {
    let mut couriers: Vec<Courier> = members
        .into_iter()
        .filter_map(|Colleague { member, shift }| {
            let on_shift_until = shift.filter(|shift| shift.is_on(now)).map(|shift| shift.ends_at);
            let is_courier = member.role == Role::Courier
                || (on_shift_until.is_some() && may(member.role, Action::Deliver));
            is_courier.then_some(Courier {
                user_id: member.user_id,
                name: member.name,
                on_shift_until,
            })
        })
        .collect();
    couriers.sort_by_cached_key(|courier| (courier.name.to_string(), courier.user_id));
    couriers
}

fn order_changed(ticket: Ticket, happened: Happened) -> Result<Response, Error> {
    let title = "The order is no longer what this is for; look at it as it is now.";
    let problem = Problem::new(ProblemType::OrderChanged, title);
    let status = problem.status;
    let changed = OrderChanged { problem, ticket, happened };
    Response::extended_problem(status, &changed)
}

pub(super) fn no_such_order() -> Error {
    let title = "No order of this restaurant has this id.";
    Problem::new(ProblemType::OrderNotFound, title).into()
}
