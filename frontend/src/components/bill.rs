use leptos::prelude::*;
use shared::{Amount, Currency, price::Bill};

use crate::{
    drawn::{Draw, Drawn},
    text,
};

/// What an order costs, line by line.
#[component]
pub fn BillView(
    /// The bill.
    bill: Bill,
    /// Whether its dishes are listed too.
    dishes: bool,
) -> Drawn {
    let currency = bill.currency;
    let lines = bill.lines.into_iter().filter(|_| dishes).map(|line| {
        view! {
            <li>
                <span class="bill-count">{text::times(line.quantity)}</span>
                <span class="bill-dish">{line.name} <small>{text::options(&line.options)}</small>
                    <small class="note">{line.note.as_ref().map(ToString::to_string)}</small>
                </span>
                <span class="price">{text::money(line.total, currency)}</span>
            </li>
        }
        .draw()
    });
    let class = if bill.tax_included { "bill-within" } else { "bill-tax" };
    let tax = row(class, text::tax(&bill.tax_name, bill.tax_included), bill.tax, currency);
    let (before, after) = if bill.tax_included { (None, Some(tax)) } else { (Some(tax), None) };
    let tip =
        (!bill.tip.is_zero()).then(|| row("bill-tip", text::TIP.to_owned(), bill.tip, currency));
    view! {
        <div class="bill">
            <ul class="bill-lines">{lines.collect::<Vec<_>>()}</ul>
            <dl>
                {row("", text::SUBTOTAL.to_owned(), bill.subtotal, currency)}
                {row("", text::DELIVERY.to_owned(), bill.delivery_fee, currency)}
                {before}
                {tip}
                {row("bill-total", text::TOTAL.to_owned(), bill.total, currency)}
                {after}
            </dl>
        </div>
    }
    .draw()
}

fn row(class: &'static str, name: String, amount: Amount, currency: Currency) -> Drawn {
    let amount = match (amount, class) {
        (Amount::ZERO, "") => text::FREE.to_owned(),
        _ => text::money(amount, currency),
    };
    view! { <div class=class><dt>{name}</dt><dd class="price">{amount}</dd></div> }.draw()
}
