mod following;

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};
use shared::{
    OrderId, RestaurantId,
    api::{CsvFile, Day, Figures, FoundOrders, OrderRow},
    hours::Date,
    staff::Action,
};

use self::following::follow_today;
use super::{
    api,
    head::{ClockHint, OfficeNav},
    not_found::NotFound,
    of_restaurant::OfRestaurant,
    store::Store,
    text,
};
use crate::{
    browser,
    components::{
        Alert, Dynamic, Empty, Fetched, Field, KeyedRows, Skeleton, Values, focus_first_error,
        set_title,
    },
    http::ApiError,
    session::Session,
    text::{
        format::{calendar_day, money, when},
        order::number,
    },
};

/// A day of a restaurant: its figures and its orders; or the orders that a search finds.
#[component]
pub fn DayPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::ReadFigures page=|_| view! { <Office /> }.into_any() /> }
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Today,
    Day(Date),
    Code(String),
}

impl Asked {
    fn title(&self) -> String {
        match self {
            Self::Today => text::TODAY.to_owned(),
            Self::Day(date) => calendar_day(*date),
            Self::Code(code) => text::found_title(code),
        }
    }
}

/// What is shown: orders, and the day if they are those of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    day: Option<(Figures, Date, Date)>,
    orders: Vec<OrderRow>,
}

async fn fetch(
    session: Session,
    restaurant: &RestaurantId,
    asked: &Asked,
) -> Result<Answer, ApiError> {
    let date = match asked {
        Asked::Code(code) => {
            let FoundOrders { orders } = api::found_orders(session, restaurant, code).await?;
            return Ok(Answer { day: None, orders });
        }
        Asked::Day(date) => Some(*date),
        Asked::Today => None,
    };
    let Day { date, today, figures, orders } = api::day(session, restaurant, date).await?;
    Ok(Answer { day: Some((figures, date, today)), orders })
}

#[component]
fn Office() -> impl IntoView {
    let store = expect_context::<Store>();
    let restaurant = store.restaurant().filter(|_| store.may(Action::ReadFigures));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| match (query.get("code"), query.get("date")) {
            (Some(code), _) if is_code(&code) => Asked::Code(code),
            (_, Some(date)) => date.parse().map_or(Asked::Today, Asked::Day),
            (_, None) => Asked::Today,
        })
    });
    let title = Signal::derive(move || asked.with(Asked::title));
    set_title(title);
    let of = restaurant.clone();
    // Anew for each: the figures of one day never stand under the name of another.
    let shown = move || {
        let (asked, restaurant) = (asked.get(), of.clone());
        view! { <Shown asked restaurant /> }
    };
    view! {
        <div class="page narrow stack">
            <OfficeNav />
            <h1 prop:textContent=title></h1>
            <ClockHint />
            <Find restaurant />
            <Dynamic view=shown />
        </div>
    }
    .into_any()
}

/// Whether a text is a code of an order, or the beginning of one.
fn is_code(text: &str) -> bool {
    (FoundOrders::FEWEST_DIGITS..=6).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The form that finds an order by its code.
#[component]
fn Find(restaurant: RestaurantId) -> impl IntoView {
    let navigate = use_navigate();
    let error = RwSignal::new(None::<String>);
    let value = use_query_map().with_untracked(|query| query.get("code")).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        let code = Values::of(&event).code("order-code");
        let is_code = is_code(&code);
        error.set((!is_code).then(|| text::CODE_WRONG.to_owned()));
        match is_code {
            true => navigate(&text::found_path(&restaurant, &code), NavigateOptions::default()),
            false => focus_first_error(),
        }
    };
    view! {
        <form class="find" role="search" novalidate on:submit=submit>
            <Field
                id="order-code"
                label=text::CODE
                hint=Signal::stored(text::CODE_HINT.to_owned())
                error=error
                value=value
                on_input=Callback::new(move |_| error.set(None))
            />
            <button type="submit" class="button second">{text::FIND}</button>
        </form>
    }
}

