use leptos::prelude::*;
use serde::Deserialize;

use crate::{
    api, browser,
    components::{ActionButton, work},
    http::ApiError,
    session::Session,
    text::account as texts,
};

/// What the page reads of a page of the account's data.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    cursor: Option<String>,
}

/// The button that downloads everything that is stored about the customer.
#[component]
pub fn Download() -> impl IntoView {
    let session = expect_context::<Session>();
    let work = work(move || async move {
        browser::save_file("tiffin.json", "application/json", &everything(session).await?);
        Ok(())
    });
    view! {
        <section class="panel">
            <h2>{texts::DATA}</h2>
            <p class="panel-lead">{texts::DATA_HINT}</p>
            <ActionButton text=texts::DOWNLOAD work />
        </section>
    }
}

/// What Cognito stores, and every page of what we store, as one JSON text.
async fn everything(session: Session) -> Result<String, ApiError> {
    let email = browser::to_json(&session.email_now()).unwrap_or_default();
    let mut page = api::account(session, None).await?;
    let mut pages = vec![page.clone()];
    while let Some(cursor) = browser::parse_json::<Page>(&page).and_then(|page| page.cursor) {
        page = api::account(session, Some(&cursor)).await?;
        pages.push(page.clone());
    }
    Ok(format!("{{\"email\":{email},\n\"account\":[{}]}}\n", pages.join(",\n")))
}
