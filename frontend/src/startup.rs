//! The program's start in short tasks, so that the page stays responsive meanwhile: a phone that is four
//! times slower than a laptop would take a third of a second for all at once.
//!
//! The document shows what is prerendered until then. The program renders into an element that is laid out
//! and painted over that, transparent and inert, one part a task; what was prerendered is removed in the task
//! that shows the page. With `visibility: hidden`, that task would paint the whole page.

use std::{cell::RefCell, sync::Mutex};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement};

use crate::{browser, components::Dynamic};

/// The name of the event at the end of the start; `boot.js` removes then what was prerendered.
const STARTED: &str = "started";
/// The id of the element with the page, and its class until that is shown.
const ROOT: &str = "app";
const STARTING: &str = "starting";

thread_local! {
    /// `None` when the start is over.
    static START: RefCell<Option<Start>> = const { RefCell::new(None) };
}

/// What the start is still to do.
#[derive(Default)]
struct Start {
    /// The parts that are to be rendered, a task each.
    parts: Vec<RwSignal<bool>>,
    /// What waits until the page is shown.
    afterwards: Vec<RwSignal<bool>>,
}

/// Renders the whole page and shows it.
pub fn mount<V: IntoView + 'static>(app: fn() -> V) {
    let Some(root) = hidden_root() else { return };
    START.set(Some(Start::default()));
    // `leptos::task` has no executor before `mount_to`.
    wasm_bindgen_futures::spawn_local(async move {
        if !document().hidden() {
            browser::sleep(0).await;
        }
        leptos::mount::mount_to(root.clone(), app).forget();
        render_parts().await;
        show(&root);
        for waiting in START.take().unwrap_or_default().afterwards {
            waiting.set(true);
        }
    });
}

/// Renders one part after the other, those within parts too.
async fn render_parts() {
    let mut rendered = 0;
    loop {
        end_task().await;
        let part = START.with_borrow(|start| start.as_ref()?.parts.get(rendered).copied());
        let Some(part) = part else { break };
        part.set(true);
        rendered += 1;
    }
}

/// Goes on in the browser's next task.
async fn end_task() {
    // Nobody sees a hidden page, whose timers are slow.
    match document().hidden() {
        true => leptos::task::tick().await,
        false => browser::sleep(0).await,
    }
}

/// The element that will be the page.
fn hidden_root() -> Option<HtmlElement> {
    let root: HtmlElement = document().create_element("div").ok()?.dyn_into().ok()?;
    root.set_id(ROOT);
    root.set_class_name(STARTING);
    root.set_attribute("inert", "").ok()?;
    document().body()?.append_child(&root).ok()?;
    Some(root)
}

/// Has the page take the place of what was prerendered.
fn show(root: &HtmlElement) {
    root.set_class_name("");
    let _ = root.remove_attribute("inert");
    if let Ok(event) = Event::new(STARTED) {
        let _ = window().dispatch_event(&event);
    }
}

/// Whether the page is shown. Reactive.
#[must_use]
pub fn is_over() -> Signal<bool> {
    wait(|start, over| start.afterwards.push(over))
}

fn wait(queue: fn(&mut Start, RwSignal<bool>)) -> Signal<bool> {
    START.with_borrow_mut(|start| {
        let signal = RwSignal::new(start.is_none());
        if let Some(start) = start {
            queue(start, signal);
        }
        signal.into()
    })
}

/// A part of the page that is rendered in a task of its own at the start.
#[component]
pub fn Part(
    /// What is rendered.
    children: Children,
) -> impl IntoView {
    let turn = wait(|start, turn| start.parts.push(turn));
    let children = Mutex::new(Some(children));
    // A turn comes once.
    let rendered = move || {
        let children = turn.get().then(|| children.lock().ok()?.take()).flatten()?;
        Some(children())
    };
    view! { <Dynamic view=rendered /> }
}
