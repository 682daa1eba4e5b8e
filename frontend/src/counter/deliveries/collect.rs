use std::time::Duration;

use leptos::{ev, prelude::*};
use shared::{
    Amount, Command, Currency, OrderId,
    api::Delivery,
    staff::{Collected, PaidBy},
};

use super::open::Open;
use crate::{
    browser,
    components::{Dialog, Dynamic},
    counter::{
        amount::parse_amount,
        store::{Sender, Store},
        taps::Card,
        text,
    },
    text::format::money,
};

/// How something can be paid at the door.
const METHODS: [PaidBy; 3] = [PaidBy::Cash, PaidBy::Card, PaidBy::Other];
/// Within this time, a second tap belongs to the first.
const DOUBLE_TAP: Duration = Duration::from_millis(600);
/// The id of the field of another amount.
const FIELD: &str = "collected";

/// Says that the customer has the order, and what they paid: two presses if it is what is due. It can be undone for a
/// while.
#[component]
pub fn Collect(
    /// The order.
    id: OrderId,
    /// Its delivery.
    card: Memo<Option<Card>>,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let dialog = move || {
        asking.get().then(|| {
            let delivery = card.with_untracked(|it| it.as_ref().map(|it| it.delivery.clone()));
            delivery.map(|delivery| view! { <Ask id delivery asking /> })
        })
    };
    view! {
        <Open id text=text::DELIVERED class="button" asking />
        <Dynamic view=dialog />
    }
}

/// Asks what was collected: what is due, or another amount.
#[component]
fn Ask(id: OrderId, delivery: Delivery, asking: RwSignal<bool>) -> impl IntoView {
    let store = expect_context::<Store>();
    let Delivery { to_collect: due, currency, .. } = delivery;
    let tip = text::tip(&delivery).map(|tip| view! { <p>{tip}</p> });
    let is_another = RwSignal::new(false);
    let paid = Callback::new(move |collected| {
        asking.set(false);
        let command = Command::Deliver { collected: Some(collected) };
        store.send_later(Sender::Courier, id, command);
    });
    let title = text::collect_title(id, &money(due, currency));
    let choices = move || match is_another.get() {
        true => view! { <AnotherAmount due currency paid /> }.into_any(),
        false => {
            let amount = money(due, currency);
            let button = |method: PaidBy| {
                let pay = move |_| paid.run(Collected { method, amount: due });
                view! {
                    <button type="button" class="button" on:click=pay>
                        {text::paid_by(method, &amount)}
                    </button>
                }
                .into_any()
            };
            let other = move |_| {
                is_another.set(true);
                browser::focus_soon("#collected");
            };
            view! {
                {METHODS.map(button).into_iter().collect_view()}
                <button type="button" class="button second" on:click=other>
                    {text::ANOTHER_AMOUNT}
                </button>
            }
            .into_any()
        }
    };
    view! {
        <Dialog label=title.clone() on_close=move |()| asking.set(false)>
            <div class="ask">
                <h2>{title}</h2>
                {tip}
                <div class="choices">
                    <Dynamic view=choices />
                </div>
            </div>
        </Dialog>
    }
}

/// What there is to say about the amount that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    Nothing,
    /// It is no amount.
    Wrong,
    /// It is far from what is due: a slip of the finger, unless it is pressed again.
    Unusual(Amount),
}

/// Asks how much, then how it was paid.
#[component]
fn AnotherAmount(due: Amount, currency: Currency, paid: Callback<Collected>) -> impl IntoView {
    let doubt = RwSignal::new(Doubt::Nothing);
    // The second of two taps on a button is no answer to the question that the first one has made.
    let is_asking = RwSignal::new(false);
    let ask = move |amount| {
        doubt.set(Doubt::Unusual(amount));
        is_asking.set(true);
        set_timeout(move || _ = is_asking.try_set(false), DOUBLE_TAP);
    };
    let typed = move || {
        let amount = amount(&browser::input_text(FIELD), currency);
        if amount.is_none() {
            doubt.set(Doubt::Wrong);
            browser::focus("#collected");
        }
        amount
    };
    let button = move |method: PaidBy| {
        let pay = move |_| {
            if is_asking.get_untracked() {
                return;
            }
            let Some(amount) = typed() else { return };
            match is_usual(amount, due) || doubt.get_untracked() == Doubt::Unusual(amount) {
                true => paid.run(Collected { method, amount }),
                false => ask(amount),
            }
        };
        view! {
            <button
                type="button"
                class="button second"
                data-method=""
                aria-disabled=move || is_asking.get().to_string()
                on:click=pay
            >
                {text::method_name(method)}
            </button>
        }
        .into_any()
    };
    let example = match currency.exponent() {
        0 => "12",
        _ => "12.50",
    };
    let below = move || match doubt.get() {
        Doubt::Nothing => currency.to_string(),
        Doubt::Wrong => text::amount_wrong(example),
        Doubt::Unusual(amount) => {
            text::amount_unusual(&money(amount, currency), &money(due, currency))
        }
    };
    let is_wrong = move || doubt.get() == Doubt::Wrong;
    // Enter leads on to how it was paid.
    let enter = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if typed().is_some() {
            browser::focus("[data-method]");
        }
    };
    view! {
        <form
            class="field"
            novalidate
            class:wrong=move || doubt.get() != Doubt::Nothing
            on:submit=enter
        >
            <label for=FIELD>{text::AMOUNT}</label>
            <input
                id=FIELD
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-describedby="collected-hint"
                aria-invalid=move || is_wrong().to_string()
                on:input=move |_| doubt.set(Doubt::Nothing)
            />
            <p class="field-hint" id="collected-hint" aria-live="polite" prop:textContent=below></p>
        </form>
        <p>{text::HOW_PAID}</p>
        {METHODS.map(button).into_iter().collect_view()}
    }
}

/// Whether an amount is about what is due: half of it to twice as much.
fn is_usual(amount: Amount, due: Amount) -> bool {
    let (amount, due) = (amount.minor(), due.minor());
    amount >= due / 2 && amount <= due.saturating_mul(2)
}

/// The amount that was typed, with a point or a comma; `None` if it is none, or more than anybody pays at a door.
fn amount(text: &str, currency: Currency) -> Option<Amount> {
    let amount = parse_amount(text, currency)?;
    (amount <= Collected::MAX_AMOUNT).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_typed_with_a_point_or_a_comma() {
        let pounds = |text| amount(text, "GBP".parse().unwrap()).map(Amount::minor);
        assert_eq!(pounds("12.5"), Some(1_250));
        assert_eq!(pounds("12,50"), Some(1_250));
        assert_eq!(pounds("0"), Some(0));
        assert_eq!(pounds("1000000"), Some(100_000_000));
        for wrong in ["", "-1", "1.234", "1,000.00", "1000000.01", "twelve"] {
            assert_eq!(pounds(wrong), None, "{wrong}");
        }
        let yen = |text| amount(text, "JPY".parse().unwrap()).map(Amount::minor);
        assert_eq!((yen("1200"), yen("12.5")), (Some(1_200), None));
    }

    #[test]
    fn an_amount_far_from_what_is_due_is_unusual() {
        let due = Amount::new(25_200);
        for (amount, expected) in [
            (25_200, true),
            (12_600, true),
            (50_400, true),
            (12_599, false),
            (50_401, false),
            (0, false),
            (100_000_000, false),
        ] {
            assert_eq!(is_usual(Amount::new(amount), due), expected, "{amount}");
        }
    }
}
