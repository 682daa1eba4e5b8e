//! The shift of this tablet: while it is on, the tablet rings, and its screen stays on.

use leptos::{ev, prelude::*};
use shared::{Timestamp, Until};

use super::{
    alarm::{Loudness, Ring},
    board,
    head::in_office,
    sound::{self, Sound},
    store::Store,
    text,
};
use crate::{
    browser,
    components::{Dynamic, If},
    server_clock,
    session::Session,
    state::connection::Connection,
    storage,
};

const STORAGE_KEY: &str = "tiffin.shift";
/// How long a shift lasts at most, in milliseconds: it ends by itself.
const LONGEST: i64 = 14 * 3_600_000;

/// Milliseconds from one sound to the next while the tablet can hear of no order.
const CUT_OFF: i64 = 30_000;
/// Milliseconds from one sound to the next while an order that is ready has no courier.
const NO_COURIER: i64 = 12_000;
/// Milliseconds without an answer after which that is so.
const STALE: i64 = 60_000;

/// The shift of this tablet.
#[derive(Clone, Copy)]
pub(super) struct Shift {
    store: Store,
    session: Session,
    until: RwSignal<Option<Until>>,
    /// Whether the browser lets this page be heard.
    is_heard: RwSignal<bool>,
    /// Whether somebody is asked if the sound was heard.
    is_asking: RwSignal<bool>,
    rang_at: RwSignal<i64>,
    /// When it last rang for want of a courier.
    rang_for_courier_at: RwSignal<i64>,
    /// How many cancelled orders there were when that was said last.
    cancelled: RwSignal<usize>,
}

impl Shift {
    /// The shift that this tablet was on before the page was loaded, if any.
    pub(super) fn resume(store: Store, session: Session, connection: Connection) -> Self {
        let shift = Self {
            store,
            session,
            until: RwSignal::new(storage::get(STORAGE_KEY)),
            is_heard: RwSignal::new(false),
            is_asking: RwSignal::new(false),
            rang_at: RwSignal::new(0),
            rang_for_courier_at: RwSignal::new(-NO_COURIER),
            cancelled: RwSignal::new(0),
        };
        if shift.is_on_at(server_clock::now_or_device()) {
            // Chrome allows sound on sites where media was played often (the autoplay policy's "media engagement").
            sound::unlock(None);
            sound::keep_screen_on();
        }
        // The browser lets the screen go off when the page is hidden, and may have stopped the sound.
        Effect::watch(
            move || connection.resumed(),
            move |_, _, _| {
                if shift.is_on_at(server_clock::now_or_device()) {
                    sound::unlock(None);
                    sound::keep_screen_on();
                }
            },
            false,
        );
        // Any press will do.
        let pressed = move || {
            if shift.is_on_at(server_clock::now_or_device()) && !sound::is_on() {
                sound::unlock(None);
            }
        };
        browser::on_window(ev::pointerdown, move |_| pressed());
        browser::on_window(ev::keydown, move |_| pressed());
        Effect::new(move || shift.tick(store.now()));
        // Signing out ends the shift; an expired session does not.
        Effect::watch(
            move || session.ended(),
            move |_, _, _| {
                if !untrack(|| session.expired()) {
                    shift.end();
                }
            },
            false,
        );
        shift
    }

    fn is_on_at(self, now: Timestamp) -> bool {
        self.until.with_untracked(|until| until.is_some_and(|until| until.holds(now)))
    }

    /// Whether the shift is on. Reactive.
    fn is_on(self) -> bool {
        let now = self.store.now();
        self.until.with(|until| until.is_some_and(|until| until.holds(now)))
    }

    /// Starts the shift, by somebody's press: the browser allows sound then.
    fn start(self) {
        let until = Until::at(server_clock::now_or_device().plus_millis(LONGEST));
        storage::set(STORAGE_KEY, &until);
        self.until.set(Some(until));
        self.chime();
        sound::keep_screen_on();
    }

    /// Plays the sound of a new order, and asks whether it was heard.
    fn chime(self) {
        sound::unlock(Some(Sound::New(Loudness::Louder)));
        self.is_asking.set(true);
    }

    fn end(self) {
        storage::remove(STORAGE_KEY);
        self.until.set(None);
        self.is_asking.set(false);
        sound::let_screen_go_off();
    }

    /// What rings now. Reactive.
    fn ring(self) -> Option<Ring> {
        let now = self.store.now();
        self.store.ring(now)
    }

