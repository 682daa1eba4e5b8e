mod cancel;
mod receipt;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use shared::{Order, OrderId, Status, api::ProblemType};

use self::{
    cancel::{CancelOrder, TooLateToCancel},
    receipt::Receipt,
};
use super::NotFoundPage;
use crate::{
    browser,
    components::{
        Alert, Countdown, Dynamic, Fetched, If, Reorder, SignInFirst, Skeleton, StatusBadge, Time,
        Timeline, set_title,
    },
    http::ApiError,
    paths,
    session::Session,
    startup,
    state::orders::Orders,
    text::{self, format::when, order as texts, orders},
};

/// An order: what is happening, what happened when, what was ordered.
#[component]
pub fn OrderPage() -> impl IntoView {
    let orders = expect_context::<Orders>();
    orders.watch();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()));
    let order = Memo::new(move |_| orders.get(id.get()?));
    view! {
        <If when=move || id.with(Option::is_none) fallback=move || view! { <Page id order /> }>
            <NotFoundPage />
        </If>
    }
}

/// An order, or what to do to see it.
#[component]
fn Page(id: Memo<Option<OrderId>>, order: Memo<Option<Order>>) -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(Signal::derive(move || {
        let status = order.with(|order| order.as_ref().map(|order| order.status));
        status.map_or_else(|| texts::TITLE.to_owned(), texts::title)
    }));
    let active = Signal::derive(move || {
        order.with(|order| order.as_ref().is_some_and(|order| !order.status.is_terminal()))
    });
    view! {
        <div class="page narrow">
            <div class="page-head">
                <A href=paths::ORDERS exact=true attr:class="back">
                    <span class="icon chevron" aria-hidden="true"></span>
                    {text::ORDERS}
                </A>
                <StatusBadge active />
            </div>
            <If
                when=move || session.signed_in()
                fallback=|| {
                    view! {
                        <h1 class="visually-hidden">{texts::TITLE}</h1>
                        <SignInFirst heading=orders::SIGN_IN_TO_SEE hint=orders::SIGN_IN_HINT />
                    }
                }
            >
                <Load id order />
            </If>
        </div>
    }
}

/// Shows the order that is here, and fetches it as it is now.
#[component]
fn Load(id: Memo<Option<OrderId>>, order: Memo<Option<Order>>) -> impl IntoView {
    let orders = expect_context::<Orders>();
    let fetched = LocalResource::new(move || {
        let id = id.get();
        async move {
            let id = id.ok_or_else(|| ApiError::of(ProblemType::OrderNotFound))?;
            orders.fetch(id).await
        }
    });
    let here = Memo::new(move |_| order.with(|order| Some(order.as_ref()?.order_id)));
    let skeleton = || view! { <Skeleton shape="skeleton-row" count=5 within="stack" /> };
    // Another order, by the browser's Back say, is followed anew.
    let view = move || match here.get() {
        Some(_) => view! { <LiveOrder order /> }.into_any(),
        None => view! {
            <h1 class="visually-hidden">{texts::TITLE}</h1>
            <Fetched resource=fetched skeleton children=|()| () />
        }
        .into_any(),
    };
    view! { <Dynamic view /> }
}

