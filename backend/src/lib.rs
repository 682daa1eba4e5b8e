//! An order's journey, as Lambda functions.
//!
//! A customer's request reaches [`api`], which checks whether the restaurant is open, prices the
//! order, and writes it once ([`store::orders`]) if the account is open ([`store::people`]). The
//! event of that write goes to the bus ([`store::bus`]); a rule of `template.yaml` invokes
//! [`choreography::restaurants`], whose event invokes [`choreography::delivery`]; and every event
//! invokes [`choreography::notifications`], which pushes it to the open WebSockets of the customer and
//! of the restaurant's staff ([`websocket`]). What a crash left undone, and what time alone brings
//! about, is done by the [`choreography::watchdog`].
//!
//! A service never calls a service. Each takes one event, makes at most one transition of its
//! order ([`choreography::steps`]), and publishes that. Nothing sleeps.
//!
//! The modules are layers, and each imports only those below it: [`dependencies`] builds the
//! functions from their settings; [`api`], [`choreography`] and [`websocket`] are the functions
//! (`api` uses parts of the other two, `choreography` of `websocket`); [`metrics`] names what
//! they count; [`store`] is one module per table, and the bus; [`runtime`] is what any function
//! needs, whatever it is about.

pub mod dependencies;

pub mod api;

pub mod choreography;

pub mod websocket;

pub mod metrics;

pub mod store;

pub mod runtime;

pub use dependencies::Dependencies;
pub use runtime::error::Error;
