use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};
use shared::{OrderId, api::ProblemType, menu::Restaurant, order::OrderLine, price::Bill};

use super::{ActionButton, Confirm, Dynamic, work};
use crate::{
    api::{self, CatalogVersion},
    http::ApiError,
    model::cart,
    paths,
    session::Session,
    state::{cart::CartStore, notices::Notices, orders::Orders},
    text::{menu, order as texts},
};

/// An order of then as it can be ordered today.
#[derive(Clone)]
struct Available {
    restaurant: Arc<Restaurant>,
    lines: Vec<OrderLine>,
    /// What is no longer sold as it was.
    gone: Vec<String>,
}

/// Puts what was ordered into the basket again, at the prices of today.
#[component]
pub fn Reorder(
    /// The order of then.
    id: OrderId,
    /// The button's name for a screen reader, where there are several.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    let (store, notices) = (expect_context::<CartStore>(), expect_context::<Notices>());
    let asking = RwSignal::new(None::<Available>);
    let (navigate, pathname) = (use_navigate(), use_location().pathname);
    let fill = move |available: Available| {
        let Available { restaurant, lines, gone } = available;
        store.edit(|cart| cart.start_over(&restaurant.card.restaurant_id, lines));
        if !gone.is_empty() {
            notices.notify(texts::not_available(&gone));
        }
        // Whoever has gone elsewhere meanwhile stays there.
        if pathname.with_untracked(|path| path.starts_with(paths::ORDERS)) {
            navigate(paths::CHECKOUT, Default::default());
        }
    };
    let fill_after = fill.clone();
    let work = work(move || {
        let fill = fill_after.clone();
        async move {
            let (restaurant, bill) = match menu_of(session, orders, id).await {
                Err(error) if error.kind() == Some(ProblemType::UnknownRestaurant) => {
                    notices.notify(texts::RESTAURANT_GONE);
                    return Ok(());
                }
                other => other?,
            };
            let (lines, gone) = cart::reorder(&restaurant, &bill);
            let available = Available { restaurant: Arc::new(restaurant), lines, gone };
            if available.lines.is_empty() {
                notices.notify(texts::REORDER_UNAVAILABLE);
            } else if store.now().is_empty() {
                fill(available);
            } else {
                asking.set(Some(available));
            }
            Ok(())
        }
    });
    let question = move || {
        let (available, fill) = (asking.get()?, fill.clone());
        let on_yes = move |()| fill(available.clone());
        let on_close = move |()| asking.set(None);
        let (title, hint) = (menu::START_NEW_TITLE, texts::REPLACES_BASKET);
        let (yes, no) = (menu::START_NEW, menu::KEEP_BASKET);
        Some(view! { <Confirm title hint yes no on_yes on_close /> })
    };
    view! {
        <div class="reorder">
            <ActionButton text=texts::REORDER label work />
            <Dynamic view=question />
        </div>
    }
}

/// An order's bill of then, and its restaurant's menu of today.
async fn menu_of(
    session: Session,
    orders: Orders,
    id: OrderId,
) -> Result<(Restaurant, Bill), ApiError> {
    let order = match untrack(|| orders.get(id)) {
        Some(order) => order,
        None => api::order(session, id).await?,
    };
    let gone = || ApiError::of(ProblemType::UnknownRestaurant);
    let basket = order.basket.ok_or_else(gone)?;
    let menu = api::restaurant(&basket.restaurant_id, Some(CatalogVersion::new())).await;
    let menu = menu.map_err(|error| if error.is_not_found() { gone() } else { error })?;
    Ok((menu, basket.bill))
}
