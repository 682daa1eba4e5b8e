//! What goes over the wire: connections, HTTP, signed calls, WebSockets. Nothing here knows what
//! is at the other end.

pub(crate) mod aws;
pub(crate) mod http;
pub(crate) mod socket;

mod stream;

#[path = "../support/probe/signature.rs"]
pub(crate) mod signature;
