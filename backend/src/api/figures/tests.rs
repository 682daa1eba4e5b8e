//! Figures, a report and the files add up to the orders, whatever these are.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use shared::{
    Amount, Currency, OrderId, Reason, Status, Timestamp, UserId,
    api::{CourierTakings, DishTakings, Figures, OrderRow, Takings},
    hours::Date,
    price::{Bill, BillLine},
    staff::{Collected, PaidBy},
};

use super::{DayOrders, csv, facts::OrderFacts, sums};

const ZONE: &str = "Europe/London";

/// What a dish is called: each of these is hostile to a spreadsheet or to a reader of CSV.
const NAMES: [&str; 7] = [
    "Masala dosa",
    "=HYPERLINK(\"https://evil.example\")",
    "+1",
    "@SUM(A1)",
    "Naan, \"garlic\"\r\nand butter",
    "\t-2",
    "ＥＵＲ;＝1",
];

fn line() -> impl Strategy<Value = BillLine> {
    (0..NAMES.len(), 1_u8..=99, 0_i64..100_000).prop_map(|(dish, quantity, price)| {
        let unit_price = Amount::new(price);
        BillLine {
            dish_id: format!("dish-{dish}").parse().unwrap(),
            name: NAMES[dish].to_owned(),
            quantity: quantity.try_into().unwrap(),
            options: Vec::new(),
            note: None,
            unit_price,
            total: unit_price.times(quantity),
        }
    })
}

fn bill() -> impl Strategy<Value = Bill> {
    let currency = prop::sample::select(vec!["GBP", "JPY", "KWD"]);
    let lines = prop::collection::vec(line(), 1..4);
    let amount = || (0_i64..10_000).prop_map(Amount::new);
    (currency, lines, amount(), amount(), amount(), any::<bool>()).prop_map(
        |(currency, lines, delivery_fee, tax, tip, tax_included)| {
            let subtotal: Amount = lines.iter().map(|line| line.total).sum();
            let on_top = if tax_included { Amount::ZERO } else { tax };
            let total = subtotal + delivery_fee + on_top + tip;
            let (currency, tax_name) = (currency.parse().unwrap(), "VAT".to_owned());
            Bill {
                currency,
                lines,
                subtotal,
                delivery_fee,
                tax_name,
                tax,
                tax_included,
                tip,
                total,
            }
        },
    )
}

fn collected() -> impl Strategy<Value = Option<Collected>> {
    let method = prop::sample::select(vec![PaidBy::Cash, PaidBy::Card, PaidBy::Other]);
    let amount = (0_i64..1_000_000).prop_map(Amount::new);
    prop::option::of((method, amount).prop_map(|(method, amount)| Collected { method, amount }))
}

/// Nobody, or one of three couriers, of whom two have the same name.
fn courier() -> impl Strategy<Value = Option<(UserId, &'static str)>> {
    let id = |digit: &str| format!("{}-2222-4222-8222-222222222222", digit.repeat(8)).parse();
    let all = ["-Ben", "Asha", "-Ben"].into_iter().zip(["1", "2", "3"]);
    let all = all.map(|(name, digit)| (id(digit).unwrap(), name));
    prop::option::of(prop::sample::select(all.collect::<Vec<_>>()))
}

fn order() -> impl Strategy<Value = OrderFacts> {
    let status = prop::sample::select(Status::ALL.to_vec());
    let paid = (bill(), collected(), courier());
    (any::<[u8; 10]>(), 1_i64..1_000_000_000, status, paid, any::<bool>()).prop_map(
        |(random, minute, status, (bill, collected, courier), is_late)| {
            let placed_at = Timestamp::from_millis(minute * 1_000);
            let row = OrderRow {
                order_id: OrderId::new(placed_at, random),
                placed_at,
                status,
                total: bill.total,
                currency: bill.currency,
                courier: courier.map(|(_, name)| name.parse().unwrap()),
                collected: collected.filter(|_| status == Status::Delivered),
                is_late,
                ended_at: status.is_terminal().then_some(placed_at),
                reason: (status == Status::Failed).then_some(Reason::NobodyThere),
            };
            OrderFacts { row, bill, courier: courier.map(|(id, _)| id) }
        },
    )
}

