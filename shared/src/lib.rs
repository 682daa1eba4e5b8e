//! Tiffin's language: everything the browser, the bus and the functions say to each other.
//!
//! If it crosses a wire it is here; if it does not, it is not. Nothing here does I/O, reads a
//! clock or draws a random number, so the same code runs in the browser and in Lambda.
//!
//! Read in this order: what things are called ([`id`], [`money`], [`time`], [`text`], [`country`];
//! [`lenient`] reads what earlier versions accepted), what can be
//! ordered ([`menu`]), when ([`hours`]) and what it costs ([`price`]), what an order is
//! ([`order`]), what happens to it ([`event`]), and how that is asked for ([`api`]) and heard of
//! ([`live`]).

pub mod id;
pub mod money;
pub mod time;

pub mod country;
pub mod text;

pub mod lenient;

pub mod menu;

pub mod hours;
pub mod price;

pub mod order;

pub mod event;

pub mod api;
pub mod live;

pub use country::Country;
pub use event::{Fact, OrderEvent};
pub use id::{AddressId, ChoiceId, DishId, GroupId, OrderId, RestaurantId, SectionId, UserId};
pub use money::{Amount, Currency, Money};
pub use order::{Order, OrderRequest, Reason, Status};
pub use time::Timestamp;
