//! What outlives a function: one module per DynamoDB table, and the event bus and the buckets beside them.

pub mod bus;
pub mod catalog;
pub mod live;
pub mod orders;
pub mod people;
pub mod pictures;

pub mod dynamodb;
