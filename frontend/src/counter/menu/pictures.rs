use gloo_net::http::{Method, RequestBuilder};
use leptos::{ev, prelude::*};
use shared::{
    RestaurantId,
    api::{PictureRefusal, PictureRequest, ProblemType, Upload},
};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use super::{
    super::{api, text},
    editor::Editor,
    mistakes::below,
};
use crate::{
    browser,
    components::{Alert, Dynamic},
    http::ApiError,
    session::Session,
};

/// Milliseconds that sending a picture may take: 12 MB over a slow line.
const SEND_WITHIN: u32 = 120_000;
/// How often a picture that was sent is asked for: making it of a large one takes seconds.
const ATTEMPTS: u32 = 4;

/// Why a dish does not get a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::counter) enum PictureError {
    /// It is none that dishes can have.
    Refused(PictureRefusal),
    /// Too many were sent within a minute.
    TooMany,
    /// No answer.
    NoConnection,
    /// Anything else.
    Failed,
}

/// The picture of a dish, and choosing another.
#[component]
pub(super) fn PictureField(editor: Editor, dish: u32, art: String) -> impl IntoView {
    let id = format!("picture-{dish}");
    let is_sending =
        Memo::new(move |_| editor.upload(dish).is_some_and(|upload| upload.failure.is_none()));
    let choose = move |event: ev::Event| {
        if let Some(file) = chosen_file(&event).filter(|_| !is_sending.get_untracked()) {
            editor.upload_picture(dish, file);
        }
    };
    let picture = (!art.is_empty())
        .then(|| view! { <img src=art.clone() alt="" width="160" height="120" /> });
    let remove = (!art.is_empty()).then(|| {
        view! {
            <button type="button" class="quiet" id=format!("remove-picture-{dish}")>
                {text::REMOVE_PICTURE}
            </button>
        }
    });
    let choice = if art.is_empty() { text::ADD_PICTURE } else { text::REPLACE_PICTURE };
    let label = move || if is_sending.get() { text::UPLOADING } else { choice };
    let failed = move || {
        let error = editor.upload(dish)?.failure?;
        Some(view! { <Alert text=text::picture_error(error) /> })
    };
    view! {
        <div class="menu-picture">
            {picture}
            <div class="actions">
                <label class="button second menu-file">
                    <span prop:textContent=label></span>
                    <input
                        type="file"
                        class="visually-hidden"
                        id=id.clone()
                        accept=PictureRequest::TYPES.join(",")
                        aria-describedby=format!("{id}-hint")
                        on:change=choose
                    />
                </label>
                {remove}
            </div>
            <Dynamic view=failed />
            {below(editor, id, text::PICTURE_HINT)}
        </div>
    }
}

/// The file that was chosen in the field of an event; the same can be chosen again.
pub(super) fn chosen_file(event: &ev::Event) -> Option<File> {
    let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = field.files()?.get(0)?;
    field.set_value("");
    Some(file)
}

/// Sends a picture; its path on the site.
///
/// # Errors
/// Why it has none.
pub(super) async fn send(
    session: Session,
    restaurant: &RestaurantId,
    file: &File,
) -> Result<String, PictureError> {
    let content_type = file.type_();
    if !PictureRequest::TYPES.contains(&content_type.as_str()) {
        return Err(PictureError::Refused(PictureRefusal::OtherType));
    }
    if file.size() == 0.0 {
        return Err(PictureError::Refused(PictureRefusal::Damaged));
    }
    if file.size() > f64::from(PictureRequest::MAX_BYTES) {
        return Err(PictureError::Refused(PictureRefusal::TooLarge));
    }
    let request = PictureRequest { content_type, bytes: file.size() as u32 };
    let upload = api::new_upload(session, restaurant, &request).await.map_err(|it| why(&it))?;
    put(&upload, &request.content_type, file).await?;
    for attempt in 1.. {
        match api::uploaded(session, restaurant, &upload).await {
            Ok(picture) => return Ok(picture.art),
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                browser::sleep(1_000).await;
            }
            Err(error) => return Err(why(&error)),
        }
    }
    Err(PictureError::Failed)
}

async fn put(
    Upload { url, .. }: &Upload,
    content_type: &str,
    file: &File,
) -> Result<(), PictureError> {
    let request = RequestBuilder::new(url).method(Method::PUT).header("content-type", content_type);
    let request = request.body(file.clone()).map_err(|_| PictureError::Failed)?;
    match browser::timeout(SEND_WITHIN, request.send()).await {
        Some(Ok(answer)) if answer.ok() => Ok(()),
        Some(Ok(_)) => Err(PictureError::Failed),
        Some(Err(_)) | None => Err(PictureError::NoConnection),
    }
}

fn why(error: &ApiError) -> PictureError {
    match error {
        ApiError::NoAnswer => PictureError::NoConnection,
        ApiError::Problem(problem) => match problem.kind {
            ProblemType::PictureRefused => {
                PictureError::Refused(PictureRefusal::of(problem.field.as_deref()))
            }
            ProblemType::TooManyRequests => PictureError::TooMany,
            _ => PictureError::Failed,
        },
        ApiError::Outdated => PictureError::Failed,
    }
}
