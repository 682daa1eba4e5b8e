//! The WebSocket API: who may connect, who is connected, and what is sent to them.

pub mod authorizer;
pub mod connections;
pub mod sockets;
