//! What the page needs of the browser and no crate offers in a way that cannot panic.
//!
//! A function that an old browser lacks, or that throws, is answered by a default here.

use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{JSON, JsString, Reflect};
use leptos::{
    ev::EventDescriptor,
    prelude::{document, request_animation_frame, window, window_event_listener},
};
use serde::{Serialize, de::DeserializeOwned};
use shared::{AddressId, OrderId, Timestamp, id::CommandId};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FocusOptions, HtmlElement};

/// Whether this program renders pages on the host (feature `ssr`), where no browser API may be called.
pub const PRERENDERING: bool = cfg!(feature = "ssr");

/// Runs `handler` at each such event of the window, for as long as the page is open.
pub fn on_window<E>(event: E, handler: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    if !PRERENDERING {
        let _ = window_event_listener(event, handler);
    }
}

/// Reads JSON with the browser's parser; `None` if it is no JSON, or not a `T`.
#[must_use]
#[cfg(not(feature = "ssr"))]
pub fn parse_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_wasm_bindgen::from_value(JSON::parse(text).ok()?).ok()
}

/// Reads JSON without a browser.
#[must_use]
#[cfg(feature = "ssr")]
pub fn parse_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Writes JSON; `None` for a value that has no JSON, which no wire type is.
#[must_use]
pub fn to_json<T: Serialize>(value: &T) -> Option<String> {
    let value = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok()?.as_string()
}

/// The text in unpadded base64url (RFC 4648, section 5) if it is ASCII.
#[must_use]
pub fn from_base64url(text: &str) -> Option<String> {
    window().atob(&text.replace('-', "+").replace('_', "/")).ok()
}

/// Milliseconds on a clock that never goes back (`performance.now`).
#[must_use]
pub fn monotonic() -> i64 {
    if PRERENDERING {
        return 0;
    }
    let performance = Reflect::get(&window(), &"performance".into()).ok();
    let now = performance.and_then(|performance| {
        let now = Reflect::get(&performance, &"now".into()).ok()?;
        now.dyn_into::<js_sys::Function>().ok()?.call0(&performance).ok()?.as_f64()
    });
    now.unwrap_or_else(js_sys::Date::now) as i64
}

/// The device's clock, which may be wrong: good enough to name an order.
#[must_use]
pub fn device_time() -> Timestamp {
    if PRERENDERING {
        return Timestamp::default();
    }
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Random bytes of the browser's cryptographic generator.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if PRERENDERING {
        return bytes;
    }
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

/// A new order's id.
#[must_use]
pub fn new_order_id() -> OrderId {
    OrderId::new(device_time(), random())
}

/// A new saved address' id.
#[must_use]
pub fn new_address_id() -> AddressId {
    AddressId::new(device_time(), random())
}

/// A new command's id.
#[must_use]
pub fn new_command_id() -> CommandId {
    CommandId::new(device_time(), random())
}

/// Ends after `millis` milliseconds.
pub async fn sleep(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// The result of `work`, or `None` if that takes longer than `millis` milliseconds.
pub async fn timeout<T>(millis: u32, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), TimeoutFuture::new(millis)).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(_) => None,
    }
}

/// A text in lower case and in Unicode's form NFKD, where an accent stands after its letter and a
/// full-width letter is a plain one.
#[must_use]
pub fn fold_case(text: &str) -> String {
    if PRERENDERING {
        return text.to_lowercase();
    }
    normalized(&String::from(JsString::from(text).to_lower_case()), "NFKD")
}

/// A text in Unicode's form NFC, so that what looks the same is the same.
#[must_use]
pub fn composed(text: &str) -> String {
    normalized(text, "NFC")
}

/// A text in a normal form; as it is in a browser that knows none.
fn normalized(text: &str, form: &str) -> String {
    let text = JsValue::from_str(text);
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let normalized = get(&js_sys::global(), "String")
        .and_then(|string| get(&get(&string, "prototype")?, "normalize"))
        .and_then(|normalize| normalize.dyn_into::<js_sys::Function>().ok())
        .and_then(|normalize| normalize.call1(&text, &form.into()).ok());
    normalized.unwrap_or(text).as_string().unwrap_or_default()
}

