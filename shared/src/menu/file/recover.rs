//! Reading TOML by serde, and going on after a mistake.
//!
//! serde stops at the first mistake. So the wrong value is reported and removed, and the rest is read
//! again, until there is no mistake or a field is missing. A field that is missing beside a wrong value
//! may be reported only once the value is right.

use std::mem;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::reader::Reader;

/// How serde says that a field is missing.
const MISSING: &str = "missing field ";

type Value<'a> = Spanned<DeValue<'a>>;

/// A table as a `T`; `None` if a field is missing or wrong. Everything that is wrong is reported, as far as the
/// reader collects it.
pub fn read<T: DeserializeOwned>(table: DeTable<'_>, reader: &mut Reader<'_>) -> Option<T> {
    let mut value = Spanned::new(0..0, DeValue::Table(table));
    // The fields that serde will miss, each with its table: their wrong values are reported already.
    let mut left_out = Vec::new();
    loop {
        let (place, message) = match (unreadable_list(&value), T::deserialize(deserializer(&value)))
        {
            (Some(place), _) => {
                (place, "a list holds texts or tables; see backend/data for an example".to_owned())
            }
            (None, Ok(read)) => return Some(read),
            (None, Err(error)) => (error.span().unwrap_or(0..0), error.message().to_owned()),
        };
        let is_reported = left_out.contains(&(place.clone(), message.clone()));
        let removed = remove(&mut value, &place);
        if !is_reported {
            let key = removed.as_ref().map(|(_, key)| key.as_str()).unwrap_or_default();
            reader.report(&place, describe(key, &message));
        }
        if reader.is_full() {
            return None;
        }
        let (table, key) = removed?;
        left_out.push((table, format!("{MISSING}`{key}`")));
    }
}

fn deserializer<'a>(value: &Value<'a>) -> ValueDeserializer<'a> {
    ValueDeserializer::from(value.clone())
}

fn describe(key: &str, message: &str) -> String {
    match message.strip_prefix(MISSING) {
        Some(field) => format!("{field} is missing; add it"),
        None if message.starts_with("unknown field") => message.to_owned(),
        None => format!("`{key}`: {message}"),
    }
}

/// A list with something else in it than texts or tables; serde would take such a list for a table.
fn unreadable_list(value: &Value<'_>) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => table.values().find_map(unreadable_list),
        DeValue::Array(items) => {
            let is_readable =
                |item: &Value<'_>| item.get_ref().is_str() || item.get_ref().is_table();
            match items.iter().all(is_readable) {
                true => items.iter().find_map(unreadable_list),
                false => Some(value.span()),
            }
        }
        _ => None,
    }
}

/// Removes the innermost key, value or item at a place; the place of its table, and its key there.
fn remove(value: &mut Value<'_>, place: &Range<usize>) -> Option<(Range<usize>, String)> {
    let whole = value.span();
    let DeValue::Table(table) = value.get_mut() else { return None };
    for (key, value) in table.iter_mut() {
        let key = key.get_ref().to_string();
        if let Some(removed) = remove(value, place) {
            return Some(removed);
        }
        let DeValue::Array(items) = value.get_mut() else { continue };
        if let Some(removed) = items.iter_mut().find_map(|item| remove(item, place)) {
            return Some(removed);
        }
        let count = items.len();
        let all = mem::replace(items, DeArray::new());
        let others = all.into_iter().filter(|item| item.span() != *place);
        *items = others.collect();
        if items.len() < count {
            return Some((whole, key));
        }
    }
    let at_place =
        |(key, value): &(&Spanned<_>, &Value<'_>)| key.span() == *place || value.span() == *place;
    let key = table.iter().find(at_place)?.0.get_ref().to_string();
    table.remove(key.as_str());
    Some((whole, key))
}
