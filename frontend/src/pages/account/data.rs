use leptos::prelude::*;
use serde::Deserialize;
use shared::api::Problem;

use crate::{
    browser,
    components::{Doing, work},
    drawn::{Draw, Drawn},
    json, server,
    store::{Store, use_store},
    text,
};

/// What the page reads of a page of all that is kept.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    cursor: Option<String>,
}

/// The button that downloads all that is kept.
#[component]
pub fn Download() -> Drawn {
    let store = use_store();
    let work = work(move || async move {
        browser::save("tiffin.json", &browser::indented(&everything(store).await?));
        Ok(())
    });
    view! {
        <section class="panel">
            <h2>{text::MY_DATA}</h2>
            <p class="panel-lead">{text::MY_DATA_HINT}</p>
            <Doing text=text::DOWNLOAD work />
        </section>
    }
    .draw()
}

/// What Cognito keeps, and every page of what we keep, as one JSON text.
async fn everything(store: Store) -> Result<String, Problem> {
    let email = json::write(&store.session.email_now());
    let mut page = server::account(store.session, None).await?;
    let mut pages = vec![page.clone()];
    while let Some(cursor) = json::read::<Page>(&page).ok().and_then(|page| page.cursor) {
        page = server::account(store.session, Some(&cursor)).await?;
        pages.push(page.clone());
    }
    Ok(format!("{{\"email\":{email},\"account\":[{}]}}", pages.join(",")))
}
