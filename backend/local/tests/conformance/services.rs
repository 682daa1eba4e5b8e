//! One file per service, each a table of sentences.

pub(crate) mod invoke;
pub(crate) mod put_events;

use crate::checks::Check;

/// Every service by name, in the order an event travels.
pub(crate) const SERVICES: &[(&str, &[Check])] =
    &[("PutEvents", put_events::CHECKS), ("Invoke", invoke::CHECKS)];
