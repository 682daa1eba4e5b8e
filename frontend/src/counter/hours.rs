mod draft;

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::components::A;
use shared::{
    RestaurantId,
    api::RestaurantHours,
    hours::{OpeningHours, Times},
    staff::Action,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

use self::draft::{Draft, Errors, Group};
use super::{
    api::{self, HoursResult},
    not_found::NotFound,
    of_restaurant::OfRestaurant,
    store::Store,
    text,
};
use crate::{
    browser,
    components::{Alert, Dynamic, Fetched, KeyedRows, Skeleton, focus_first_error, set_title},
    session::Session,
    storage,
    text::hours::{local_now, special_days, week, week_name},
};

/// When a restaurant is open: the hours of a week, and special days.
#[component]
pub fn HoursPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::SetHours page=|_| view! { <Office /> }.into_any() /> }
}

#[component]
fn Office() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::HOURS);
    let restaurant = store.restaurant().filter(|_| store.may(Action::SetHours));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let hours = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { api::hours(session, &restaurant).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=7 within="stack" /> };
    let back = text::board_path(&restaurant);
    view! {
        <div class="page narrow stack">
            <A href=back attr:class="back">{text::BACK_TO_BOARD}</A>
            <h1>{text::HOURS}</h1>
            <Fetched resource=hours skeleton let:hours>
                <Form editor=Editor::new(&restaurant, hours) />
            </Fetched>
        </div>
    }
    .into_any()
}

/// The hours that are being changed. What is typed is kept on the device until it is saved or discarded.
#[derive(Clone, Copy)]
struct Editor {
    session: Session,
    restaurant: StoredValue<RestaurantId>,
    /// The hours as they are.
    current: RwSignal<RestaurantHours>,
    draft: RwSignal<Draft>,
    /// Grows when there are other fields than before.
    shape: RwSignal<u32>,
    errors: RwSignal<Errors>,
    /// Whether somebody else has changed the hours since.
    conflict: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
    saved: RwSignal<bool>,
    sending: RwSignal<bool>,
}

impl Editor {
    fn new(restaurant: &RestaurantId, hours: RestaurantHours) -> Self {
        let unchanged = Draft::of(&hours);
        let kept = storage::get::<Draft>(&key(restaurant));
        let draft = kept.filter(|kept| kept.groups != unchanged.groups).unwrap_or(unchanged);
        Self {
            session: expect_context(),
            restaurant: StoredValue::new(restaurant.clone()),
            conflict: RwSignal::new(draft.version != hours.version),
            current: RwSignal::new(hours),
            draft: RwSignal::new(draft),
            shape: RwSignal::new(0),
            errors: RwSignal::default(),
            failure: RwSignal::default(),
            saved: RwSignal::new(false),
            sending: RwSignal::new(false),
        }
    }

    /// Changes the draft, and keeps it.
    fn edit<T>(self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let changed = self.draft.try_update(change);
        let restaurant = self.restaurant.try_get_value()?;
        self.draft.with_untracked(|draft| storage::set(&key(&restaurant), draft));
        self.saved.set(false);
        changed
    }

    /// Begins anew with the hours as they are.
    fn discard(self) {
        self.restaurant.with_value(|restaurant| storage::remove(&key(restaurant)));
        self.draft.set(self.current.with_untracked(Draft::of));
        self.errors.set(Errors::new());
        self.failure.set(None);
        self.conflict.set(false);
        self.shape.update(|shape| *shape += 1);
        browser::focus_if_lost("#save-hours".to_owned());
    }

    /// Keeps the draft in place of what somebody else has set.
    fn keep(self) {
        let version = self.current.with_untracked(|current| current.version);
        self.edit(|draft| draft.version = version);
        self.conflict.set(false);
        browser::focus_if_lost("#save-hours".to_owned());
    }

    fn is_changed(self) -> bool {
        self.current.with(|current| self.draft.with(|draft| *draft != Draft::of(current)))
    }

    fn press(self, button: &str) {
        let now = self.current.with_untracked(|current| local_now(&current.hours));
        let to_focus = self.edit(|draft| draft.press(button, now.map(|now| now.date)));
        if let Some(to_focus) = to_focus.flatten() {
            // They may be of fields that are elsewhere now.
            self.errors.set(Errors::new());
            self.shape.update(|shape| *shape += 1);
            browser::focus_soon(format!("#{to_focus}"));
        }
    }

