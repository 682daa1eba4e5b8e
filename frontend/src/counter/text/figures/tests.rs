use shared::{
    Reason,
    api::{Day, OrderHistory},
};

use super::*;

fn money(amount: Amount, currency: Currency) -> String {
    shared::Money { amount, currency }.decimal()
}

fn when(at: Timestamp) -> String {
    let minutes = at.millis() / 60_000;
    format!("{}:{:02}", minutes / 60 % 24, minutes % 60)
}

fn day() -> Day {
    serde_json::from_str(include_str!("../../../../../shared/tests/wire/reply_day.json")).unwrap()
}

fn history() -> OrderHistory {
    let text = include_str!("../../../../../shared/tests/wire/reply_order_history.json");
    serde_json::from_str(text).unwrap()
}

fn said(of: &Figures) -> Vec<String> {
    let list = figures(of, None, money).into_iter();
    list.map(|(name, number)| format!("{name}: {number}")).collect()
}

#[test]
fn every_figure_is_named() {
    let rest = ["Under way: 1", "Late: 1", "Declined: 0", "Cancelled: 0", "Not delivered: 1"];
    let takings = [
        "Orders: 3",
        "Takings: 23.00",
        "Tips included: 1.50",
        "Cash, 1 order: 23.00",
        "Difference to what was due: 0.00",
        "Delivered: 1",
    ];
    let mut figures = day().figures;
    assert_eq!(said(&figures), [&takings[..], &rest].concat());
    figures.takings[0].collected.clear();
    figures.takings[0].unstated = Amount::new(2_300);
    figures.takings[0].tips = Amount::ZERO;
    let takings = ["Orders: 3", "Takings: 23.00", "Payment not recorded: 23.00", "Delivered: 1"];
    assert_eq!(said(&figures), [&takings[..], &rest].concat());
    assert_eq!(said(&Figures::default())[..2], ["Orders: 0", "Takings: 0"]);
    let of_restaurant = super::figures(&Figures::default(), "GBP".parse().ok(), money);
    assert_eq!(of_restaurant[1], ("Takings".to_owned(), "0.00".to_owned()));
}

#[test]
fn each_courier_is_named_with_what_they_were_given() {
    let said = |of: &Figures| -> Vec<String> {
        let rows = by_courier(of, money).into_iter();
        let rows = rows.map(|(name, given)| format!("{name}: {given}"));
        rows.map(|row| row.replace(['\u{2068}', '\u{2069}'], "")).collect()
    };
    let mut figures = day().figures;
    assert_eq!(said(&figures), ["Ben: Cash 23.00 · including 1.50 in tips"]);
    let takings = &mut figures.takings[0];
    let unnamed = CourierTakings { unstated: Amount::new(700), ..CourierTakings::default() };
    takings.couriers.push(unnamed.clone());
    let yen = "JPY".parse().unwrap();
    let mut abroad = Takings { currency: yen, ..takings.clone() };
    abroad.couriers.truncate(1);
    figures.takings.push(abroad);
    let expected = [
        "Ben: Cash 23.00 · including 1.50 in tips",
        "Without a courier: Payment not recorded 7.00",
        "Ben: Cash 2300 · including 150 in tips",
    ];
    assert_eq!(said(&figures), expected);
    figures.takings.truncate(1);
    figures.takings[0].couriers = vec![unnamed];
    assert_eq!(said(&figures), Vec::<String>::new(), "there are no couriers");
}

#[test]
fn an_order_says_what_it_cost() {
    let mut bill = history().bill;
    let said = |bill: &Bill| -> Vec<String> {
        costs(bill, money).into_iter().map(|(name, cost)| format!("{name}: {cost}")).collect()
    };
    let expected = [
        "Subtotal: 19.00",
        "Delivery: 2.50",
        "Courier tip: 1.50",
        "Total: 23.00",
        "Includes VAT: 3.58",
    ];
    assert_eq!(said(&bill), expected);
    bill.tip = Amount::ZERO;
    bill.tax_included = false;
    assert_eq!(said(&bill), ["Subtotal: 19.00", "Delivery: 2.50", "VAT: 3.58", "Total: 23.00"]);
}

#[test]
fn a_period_says_what_is_wrong_with_it() {
    let wrong = |from: &str, to: &str| period_wrong(from.parse().unwrap(), to.parse().unwrap());
    assert_eq!(wrong("2026-11-02", "2026-11-01"), Some(PERIOD_BACKWARDS));
    assert_eq!(wrong("2026-11-01", "2026-11-01"), None);
    assert_eq!(wrong("2026-10-01", "2026-10-31"), None);
    assert_eq!(wrong("2026-10-01", "2026-11-01"), Some(PERIOD_WRONG));
}

#[test]
fn an_order_says_how_it_went() {
    let rows: Vec<String> = day().orders.iter().map(|row| order_row(row, money)).collect();
    let expected = ["Ready", "Not delivered · Nobody there", "Delivered · Late · Ben · Cash 23.00"];
    assert_eq!(rows, expected);
}

#[test]
fn what_was_collected_is_compared_with_what_was_due() {
    let mut row = history().order;
    assert_eq!(payment(&row, money), "Due 23.00 · collected 23.00 (cash)");
    row.total = Amount::new(2_500);
    assert_eq!(payment(&row, money), "Due 25.00 · collected 23.00 (cash) · 2.00 short");
    row.total = Amount::new(2_250);
    assert_eq!(payment(&row, money), "Due 22.50 · collected 23.00 (cash) · 0.50 over");
    row.collected = None;
    assert_eq!(payment(&row, money), "Due 22.50");
}

#[test]
fn the_history_says_who_did_what_and_what_was_promised() {
    let events: Vec<String> =
        history().events.iter().map(|event| history_event(event, when)).collect();
    let expected = [
        "Placed · Customer",
        "Delayed · Asha (Kitchen) · Too busy · ready 16:28 · arrives 16:38",
        "Claimed · Asha (Courier) · Courier: Ben · pressed 16:06",
    ];
    assert_eq!(events, expected);
    assert_eq!(who(&Actor::DEADLINE).as_deref(), Some("Time limit"));
    assert_eq!(who(&Actor { role: ActorRole::Unknown, name: None }), None);
}

#[test]
fn every_reason_is_named() {
    let text = include_str!("../../../../../shared/tests/wire/reasons.json");
    for reason in serde_json::from_str::<Vec<Reason>>(text).unwrap() {
        let is_other = matches!(reason, Reason::Other);
        assert_eq!(reason.words() == "Another reason", is_other, "{reason:?}");
    }
}
