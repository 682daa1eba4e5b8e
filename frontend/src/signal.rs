//! Signals of one type, for a page whose size counts.
//!
//! Leptos compiles what makes, reads, writes and frees an `RwSignal<T>` anew for every `T`, some
//! three kilobytes each. A [`Signal`] is one `RwSignal` whatever it holds, and only its two ends
//! know what that is. (Measured in `cargo verify`: the size ledger.)

use std::{any::Any, marker::PhantomData};

use leptos::prelude::{
    IsDisposed, Read, ReadUntracked, RwSignal, Track, UntrackableGuard, Write, untrack,
};
use send_wrapper::SendWrapper;

use crate::drawn::follow;

/// A value that whoever reads it follows; a handle that is copied and names the same one.
///
/// Like Leptos' own, it ends with the component that made it. Reading one that has ended is a
/// mistake and panics; what may come late, such as an answer, uses the methods that begin with
/// `try_`.
pub struct Signal<T> {
    held: RwSignal<SendWrapper<Box<dyn Any>>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T: Default + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: 'static> Signal<T> {
    /// A signal that holds `value`.
    #[must_use]
    pub fn new(value: T) -> Self {
        let value: Box<dyn Any> = Box::new(value);
        Self { held: RwSignal::new(SendWrapper::new(value)), of: PhantomData }
    }

    /// Follows the value without reading it. Reactive.
    pub fn track(self) {
        self.held.track();
    }

    /// Reads the value. Reactive.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(known((**self.held.read()).downcast_ref()))
    }

    /// Reads the value, now.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(known((**self.held.read_untracked()).downcast_ref()))
    }

    /// Changes the value, and tells whoever follows it if `change` says that it has.
    pub fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        let mut held = self.held.write();
        if !change(known((***held).downcast_mut())) {
            held.untrack();
        }
    }

    /// Changes the value.
    pub fn update<U>(self, change: impl FnOnce(&mut T) -> U) -> U {
        change(known((***self.held.write()).downcast_mut()))
    }

    /// Puts another value in its place.
    pub fn set(self, value: T) {
        self.update(|held| *held = value);
    }

    /// The same, unless the signal has ended.
    pub fn try_set(self, value: T) {
        if !self.held.is_disposed() {
            self.set(value);
        }
    }

    /// The value, now, unless the signal has ended.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        (!self.held.is_disposed()).then(|| self.get_untracked())
    }

    /// The value. Reactive.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value, now.
    #[must_use]
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Takes the value, and leaves what it is by default.
    #[must_use]
    pub fn take(self) -> T
    where
        T: Default,
    {
        self.update(std::mem::take)
    }
}

/// What follows from other signals: whoever follows it hears only when it is another.
///
/// Leptos' own word for this is a memo, which is compiled for each type, too. This is the one
/// place where an effect writes a signal.
pub fn derived<T: PartialEq + 'static>(read: impl Fn() -> T + 'static) -> Signal<T> {
    let derived = Signal::new(untrack(&read));
    follow(move || {
        let now = read();
        if derived.with_untracked(|before| *before != now) {
            derived.set(now);
        }
    });
    derived
}

/// What a signal holds is what it was made with.
fn known<T>(held: Option<T>) -> T {
    match held {
        Some(value) => value,
        None => unreachable!("a signal holds another type than it was made with"),
    }
}