#[component]
fn Shown(asked: Asked, restaurant: RestaurantId) -> impl IntoView {
    let session = expect_context::<Session>();
    let is_today = asked == Asked::Today;
    let of = restaurant.clone();
    let answer = LocalResource::new(move || {
        let (restaurant, asked) = (of.clone(), asked.clone());
        async move { fetch(session, &restaurant, &asked).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=6 within="stack" /> };
    let restaurant = StoredValue::new(restaurant);
    let show = move |answer: Answer| {
        let (restaurant, answer) = (restaurant.get_value(), RwSignal::new(answer));
        if is_today {
            follow_today(restaurant.clone(), answer);
        }
        view! { <Answered answer restaurant /> }
    };
    view! {
        <Fetched resource=answer skeleton let:answer>
            {show(answer)}
        </Fetched>
    }
}

#[component]
fn Answered(answer: RwSignal<Answer>, restaurant: RestaurantId) -> impl IntoView {
    let of_day = answer.with_untracked(|answer| answer.day.is_some());
    let (heading, hint) = match of_day {
        true => (text::NO_ORDERS, text::NO_ORDERS_HINT),
        false => (text::NONE_FOUND, text::NONE_FOUND_HINT),
    };
    let is_empty = Memo::new(move |_| answer.with(|answer| answer.orders.is_empty()));
    let of = restaurant.clone();
    let list = move || match is_empty.get() {
        true => view! { <Empty heading hint /> }.into_any(),
        false => view! { <Orders answer restaurant=of.clone() /> }.into_any(),
    };
    let dates = Memo::new(move |_| {
        answer.with(|answer| answer.day.as_ref().map(|(_, date, today)| (*date, *today)))
    });
    let of = restaurant.clone();
    let days = move || {
        dates.get().map(|(date, today)| view! { <Days date today restaurant=of.clone() /> })
    };
    let figures = of_day.then(|| view! { <FiguresOfDay answer /> });
    let report =
        dates.get_untracked().map(|(date, today)| view! { <ReportForm restaurant date today /> });
    view! {
        <Dynamic view=days />
        {figures}
        <Dynamic view=list />
        {report}
    }
}

/// What leads to the days beside it.
#[component]
fn Days(date: Date, today: Date, restaurant: RestaurantId) -> impl IntoView {
    let path = |date: Date| text::day_path(&restaurant, Some(date).filter(|date| *date < today));
    let next = (date < today).then(|| {
        view! { <A href=path(date.plus_days(1)) attr:class="quiet">{text::NEXT_DAY}</A> }
    });
    view! {
        <nav class="actions" aria-label=text::DAYS>
            <A href=path(date.yesterday()) attr:class="quiet">{text::PREVIOUS_DAY}</A>
            {next}
        </nav>
    }
}

#[component]
fn FiguresOfDay(answer: RwSignal<Answer>) -> impl IntoView {
    let store = expect_context::<Store>();
    let currency = Memo::new(move |_| store.with_menu(|menu| menu.card.currency));
    let read = move |of: &dyn Fn(&Figures) -> Vec<(String, String)>| {
        answer.with(|Answer { day, .. }| {
            day.as_ref().map(|(figures, ..)| of(figures)).unwrap_or_default()
        })
    };
    let figures = move || {
        let figures = read(&|figures| text::figures(figures, currency.get(), money));
        let row = |(name, number)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{number}</dd>
                </div>
            }
            .into_any()
        };
        figures.into_iter().map(row).collect_view()
    };
    let couriers = move || {
        let couriers = read(&|figures| text::by_courier(figures, money));
        (!couriers.is_empty()).then(|| view! { <Couriers couriers /> })
    };
    view! {
        <section aria-label=text::FIGURES>
            <dl class="figures">
                <Dynamic view=figures />
            </dl>
        </section>
        <Dynamic view=couriers />
    }
}

