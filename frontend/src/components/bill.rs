use leptos::prelude::*;
use shared::{Amount, Currency, price::Bill};

use crate::text;

/// What an order costs, line by line.
#[component]
pub fn BillView(
    /// The bill.
    bill: Bill,
    /// Whether its dishes are listed too.
    dishes: bool,
) -> AnyView {
    let currency = bill.currency;
    let lines = dishes.then(|| {
        let lines = bill.lines.into_iter().map(|line| {
            let options = line.options.iter().map(|option| option.name.as_str());
            let options = options.collect::<Vec<_>>().join(", ");
            view! {
                <li>
                    <span class="bill-count">{line.quantity.get()}"×"</span>
                    <span class="bill-dish">
                        {line.name} <small>{options}</small>
                    </span>
                    <span class="price">{text::money(line.total, currency)}</span>
                </li>
            }
        });
        view! { <ul class="bill-lines">{lines.collect::<Vec<_>>()}</ul> }
    });
    let tax = text::tax(&bill.tax_name, bill.tax_included);
    view! {
        <div class="bill">
            {lines}
            <dl>
                {row("", text::SUBTOTAL.to_owned(), bill.subtotal, currency)}
                {row("", text::DELIVERY.to_owned(), bill.delivery_fee, currency)}
                {(!bill.tax_included).then(|| row("", tax.clone(), bill.tax, currency))}
                {row("bill-total", text::TOTAL.to_owned(), bill.total, currency)}
                {bill.tax_included.then(|| row("bill-within", tax, bill.tax, currency))}
            </dl>
        </div>
    }
    .into_any()
}

fn row(class: &'static str, name: String, amount: Amount, currency: Currency) -> AnyView {
    let amount = match (amount, class) {
        (Amount::ZERO, "") => text::FREE.to_owned(),
        _ => text::money(amount, currency),
    };
    view! { <div class=class><dt>{name}</dt><dd class="price">{amount}</dd></div> }.into_any()
}
