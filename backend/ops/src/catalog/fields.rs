//! Reading a TOML table key by key, going on after a mistake.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use shared::text::Text;
use shared::{Amount, Currency};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Diagnostics;

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// What a value must be, if it is not.
pub(super) type Read<T> = Result<T, String>;

/// A table being read: it knows which keys were read, and so which are unknown.
pub(super) struct Fields<'a> {
    table: &'a DeTable<'a>,
    place: Range<usize>,
    asked: Vec<&'static str>,
    diagnostics: &'a Diagnostics,
}

impl<'a> Fields<'a> {
    /// The table at `place`.
    pub(super) fn new(
        table: &'a DeTable<'a>,
        place: Range<usize>,
        diagnostics: &'a Diagnostics,
    ) -> Self {
        Self { table, place, asked: Vec::new(), diagnostics }
    }

    /// Where the table begins.
    pub(super) fn place(&self) -> &Range<usize> {
        &self.place
    }

    /// Where a key's value stands, or the table if there is none.
    pub(super) fn place_of(&self, key: &str) -> Range<usize> {
        self.value(key).map_or(self.place.clone(), Spanned::span)
    }

    /// The value of a key that must be there; `None` if it is not right, which is then reported.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Read<T>,
    ) -> Option<T> {
        if self.value(key).is_none() {
            self.asked.push(key);
            self.diagnostics.at(&self.place, format!("`{key}` is missing; add it"));
            return None;
        }
        self.optional(key, read)
    }

    /// The value of a key that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Read<T>,
    ) -> Option<T> {
        self.asked.push(key);
        let value = self.value(key)?;
        read(value.get_ref())
            .map_err(|must| self.diagnostics.at(&value.span(), format!("`{key}` {must}")))
            .ok()
    }

    /// The values of a list that may be left out, each read by itself; `None` if one is not right.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Read<T>,
    ) -> Option<Vec<T>> {
        self.asked.push(key);
        let Some(value) = self.value(key) else { return Some(Vec::new()) };
        let Some(items) = value.get_ref().as_array() else {
            self.diagnostics.at(&value.span(), format!("`{key}` must be a list in [brackets]"));
            return None;
        };
        let one = |item: &Value<'_>| {
            read(item.get_ref())
                .map_err(|must| self.diagnostics.at(&item.span(), format!("`{key}`: each {must}")))
                .ok()
        };
        // All of them are read before one that is wrong ends it, so that each is reported.
        let read: Vec<Option<T>> = items.iter().map(one).collect();
        read.into_iter().collect()
    }

    /// The table of a key that must be there.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Fields<'a>> {
        self.asked.push(key);
        let Some(value) = self.value(key) else {
            self.diagnostics.at(&self.place, format!("`{key}` is missing; add it"));
            return None;
        };
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.diagnostics.at(&value.span(), format!("`{key}` must be a table"));
        }
        Some(Fields::new(table?, value.span(), self.diagnostics))
    }

    /// The tables of a list that may be left out.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Fields<'a>> {
        self.asked.push(key);
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.diagnostics.at(&value.span(), format!("`{key}` must be a list of tables"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Fields::new(table, item.span(), self.diagnostics)),
                None => self.diagnostics.at(&item.span(), format!("`{key}`: each must be a table")),
            }
        }
        tables
    }

    /// Reports every key that was not read.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            if !self.asked.contains(&key.get_ref().as_ref()) {
                let known = self.asked.join("`, `");
                let text = format!("`{}` is not known here; known are `{known}`", key.get_ref());
                self.diagnostics.at(&key.span(), text);
            }
        }
    }

    fn value(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table.iter().find(|(found, _)| found.get_ref() == key).map(|(_, value)| value)
    }
}

/// A text of 1 to `MAX` characters.
pub(super) fn text<const MAX: usize>(value: &DeValue<'_>) -> Read<String> {
    parsed::<Text<MAX>>(value).map(String::from)
}

/// A text that is one of ours: an id, a currency.
pub(super) fn parsed<T: FromStr<Err: Display>>(value: &DeValue<'_>) -> Read<T> {
    string(value)?.parse().map_err(|error: T::Err| error.to_string())
}

/// A price, written as a text so that nothing rounds it; zero while the currency is not known.
pub(super) fn price(currency: Option<Currency>) -> impl Fn(&DeValue<'_>) -> Read<Amount> {
    move |value| match currency {
        Some(currency) => {
            Amount::parse(string(value)?, currency).map_err(|error| error.to_string())
        }
        None => Ok(Amount::ZERO),
    }
}

/// A whole number within a range.
pub(super) fn number<T>(range: RangeInclusive<T>) -> impl FnOnce(&DeValue<'_>) -> Read<T>
where
    T: Display + PartialOrd + FromStr,
{
    move |value| {
        let digits = value.as_integer().filter(|number| number.radix() == 10);
        digits
            .and_then(|number| number.as_str().parse().ok())
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                format!("must be a whole number from {} to {}", range.start(), range.end())
            })
    }
}

/// `true` or `false`.
pub(super) fn yes_or_no(value: &DeValue<'_>) -> Read<bool> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

/// A text in quotes.
pub(super) fn string<'v>(value: &'v DeValue<'_>) -> Read<&'v str> {
    value.as_str().ok_or_else(|| format!("must be a text in quotes, not {}", a(value.type_str())))
}

fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
