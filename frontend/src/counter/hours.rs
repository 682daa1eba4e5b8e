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
    draft_editor::{self, Editor, EditorDraft, Texts},
    text,
};
use crate::{
    components::{Dynamic, KeyedRows},
    http::ApiError,
    session::Session,
    text::hours::{special_days, week, week_name},
};

/// When a restaurant is open: the hours of a week, and special days.
#[component]
pub fn HoursPage() -> impl IntoView {
    draft_editor::draft_page::<Draft>()
}

impl EditorDraft for Draft {
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
