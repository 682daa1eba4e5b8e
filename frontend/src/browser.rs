//! What only a browser has, one small function each: storage, clocks, chance, locks, the document.
//!
//! Nothing here decides anything, and nothing here fails loudly: a browser that forbids storage
//! or knows no locks still orders food.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use crate::signal::Signal;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use shared::{AddressId, OrderId, Timestamp};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// How far from the window's top, in CSS pixels, what is being read begins.
const READ_FROM: f64 = 180.0;

thread_local! {
    /// Where things are kept when the browser keeps nothing: for as long as the page is open.
    static MEMORY: RefCell<Vec<(String, String)>> = RefCell::default();
}

/// The window this page is in.
#[must_use]
pub fn window() -> web_sys::Window {
    leptos::prelude::window()
}

/// The document of this page.
#[must_use]
pub fn document() -> web_sys::Document {
    leptos::prelude::document()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept under `key`, in `localStorage` or, where that is blocked, in memory.
#[must_use]
pub fn kept(key: &str) -> Option<String> {
    match storage().map(|storage| storage.get_item(key)) {
        Some(Ok(Some(text))) => Some(text),
        _ => MEMORY.with_borrow(|memory| {
            memory.iter().find(|(kept, _)| kept == key).map(|(_, text)| text.clone())
        }),
    }
}

/// Keeps `text` under `key`; other tabs hear of it by their `storage` event.
pub fn keep(key: &str, text: &str) {
    let stored = storage().is_some_and(|storage| storage.set_item(key, text).is_ok());
    MEMORY.with_borrow_mut(|memory| {
        memory.retain(|(kept, _)| kept != key);
        if !stored {
            memory.push((key.to_owned(), text.to_owned()));
        }
    });
}

/// Keeps nothing under `key` any more.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
    MEMORY.with_borrow_mut(|memory| memory.retain(|(kept, _)| kept != key));
}

/// Milliseconds on a clock that only goes forward (`performance.now`); its zero means nothing.
#[must_use]
pub fn monotonic() -> i64 {
    window().performance().map_or(0, |performance| performance.now() as i64)
}

/// The device's clock: good enough to name an order, never to count down by.
#[must_use]
pub fn device_time() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Random bytes of the browser's cryptographic generator.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
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

/// A new kept address' id.
#[must_use]
pub fn new_address_id() -> AddressId {
    AddressId::new(device_time(), random())
}

/// Does `work` beside everything else, from here on.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    // One type of future, so that what runs it is there once.
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    wasm_bindgen_futures::spawn_local(work);
}

/// Does something once the document is as it is about to be.
pub fn soon(act: impl FnOnce() + 'static) {
    let act: Box<dyn FnOnce()> = Box::new(act);
    spawn(async move {
        let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
        act();
    });
}

/// Ends after `millis` milliseconds.
pub async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(promise).await;
}

/// Calls `tick` every so many milliseconds, until [`stop`] is given the number this gives.
pub fn every(millis: i32, tick: impl FnMut() + 'static) -> i32 {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    let timer = window()
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), millis);
    timer.unwrap_or_default()
}

/// Stops what [`every`] began.
pub fn stop(timer: i32) {
    window().clear_interval_with_handle(timer);
}

/// Calls `heard` whenever `target` tells of an event of this name, as long as the page is open.
pub fn on(target: &web_sys::EventTarget, name: &str, heard: impl FnMut(JsValue) + 'static) {
    let heard = Closure::<dyn FnMut(JsValue)>::new(heard).into_js_value();
    let _ = target.add_event_listener_with_callback(name, heard.unchecked_ref());
}

/// Does `work` while no other tab of this browser does any under the same name.
///
/// Uses the Web Locks API (w3c.github.io/web-locks); where there is none, it just works.
pub async fn exclusive<T>(name: &str, work: impl Future<Output = T>) -> T {
    let release = lock(name).await;
    let done = work.await;
    if let Some(release) = release {
        let _ = release.call0(&JsValue::NULL);
    }
    done
}

/// Waits for the lock; what it gives releases it.
async fn lock(name: &str) -> Option<Function> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let release: Rc<RefCell<Option<Function>>> = Rc::default();
    let granted = Promise::new(&mut |granted, _| {
        let held = Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve));
        let grant = granted.clone();
        let callback = Closure::once_into_js(move |_: JsValue| {
            let _ = grant.call0(&JsValue::NULL);
            held
        });
        match request.call2(&locks, &name.into(), &callback) {
            Ok(answer) => spawn(grant_if_refused(answer, granted)),
            Err(_) => drop(granted.call0(&JsValue::NULL)),
        }
    });
    let _ = JsFuture::from(granted).await;
    release.take()
}

