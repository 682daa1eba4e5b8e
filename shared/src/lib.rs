//! Tiffin's language: everything the browser, the bus and the functions say to each other.
//!
//! If it crosses a wire it is here; if it does not, it is not. Nothing here does I/O, reads a
//! clock or draws a random number, so the same code runs in the browser and in Lambda.
//!
//! Read in this order: what things are called ([`id`], [`money`], [`time`], [`until`], [`text`],
//! [`country`], [`address`]; [`lenient`] reads what earlier versions accepted), what can be ordered ([`menu`]) and where it is
//! brought ([`area`]),
//! when ([`hours`]), what is wanted of it ([`cart`]), what that costs ([`price`]) and what cannot be had
//! for a while ([`availability`]), how far an order has come ([`status`]), what happens to it
//! ([`event`]), who makes it happen ([`staff`]), what it is ([`order`]), and the messages of the HTTP API
//! ([`api`]) and of the WebSocket ([`live`]).

pub mod id;
pub mod money;
pub mod time;
pub mod until;

pub mod country;
pub mod text;

pub mod address;
pub mod lenient;

pub mod menu;

pub mod area;

pub mod hours;

pub mod cart;
pub mod price;

pub mod availability;

pub mod status;

pub mod event;

pub mod staff;

pub mod order;

pub mod api;
pub mod live;

pub use country::Country;
pub use event::{EventName, Fact, OrderEvent};
pub use id::{
    AddressId, ChoiceId, CommandId, DishId, GroupId, InvitationId, OrderId, RestaurantId,
    SectionId, UploadId, UserId,
};
pub use money::{Amount, Currency, Money};
pub use order::{Order, OrderRequest};
pub use staff::Command;
pub use status::{Reason, Status};
pub use time::Timestamp;
pub use until::Until;
