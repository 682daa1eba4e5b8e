//! What every table has in common: attributes, conditional writes, and items that this version
//! cannot read; in `transaction`, writes of several items.

pub mod transaction;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::query::builders::QueryFluentBuilder,
    types::AttributeValue,
};
use serde::de::DeserializeOwned;

use crate::runtime::error::Error;

/// The attributes of an item, by name.
pub type Attributes = HashMap<String, AttributeValue>;

/// A number as an attribute.
#[must_use]
pub fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The result of a write with a condition; `None` if the condition failed.
///
/// # Errors
/// [`Error::Dependency`] if the table did not answer; it may have been written then.
pub fn on_condition<T, E>(
    operation: &'static str,
    answer: Result<T, SdkError<E>>,
) -> Result<Option<T>, Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(written) => Ok(Some(written)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(Error::dependency(operation, error)),
    }
}

/// All items that a query finds, page by page.
///
/// # Errors
/// [`Error::Dependency`] if the table did not answer.
pub async fn query_all(
    operation: &'static str,
    query: QueryFluentBuilder,
) -> Result<Vec<Attributes>, Error> {
    let items = query.into_paginator().items().send();
    items.collect::<Result<_, _>>().await.map_err(|error| Error::dependency(operation, error))
}

/// The items of a query, read one by one: one that this version cannot read hides no other.
#[derive(Debug)]
pub struct Decoded<T> {
    /// Those that can be read.
    pub items: Vec<T>,
    /// Why each of the others cannot: [`Error::Unreadable`].
    pub unreadable: Vec<Error>,
}

impl<T: DeserializeOwned> Decoded<T> {
    /// Reads items; `attribute` tells one from the others in an error.
    #[must_use]
    pub fn new(items: Vec<Attributes>, attribute: &'static str) -> Self {
        let mut decoded = Self { items: Vec::with_capacity(items.len()), unreadable: Vec::new() };
        for item in items {
            match decode(item, attribute) {
                Ok(item) => decoded.items.push(item),
                Err(error) => decoded.unreadable.push(error),
            }
        }
        decoded
    }
}

/// Reads an item; `attribute` names it in an error.
///
/// # Errors
/// [`Error::Unreadable`].
pub fn decode<T: DeserializeOwned>(item: Attributes, attribute: &'static str) -> Result<T, Error> {
    let id = item.get(attribute).and_then(|id| id.as_s().ok().cloned());
    serde_dynamo::from_item(item)
        .map_err(|error| Error::unreadable(attribute, id.unwrap_or_default(), &error))
}
