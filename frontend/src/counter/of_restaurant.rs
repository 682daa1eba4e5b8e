use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_params_map},
};
use shared::{
    RestaurantId,
    api::{Membership, Memberships},
    staff::{Action, may},
};

use super::{api, not_found::NotFound, store::Store, text};
use crate::{
    components::{Empty, Fetched, Skeleton, set_title},
    session::Session,
};

/// Shows a page of the restaurant that the address names to who works there. Its orders ring meanwhile,
/// whichever page it is.
#[component]
pub fn OfRestaurant(
    /// What the page is for: whoever may not do that is led to where they begin.
    needs: Action,
    /// The page, given whether one works in several restaurants.
    page: fn(bool) -> AnyView,
) -> impl IntoView {
    let params = use_params_map();
    let restaurant = Memo::new(move |_| {
        params.with(|params| params.get("restaurant"))?.parse::<RestaurantId>().ok()
    });
    // Anew for each: Back can lead from one restaurant to another.
    move || match restaurant.get() {
        Some(restaurant) => view! { <Opened restaurant needs page /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn Opened(restaurant: RestaurantId, needs: Action, page: fn(bool) -> AnyView) -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let navigate = use_navigate();
    let memberships = LocalResource::new(move || api::memberships(session));
    let show = move |Memberships { memberships }: Memberships| {
        store.close_unless(&restaurant);
        let several = memberships.len() > 1;
        let here = |member: &Membership| member.restaurant_id == restaurant;
        match memberships.into_iter().find(here) {
            Some(member) if !may(member.role, needs) => {
                let options = NavigateOptions { replace: true, ..Default::default() };
                navigate(&text::start_path(&member), options);
                ().into_any()
            }
            Some(member) => {
                store.open(member);
                page(several)
            }
            None => view! { <NotStaff /> }.into_any(),
        }
    };
    let skeleton = || view! { <Skeleton shape="skeleton-restaurant" count=3 within="board" /> };
    view! {
        <Fetched resource=memberships skeleton let:memberships>
            {show(memberships)}
        </Fetched>
    }
}

/// In place of a page of a restaurant where one does not work, or does not any more.
#[component]
pub fn NotStaff() -> impl IntoView {
    set_title(text::TITLE);
    view! {
        <div class="page narrow">
            <h1>{text::TITLE}</h1>
            <Empty heading=text::NOT_STAFF hint=text::NOT_STAFF_HINT>
                <A href="/counter" attr:class="button">{text::MY_RESTAURANTS}</A>
            </Empty>
        </div>
    }
}
