//! The browser's `Intl`.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Object, Reflect};
use shared::{Amount, Currency, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// Formatters by what they were made of: making one costs more than using it a thousand times.
    static FORMATTERS: RefCell<Vec<(String, Option<Function>)>> = RefCell::default();
}

/// An amount as `Intl.NumberFormat` writes it with these options.
pub(super) fn number(amount: Amount, currency: Currency, options: &[(&str, &str)]) -> String {
    // A decimal with an exponent is exact, and needs no arithmetic here.
    let decimal = format!("{}E-{}", amount.minor(), currency.exponent());
    format("NumberFormat", None, options, &decimal.as_str().into())
        .unwrap_or_else(|| format!("{} {currency}", amount.minor()))
}

/// A date or time as `Intl.DateTimeFormat` writes it with these options.
pub(in crate::text) fn date(
    locale: Option<&str>,
    options: &[(&str, &str)],
    time: Timestamp,
) -> String {
    format("DateTimeFormat", locale, options, &js_date(time)).unwrap_or_default()
}

/// ISO 8601 in UTC.
pub(super) fn iso(time: Timestamp) -> String {
    js_date(time).to_iso_string().into()
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
