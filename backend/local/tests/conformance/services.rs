//! One file per service, each a table of sentences.

use crate::checks::Check;

mod put_events;
mod rules;
mod schedules;

mod failures;
mod invoke;

mod http_api;
mod jwt;

mod connections;
mod websocket;

mod open;

mod accounts;
mod sessions;

mod addresses;
mod passwords;

mod person;

mod items;
mod queries;

mod signature;

/// Every service by name, in the order an event travels and then a person.
pub(crate) const SERVICES: &[(&str, &[Check])] = &[
    ("PutEvents", put_events::CHECKS),
    ("rules", rules::CHECKS),
    ("schedules", schedules::CHECKS),
    ("Invoke", invoke::CHECKS),
    ("failures", failures::CHECKS),
    ("HTTP API", http_api::CHECKS),
    ("JWT authorizer", jwt::CHECKS),
    ("WebSocket", websocket::CHECKS),
    ("@connections", connections::CHECKS),
    ("Cognito accounts", accounts::CHECKS),
    ("Cognito sessions", sessions::CHECKS),
    ("Cognito passwords", passwords::CHECKS),
    ("Cognito addresses", addresses::CHECKS),
    ("DynamoDB items", items::CHECKS),
    ("DynamoDB queries", queries::CHECKS),
    ("the suite", signature::CHECKS),
];
