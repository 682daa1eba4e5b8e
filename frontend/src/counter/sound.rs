//! The alarm's sounds, made by the browser's oscillators (Web Audio): there is no file to load.
//!
//! A browser plays nothing before somebody has pressed something in the page
//! (developer.chrome.com/blog/autoplay); [`unlock`] is called then.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

use super::alarm::Loudness;

/// What the tablet says aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    /// There is a new order: rises.
    New(Loudness),
    /// An order was cancelled: falls.
    Cancelled,
    /// Nobody brings an order that is ready: one note, repeated.
    NoCourier,
    /// Something waits for a courier: soft, for whoever carries the phone.
    Offer,
}

thread_local! {
    /// The lock that keeps the screen on.
    static LOCK: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Has the browser allow sound, and plays this one then; to be called when somebody presses something.
pub(super) fn unlock(then: Option<Sound>) {
    let resumed = CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            *context = AudioContext::new().ok();
        }
        context.as_ref()?.resume().ok()
    });
    if let Some(resumed) = resumed {
        spawn_local(async move {
            drop(JsFuture::from(resumed).await);
            if let Some(sound) = then {
                play(sound);
            }
        });
    }
}

/// Whether this tablet can be heard, as far as a page can know: its volume is not for a page to see.
pub(super) fn is_on() -> bool {
    let running = |context: &AudioContext| context.state() == AudioContextState::Running;
    CONTEXT.with_borrow(|context| context.as_ref().is_some_and(running))
}

/// Plays a sound once, of less than two seconds; not while the page cannot be heard, for all would be heard
/// together once it can.
pub(super) fn play(sound: Sound) {
    if !is_on() {
        return;
    }
    // Frequencies in Hz, and the volume.
    let (notes, volume): (&[f32], f32) = match sound {
        Sound::New(Loudness::Normal) => (&[880.0, 1_175.0], 0.3),
        Sound::New(Loudness::Louder) => (&[880.0, 1_175.0, 880.0, 1_175.0], 0.6),
        Sound::New(Loudness::Loudest) => (&[988.0, 1_319.0, 988.0, 1_319.0, 988.0, 1_319.0], 1.0),
        Sound::Cancelled => (&[659.0, 523.0, 392.0], 0.6),
        Sound::NoCourier => (&[587.0, 587.0, 587.0], 0.6),
        Sound::Offer => (&[523.0, 659.0], 0.08),
    };
    CONTEXT.with_borrow(|context| {
        let Some(context) = context else { return };
        for (place, frequency) in (0_u8..).zip(notes) {
            let _ = play_note(context, *frequency, volume, place);
        }
    });
}

/// Seconds of a note.
const NOTE: f64 = 0.22;

#[expect(clippy::float_arithmetic, reason = "Web Audio counts in seconds")]
fn play_note(
    context: &AudioContext,
    frequency: f32,
    volume: f32,
    place: u8,
) -> Result<(), JsValue> {
    let begin = context.current_time() + NOTE * f64::from(place);
    let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
    oscillator.set_type(OscillatorType::Triangle);
    oscillator.frequency().set_value(frequency);
    gain.gain().set_value_at_time(volume, begin)?;
    // Without a fade, each note ends with a click.
    gain.gain().exponential_ramp_to_value_at_time(0.001, begin + NOTE)?;
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    oscillator.start_with_when(begin)?;
    oscillator.stop_with_when(begin + NOTE)
}

/// Has a phone vibrate once, shortly (w3.org/TR/vibration); a browser that cannot does nothing.
pub(super) fn vibrate() {
    let navigator = window().navigator();
    let vibrate = Reflect::get(&navigator, &"vibrate".into()).ok();
    if let Some(vibrate) = vibrate.and_then(|vibrate| vibrate.dyn_into::<Function>().ok()) {
        let _ = vibrate.call1(&navigator, &120.into());
    }
}

/// Asks the browser to keep the screen on (w3.org/TR/screen-wake-lock), until the page is hidden. A browser
/// that cannot does nothing.
pub(super) fn keep_screen_on() {
    let request = || -> Option<Promise> {
        let lock = Reflect::get(&window().navigator(), &"wakeLock".into()).ok()?;
        let request: Function = Reflect::get(&lock, &"request".into()).ok()?.dyn_into().ok()?;
        request.call1(&lock, &"screen".into()).ok()?.dyn_into().ok()
    };
    if let Some(granted) = request() {
        spawn_local(async move {
            if let Ok(lock) = JsFuture::from(granted).await {
                LOCK.set(Some(lock));
            }
        });
    }
}

/// Lets the screen go off again.
pub(super) fn let_screen_go_off() {
    let Some(lock) = LOCK.take() else { return };
    let release = Reflect::get(&lock, &"release".into()).ok();
    if let Some(release) = release.and_then(|release| release.dyn_into::<Function>().ok()) {
        let _ = release.call0(&lock);
    }
}