    fn save(self) {
        if self.conflict.get_untracked() {
            return browser::focus("#use-theirs");
        }
        if self.sending.get_untracked() {
            return;
        }
        let now = self.current.with_untracked(|current| local_now(&current.hours));
        let read = self.draft.with_untracked(|draft| draft.read(now.map(|now| now.date)));
        let request = match read {
            Ok(request) => request,
            Err(errors) => {
                self.errors.set(errors);
                return focus_first_error();
            }
        };
        self.errors.set(Errors::new());
        self.sending.set(true);
        let (restaurant, sent) = (self.restaurant.get_value(), self.draft.get_untracked());
        spawn_local(async move {
            let answer = api::set_hours(self.session, &restaurant, &request).await;
            if self.sending.try_set(false).is_some() {
                return; // the page is gone; what was typed is kept
            }
            self.failure.set(None);
            match answer {
                Ok(HoursResult::Saved(hours)) => {
                    let version = hours.version;
                    self.current.set(hours);
                    // Something may have been typed meanwhile.
                    match self.draft.with_untracked(|draft| *draft == sent) {
                        true => self.discard(),
                        false => drop(self.edit(|draft| draft.version = version)),
                    }
                    self.saved.set(true);
                }
                Ok(HoursResult::Changed(current)) => {
                    self.current.set(current);
                    self.conflict.set(true);
                    browser::focus_soon("#use-theirs");
                }
                Err(error) => self.failure.set(Some(text::hours_error(&error))),
            }
        });
    }
}

/// Where a draft is kept.
fn key(restaurant: &RestaurantId) -> String {
    format!("tiffin.hours.{restaurant}")
}

