mod delivery;
mod outcome;
mod placing;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{components::A, hooks::use_location};

use self::{delivery::DeliveryPanel, outcome::Outcome, placing::Placing};
use crate::{
    browser,
    components::{CartPanel, Chip, Empty, If, Values, set_title},
    paths,
    session::Session,
    state::{
        cart::{CartStore, PricedCart},
        connection::Connection,
    },
    text::{
        self, cart, checkout as texts,
        format::{money, round_money},
        hours::{Opening, opens_button},
    },
};

/// What one may give the courier, in per cent of the dishes' price.
const TIPS: [u8; 4] = [0, 5, 10, 15];
/// The form, whose button stands in the summary.
const FORM: &str = "checkout";

/// The checkout: where the order goes, the basket once more, and the button that orders it.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    let store = expect_context::<CartStore>();
    set_title(texts::TITLE);
    let placing = Placing::new();
    placing.check_sent_order();
    let connection = expect_context::<Connection>();
    Effect::watch(move || connection.resumed(), move |_, _, _| placing.resume(), false);
    view! {
        <div class="page checkout">
            <h1>{texts::TITLE}</h1>
            <If
                when=move || !store.is_empty()
                fallback=|| {
                    view! {
                        <Empty heading=cart::EMPTY hint=cart::EMPTY_HINT>
                            <A href=paths::HOME attr:class="button">{text::BROWSE}</A>
                        </Empty>
                    }
                }
            >
                <Columns placing />
            </If>
        </div>
    }
}

#[component]
fn Columns(placing: Placing) -> impl IntoView {
    let store = expect_context::<CartStore>();
    let submit = move |event: SubmitEvent| {
        let values = Values::of(&event);
        // A changed price is agreed to where that is said, not by Enter in a field.
        if untrack(|| store.total_before()).is_some() {
            return browser::show_soon(".outcomes");
        }
        placing.place(Some(&values), untrack(|| store.priced()).map(|priced| priced.bill));
    };
    let add_more = move || {
        let restaurant = store.with(|cart| cart.restaurant_id.clone());
        restaurant.as_ref().map_or_else(|| paths::HOME.to_owned(), paths::menu)
    };
    view! {
        <div class="checkout-columns">
            <form id=FORM class="stack" novalidate on:submit=submit>
                <DeliveryPanel placing />
                <Tip />
                <section class="panel">
                    <h2>{texts::PAYMENT}</h2>
                    <p>{texts::PAY_ON_DELIVERY}</p>
                </section>
            </form>
            <aside class="panel checkout-cart" aria-label=cart::BASKET>
                <h2>{cart::BASKET}</h2>
                <CartPanel at_checkout=true />
                <A href=add_more attr:class="quiet">{texts::ADD_MORE}</A>
                <div class="outcomes" aria-live="polite">
                    <Outcome placing />
                </div>
                <PlaceOrder placing />
            </aside>
        </div>
    }
}

/// What the courier gets.
#[component]
fn Tip() -> impl IntoView {
    let store = expect_context::<CartStore>();
    let chips = TIPS.map(|percent| {
        let pressed = Signal::derive(move || store.with(|cart| cart.tip_percent == percent));
        let on_press = move |()| store.edit(|cart| cart.set_tip(percent));
        view! { <Chip text=texts::tip(percent) pressed on_press /> }
    });
    view! {
        <section class="panel">
            <h2>{texts::TIP}</h2>
            <p class="panel-lead">{texts::TIP_HINT}</p>
            <div class="chips">{chips.into_iter().collect_view()}</div>
        </section>
    }
}

/// The button that orders, and why it cannot; for those who are not signed in, the way to do that.
#[component]
fn PlaceOrder(placing: Placing) -> impl IntoView {
    let session = expect_context::<Session>();
    let store = expect_context::<CartStore>();
    let path = use_location().pathname.get_untracked();
    let priced = Memo::new(move |_| store.priced());
    // A changed price is agreed to where that is said.
    let ready = move || {
        let can_be = priced.with(|priced| priced.as_ref().is_some_and(PricedCart::can_be_ordered));
        can_be && store.total_before().is_none() && !placing.pending()
    };
    let place = |total: Option<String>| {
        total.map_or_else(|| texts::PLACE_ORDER.to_owned(), |total| texts::place_for(&total))
    };
    let label = move || match (placing.pending(), priced.get()) {
        (true, _) => texts::PLACING.to_owned(),
        (false, Some(priced)) => match priced.opening {
            Opening::Closed(opens) => opens_button(opens, &priced.restaurant.card.hours),
            Opening::Open => place(priced.total()),
        },
        (false, None) => place(None),
    };
    let reason = move || {
        let priced = priced.get()?;
        if let Some(postcode) = &priced.out_of_reach {
            return Some(cart::not_delivered(&priced.restaurant.card, postcode));
        }
        let missing = priced.missing()?;
        let money = |amount| money(amount, priced.bill.currency);
        let minimum = round_money(priced.restaurant.card.minimum_order, priced.bill.currency);
        Some(cart::below_minimum(&money(missing), &minimum))
    };
    view! {
        <If
            when=move || session.signed_in()
            fallback=move || {
                view! {
                    <div class="sign-in-first">
                        <h2>{texts::SIGN_IN_TO_ORDER}</h2>
                        <p>{texts::SIGN_IN_HINT}</p>
                        <div class="actions">
                            <A href=paths::with_next(paths::SIGN_IN, &path) attr:class="button">
                                {text::SIGN_IN}
                            </A>
                            <A
                                href=paths::with_next(paths::SIGN_UP, &path)
                                attr:class="button second"
                            >
                                {text::CREATE_ACCOUNT}
                            </A>
                        </div>
                    </div>
                }
            }
        >
            <button
                type="submit"
                form=FORM
                class="button wide place"
                aria-disabled=move || (!ready()).to_string()
                aria-describedby="place-reason"
                prop:textContent=label
            ></button>
        </If>
        <p
            id="place-reason"
            class="place-reason"
            prop:textContent=move || reason().unwrap_or_default()
        ></p>
    }
}
