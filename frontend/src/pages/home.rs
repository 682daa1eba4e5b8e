use std::{sync::Arc, time::Duration};

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};
use shared::{
    api::Restaurants,
    menu::{Card, CardDish},
};

use crate::{
    browser,
    components::{
        Chip, Dynamic, Empty, Fetched, KeyedRows, PostcodeField, RestaurantCard, Select, Skeleton,
        set_title,
    },
    model::search::{self, DIETS, Filter, Sort},
    paths,
    startup::Part,
    state::{
        catalog::{Catalog, RestaurantList},
        clock::Clock,
        delivery::Delivery,
        fetch::Fetch as _,
    },
    text::{
        home as texts,
        hours::{Opening, opening_of},
    },
};

/// The address follows what is typed after this: WebKit allows 100 changes in ten seconds.
const WRITE_AFTER: Duration = Duration::from_millis(300);
/// How many pictures are in the first screen.
const EARLY: usize = 4;

/// The first page: every restaurant, or those that match.
#[component]
pub fn HomePage() -> impl IntoView {
    let catalog = expect_context::<Catalog>();
    set_title(texts::TITLE);
    let search = Search::from_address();
    let skeleton =
        || view! { <Skeleton shape="skeleton-restaurant" count=6 within="restaurants" /> };
    view! {
        <div class="page">
            <div class="hero">
                <h1>{texts::HEADING}</h1>
                <p>{texts::LEAD}</p>
                <Part>
                    <SearchField search />
                </Part>
            </div>
            <Part>
                <Filters search restaurants=catalog.restaurants />
            </Part>
            <Part>
                <Fetched resource=catalog.restaurants skeleton let:list>
                    <RestaurantRows list search />
                </Fetched>
            </Part>
        </div>
    }
}

/// What is looked for: it is in the address, except for words that were typed just now.
#[derive(Clone, Copy)]
struct Search {
    filter: Memo<Filter>,
    words: RwSignal<String>,
    /// The words that were last written to the address.
    written: RwSignal<String>,
    write: StoredValue<Box<dyn Fn(Filter) + Send + Sync>>,
}

impl Search {
    fn from_address() -> Self {
        let query = use_query_map();
        let in_address = Memo::new(move |_| {
            query.with(|query| Filter::read(|name| query.get(name).filter(|v| !v.is_empty())))
        });
        let words = RwSignal::new(in_address.with_untracked(|filter| filter.words.clone()));
        let written = RwSignal::new(words.get_untracked());
        // The address has changed by something else than typing: Back, or a link to this page.
        Effect::new(move || {
            let in_address = in_address.with(|filter| filter.words.clone());
            if in_address != written.get_untracked() {
                written.set(in_address.clone());
                words.set(in_address);
            }
        });
        let filter = Memo::new(move |_| Filter { words: words.get(), ..in_address.get() });
        let navigate = use_navigate();
        let pathname = use_location().pathname;
        let write = move |filter: Filter| {
            // A field that is removed may fire `change` when another page is shown already.
            if pathname.with_untracked(|path| path != paths::HOME) {
                return;
            }
            written.set(filter.words.trim().to_owned());
            let query = filter.query();
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let options =
                NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&paths::with_query(paths::HOME, &query), options);
        };
        Self { filter, words, written, write: StoredValue::new(Box::new(write)) }
    }

    /// Writes the address, unless it says so already. May run after the page is gone.
    fn write_now(self) {
        let Some(filter) = self.filter.try_get_untracked() else { return };
        let is_new = |written: &String| filter.words.trim() != written;
        if self.written.try_with_untracked(is_new).unwrap_or_default() {
            self.write.try_with_value(|write| write(filter));
        }
    }

    /// Changes the filter, and the address at once.
    fn edit(self, edit: impl FnOnce(&mut Filter)) {
        let mut filter = self.filter.get_untracked();
        edit(&mut filter);
        self.words.set(filter.words.clone());
        self.write.with_value(|write| write(filter));
    }
}

#[component]
fn SearchField(search: Search) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let mut write = debounce(WRITE_AFTER, move |()| search.write_now());
    // Something else than typing has changed the words.
    Effect::new(move || {
        let words = search.words.get();
        if let Some(input) = node.get().filter(|input| input.value() != words) {
            input.set_value(&words);
        }
    });
    view! {
        <div class="search" role="search">
            <span class="icon glass" aria-hidden="true"></span>
            <input
                node_ref=node
                type="search"
                id="search"
                name="q"
                autocomplete="off"
                enterkeyhint="search"
                aria-label=texts::SEARCH
                placeholder=texts::SEARCH
                value=search.words.get_untracked()
                on:input=move |event| {
                    search.words.set(event_target_value(&event));
                    write(());
                }
                // The field is left, by following a result say.
                on:change=move |_| search.write_now()
            />
        </div>
    }
}