#[component]
fn Form(editor: Editor) -> impl IntoView {
    // One handler for all fields and one for all buttons, which say by their ids what they are.
    let target = |event: &ev::Event| event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let type_in = move |event: ev::Event| {
        if let Some(field) = target(&event).map(|field| field.id()) {
            let typed = event_target_value(&event);
            editor.errors.update(|errors| errors.retain(|(wrong, _)| *wrong != field));
            editor.edit(|draft| draft.type_in(&field, typed));
        }
    };
    let press = move |event: ev::MouseEvent| {
        if let Some(button) =
            target(&event).filter(|it| it.tag_name() == "BUTTON" && !it.id().is_empty())
        {
            editor.press(&button.id());
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    let rows = |is_weekly: bool| {
        Signal::derive(move || {
            let shape = editor.shape.get();
            let count = editor.draft.with_untracked(|draft| draft.groups.len());
            let places = (0..count).filter(|at| Draft::weekday(*at).is_some() == is_weekly);
            let row = |at| (format!("{shape}-{at}"), ViewFn::from(move || day(editor, at)));
            places.map(row).collect::<Vec<_>>()
        })
    };
    let has_room = move || {
        editor.shape.track();
        editor.draft.with_untracked(Draft::has_room).then(|| {
            view! {
                <button type="button" class="button second" id="special-0-0">
                    {text::ADD_SPECIAL_DAY}
                </button>
            }
        })
    };
    let title = editor.current.with_untracked(|current| week_name(&current.hours));
    let conflict = move || editor.conflict.get().then(|| view! { <Conflict editor /> });
    let status = move || match (editor.saved.get(), editor.is_changed()) {
        (true, _) => text::SAVED,
        (false, true) => text::UNSAVED,
        (false, false) => "",
    };
    let discard = move || {
        editor.is_changed().then(|| {
            view! {
                <button type="button" class="button second" on:click=move |_| editor.discard()>
                    {text::DISCARD}
                </button>
            }
        })
    };
    let failed = move || editor.failure.get().map(|text| view! { <Alert text /> });
    view! {
        <Dynamic view=conflict />
        <form class="stack" novalidate on:input=type_in on:click=press on:submit=submit>
            <section class="panel">
                <h2>{title}</h2>
                <KeyedRows rows=rows(true) />
            </section>
            <section class="panel">
                <h2>{text::SPECIAL_DAYS}</h2>
                <p>{text::NIGHTS}</p>
                <KeyedRows rows=rows(false) />
                <Dynamic view=has_room />
            </section>
            <div class="hours-save">
                <p role="status" prop:textContent=status></p>
                <Dynamic view=failed />
                <div class="actions">
                    <button
                        type="submit"
                        class="button"
                        id="save-hours"
                        aria-disabled=move || editor.sending.get().to_string()
                    >
                        {text::SAVE}
                    </button>
                    <Dynamic view=discard />
                </div>
            </div>
        </form>
    }
}

/// What somebody else has set meanwhile, and the choice between that and what is typed.
#[component]
fn Conflict(editor: Editor) -> impl IntoView {
    let lines = editor.current.with_untracked(|current| lines(&current.hours));
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any());
    view! {
        <section class="panel" role="alert">
            <h2>{text::CHANGED}</h2>
            <p>{text::CHANGED_HINT}</p>
            <ul class="menu-list">{lines.collect_view()}</ul>
            <div class="actions">
                <button
                    type="button"
                    class="button"
                    id="use-theirs"
                    on:click=move |_| editor.discard()
                >
                    {text::USE_THEIRS}
                </button>
                <button type="button" class="button second" on:click=move |_| editor.keep()>
                    {text::KEEP_MINE}
                </button>
            </div>
        </section>
    }
}

/// Hours as lines of text.
fn lines(hours: &OpeningHours) -> Vec<String> {
    let weekly = week(hours).into_iter().map(|(day, times)| format!("{day}: {times}"));
    weekly.chain(hours.exceptions.iter().map(special_days)).collect()
}

/// The fields of a day.
fn day(editor: Editor, at: usize) -> AnyView {
    let group = editor.draft.with_untracked(|draft| draft.groups.get(at).cloned());
    let Group { from, to, note, times } = group.unwrap_or_default();
    let weekday = Draft::weekday(at);
    let name = weekday.map_or(text::SPECIAL_DAY, |day| day.name());
    let button = |kind: &str, place: usize, text: &'static str| {
        let label = text::named(text, name);
        let id = format!("{kind}-{at}-{place}");
        view! { <button type="button" class="quiet" id=id aria-label=label>{text}</button> }
            .into_any()
    };
    let field = |kind: &str, place: usize, label, control, value| {
        input(editor, format!("{kind}-{at}-{place}"), label, control, value)
    };
    let days = weekday.is_none().then(|| {
        view! {
            <div class="pair">
                {field("from", 0, text::FIRST_DAY, "date", from)}
                {field("to", 0, text::LAST_DAY, "date", to)}
            </div>
            {field("note", 0, text::NOTE, "text", note)}
        }
    });
    let closed = times.is_empty().then(|| view! { <p>{text::CLOSED}</p> });
    let more = (times.len() < Times::MAX).then(|| button("add", 0, text::ADD_HOURS));
    let rows = times.into_iter().enumerate().map(|(place, (opens, closes))| {
        view! {
            <div class="hours-row">
                {field("opens", place, text::OPENS, "time", opens)}
                {field("closes", place, text::CLOSES, "time", closes)}
                {button("remove", place, text::REMOVE_HOURS)}
            </div>
        }
        .into_any()
    });
    let last = match weekday {
        Some(_) => button("copy", 0, text::COPY_HOURS),
        None => button("drop", 0, text::REMOVE_SPECIAL_DAY),
    };
    view! {
        <fieldset class="hours-day">
            <legend>{name}</legend>
            {days}
            {closed}
            {rows.collect_view()}
            <div class="actions">{more}{last}</div>
        </fieldset>
    }
    .into_any()
}

/// A field with what is wrong with it, or is to be known of it.
fn input(
    editor: Editor,
    id: String,
    label: &'static str,
    control: &'static str,
    value: String,
) -> AnyView {
    let (of, hint) = (id.clone(), format!("{id}-hint"));
    let error = Signal::derive(move || {
        editor
            .errors
            .with(|errors| errors.iter().find(|(wrong, _)| *wrong == of).map(|(_, why)| *why))
    });
    let of = id.clone();
    let below = move || error.get().unwrap_or_else(|| editor.draft.with(|draft| draft.hint(&of)));
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=control
                autocomplete="off"
                value=value
                aria-describedby=hint.clone()
                aria-invalid=move || error.get().is_some().to_string()
            />
            <p class="field-hint" id=hint aria-live="polite" prop:textContent=below></p>
        </div>
    }
    .into_any()
}
