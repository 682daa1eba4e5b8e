//! One task at a time across the tabs of this browser (Web Locks API, w3.org/TR/web-locks).

use std::{cell::RefCell, rc::Rc};

use futures_util::{FutureExt as _, future::select};
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// Milliseconds after which a lock is taken from a tab that is frozen.
const STEAL_AFTER: u32 = 10_000;

/// Does `work` while no other tab does any under the same name; a browser without locks just does
/// it. A lock that is not released for ten seconds is stolen.
pub async fn exclusive<T>(name: &str, work: impl Future<Output = T>) -> T {
    let release = match browser::timeout(STEAL_AFTER, lock(name, false)).await {
        Some(release) => release,
        None => browser::timeout(STEAL_AFTER, lock(name, true)).await.flatten(),
    };
    let result = work.await;
    if let Some(release) = release {
        let _ = release.call0(&JsValue::NULL);
    }
    result
}

/// Waits for the lock; the function that releases it, or `None` if the browser has no locks.
async fn lock(name: &str, steal: bool) -> Option<Function> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"steal".into(), &steal.into()).ok()?;
    let release: Rc<RefCell<Option<Function>>> = Rc::default();
    let held = Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve));
    let mut answer = None;
    let granted = Promise::new(&mut |resolve, _| {
        let held = held.clone();
        let callback = Closure::once_into_js(move |_: JsValue| {
            let _ = resolve.call0(&JsValue::NULL);
            held
        });
        answer = request.call3(&locks, &name.into(), &options, &callback).ok();
    });
    // The answer is settled only when the lock is released, or refused: then go on without one.
    let refused = JsFuture::from(Promise::resolve(&answer?)).map(drop);
    select(JsFuture::from(granted).map(drop), refused).await;
    release.take()
}