/// What each courier has to hand in.
#[component]
fn Couriers(
    /// Their names, and what they were given.
    couriers: Vec<(String, String)>,
) -> impl IntoView {
    let row = |(name, given)| {
        view! {
            <li class="item-row">
                <span class="item-name">{name}</span>
                <span>{given}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>{text::BY_COURIER}</h2>
            <ul class="menu-list">{couriers.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Orders(answer: RwSignal<Answer>, restaurant: RestaurantId) -> impl IntoView {
    let row = move |row: &OrderRow| {
        let (id, restaurant) = (row.order_id, restaurant.clone());
        let show = move || view! { <Order id answer restaurant=restaurant.clone() /> };
        (id.to_string(), ViewFn::from(show))
    };
    let rows = Signal::derive(move || {
        answer.with(|answer| answer.orders.iter().map(&row).collect::<Vec<_>>())
    });
    view! {
        <section class="panel">
            <h2>{text::ORDERS}</h2>
            <ul class="menu-list">
                <KeyedRows rows />
            </ul>
        </section>
    }
}

#[component]
fn Order(id: OrderId, answer: RwSignal<Answer>, restaurant: RestaurantId) -> impl IntoView {
    let row = move |read: fn(&OrderRow) -> String| {
        move || {
            answer.with(|answer| {
                let row = answer.orders.iter().find(|row| row.order_id == id);
                row.map(read).unwrap_or_default()
            })
        }
    };
    let name = row(|row| format!("{} · {}", number(row.order_id), when(row.placed_at)));
    view! {
        <li class="item-row">
            <A href=text::order_path(&restaurant, id) attr:class="item-name">
                {untrack(name)}
            </A>
            <span prop:textContent=row(|row| text::order_row(row, money))></span>
            <strong prop:textContent=row(|row| money(row.total, row.currency))></strong>
        </li>
    }
}

/// Downloads the orders or the dishes of several days.
#[component]
fn ReportForm(restaurant: RestaurantId, date: Date, today: Date) -> impl IntoView {
    let session = expect_context::<Session>();
    let failure = RwSignal::new(None::<String>);
    let loading = RwSignal::new(false);
    let download = move |of: CsvFile| {
        let day = |id: &str| browser::input_text(id).parse::<Date>();
        let (Ok(from), Ok(to)) = (day("report-from"), day("report-to")) else {
            return failure.set(Some(text::PERIOD_WRONG.to_owned()));
        };
        if let Some(wrong) = text::period_wrong(from, to) {
            return failure.set(Some(wrong.to_owned()));
        }
        if loading.get_untracked() {
            return;
        }
        loading.set(true);
        let restaurant = restaurant.clone();
        spawn_local(async move {
            let answer = api::csv(session, &restaurant, of, from, to).await;
            loading.set(false);
            failure.set(answer.as_ref().err().map(text::report_error));
            if let Ok(csv) = answer {
                // Without the mark, Excel takes the file for one of the device's own old encoding.
                let csv = format!("\u{feff}{csv}");
                browser::save_file(&of.file_name(&restaurant, from, to), "text/csv", &csv);
            }
        });
    };
    let button = |of: CsvFile, label: &'static str| {
        let download = download.clone();
        view! {
            <button
                type="button"
                class="button second"
                aria-disabled=move || loading.get().to_string()
                on:click=move |_| download(of)
            >
                {label}
            </button>
        }
        .into_any()
    };
    let day = |id: &'static str, label: &'static str| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input id=id type="date" value=date.to_string() max=today.to_string() />
            </div>
        }
        .into_any()
    };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
    view! {
        <section class="panel stack">
            <h2>{text::REPORT}</h2>
            <div class="find" on:input=move |_| failure.set(None)>
                {day("report-from", text::FROM)} {day("report-to", text::TO)}
            </div>
            <Dynamic view=failed />
            <div class="actions">
                {button(CsvFile::Orders, text::ORDERS_CSV)}
                {button(CsvFile::Dishes, text::DISHES_CSV)}
            </div>
        </section>
    }
}
