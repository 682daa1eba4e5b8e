//! A visit to one order: the transition that is due, and the events that have to be published.

use shared::{OrderId, Timestamp};

use super::{
    publish::Pending,
    reschedule::{after_failure, nothing_due, unreadable},
};
use crate::{
    choreography::{delivery, restaurants, steps::Steps},
    runtime::error::Error,
    store::orders::{Item, Transition, Written},
};

/// The result of a visit.
pub(super) enum Visit {
    /// Everything that was due is done.
    Done,
    /// The order could not be read or written.
    Failed,
    /// Its events have to be published.
    Publish(Pending),
}

/// Writes what is due for one order; if that fails, the order is rescheduled and delays no other.
pub(super) async fn visit(steps: &Steps, order_id: OrderId, now: Timestamp) -> Visit {
    let item = match steps.orders.get(order_id).await {
        Ok(Some(item)) => item,
        Ok(None) => return Visit::Done,
        Err(error) => {
            failed(order_id, &error);
            if matches!(error, Error::Unreadable { .. }) {
                unreadable(steps, order_id, now).await;
            }
            return Visit::Failed;
        }
    };
    match decide(steps, &item, now).await {
        Ok(visit) => visit,
        Err(error) => {
            failed(order_id, &error);
            after_failure(steps, &item, now).await;
            Visit::Failed
        }
    }
}

/// Makes the transition that is due, and finds which events have to be published.
///
/// # Errors
/// [`Error::Dependency`] if something may not have been written; writing it again is safe.
async fn decide(steps: &Steps, item: &Item, now: Timestamp) -> Result<Visit, Error> {
    let stale = item.unpublished().into_iter().filter(|&sequence| item.is_stale(sequence, now));
    let stale: Vec<u32> = stale.collect();
    let change = restaurants::decide(item, now).or_else(|| delivery::decide(item, now));
    let Some(change) = change else {
        if stale.is_empty() {
            return nothing_due(steps, item, now).await.map(|()| Visit::Done);
        }
        let item = Box::new(item.clone());
        return Ok(Visit::Publish(Pending { item, stale, became: None }));
    };
    let transition = Transition::of(item, change, now);
    Ok(match steps.advance(&transition).await? {
        Written::Done(item) => {
            Visit::Publish(Pending { item, stale, became: Some(transition.sequence) })
        }
        Written::Conflict(_) => Visit::Done,
    })
}

fn failed(order_id: OrderId, error: &Error) {
    tracing::error!(%order_id, %error, error_type = error.kind(), "visit failed");
}
