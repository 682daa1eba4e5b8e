mod draft;
mod fields;

use leptos::prelude::*;
use shared::{
    RestaurantId,
    api::{HoursRequest, RestaurantHours},
    staff::Action,
};

use self::{draft::Draft, fields::day};
use super::{
    api::{self, SaveResult},
    draft_editor::{self, Editor, EditorDraft, Errors, Texts},
    text,
};
use crate::{
    components::{Dynamic, KeyedRows},
    http::ApiError,
    session::Session,
    text::hours::{local_now, special_days, week, week_name},
};

/// When a restaurant is open: the hours of a week, and special days.
#[component]
pub fn HoursPage() -> impl IntoView {
    draft_editor::draft_page::<Draft>()
}

impl EditorDraft for Draft {
    type Current = RestaurantHours;
    type Request = HoursRequest;

    const KIND: &'static str = "hours";
    const SAVE_ID: &'static str = "save-hours";
    const NEEDS: Action = Action::SetHours;
    const TEXTS: Texts = Texts {
        title: text::HOURS,
        save: text::SAVE,
        saved: text::SAVED,
        changed: text::CHANGED,
        changed_hint: text::CHANGED_HINT,
    };

    fn of(current: &RestaurantHours) -> Self {
        Self::of(current)
    }

    fn version(&mut self) -> &mut u32 {
        &mut self.version
    }

    fn type_in(&mut self, field: &str, text: String) {
        self.type_in(field, text);
    }

    fn press(&mut self, button: &str, current: &RestaurantHours) -> Option<String> {
        self.press(button, local_now(&current.hours).map(|now| now.date))
    }

    fn hint(&self, field: &str) -> &'static str {
        self.hint(field)
    }

    fn read(&self, current: &RestaurantHours) -> Result<HoursRequest, Errors> {
        let read = self.read(local_now(&current.hours).map(|now| now.date));
        let owned = |(field, why): (String, &str)| (field, why.to_owned());
        read.map_err(|errors| errors.into_iter().map(owned).collect())
    }

    async fn fetch(
        session: Session,
        restaurant: &RestaurantId,
    ) -> Result<RestaurantHours, ApiError> {
        api::hours(session, restaurant).await
    }

    async fn save(
        session: Session,
        restaurant: &RestaurantId,
        request: &HoursRequest,
    ) -> Result<SaveResult<RestaurantHours>, ApiError> {
        api::set_hours(session, restaurant, request).await
    }

    fn lines(RestaurantHours { hours, .. }: &RestaurantHours) -> Vec<String> {
        let weekly = week(hours).into_iter().map(|(day, times)| format!("{day}: {times}"));
        weekly.chain(hours.exceptions.iter().map(special_days)).collect()
    }

    fn fields(editor: Editor<Self>) -> AnyView {
        view! { <Days editor /> }.into_any()
    }
}

/// The days of the week, and special ones.
#[component]
fn Days(editor: Editor<Draft>) -> impl IntoView {
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
    view! {
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
    }
}