    /// Rings if it is time to: each second.
    fn tick(self, now: Timestamp) {
        let is_heard = sound::is_on();
        if self.is_heard.get_untracked() != is_heard {
            self.is_heard.set(is_heard);
        }
        let cancelled =
            self.store.with(|board| board.tickets().filter(|it| board::is_news(it)).count());
        let is_new = cancelled > self.cancelled.get_untracked();
        self.cancelled.set(cancelled);
        self.store.prune_silenced(now);
        if !self.is_on_at(now) {
            return;
        }
        if is_new {
            sound::play(Sound::Cancelled);
        }
        let moment = browser::monotonic();
        // Nobody would hear of an order until somebody looks at the tablet.
        let is_cut_off = untrack(|| self.session.expired() || self.store.is_stale_for(STALE));
        if is_cut_off && moment - self.rang_at.get_untracked() >= CUT_OFF {
            self.rang_at.set(moment);
            sound::play(Sound::Cancelled);
        }
        if let Some(ring) = self.ring()
            && moment - self.rang_at.get_untracked() >= pause(ring.loudness)
        {
            self.rang_at.set(moment);
            sound::play(Sound::New(ring.loudness));
        }
        let rang_at = self.rang_for_courier_at;
        if self.store.ring_for_courier(now).is_some()
            && moment - rang_at.get_untracked() >= NO_COURIER
        {
            rang_at.set(moment);
            sound::play(Sound::NoCourier);
        }
    }
}

/// Milliseconds from one ring to the next.
const fn pause(loudness: Loudness) -> i64 {
    match loudness {
        Loudness::Normal => 5_500,
        Loudness::Louder => 3_500,
        Loudness::Loudest => 1_500,
    }
}

/// Whether this tablet rings, and what it rings for.
#[component]
pub fn ShiftBar() -> impl IntoView {
    let (shift, store) = (expect_context::<Shift>(), expect_context::<Store>());
    let is_open = Memo::new(move |_| store.restaurant().is_some());
    // A courier's phone does not ring for the kitchen.
    let is_of_kitchen = Memo::new(move |_| !is_open.get() || store.shows_board());
    // Who edits a menu at home is not asked to start a shift.
    let (in_office, is_on) = (in_office(), Memo::new(move |_| shift.is_on()));
    let may_ring = Memo::new(move |_| is_on.get() || !in_office.get());
    let is_silent = move || {
        let rings_here = is_open.get() && is_of_kitchen.get() && may_ring.get();
        rings_here && (!is_on.get() || !shift.is_heard.get())
    };
    let silent = move || {
        let text = if is_on.get() { text::SILENT } else { text::NO_SHIFT };
        let button = if is_on.get() { text::SOUND_ON } else { text::START_SHIFT };
        view! {
            <div class="band bad" role="status">
                <p>{text}</p>
                <button type="button" class="button" on:click=move |_| shift.start()>
                    {button}
                </button>
            </div>
        }
    };
    let asking = move || {
        let is_asking = shift.is_asking.get() && !is_silent();
        is_asking.then(|| {
            view! {
                <div class="band">
                    <p>{text::DID_YOU_HEAR}</p>
                    <div class="actions">
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| shift.is_asking.set(false)
                        >
                            {text::HEARD}
                        </button>
                        <button type="button" class="button second" on:click=move |_| shift.chime()>
                            {text::PLAY_AGAIN}
                        </button>
                    </div>
                    <p class="band-hint">{text::VOLUME_HINT}</p>
                </div>
            }
        })
    };
    let is_quiet =
        move || is_of_kitchen.get() && is_on.get() && !is_silent() && !shift.is_asking.get();
    let on = move || {
        is_quiet().then(|| {
            let (class, button, text) = match (is_open.get(), store.is_stale()) {
                (false, _) => ("band bad", "button", text::NO_RESTAURANT_OPEN),
                (true, true) => ("band bad", "button", text::CANNOT_RING),
                (true, false) => ("band good", "quiet", text::SHIFT_ON),
            };
            view! {
                <div class=class>
                    <p>{text}</p>
                    <button type="button" class=button on:click=move |_| shift.end()>
                        {text::END_SHIFT}
                    </button>
                </div>
            }
        })
    };
    let without_courier = Memo::new(move |_| store.ring_for_courier(store.now()));
    let no_courier = move || {
        without_courier.get().map(|orders| {
            let text = text::without_courier(orders);
            let label = text::named(text::SILENCE, &text);
            view! {
                <div class="band ring" role="alert">
                    <p>{text}</p>
                    <button
                        type="button"
                        class="button"
                        aria-label=label
                        on:click=move |_| store.silence_courier()
                    >
                        {text::SILENCE}
                    </button>
                </div>
            }
        })
    };
    let new_orders =
        Memo::new(move |_| shift.ring().filter(|_| may_ring.get()).map(|ring| ring.orders));
    let ringing = move || {
        new_orders.get().map(|orders| {
            view! {
                <div class="band ring" role="alert">
                    <p>{text::new_orders(orders)}</p>
                    <button type="button" class="button" on:click=move |_| store.see_all()>
                        {text::SILENCE}
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="bands">
            <Dynamic view=ringing />
            <Dynamic view=no_courier />
            <If when=is_silent>{silent}</If>
            <Dynamic view=asking />
            <Dynamic view=on />
        </div>
    }
}