/// Up to four days, each with up to eight orders.
fn days() -> impl Strategy<Value = Vec<DayOrders>> {
    prop::collection::vec(prop::collection::vec(order(), 0..8), 1..4)
        .prop_map(|days| (20_000..).map(Date::after_1970).zip(days).collect())
}

/// Sums by currency.
type Sums = BTreeMap<Currency, i64>;

fn summed(amounts: impl IntoIterator<Item = (Currency, Amount)>) -> Sums {
    let mut sums = Sums::new();
    for (currency, amount) in amounts {
        *sums.entry(currency).or_default() += amount.minor();
    }
    sums
}

fn delivered(days: &[DayOrders]) -> impl Iterator<Item = &OrderFacts> + Clone {
    let orders = days.iter().flat_map(|(_, orders)| orders);
    orders.filter(|order| order.row.status == Status::Delivered)
}

/// What these figures say in each currency, by `of`.
fn taken(figures: &Figures, of: impl Fn(&Takings) -> i64) -> Sums {
    figures.takings.iter().map(|takings| (takings.currency, of(takings))).collect()
}

fn assert_adds_up(figures: &Figures, days: &[DayOrders]) {
    let orders = days.iter().map(|(_, orders)| orders.len()).sum::<usize>();
    let Figures { delivered: arrived, declined, cancelled, failed, under_way, .. } = figures;
    let states = arrived + declined + cancelled + failed + under_way;
    assert_eq!((figures.orders as usize, states as usize), (orders, orders));
    assert_eq!(*arrived as usize, delivered(days).count());
    let late = days.iter().flat_map(|(_, orders)| orders).filter(|order| order.row.is_late);
    assert_eq!(figures.late as usize, late.count());

    let total = summed(delivered(days).map(|order| (order.bill.currency, order.bill.total)));
    assert_eq!(taken(figures, |takings| takings.total.minor()), total);
    let dishes = summed(delivered(days).map(|order| (order.bill.currency, order.bill.subtotal)));
    assert_eq!(taken(figures, |takings| takings.dishes.minor()), dishes);
    let tips = summed(delivered(days).map(|order| (order.bill.currency, order.bill.tip)));
    assert_eq!(taken(figures, |takings| takings.tips.minor()), tips);
    for takings in &figures.takings {
        let collected: Amount = takings.collected.iter().map(|sum| sum.amount).sum();
        assert_eq!(takings.total + takings.difference, collected + takings.unstated);
        let of = delivered(days).filter(|order| order.bill.currency == takings.currency);
        let stated: Vec<_> = of.filter_map(|order| order.row.collected).collect();
        assert_eq!(collected, stated.iter().map(|it| it.amount).sum());
        for sum in &takings.collected {
            let by = stated.iter().filter(|it| it.method == sum.method);
            assert_eq!(sum.orders as usize, by.clone().count());
            assert_eq!(sum.amount, by.map(|it| it.amount).sum());
        }
        let orders: u32 = takings.collected.iter().map(|sum| sum.orders).sum();
        assert_eq!(orders as usize, stated.len());
        assert_couriers_add_up(takings, days);
    }
}

