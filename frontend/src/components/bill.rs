use leptos::prelude::*;
use shared::{Amount, Currency, price::Bill};

use crate::text::{
    cart::{self, options, times},
    format::money,
    isolated,
};

/// What an order costs, line by line.
#[component]
pub fn BillView(
    /// The bill.
    bill: Bill,
    /// Whether its dishes are listed too.
    dishes: bool,
    /// Whether the delivery fee is the lowest of those that it may be.
    #[prop(optional)]
    from: bool,
    /// Whether nobody delivers it: there is no fee then, and no total.
    #[prop(optional)]
    undelivered: bool,
) -> impl IntoView {
    let currency = bill.currency;
    let lines = bill.lines.into_iter().filter(|_| dishes).map(|line| {
        view! {
            <li>
                <span class="bill-count">{times(line.quantity)}</span>
                <span class="bill-dish">
                    {isolated(&line.name)} " " <small>{options(&line.options)}</small>
                    <small class="note">{line.note.map(|note| note.to_string())}</small>
                </span>
                <span class="price">{money(line.total, currency)}</span>
            </li>
        }
        .into_any()
    });
    let class = if bill.tax_included { "bill-within" } else { "bill-tax" };
    let tax = row(class, cart::tax(&bill.tax_name, bill.tax_included), bill.tax, currency);
    let (before, after) = if bill.tax_included { (None, Some(tax)) } else { (Some(tax), None) };
    let tip =
        (!bill.tip.is_zero()).then(|| row("bill-tip", cart::TIP.to_owned(), bill.tip, currency));
    let delivery = if from { ("bill-from", cart::DELIVERY_FROM) } else { ("", cart::DELIVERY) };
    let fee = row(delivery.0, delivery.1.to_owned(), bill.delivery_fee, currency);
    let total = row("bill-total", cart::TOTAL.to_owned(), bill.total, currency);
    let rows = [Some(fee), before, tip, Some(total), after];
    let rows = rows.into_iter().flatten().filter(|_| !undelivered);
    view! {
        <div class="bill">
            <ul class="bill-lines">{lines.collect_view()}</ul>
            <dl>
                {row("", cart::SUBTOTAL.to_owned(), bill.subtotal, currency)}
                {rows.collect_view()}
            </dl>
        </div>
    }
}

fn row(class: &'static str, name: String, amount: Amount, currency: Currency) -> AnyView {
    let amount = match (amount, class) {
        (Amount::ZERO, "") => cart::FREE.to_owned(),
        _ => money(amount, currency),
    };
    view! {
        <div class=class>
            <dt>{name}</dt>
            <dd class="price" prop:textContent=amount></dd>
        </div>
    }
    .into_any()
}