/// The order as it moves. Each part changes by itself, so that a question or a focus stays.
#[component]
fn LiveOrder(order: Memo<Option<Order>>) -> impl IntoView {
    // What was here stays until the page goes, also when a session ends.
    let order = Memo::new(move |before: Option<&Option<Order>>| {
        order.get().or_else(|| before.cloned().flatten())
    });
    let status = Memo::new(move |_| {
        order.with(|order| order.as_ref().map_or(Status::Placed, |order| order.status))
    });
    let first = order.get_untracked();
    let Some(first) = first else { return ().into_any() };
    let (id, basket, accept_by) = (first.order_id, first.basket.clone(), first.accept_by);
    let order = Signal::derive(move || order.get().unwrap_or_else(|| first.clone()));
    let reason = move || {
        let ended = matches!(status.get(), Status::Rejected | Status::Cancelled | Status::Failed);
        ended.then(|| {
            let reason = order.with(texts::reason);
            view! {
                <p>{reason}</p>
                <A href=paths::HOME attr:class="button">{texts::FIND_ANOTHER}</A>
            }
        })
    };
    let news = move || {
        order.with(|order| {
            let courier = texts::courier(order).map(str::to_owned);
            let news = [texts::delay(order), courier].into_iter().flatten();
            news.map(|text| view! { <p>{text}</p> }).collect_view()
        })
    };
    let asking = RwSignal::new(false);
    let waiting = move || {
        (status.get() == Status::Placed).then(|| {
            view! {
                <div class="waiting">
                    <Countdown until=accept_by />
                    <CancelOrder id asking />
                </div>
            }
        })
    };
    let can_reorder = basket.is_some();
    let again =
        move || (status.get().is_terminal() && can_reorder).then(|| view! { <Reorder id /> });
    let placed_at = order.get_untracked().placed_at;
    let elsewhere = basket.is_none().then(|| view! { <Alert text=texts::PLACED_ELSEWHERE /> });
    let receipt = basket.map(|basket| {
        view! {
            <InNextTask>
                <Receipt id basket placed_at />
            </InNextTask>
        }
    });
    view! {
        <div class="stack">
            <section class=move || format!("progress {}", status.get().name())>
                <p class="order-number" prop:textContent=texts::name(id)></p>
                <h1 prop:textContent=move || order.with(texts::headline)></h1>
                <Dynamic view=reason />
                <Stages status />
                <Times order />
                <Dynamic view=news />
                <Dynamic view=waiting />
                <TooLateToCancel order asking />
                <Dynamic view=again />
            </section>
            {elsewhere}
            <section class="panel">
                <Timeline order />
            </section>
            {receipt}
        </div>
    }
    .into_any()
}

/// What is rendered in a task of its own, once what stands before it is in sight: on a phone that is four times
/// slower than a laptop, a whole order takes longer than 50 ms. Until then, there is as much room as the screen
/// has, so that nothing in sight moves.
#[component]
fn InNextTask(
    /// What is rendered.
    children: Children,
) -> impl IntoView {
    let turn = RwSignal::new(false);
    let take_turn = move || _ = turn.try_set(true);
    match document().hidden() {
        true => take_turn(),
        false => request_animation_frame(move || {
            leptos::task::spawn_local(async move {
                browser::sleep(0).await;
                take_turn();
            });
        }),
    }
    let rendered = startup::at_turn(turn.into(), children);
    let shown =
        move || rendered().unwrap_or_else(|| view! { <div class="in-next-task"></div> }.into_any());
    view! { <Dynamic view=shown /> }
}

/// The way of an order in four bars; what they say is in the timeline too.
#[component]
fn Stages(status: Memo<Status>) -> impl IntoView {
    let bars = move || {
        // How many are full, and whether the next one moves.
        let (full, moves) = match status.get() {
            Status::Placed => (0, true),
            Status::Accepted => (1, true),
            Status::Ready => (2, false),
            Status::PickedUp => (2, true),
            Status::Delivered => (4, false),
            Status::Rejected | Status::Cancelled | Status::Failed | Status::Unknown => return None,
        };
        let bars = (0..4).map(|number| {
            let class = match number {
                number if number < full => "stage full",
                number if number == full && moves => "stage moving",
                _ => "stage",
            };
            view! { <span class=class></span> }.into_any()
        });
        Some(view! { <div class="stages" aria-hidden="true">{bars.collect_view()}</div> })
    };
    view! { <Dynamic view=bars /> }
}

/// When the order should arrive; and when at the latest, if that is another time.
#[component]
fn Times(order: Signal<Order>) -> impl IntoView {
    let times = move || {
        order.with(|order| {
            let expected = order.expected_at.filter(|_| !order.status.is_terminal())?;
            let latest = order.latest_at.filter(|latest| when(*latest) != when(expected));
            Some(view! {
                <dl class="times">
                    <div>
                        <dt>{texts::ESTIMATED_ARRIVAL}</dt>
                        <dd><Time at=expected /></dd>
                    </div>
                    {latest.map(|latest| view! {
                        <div>
                            <dt>{texts::LATEST_ARRIVAL}</dt>
                            <dd><Time at=latest /></dd>
                        </div>
                    })}
                </dl>
            })
        })
    };
    view! { <Dynamic view=times /> }
}