/// A browser that refuses a lock must not stop us: its refusal counts as a grant.
async fn grant_if_refused(answer: JsValue, granted: Function) {
    if JsFuture::from(Promise::resolve(&answer)).await.is_err() {
        let _ = granted.call0(&JsValue::NULL);
    }
}

/// The path of the page's address, such as `/r/golden-dosa`.
#[must_use]
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The query of the page's address, such as `?q=dosa`; empty if there is none.
#[must_use]
pub fn search() -> String {
    window().location().search().unwrap_or_default()
}

/// A value in the query of the page's address.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    query_of(&search(), name)
}

/// A value in a query.
#[must_use]
pub fn query_of(query: &str, name: &str) -> Option<String> {
    let mut pairs =
        query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(of, _)| *of == name)?.1.replace('+', " ");
    js_sys::decode_uri_component(&value).ok().map(Into::into)
}

/// Gives the page another address, at its top, without loading it.
pub fn push_address(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Gives the page another address in place of the one it has.
pub fn replace_address(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// Loads the page again, from the newest deployment.
pub fn reload() {
    let _ = window().location().reload();
}

/// The key that a `storage` event tells of; `None` if everything was cleared.
#[must_use]
pub fn storage_key(event: &JsValue) -> Option<String> {
    event.unchecked_ref::<web_sys::StorageEvent>().key()
}

/// A text as part of an address' query (`encodeURIComponent`).
#[must_use]
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// A text in lower case, and in Unicode's normal form NFD.
#[must_use]
pub fn plain(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().normalize("NFD").into()
}

/// A JSON text with a line for each value.
#[must_use]
pub fn indented(json: &str) -> String {
    let parsed = js_sys::JSON::parse(json);
    let written = parsed.and_then(|value| {
        js_sys::JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &2.into())
    });
    written.map_or_else(|_| json.to_owned(), Into::into)
}

/// Has the browser save a JSON text under this name.
pub fn save(name: &str, json: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = js_sys::Array::of1(&json.into());
    let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", name);
        link.unchecked_ref::<web_sys::HtmlElement>().click();
    }
    // The browser has taken the file by the time that it is asked for anything else.
    spawn(async move {
        sleep(1_000).await;
        let _ = web_sys::Url::revoke_object_url(&address);
    });
}

/// Tells developers, in the browser's console.
pub fn report(text: &str) {
    web_sys::console::error_1(&text.into());
}

/// Takes the element of this id out of the document.
pub fn remove(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

/// The place among `ids` of the element that the top of the page shows, as long as the component
/// that calls this is shown; the last one once nothing below is left.
#[must_use]
pub fn in_view(ids: Vec<String>) -> Signal<usize> {
    let current = Signal::new(0);
    let look = move || {
        let above = |id: &String| {
            let element = document().get_element_by_id(id);
            element.is_some_and(|element| element.get_bounding_client_rect().top() < READ_FROM)
        };
        let page = document().document_element();
        let left =
            page.map_or(0, |page| page.scroll_height() - page.scroll_top() - page.client_height());
        let now = match left < 2 {
            true => ids.len().saturating_sub(1),
            false => ids.iter().rposition(above).unwrap_or_default(),
        };
        if current.try_get_untracked().is_some_and(|before| before != now) {
            current.set(now);
        }
    };
    let listener = Closure::<dyn FnMut()>::new(look);
    let _ = window().add_event_listener_with_callback("scroll", listener.as_ref().unchecked_ref());
    let listener = SendWrapper::new(listener);
    on_cleanup(move || {
        let function = listener.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback("scroll", function);
    });
    current
}

/// Gives the focus to the first element that `selector` finds.
pub fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = element.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// Scrolls until the first element that `selector` finds is in view.
pub fn show(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        element.scroll_into_view_with_bool(false);
    }
}

/// Shows that the page is broken: `index.html` has the place for it, and `boot.js` its button.
pub fn show_trouble(sentence: &str) {
    let Some(trouble) = document().get_element_by_id("trouble") else { return };
    if let Ok(Some(text)) = trouble.query_selector("p") {
        text.set_text_content(Some(sentence));
    }
    let _ = trouble.remove_attribute("hidden");
}
