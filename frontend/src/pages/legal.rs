use leptos::prelude::*;
use shared::api::{LegalPage as Page, PageName};

use crate::{
    api,
    components::{Fetched, Skeleton, set_title},
    text,
};

/// The owner's privacy policy or terms, from the catalog.
#[component]
pub fn LegalPage(
    /// Which.
    name: PageName,
) -> impl IntoView {
    let title = match name {
        PageName::Privacy => text::PRIVACY,
        PageName::Terms => text::TERMS,
    };
    set_title(title);
    let page = LocalResource::new(move || api::legal_page(name));
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=6 within="stack" /> };
    view! {
        <div class="page narrow legal">
            <Fetched resource=page skeleton let:page>
                {content(page)}
            </Fetched>
        </div>
    }
}

fn content(page: Page) -> AnyView {
    let sections = page.sections.into_iter().map(|section| {
        let heading = section.heading.map(|heading| view! { <h2>{heading}</h2> });
        let paragraphs =
            section.paragraphs.into_iter().map(|text| view! { <p>{text}</p> }.into_any());
        view! { <section>{heading} {paragraphs.collect_view()}</section> }.into_any()
    });
    view! {
        <h1>{page.title}</h1>
        {sections.collect_view()}
    }
    .into_any()
}
