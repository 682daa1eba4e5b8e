use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
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
    /// The page, given whether one works in several restaurants.
    page: fn(bool) -> AnyView,
) -> impl IntoView {
    let params = use_params_map();
    let restaurant = Memo::new(move |_| {
        params.with(|params| params.get("restaurant"))?.parse::<RestaurantId>().ok()
    });
    // Anew for each: Back can lead from one restaurant to another.
    move || match restaurant.get() {
        Some(restaurant) => view! { <Opened restaurant page /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn Opened(restaurant: RestaurantId, page: fn(bool) -> AnyView) -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let memberships = LocalResource::new(move || api::memberships(session));
    let show = move |Memberships { memberships }: Memberships| {
        store.close_unless(&restaurant);
        let several = memberships.len() > 1;
        let here = |member: &Membership| member.restaurant_id == restaurant;
        match memberships.into_iter().find(here) {
            Some(member) if !may(member.role, Action::ReadOrders) => view! {
                <div class="page narrow">
                    <h1>{text::TITLE}</h1>
                    <Empty heading=text::NO_BOARD hint=text::NO_BOARD_HINT>
                        <button type="button" class="quiet" on:click=move |_| session.sign_out()>
                            {text::SIGN_OUT}
                        </button>
                    </Empty>
                </div>
            }
            .into_any(),
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
