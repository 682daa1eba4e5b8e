use gloo_net::http::{Method, RequestBuilder};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::api::{PictureRequest, ProblemType, Upload};
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
};

/// Milliseconds that sending a picture may take: 12 MB over a slow line.
const SEND_WITHIN: u32 = 120_000;
/// How often a picture that was sent is asked for: making it of a large one takes seconds.
const ATTEMPTS: u32 = 4;

/// The picture of a dish, and choosing another.
#[component]
pub(super) fn PictureField(editor: Editor, dish: u32, art: String) -> impl IntoView {
    let id = format!("picture-{dish}");
    let sending = RwSignal::new(false);
    let failure = RwSignal::new(None::<&'static str>);
    let choose = move |event: ev::Event| {
        let Some(file) = chosen_file(&event) else { return };
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        failure.set(None);
        spawn_local(async move {
            let sent = send(editor, &file).await;
            if let Ok(art) = &sent {
                // The dish may not be open any more, and gets its picture all the same.
                editor.set_art(dish, art.clone());
            }
            if sending.try_set(false).is_none() {
                failure.set(sent.err());
            }
        });
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
    let label = move || if sending.get() { text::UPLOADING } else { choice };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
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

/// Sends a picture; its path on the site, or why it has none.
async fn send(editor: Editor, file: &File) -> Result<String, &'static str> {
    let (session, restaurant) = (editor.session, editor.restaurant.get_value());
    let content_type = file.type_();
    let is_picture = PictureRequest::TYPES.contains(&content_type.as_str());
    if !is_picture || file.size() > f64::from(PictureRequest::MAX_BYTES) {
        return Err(text::PICTURE_WRONG);
    }
    let request = PictureRequest { content_type, bytes: file.size() as u32 };
    let upload = api::new_upload(session, &restaurant, &request).await.map_err(|it| why(&it))?;
    put(&upload, &request.content_type, file).await.ok_or(text::PICTURE_NOT_SENT)?;
    for attempt in 1.. {
        match api::uploaded(session, &restaurant, &upload).await {
            Ok(picture) => return Ok(picture.art),
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                browser::sleep(1_000).await;
            }
            Err(error) => return Err(why(&error)),
        }
    }
    Err(text::PICTURE_NOT_SENT)
}

async fn put(Upload { url, .. }: &Upload, content_type: &str, file: &File) -> Option<()> {
    let request = RequestBuilder::new(url).method(Method::PUT).header("content-type", content_type);
    let request = request.body(file.clone()).ok()?;
    let answer = browser::timeout(SEND_WITHIN, request.send()).await?.ok()?;
    answer.ok().then_some(())
}

fn why(error: &ApiError) -> &'static str {
    match error.kind() {
        Some(ProblemType::PictureRefused | ProblemType::InvalidField) => text::PICTURE_WRONG,
        _ => text::PICTURE_NOT_SENT,
    }
}