/// Has the browser save a text as a file of this name and media type.
pub fn save_file(name: &str, media_type: &str, text: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", name);
        link.unchecked_ref::<HtmlElement>().click();
    }
    leptos::task::spawn_local(async move {
        sleep(1_000).await; // the download has begun by then
        let _ = web_sys::Url::revoke_object_url(&address);
    });
}

/// Loads the page again, from the newest deployment.
pub fn reload() {
    let _ = window().location().reload();
}

/// Loads another page of this site in place of this one.
pub fn leave_for(path: &str) {
    let _ = window().location().replace(path);
}

/// Copies a text, as far as the browser can; whether it began to.
#[must_use]
pub fn copy(text: &str) -> bool {
    let write = || -> Option<()> {
        let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
        let write = Reflect::get(&clipboard, &"writeText".into()).ok()?;
        let write: js_sys::Function = write.dyn_into().ok()?;
        let written: js_sys::Promise =
            write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()?;
        leptos::task::spawn_local(async move {
            drop(wasm_bindgen_futures::JsFuture::from(written).await);
        });
        Some(())
    };
    write().is_some()
}

/// Opens the browser's print dialog.
pub fn print() {
    let _ = window().print();
}

/// The first element that a CSS selector finds.
#[must_use]
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Gives the focus to the first element that `selector` finds.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Gives the focus to the first element that `selector` finds, where it is, if what had it is gone from the
/// page once the page has been updated.
pub fn focus_if_lost(selector: String) {
    // A dialog that closes gives it back in the first frame.
    request_animation_frame(move || {
        request_animation_frame(move || {
            let active = document().active_element();
            let is_lost = active.is_none_or(|it| it.tag_name() == "BODY" || it.id() == "main");
            if let Some(element) = find(&selector).filter(|_| is_lost) {
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = element.focus_with_options(&options);
            }
        });
    });
}

/// Gives the focus to the first element that `selector` finds once the page has been updated.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    leptos::task::spawn_local(async move {
        sleep(0).await;
        focus(&selector);
    });
}

/// Goes back from a history entry that has this `history.state`; `false` if another one is shown, or none could be.
pub fn goes_back_from(state: &str) -> bool {
    let Ok(history) = window().history() else { return false };
    history.state().is_ok_and(|it| it == state) && history.back().is_ok()
}

/// Scrolls the first element that `selector` finds into view once the page has been updated.
pub fn show_soon(selector: &'static str) {
    leptos::task::spawn_local(async move {
        sleep(0).await;
        if let Some(element) = find(selector) {
            element.scroll_into_view_with_bool(false);
        }
    });
}

/// Writes an error to the console.
pub fn report(text: &str) {
    web_sys::console::error_1(&text.into());
}

/// Shows the element `#trouble` of index.html, whose button reloads the page.
pub fn show_trouble(sentence: &str) {
    let Some(trouble) = document().get_element_by_id("trouble") else { return };
    // Nothing outside of an open modal dialog can be used.
    while let Ok(Some(dialog)) = document().query_selector("dialog[open]") {
        dialog.remove();
    }
    if let Ok(Some(text)) = trouble.query_selector("p") {
        text.set_text_content(Some(sentence));
    }
    let _ = trouble.remove_attribute("hidden");
}

/// The text of the element of this id, and an attribute of it.
#[must_use]
pub fn text_of_document(id: &str, attribute: &str) -> Option<(String, String)> {
    let element = document().get_element_by_id(id)?;
    Some((element.text_content()?, element.get_attribute(attribute)?))
}

/// What is typed in the input of this id, without the space around it; empty if there is none.
#[must_use]
pub fn input_text(id: &str) -> String {
    let input = document().get_element_by_id(id);
    let input = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
    input.map(|input| input.value().trim().to_owned()).unwrap_or_default()
}

/// Puts a text into the field of this id.
pub fn set_text(id: &str, text: &str) {
    let Some(field) = document().get_element_by_id(id) else { return };
    let name = JsValue::from_str("value");
    let now = Reflect::get(&field, &name).ok().and_then(|value| value.as_string());
    if now.as_deref() != Some(text) {
        let _ = Reflect::set(&field, &name, &text.into());
    }
}
