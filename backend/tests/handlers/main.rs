//! The functions through their public interface: events and requests in; answers, tables, published
//! events, pushes and calls out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod availability;
mod commands;
mod connections;
mod consistency;
mod couriers;
mod deliveries;
mod delivery_areas;
mod figures;
mod functions;
mod hours;
mod leaving;
mod menu;
mod need_to_know;
mod outlook;
mod people;
mod pictures;
mod pool;
mod service_errors;
mod shifts;
mod shop;
mod staff;
mod staff_live;
mod watchdog;
mod watching;
