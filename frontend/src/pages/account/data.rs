use leptos::prelude::*;
use serde::Deserialize;
use shared::api::Problem;

use crate::{
    browser,
    drawn::{Draw, Drawn, live, press},
    json, server,
    signal::Signal,
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
    let working = Signal::new(false);
    let act = press(move || {
        working.set(true);
        browser::spawn(async move {
            match everything(store).await {
                Ok(kept) => browser::save("tiffin.json", &browser::indented(&kept)),
                Err(problem) => store.notify(text::problems::hint(&problem)),
            }
            working.try_set(false);
        });
    });
    view! {
        <section class="panel">
            <h2>{text::MY_DATA}</h2>
            <p class="panel-lead">{text::MY_DATA_HINT}</p>
            <button
                type="button"
                class="button second"
                disabled=live(move || working.get())
                on:click=act
            >
                {text::DOWNLOAD}
            </button>
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