#[component]
fn Filters(search: Search, restaurants: RestaurantList) -> impl IntoView {
    let filter = search.filter;
    let diets = DIETS.into_iter().filter_map(|(diet, _)| {
        let pressed = Signal::derive(move || filter.with(|filter| filter.diet == Some(diet)));
        let on_press = move |()| {
            search.edit(|filter| {
                filter.diet = Some(diet).filter(|diet| filter.diet != Some(*diet));
            });
        };
        let text = texts::diet(diet)?;
        Some(view! { <Chip text pressed on_press /> })
    });
    let sorts = Sort::ALL.map(|(sort, name)| (name.to_owned(), texts::sort(sort).to_owned()));
    let cuisines = move || {
        let list = restaurants.get()?.ok()?;
        let all = (String::new(), texts::ALL_CUISINES.to_owned());
        let named =
            search::cuisines(&list.restaurants).into_iter().map(|name| (name.clone(), name));
        let options = std::iter::once(all).chain(named).collect();
        let value = Signal::derive(move || filter.with(|f| f.cuisine.clone()).unwrap_or_default());
        let on_choose = move |name: String| {
            search.edit(|filter| filter.cuisine = Some(name).filter(|name| !name.is_empty()));
        };
        Some(view! { <Select label=texts::CUISINE options value on_choose /> })
    };
    let depends = Memo::new(move |_| {
        let list = restaurants.get().and_then(Result::ok);
        list.is_some_and(|list| list.restaurants.iter().any(|card| !card.areas.is_empty()))
    });
    let postcode = move || depends.get().then(|| view! { <PostcodeField /> });
    view! {
        <div class="filters" role="group" aria-label=texts::FILTERS>
            <Dynamic view=postcode />
            <div class="selects">
                <Select
                    label=texts::SORT
                    options=sorts.into()
                    value=Signal::derive(move || filter.with(|f| f.sort.name().to_owned()))
                    on_choose=move |name: String| {
                        search.edit(|filter| filter.sort = Sort::named(&name));
                    }
                />
                <Dynamic view=cuisines />
            </div>
            <div class="chips">
                <Chip
                    text=texts::OPEN_NOW
                    pressed=Signal::derive(move || filter.with(|filter| filter.open))
                    on_press=move |()| search.edit(|filter| filter.open = !filter.open)
                />
                {diets.collect_view()}
            </div>
        </div>
    }
}

/// A restaurant in the list, and its dishes that were looked for.
#[derive(Clone, PartialEq)]
struct SearchResult {
    card: Card,
    dishes: Vec<CardDish>,
}

#[component]
fn RestaurantRows(list: Arc<Restaurants>, search: Search) -> impl IntoView {
    let (clock, delivery) = (expect_context::<Clock>(), expect_context::<Delivery>());
    if list.restaurants.is_empty() {
        return view! { <Empty heading=texts::NO_RESTAURANTS hint=texts::NO_RESTAURANTS_HINT /> }
            .into_any();
    }
    let found = Memo::new(move |_| {
        clock.track();
        // What does not deliver here comes last, as what is closed does.
        let fee = |card: &Card| delivery.fee(card);
        let open = |card: &Card| opening_of(card) == Opening::Open && fee(card).is_some();
        search.filter.with(|filter| {
            let found = filter.find(&list.restaurants, open, fee, browser::fold_case);
            let owned = found.into_iter().map(|found| SearchResult {
                card: found.card.clone(),
                dishes: found.dishes.into_iter().cloned().collect(),
            });
            owned.collect::<Vec<_>>()
        })
    });
    let count = move || found.with(Vec::len);
    let row = move |(number, card): (usize, Card)| {
        // A card shows what holds for the postcode.
        let postcode = if card.areas.is_empty() { String::new() } else { delivery.postcode() };
        let key = format!("{} {postcode}", card.restaurant_id);
        let row = ViewFn::from(move || {
            let (card, id) = (card.clone(), card.restaurant_id.clone());
            let dishes = Signal::derive(move || {
                found.with(|found| {
                    let found = found.iter().find(|found| found.card.restaurant_id == id);
                    found.map(|found| found.dishes.clone()).unwrap_or_default()
                })
            });
            view! {
                <li>
                    <Part>
                        <RestaurantCard card dishes early=number < EARLY />
                    </Part>
                </li>
            }
        });
        (key, row)
    };
    let rows = move || {
        found.with(|found| {
            let cards = found.iter().map(|found| found.card.clone());
            cards.enumerate().map(row).collect::<Vec<_>>()
        })
    };
    let nothing = move || {
        let heading = texts::no_matches(&search.filter.get().words);
        let show_all = move |_| {
            search.edit(|filter| *filter = Filter { sort: filter.sort, ..Filter::default() });
            browser::focus("#search");
        };
        (count() == 0).then(|| {
            view! {
                <Empty heading hint=texts::NO_MATCHES_HINT>
                    <button type="button" class="button" on:click=show_all>
                        {texts::SHOW_ALL}
                    </button>
                </Empty>
            }
        })
    };
    view! {
        <div>
            <p
                class="visually-hidden"
                role="status"
                prop:textContent=move || texts::restaurants(count())
            ></p>
            <ul class="restaurants">
                <Part>
                    <KeyedRows rows />
                </Part>
            </ul>
            <Dynamic view=nothing />
        </div>
    }
    .into_any()
}
