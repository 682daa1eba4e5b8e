//! `/api/staff/{restaurant_id}/deliveries`: what there is to deliver, and what a courier does to it.
//!
//! Who may deliver sees of an order that nobody has claimed only roughly where it goes. The address is its
//! courier's alone, from claiming until some time after its end: whatever else a reply has of an order, it is
//! nothing of who ordered.

use shared::{
    Amount, Command, Status, Timestamp, UserId,
    api::{
        ADDRESS_AFTERWARDS, Deliveries, Delivery, DeliveryChanged, DeliveryReply, Offer, Problem,
        ProblemType,
    },
    order::Basket,
    staff::{Action, CommandRequest},
};

use super::{
    commands::{actor_of, command_of, happened, off_shift, reused, too_early},
    district::district,
    request::{Request, invalid},
    response::Response,
    staff::{allow, no_such_order},
    state::Api,
};
use crate::{
    choreography::{
        changes::{Side, StaffCommand, can_be_claimed},
        commands::CommandOutcome,
    },
    metrics,
    runtime::error::Error,
    store::{orders::Item, people::Joined},
};

impl Api {
    /// The orders that wait for a courier, for who is on shift, and those that whoever asks has claimed.
    pub(super) async fn deliveries(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let Joined { membership, shift, .. } = self.courier(request, user).await?;
        let found = self.steps.orders.board(&membership.restaurant_id).await?;
        metrics::left_out(&found.unreadable);
        let shift = shift.filter(|shift| shift.is_on(now));
        let (theirs, others): (Vec<Item>, Vec<Item>) =
            found.items.into_iter().partition(|item| item.is_brought_by(user));
        let mut offers: Vec<Offer> = match shift {
            Some(_) => others.iter().filter_map(offer).collect(),
            None => Vec::new(),
        };
        offers.sort_by_key(|offer| (offer.ready_at, offer.order_id));
        let under_way = theirs.into_iter().filter(|item| !item.order.status.is_terminal());
        let mut claimed: Vec<Delivery> =
            under_way.filter_map(|item| delivery(item, user, now)).collect();
        claimed.sort_by_key(|delivery| (delivery.claimed_at, delivery.order_id));
        let on_shift_until = shift.map(|shift| shift.ends_at);
        Response::private(200, &Deliveries { on_shift_until, offers, claimed })
    }

    /// Carries out what a courier does to an order, once however often it is requested: claims what nobody
    /// has claimed, or does the rest to what is theirs.
    pub(super) async fn deliver(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let Joined { membership: member, shift, .. } = self.courier(request, user).await?;
        let wanted = command_of(request)?;
        check_couriers(&wanted)?;
        allow(&member, wanted.command.action())?;
        let item = self.order_of(&member.restaurant_id, request).await?;
        let is_on_shift = shift.is_some_and(|shift| shift.is_on(now));
        let (actor, side) = (actor_of(&member, &wanted), Side::Courier { is_on_shift });
        let sent =
            StaffCommand { request: &wanted, user_id: user, actor: &actor, side, assigned: None };
        match self.steps.command(item, &sent, now).await? {
            CommandOutcome::Done(item) => {
                self.count_in_shift(&item, &wanted, user, shift).await?;
                let delivery = delivery(*item, user, now);
                Response::private(200, &DeliveryReply { delivery })
            }
            CommandOutcome::Refused(item) => delivery_changed(&item, &wanted.command),
            CommandOutcome::Reused => Err(reused()),
            CommandOutcome::OffShift => Err(off_shift()),
            CommandOutcome::TooEarly { left } => Err(too_early(left)),
        }
    }

    /// The membership of whoever asks, who may deliver for the restaurant of the path.
    pub(super) async fn courier(&self, request: &Request, user: UserId) -> Result<Joined, Error> {
        let joined = self.joined_in(request.path("restaurant_id"), user).await?;
        allow(&joined.membership, Action::Deliver)?;
        Ok(joined)
    }
}

/// Checks that a command is one that couriers send, with all that they have to say, and in their own name: money
/// is counted under it.
///
/// # Errors
/// `forbidden`, or `invalid-field`.
fn check_couriers(CommandRequest { command, name, .. }: &CommandRequest) -> Result<(), Problem> {
    if name.is_some() {
        return Err(invalid("name", &"must be left out: couriers act in their own name"));
    }
    match command {
        Command::Claim
        | Command::Release { .. }
        | Command::HandOver
        | Command::Nearby
        | Command::Arrive
        | Command::Deliver { collected: Some(_) }
        | Command::Fail { .. } => Ok(()),
        Command::Deliver { collected: None } => {
            Err(invalid("collected", &"must say what the customer paid"))
        }
        Command::See
        | Command::Accept { .. }
        | Command::Decline { .. }
        | Command::Delay { .. }
        | Command::Ready
        | Command::Cancel { .. }
        | Command::Assign { .. } => {
            let title =
                "A courier cannot do this; the restaurant does, by the order's own commands.";
            Err(Problem::new(ProblemType::Forbidden, title))
        }
    }
}

/// What whoever may claim an order sees of it; `None` of one that cannot be claimed.
fn offer(item: &Item) -> Option<Offer> {
    let order = &item.order;
    let waits = matches!(order.status, Status::Accepted | Status::Ready)
        && item.courier.is_none()
        && can_be_claimed(item);
    let basket = order.basket.as_ref().filter(|_| waits)?;
    let (dishes, to_collect) = load(basket);
    Some(Offer {
        order_id: order.order_id,
        status: order.status,
        sequence: order.sequence,
        ready_at: order.ready_at,
        expected_at: order.expected_at,
        district: basket.address.as_ref().map(district).unwrap_or_default(),
        dishes,
        to_collect,
        currency: basket.bill.currency,
    })
}

/// What the courier of an order sees of it; `None` of one that is not theirs.
pub(super) fn delivery(item: Item, user: UserId, now: Timestamp) -> Option<Delivery> {
    if !item.is_brought_by(user) {
        return None;
    }
    let ended_at = item.ended_at();
    let order = item.order;
    let basket = order.basket?;
    let (dishes, to_collect) = load(&basket);
    let (currency, tip) = (basket.bill.currency, basket.bill.tip);
    let is_private = ended_at.is_some_and(|ended| now.millis_since(ended) >= ADDRESS_AFTERWARDS);
    let Basket { address, note, .. } = basket;
    Some(Delivery {
        order_id: order.order_id,
        status: order.status,
        sequence: order.sequence,
        ready_at: order.ready_at,
        expected_at: order.expected_at,
        dishes,
        to_collect,
        currency,
        tip,
        address: address.filter(|_| !is_private),
        note: note.filter(|_| !is_private),
        claimed_at: order.claimed_at?,
        nearby_at: order.nearby_at,
        at_door_at: order.at_door_at,
        ended_at,
        reason: order.reason,
        collected: item.collected,
    })
}

/// How many dishes it is, and what is to be collected for them.
fn load(basket: &Basket) -> (u32, Amount) {
    let dishes = basket.bill.lines.iter().map(|line| u32::from(line.quantity.get())).sum();
    (dishes, basket.bill.total)
}

fn delivery_changed(item: &Item, command: &Command) -> Result<Response, Error> {
    let happened = happened(item, command).ok_or_else(no_such_order)?;
    let title = "The order is no longer what this is for, or is another courier's.";
    let problem = Problem::new(ProblemType::OrderChanged, title);
    let status = problem.status;
    Response::extended_problem(status, &DeliveryChanged { problem, happened })
}