/// What couriers were given is in all what was collected, and each was given what their orders say.
fn assert_couriers_add_up(takings: &Takings, days: &[DayOrders]) {
    let of = || takings.couriers.iter();
    assert_eq!(of().map(|courier| courier.tips).sum::<Amount>(), takings.tips);
    assert_eq!(of().map(|courier| courier.unstated).sum::<Amount>(), takings.unstated);
    let sums = || of().flat_map(|courier| &courier.collected);
    for all in &takings.collected {
        let by = sums().filter(|sum| sum.method == all.method);
        assert_eq!(by.clone().map(|sum| sum.amount).sum::<Amount>(), all.amount);
        assert_eq!(by.map(|sum| sum.orders).sum::<u32>(), all.orders);
    }
    let total = takings.collected.iter().map(|sum| sum.amount).sum::<Amount>();
    assert_eq!(sums().map(|sum| sum.amount).sum::<Amount>(), total);
    assert!(takings.couriers.is_sorted_by_key(|of| of.courier.is_none()));

    let orders = || delivered(days).filter(|order| order.bill.currency == takings.currency);
    let ids: BTreeSet<_> = orders().map(|order| order.courier).collect();
    let given = |id| {
        let theirs = || orders().filter(move |order| order.courier == id);
        let name = theirs().find_map(|order| order.row.courier.as_ref());
        let collected = theirs().filter_map(|order| order.row.collected);
        (
            name.map(ToString::to_string),
            collected.map(|it| it.amount.minor()).sum::<i64>(),
            theirs().map(|order| order.bill.tip.minor()).sum::<i64>(),
        )
    };
    let mut expected: Vec<_> = ids.into_iter().map(given).collect();
    let said = |of: &CourierTakings| {
        let collected = of.collected.iter().map(|sum| sum.amount.minor()).sum::<i64>();
        (of.courier.as_ref().map(ToString::to_string), collected, of.tips.minor())
    };
    let mut said: Vec<_> = takings.couriers.iter().map(said).collect();
    expected.sort();
    said.sort();
    assert_eq!(said, expected);
}

fn dish_sums(dishes: &[DishTakings]) -> Sums {
    summed(dishes.iter().map(|dish| (dish.currency, dish.takings)))
}

/// The rows of a file by the names of its columns.
fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = ::csv::Reader::from_reader(file.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// A column of money, summed by currency.
fn column<'a>(rows: impl IntoIterator<Item = &'a BTreeMap<String, String>>, name: &str) -> Sums {
    let filled = rows.into_iter().filter(|row| !row[name].is_empty());
    summed(filled.map(|row| {
        let currency: Currency = row["Currency"].parse().unwrap();
        (currency, Amount::parse(&row[name], currency).unwrap())
    }))
}

proptest! {
    #[test]
    fn figures_add_up_to_the_orders(days in days()) {
        let orders = days.iter().flat_map(|(_, orders)| orders);
        assert_adds_up(&sums::figures(orders), &days);
    }

    #[test]
    fn a_report_adds_up_to_its_days_and_these_to_their_orders(days in days()) {
        let report = sums::report(days[0].0, days[days.len() - 1].0, &days);
        assert_adds_up(&report.figures, &days);
        let dishes = taken(&report.figures, |takings| takings.dishes.minor());
        prop_assert_eq!(dish_sums(&report.dishes), dishes);
        prop_assert_eq!(report.days.len(), days.len());
        let mut quantities = 0;
        for (day, orders) in report.days.iter().zip(&days) {
            prop_assert_eq!(day.date, orders.0);
            assert_adds_up(&day.figures, std::slice::from_ref(orders));
            quantities += day.dishes.iter().map(|dish| dish.quantity).sum::<u32>();
        }
        prop_assert_eq!(report.dishes.iter().map(|dish| dish.quantity).sum::<u32>(), quantities);
        prop_assert!(report.dishes.is_sorted_by_key(|dish| -dish.takings.minor()));
    }

    #[test]
    fn the_file_of_orders_adds_up_to_the_orders(days in days()) {
        let orders: Vec<_> = days.iter().flat_map(|(_, orders)| orders).collect();
        let file = csv::orders(orders.iter().copied(), ZONE).unwrap();
        let rows = rows(&file);
        prop_assert_eq!(rows.len(), orders.len());
        let figures = sums::figures(orders.iter().copied());
        let arrived = rows.iter().filter(|row| row["Status"] == "delivered");
        prop_assert_eq!(column(arrived.clone(), "Total"), taken(&figures, |it| it.total.minor()));
        prop_assert_eq!(column(arrived.clone(), "Dishes"), taken(&figures, |it| it.dishes.minor()));
        prop_assert_eq!(column(arrived.clone(), "Tip"), taken(&figures, |it| it.tips.minor()));
        let collected = summed(orders.iter().filter_map(|order| {
            Some((order.bill.currency, order.row.collected?.amount))
        }));
        prop_assert_eq!(column(&rows, "Collected"), collected);
        let late = rows.iter().filter(|row| row["Late"] == "yes").count();
        prop_assert_eq!(late, figures.late as usize);
        for (row, order) in rows.iter().zip(orders) {
            prop_assert_eq!(&row["Order ID"], &order.row.order_id.to_string());
            let name = order.row.courier.as_ref().map(ToString::to_string).unwrap_or_default();
            prop_assert_eq!(&row["Courier"], &name.replace("-Ben", "'-Ben"));
            let reason = order.row.reason.as_ref().map(Reason::words).unwrap_or_default();
            prop_assert_eq!(&row["Reason"], reason);
        }
    }

    #[test]
    fn the_file_of_dishes_adds_up_to_what_was_delivered(days in days()) {
        let rows = rows(&csv::dishes(&days).unwrap());
        let figures = sums::figures(days.iter().flat_map(|(_, orders)| orders));
        prop_assert_eq!(column(&rows, "Takings"), taken(&figures, |it| it.dishes.minor()));
        for row in &rows {
            let dish = row["Dish ID"].strip_prefix("dish-").unwrap();
            let (name, written) = (NAMES[dish.parse::<usize>().unwrap()], &row["Dish"]);
            let defused = format!("'{name}");
            prop_assert!(*written == name || *written == defused);
            let is_formula = written.trim_start().starts_with(['=', '+', '-', '@']);
            prop_assert!(!is_formula && !written.starts_with('\t'), "{}", written);
        }
    }
}

