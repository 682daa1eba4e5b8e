//! An order's journey, as Lambda functions.
//!
//! A customer's request reaches [`api`], which looks whether the restaurant is open
//! ([`wall_clock`]), prices the order, and writes it once ([`orders`]) if the account is open
//! ([`people`]);
//! the event of that write goes to the [`bus`]; a rule of `template.yaml` hands it to
//! [`restaurants`], whose answer goes to [`delivery`], and every event goes to [`notifications`],
//! which pushes it to the sockets that [`authorizer`] let in and [`connections`] remembers.
//! What a crash left undone, and what time alone brings about, is the [`watchdog`]'s.
//!
//! A service never calls a service. Each takes one event, makes at most one transition of its
//! order ([`steps`]), and publishes that. Nothing sleeps.
//!
//! Each [`invocation`] of any of them ends with one line of the [`log`], which says what came of it
//! and carries its [`metrics`].

pub mod api;
pub mod steps;

pub mod delivery;
pub mod notifications;
pub mod restaurants;
pub mod watchdog;

pub mod authorizer;
pub mod connections;

pub mod plan;
pub mod wall_clock;

pub mod bus;
pub mod catalog;
pub mod live;
pub mod orders;
pub mod people;
pub mod readable;

pub mod context;
pub mod error;
pub mod incoming;
pub mod json;
pub mod limits;
pub mod maximum;
pub mod origin;

pub mod invocation;
pub mod log;
pub mod metrics;

pub use context::Context;
pub use error::Error;
