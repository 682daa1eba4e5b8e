//! Views of one type, for a page whose size counts.
//!
//! Leptos gives every view a type of its own, and the program carries what builds, rebuilds,
//! mounts and unmounts each of them: half a megabyte for this shop. So a component here draws
//! what it shows at once and gives a [`Drawn`], which is one type; what changes by itself is a
//! [`Live`], one type for each kind of value; and a button's press is a [`Press`]. What stands
//! around them is then written once. (Measured in `cargo verify`: the size ledger.)

use std::sync::Arc;

use leptos::{
    ev::MouseEvent,
    prelude::*,
    tachys::{
        html::{attribute::any_attribute::AnyAttribute, element::ElementState},
        hydration::Cursor,
        no_attrs,
        renderer::{CastFrom, Rndr, types},
        view::{Mountable, Position, PositionState},
    },
};
use send_wrapper::SendWrapper;

use crate::{browser, json};

/// Something that changes by itself: read again whenever what it reads has changed.
pub type Live<T> = Box<dyn FnMut() -> T + Send>;

/// What is done when a button is pressed.
pub type Press = Box<dyn FnMut(MouseEvent)>;

/// A value that several things read. Reactive.
pub type Reading<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// What `read` gives, now and whenever it changes.
pub fn live<T>(read: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Box::new(read)
}

/// What `read` gives, for several to read.
pub fn reading<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Reading<T> {
    Arc::new(read)
}

/// What a button does.
pub fn press(mut act: impl FnMut() + 'static) -> Press {
    Box::new(move |_| act())
}

/// Does `act`, and again whenever what it reads has changed.
pub fn follow(act: impl Fn() + 'static) {
    let act: Box<dyn Fn()> = Box::new(act);
    Effect::new(act);
}

/// A view that is drawn already, whatever it shows.
pub struct Drawn(SendWrapper<State>);

/// A node of the document, and what keeps it alive.
pub struct State {
    node: types::Node,
    _kept: Option<Box<dyn Kept>>,
}

/// What is only held, to be dropped some day.
trait Kept {}

impl<T> Kept for T {}

/// Drawing a view.
pub trait Draw {
    /// Draws this view, which is one element with all that is in it.
    fn draw(self) -> Drawn;
}

impl<V: Render> Draw for V
where
    V::State: Rooted,
{
    fn draw(self) -> Drawn {
        Drawn(SendWrapper::new(self.build().rooted()))
    }
}

/// What is left of a view once it is drawn: one node, with what keeps it alive.
trait Rooted {
    fn rooted(self) -> State;
}

impl<At: 'static, Ch: 'static> Rooted for ElementState<At, Ch> {
    fn rooted(self) -> State {
        State { node: (**self).clone(), _kept: Some(Box::new(self)) }
    }
}

impl Rooted for State {
    fn rooted(self) -> State {
        self
    }
}

impl Drawn {
    /// Nothing to see, in a place where something may be.
    #[must_use]
    pub fn nothing() -> Self {
        let node = Rndr::create_text_node("").into();
        Self(SendWrapper::new(State { node, _kept: None }))
    }
}

impl From<Option<Self>> for Drawn {
    fn from(drawn: Option<Self>) -> Self {
        drawn.unwrap_or_else(Self::nothing)
    }
}

impl Mountable for State {
    fn unmount(&mut self) {
        Rndr::remove(&self.node);
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        Rndr::insert_node(parent, &self.node, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = Rndr::get_parent(&self.node).and_then(types::Element::cast_from);
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.node));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<types::Element> {
        Vec::new()
    }
}

impl Render for Drawn {
    type State = State;

    fn build(self) -> State {
        self.0.take()
    }

    /// What is drawn anew takes the place of what was there.
    fn rebuild(self, state: &mut State) {
        let focused = focused_in(&state.node);
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
        if let Some(selector) = focused {
            browser::focus(&selector);
        }
    }
}

/// What finds the element that has the focus, if it is in this node, once that is drawn anew: by
/// what it and what it stands in are called. Without it a keyboard would begin again at the top.
fn focused_in(node: &types::Node) -> Option<String> {
    let focused = browser::document().active_element()?;
    if !node.contains(Some(&focused)) {
        return None;
    }
    let called = |element: &types::Element| {
        let label = element.get_attribute("aria-label")?;
        Some(format!("[aria-label={}]", json::write(&label)))
    };
    let around = focused.parent_element()?.closest("[aria-label]").ok().flatten();
    let around = around.as_ref().and_then(called).unwrap_or_default();
    Some(format!("{around} {}", called(&focused)?))
}

no_attrs!(Drawn);

/// Leptos asks this of every view. It is about rendering on a server, which nothing here does.
impl RenderHtml for Drawn {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> State {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