/// One order, as the file has it to the letter.
#[test]
fn a_row_is_written_as_rfc_4180_says() {
    let line = BillLine {
        dish_id: "chai".parse().unwrap(),
        name: "=1+1".to_owned(),
        quantity: 2.try_into().unwrap(),
        options: Vec::new(),
        note: Some("Not for anybody.".parse().unwrap()),
        unit_price: Amount::new(150),
        total: Amount::new(300),
    };
    let bill = Bill {
        currency: "GBP".parse().unwrap(),
        lines: vec![line],
        subtotal: Amount::new(300),
        delivery_fee: Amount::new(250),
        tax_name: "VAT".to_owned(),
        tax: Amount::new(92),
        tax_included: true,
        tip: Amount::new(5),
        total: Amount::new(555),
    };
    let row = OrderRow {
        order_id: "0ff5e0c8-7c95-49be-ac84-771d4712e456".parse().unwrap(),
        // The hour that autumn repeats.
        placed_at: Timestamp::from_millis(1_792_888_200_000),
        status: Status::Delivered,
        total: bill.total,
        currency: bill.currency,
        courier: Some("Ben, \"the bike\"".parse().unwrap()),
        collected: Some(Collected { method: PaidBy::Cash, amount: Amount::new(550) }),
        is_late: false,
        ended_at: Some(Timestamp::from_millis(1_792_891_800_000)),
        reason: None,
    };
    let orders = [OrderFacts { row, bill, courier: None }];
    let expected = "\"Order\",\"Order ID\",\"Placed\",\"Status\",\"Ended\",\"Late\",\"Reason\",\
        \"Courier\",\"Dishes\",\"Delivery fee\",\"Tax\",\"Tax included\",\"Tip\",\"Total\",\
        \"Paid by\",\"Collected\",\"Difference\",\"Currency\"\r\n\
        \"#12E456\",\"0ff5e0c8-7c95-49be-ac84-771d4712e456\",\"2026-10-25T01:30:00+01:00\",\
        \"delivered\",\"2026-10-25T01:30:00+00:00\",\"no\",\"\",\"Ben, \"\"the bike\"\"\",3.00,2.50,\
        0.92,\"yes\",0.05,5.55,\"cash\",5.50,-0.05,\"GBP\"\r\n";
    assert_eq!(csv::orders(&orders, ZONE).unwrap(), expected);
    let days = [("2026-10-25".parse().unwrap(), orders.to_vec())];
    let expected = "\"Date\",\"Dish\",\"Dish ID\",\"Quantity\",\"Takings\",\"Currency\"\r\n\
        \"2026-10-25\",\"'=1+1\",\"chai\",2,3.00,\"GBP\"\r\n";
    assert_eq!(csv::dishes(&days).unwrap(), expected);
}
