//! The writes that leave an order's status as it is.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::Timestamp;

use super::{
    expression::{Builder, Expression},
    history::Reveal,
    item::Item,
};
use crate::{runtime::error::Error, store::dynamodb::number};

/// Marks the order's latest event as published if it is the only one that was not: attention is
/// then as the status needs it.
pub(super) fn mark_last_published(sequence: u32, attention: Option<Timestamp>) -> Expression {
    let mut builder = Builder::default();
    builder.value(":sequence", number(i64::from(sequence)));
    builder.value(":one", number(1));
    builder.name("#n", &sequence.to_string());
    builder.condition(
        "#sequence = :sequence AND attribute_exists(#unpublished.#n) AND size(#unpublished) = :one",
    );
    builder.remove("#unpublished.#n");
    builder.value(":zero", number(0));
    builder.set("#attention_tries = :zero");
    builder.attention(attention);
    builder.expression(false)
}

/// Marks event `sequence` as published.
pub(super) fn mark_published(sequence: u32) -> Expression {
    let mut builder = Builder::default();
    builder.name("#n", &sequence.to_string());
    builder.condition("attribute_exists(#unpublished.#n)");
    builder.remove("#unpublished.#n");
    builder.expression(false)
}

/// The order needs attention at `at` next, unless it has changed since it was read.
pub(super) fn reschedule(item: &Item, at: Option<Timestamp>, tries: u32) -> Expression {
    let mut builder = Builder::default();
    builder.value(":sequence", number(i64::from(item.order.sequence)));
    builder.value(":count", number(i64::try_from(item.unpublished.len()).unwrap_or_default()));
    builder.value(":tries", number(i64::from(tries)));
    builder.condition("#sequence = :sequence AND size(#unpublished) = :count");
    builder.set("#attention_tries = :tries");
    builder.attention(at);
    builder.expression(false)
}

/// An order that cannot be read needs attention at `at` next.
pub(super) fn reschedule_unreadable(at: Timestamp) -> Expression {
    let mut builder = Builder::default();
    builder.condition("attribute_exists(#attention_at)");
    builder.attention(Some(at));
    builder.expression(false)
}

/// Nobody in the restaurant has to look after the order any more.
pub(super) fn take_off_board() -> Expression {
    let mut builder = Builder::default();
    builder.condition("attribute_exists(#board)");
    builder.remove("#board");
    builder.expression(false)
}

/// How often an order records that somebody was shown the customer's phone number: afterwards, nobody is.
const MAX_REVEALS: i64 = 50;

/// Records that somebody was shown the customer's phone number.
///
/// # Errors
/// [`Error::Dependency`] if it cannot be written, which it can.
pub(super) fn reveal(reveal: &Reveal) -> Result<Expression, Error> {
    let reveal = serde_dynamo::to_attribute_value(reveal)
        .map_err(|error| Error::dependency("writing who saw a phone number", error))?;
    let mut builder = Builder::default();
    builder.value(":most", number(MAX_REVEALS));
    builder.condition(
        "attribute_exists(#order_id) AND (attribute_not_exists(#reveals) OR size(#reveals) < :most)",
    );
    builder.value(":none_yet", AttributeValue::L(Vec::new()));
    builder.value(":reveal", AttributeValue::L(vec![reveal]));
    builder.set("#reveals = list_append(if_not_exists(#reveals, :none_yet), :reveal)");
    Ok(builder.expression(false))
}

/// Removes from the order whose it was, unless it has changed since it was read. What was ordered
/// is written once, so the basket is as it was read if nothing else has changed.
pub(super) fn anonymise(item: &Item) -> Expression {
    let mut builder = Builder::default();
    builder.value(":sequence", number(i64::from(item.order.sequence)));
    builder.value(":none", number(0));
    builder.condition("#sequence = :sequence AND size(#unpublished) = :none");
    builder.remove("#user_id");
    builder.remove("#digest");
    if let Some(basket) = &item.order.basket {
        builder.remove("#basket.#address");
        builder.remove("#basket.#note");
        for (number, line) in basket.bill.lines.iter().enumerate() {
            if line.note.is_some() {
                builder.remove(&format!("#basket.#bill.#lines[{number}].#note"));
            }
        }
    }
    builder.expression(false)
}
