mod draft;
mod fields;

use leptos::prelude::*;
use shared::{
    RestaurantId,
    api::{DeliveryAreasRequest, RestaurantDelivery},
    country::uses_postcodes,
    staff::Action,
};

use self::{draft::Draft, fields::area};
use super::{
    api::{self, SaveResult},
    draft_editor::{self, Editor, EditorDraft, Texts},
    text,
};
use crate::{
    components::{Dynamic, KeyedRows},
    http::ApiError,
    session::Session,
};

/// Where a restaurant delivers, and for how much.
#[component]
pub fn DeliveryAreasPage() -> impl IntoView {
    draft_editor::draft_page::<Draft>()
}

impl EditorDraft for Draft {
    const KIND: &'static str = "delivery";
    const SAVE_ID: &'static str = "save-areas";
    const NEEDS: Action = Action::SetDelivery;
    const TEXTS: Texts = Texts {
        title: text::AREAS,
        save: text::SAVE_AREAS,
        saved: text::AREAS_SAVED,
        changed: text::AREAS_CHANGED,
        changed_hint: text::AREAS_CHANGED_HINT,
    };

    async fn fetch(
        session: Session,
        restaurant: &RestaurantId,
    ) -> Result<RestaurantDelivery, ApiError> {
        api::delivery_areas(session, restaurant).await
    }

    async fn save(
        session: Session,
        restaurant: &RestaurantId,
        request: &DeliveryAreasRequest,
    ) -> Result<SaveResult<RestaurantDelivery>, ApiError> {
        api::set_delivery_areas(session, restaurant, request).await
    }

    fn lines(current: &RestaurantDelivery) -> Vec<String> {
        match &*current.areas {
            [] => vec![text::anywhere(current)],
            areas => areas.iter().map(|area| text::area_line(area, current)).collect(),
        }
    }

    fn fields(editor: Editor<Self>) -> AnyView {
        view! { <Areas editor /> }.into_any()
    }
}

/// The areas, or that there are none.
#[component]
fn Areas(editor: Editor<Draft>) -> impl IntoView {
    let hint = move || {
        editor.shape.track();
        match editor.draft.with_untracked(|draft| draft.areas.is_empty()) {
            true => editor.current.with(text::anywhere),
            false => text::AREAS_HINT.to_owned(),
        }
    };
    let rows = Signal::derive(move || {
        let shape = editor.shape.get();
        let count = editor.draft.with_untracked(|draft| draft.areas.len());
        let row = |at| (format!("{shape}-{at}"), ViewFn::from(move || area(editor, at)));
        (0..count).map(row).collect::<Vec<_>>()
    });
    let has_postcodes = editor.current.with_untracked(|current| uses_postcodes(current.country));
    let more = move || {
        editor.shape.track();
        if !has_postcodes {
            return Some(view! { <p>{text::NO_POSTCODES_HERE}</p> }.into_any());
        }
        editor.draft.with_untracked(Draft::has_room).then(|| {
            view! {
                <button type="button" class="button second" id="add-0">
                    {text::ADD_AREA}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <section class="panel">
            <p prop:textContent=hint></p>
            <KeyedRows rows=rows />
            <Dynamic view=more />
        </section>
    }
}
