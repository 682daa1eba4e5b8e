//! A JSON text into a tree (RFC 8259): by the browser's own reader, and where there is no browser,
//! in tests, by `serde_json`'s.

use super::{Json, Unreadable};

#[cfg(target_arch = "wasm32")]
pub(super) fn tree(text: &str) -> Result<Json, Unreadable> {
    js_sys::JSON::parse(text).map_err(|_| Unreadable).map(|value| of_browser(&value))
}

#[cfg(target_arch = "wasm32")]
fn of_browser(value: &wasm_bindgen::JsValue) -> Json {
    use js_sys::{Array, Object};
    use wasm_bindgen::JsCast as _;

    if let Some(text) = value.as_string() {
        return Json::Text(text);
    }
    if let Some(number) = value.as_f64() {
        let whole = js_sys::Number::is_safe_integer(value);
        return if whole { Json::Whole(number as i64) } else { Json::Fraction };
    }
    if let Some(value) = value.as_bool() {
        return Json::Bool(value);
    }
    if Array::is_array(value) {
        let items = value.unchecked_ref::<Array>();
        return Json::List(items.iter().map(|item| of_browser(&item)).collect());
    }
    if value.is_null() {
        return Json::Null;
    }
    let fields = Object::entries(value.unchecked_ref());
    let field = |entry: wasm_bindgen::JsValue| {
        let entry = entry.unchecked_ref::<Array>();
        (entry.get(0).as_string().unwrap_or_default(), of_browser(&entry.get(1)))
    };
    Json::Object(fields.iter().map(field).collect())
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn tree(text: &str) -> Result<Json, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable).map(of_serde)
}

#[cfg(not(target_arch = "wasm32"))]
fn of_serde(value: serde_json::Value) -> Json {
    use serde_json::Value;

    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Number(number) => number.as_i64().map_or(Json::Fraction, Json::Whole),
        Value::String(text) => Json::Text(text),
        Value::Array(items) => Json::List(items.into_iter().map(of_serde).collect()),
        Value::Object(fields) => {
            Json::Object(fields.into_iter().map(|(name, value)| (name, of_serde(value))).collect())
        }
    }
}
