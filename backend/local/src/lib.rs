//! AWS on one laptop, as far as one CloudFormation template uses it.
//!
//! [`cloud::Cloud::start`] reads a template and emulates on loopback what it declares. Read on in
//! the order an event travels: what is declared, what is kept, who may call, the endpoint that
//! receives every call, the bus, the functions it wakes, and where failures end. Then what a
//! browser reaches.
//!
//! This crate knows AWS and nothing about the application it runs. It does not aim to be an AWS:
//! whatever a template asks for and this crate does not do is refused at start, by line.

pub mod cloud;
mod services;
pub mod settings;

pub mod template;

pub mod feed;
pub mod store;
pub mod time;

pub mod aws;
mod endpoint;
pub mod faults;
mod guard;
pub mod iam;

pub mod dynamodb;
pub mod eventbridge;
pub mod pattern;

pub mod lambda;
pub mod s3;
pub mod sqs;

mod random;
mod throttle;

pub mod gateway;

pub mod cognito;
pub mod http_api;
pub mod websocket_api;

pub mod console;
pub mod edge;
