use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};
use shared::api::{Membership, Memberships};

use super::{api, store::Store, text};
use crate::{
    components::{Empty, Fetched, Skeleton, set_title},
    session::Session,
};

/// Where one is staff. Whoever works in one restaurant only goes on to it, and a courier of several to what there is to
/// deliver for all, unless they come to choose one.
#[component]
pub fn RestaurantsPage() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::TITLE);
    store.close();
    let memberships = LocalResource::new(move || api::memberships(session));
    let navigate = use_navigate();
    let chooses = use_query_map().with_untracked(|query| query.get("choose").is_some());
    let show = move |Memberships { memberships }: Memberships| {
        let path = match &memberships[..] {
            [] => return view! { <NoRestaurant /> }.into_any(),
            [only] => text::start_path(only),
            all if text::begins_at_all(all) && !chooses => text::ALL_DELIVERIES_PATH.to_owned(),
            _ => return view! { <Choice memberships /> }.into_any(),
        };
        navigate(&path, NavigateOptions { replace: true, ..Default::default() });
        ().into_any()
    };
    view! {
        <div class="page narrow">
            <Fetched resource=memberships skeleton=|| {
                    view! { <Skeleton shape="skeleton-title" count=1 within="stack" /> }
                } let:memberships>
                {show(memberships)}
            </Fetched>
        </div>
    }
}

#[component]
fn NoRestaurant() -> impl IntoView {
    let session = expect_context::<Session>();
    let email = text::signed_in_as(&session.email_now().unwrap_or_default());
    view! {
        <h1>{text::TITLE}</h1>
        <Empty heading=text::NO_RESTAURANT hint=text::NO_RESTAURANT_HINT>
            <p>{email}</p>
            <button type="button" class="quiet" on:click=move |_| session.sign_out()>
                {text::SIGN_OUT}
            </button>
        </Empty>
    }
}

#[component]
fn Choice(memberships: Vec<Membership>) -> impl IntoView {
    let row = |member: Membership| {
        let href = text::start_path(&member);
        let Membership { restaurant_id, role, .. } = member;
        let card = LocalResource::new(move || {
            let id = restaurant_id.clone();
            async move { crate::api::restaurant(&id, None).await }
        });
        let name = move || card.get()?.ok().map(|restaurant| restaurant.card.name);
        view! {
            <li>
                <A href=href attr:class="choice-row">
                    <b>{name}</b>
                    <span>{text::role(role)}</span>
                </A>
            </li>
        }
    };
    let all = (text::couriers(memberships.clone()).len() > 1).then(|| {
        view! {
            <li>
                <A href=text::ALL_DELIVERIES_PATH attr:class="choice-row">
                    <b>{text::ALL_DELIVERIES}</b>
                </A>
            </li>
        }
    });
    view! {
        <h1>{text::CHOOSE}</h1>
        <ul class="stack">{all} {memberships.into_iter().map(row).collect_view()}</ul>
    }
}
