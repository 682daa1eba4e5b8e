//! Money, times and numbers through the browser's `Intl`: no float is ever formatted here.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Object, Reflect};
use shared::{Amount, Currency, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

use crate::server_clock;

thread_local! {
    /// Formatters by what they were made of: making one costs more than using it a thousand times.
    static FORMATTERS: RefCell<Vec<(String, Option<Function>)>> = RefCell::default();
}

/// An amount of money in the reader's way of writing it: `£21.50`.
#[must_use]
pub fn money(amount: Amount, currency: Currency) -> String {
    number(amount, currency, &[("style", "currency"), ("currency", currency.code())])
}

fn number(amount: Amount, currency: Currency, options: &[(&str, &str)]) -> String {
    // A decimal with an exponent is exact, and needs no arithmetic here.
    let decimal = format!("{}E-{}", amount.minor(), currency.exponent());
    format("NumberFormat", None, options, &decimal.as_str().into())
        .unwrap_or_else(|| format!("{} {currency}", amount.minor()))
}

/// An amount that is often a whole one: `£8`, `£8.50`.
#[must_use]
pub fn round_money(amount: Amount, currency: Currency) -> String {
    // Where the browser does not know the option, `£8.00`.
    let options = [
        ("style", "currency"),
        ("currency", currency.code()),
        ("trailingZeroDisplay", "stripIfInteger"),
    ];
    number(amount, currency, &options)
}

/// A time of the day, with its date if that is not today: `18:45`, `23 Nov, 18:45`.
#[must_use]
pub fn when(time: Timestamp) -> String {
    let day = [("day", "numeric"), ("month", "short")];
    let today = server_clock::now_or_device();
    let clock = [("hour", "numeric"), ("minute", "2-digit")];
    if date(None, &day, time) == date(None, &day, today) {
        return date(None, &clock, time);
    }
    date(None, &[day[0], day[1], clock[0], clock[1]], time)
}

/// A date with its time: `23 Nov 2026, 18:45`.
#[must_use]
pub fn date_and_time(time: Timestamp) -> String {
    let day = [("day", "numeric"), ("month", "short"), ("year", "numeric")];
    let clock = [("hour", "numeric"), ("minute", "2-digit")];
    date(None, &[day[0], day[1], day[2], clock[0], clock[1]], time)
}

/// A time for machines: ISO 8601 in UTC.
#[must_use]
pub fn machine_time(time: Timestamp) -> String {
    js_date(time).to_iso_string().into()
}

/// A countdown: `4:05`.
#[must_use]
pub fn countdown(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A date or time as `Intl.DateTimeFormat` writes it with these options.
pub(super) fn date(locale: Option<&str>, options: &[(&str, &str)], time: Timestamp) -> String {
    format("DateTimeFormat", locale, options, &js_date(time)).unwrap_or_default()
}

fn js_date(time: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(time.millis() as f64))
}

fn format(
    class: &str,
    locale: Option<&str>,
    options: &[(&str, &str)],
    value: &JsValue,
) -> Option<String> {
    let made_of = format!("{}{class}", locale.unwrap_or_default());
    let key = options.iter().fold(made_of, |key, (name, value)| key + name + value);
    let format = FORMATTERS.with_borrow_mut(|formatters| {
        if let Some((_, known)) = formatters.iter().find(|(made_of, _)| *made_of == key) {
            return known.clone();
        }
        let made = formatter(class, locale, options);
        formatters.push((key, made.clone()));
        made
    })?;
    format.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

/// The reader's locale if its language is the texts'; one that writes them as most others do if not.
fn locale_of_texts() -> String {
    let language = leptos::prelude::window().navigator().language().unwrap_or_default();
    if language.starts_with("en") { language } else { "en-GB".to_owned() }
}

/// A bound `format` function of `Intl`; `None` where the browser does not know an option's value.
fn formatter(class: &str, locale: Option<&str>, options: &[(&str, &str)]) -> Option<Function> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &class.into()).ok()?.dyn_into().ok()?;
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &(*name).into(), &(*value).into()).ok()?;
    }
    // The texts around a number are English: other digits than theirs would not fit.
    Reflect::set(&object, &"numberingSystem".into(), &"latn".into()).ok()?;
    let locale = JsValue::from_str(&locale.map_or_else(locale_of_texts, str::to_owned));
    let made = Reflect::construct(&class, &Array::of2(&locale, &object)).ok()?;
    Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!(countdown(245), "4:05");
        assert_eq!(countdown(3_600), "60:00");
        assert_eq!(countdown(-3), "0:00");
    }
}
