//! The functions that the bus and the clock invoke, and how an order moves from one step to the
//! next.

pub mod delivery;
pub mod notifications;
pub mod restaurants;
pub mod watchdog;

pub mod commands;
pub mod steps;

pub mod changes;

pub mod plan;
pub mod timing;
