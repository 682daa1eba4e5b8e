//! What a cart costs, whatever is in it: the bill adds up, the tax is rounded once, and nothing is
//! sold that the menu does not offer.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::{collection::vec, prelude::*, sample::subsequence};
use serde_json::json;
use shared::{
    Amount,
    menu::{Dish, OptionGroup, Restaurant, Tax},
    order::{ChosenOption, OrderLine},
    price::{PriceError, bill},
};

/// A group of some choices, of which a number has to be made.
fn group(number: usize) -> impl Strategy<Value = OptionGroup> {
    (vec(0_i64..500, 1..5), 0_u8..3, 0_u8..3).prop_map(move |(prices, least, more)| {
        let choices = u8::try_from(prices.len()).unwrap();
        let at_least = least.min(choices);
        serde_json::from_value(json!({
            "group_id": format!("group-{number}"), "name": format!("Group {number}"),
            "at_least": at_least, "at_most": (at_least + more).clamp(1, choices),
            "choices": prices.iter().enumerate().map(|(choice, price)| json!({
                "choice_id": format!("choice-{choice}"), "name": "A choice", "price": price,
            })).collect::<Vec<_>>(),
        }))
        .unwrap()
    })
}

fn dish(number: usize) -> impl Strategy<Value = Dish> {
    (0_i64..5_000, (group(0), group(1)), 0_usize..3).prop_map(move |(price, groups, count)| {
        let mut dish: Dish = serde_json::from_value(json!({
            "dish_id": format!("dish-{number}"), "name": format!("Dish {number}"),
            "description": "", "price": price, "art": "",
        }))
        .unwrap();
        dish.options = [groups.0, groups.1].into_iter().take(count).collect();
        dish
    })
}

fn restaurant() -> impl Strategy<Value = Restaurant> {
    let tax = (0_u16..3_000, any::<bool>());
    let dishes = (0..4).map(dish).collect::<Vec<_>>();
    (dishes, 0_i64..900, tax).prop_map(|(dishes, fee, (basis_points, included))| {
        let text = include_str!("wire/reply_restaurant.json");
        let mut restaurant: Restaurant = serde_json::from_str(text).unwrap();
        restaurant.card.delivery_fee = Amount::new(fee);
        restaurant.tax = Tax { name: "VAT".to_owned(), basis_points, included };
        restaurant.sections[0].dishes = dishes;
        restaurant
    })
}

/// Choices as the groups ask for them.
fn choices(groups: &[OptionGroup]) -> BoxedStrategy<Vec<ChosenOption>> {
    let chosen = groups.iter().map(|group| {
        let all: Vec<ChosenOption> = group
            .choices
            .iter()
            .map(|choice| ChosenOption {
                group_id: group.group_id.clone(),
                choice_id: choice.choice_id.clone(),
            })
            .collect();
        subsequence(all, usize::from(group.at_least)..=usize::from(group.at_most))
    });
    chosen.collect::<Vec<_>>().prop_map(|chosen| chosen.concat()).boxed()
}

fn line(dishes: Vec<Dish>) -> impl Strategy<Value = OrderLine> {
    let dish = proptest::sample::select(dishes);
    dish.prop_flat_map(|dish| {
        let dish_id = dish.dish_id.clone();
        (choices(&dish.options), 1_u8..=99).prop_map(move |(options, count)| OrderLine {
            dish_id: dish_id.clone(),
            quantity: count.try_into().unwrap(),
            options,
            note: None,
        })
    })
}

/// A restaurant, and lines that it sells.
fn cart() -> impl Strategy<Value = (Restaurant, Vec<OrderLine>)> {
    restaurant().prop_flat_map(|restaurant| {
        let dishes = restaurant.sections[0].dishes.clone();
        (Just(restaurant), vec(line(dishes), 1..6))
    })
}

proptest! {
    #[test]
    fn a_bill_adds_up((restaurant, lines) in cart(), percent in 0_i64..=100) {
        let without = bill(&restaurant, &lines, Amount::ZERO).unwrap();
        let tip = Amount::new(without.subtotal.minor() * percent / 100);
        let bill = bill(&restaurant, &lines, tip).unwrap();
        for (wanted, line) in lines.iter().zip(&bill.lines) {
            let dish = restaurant.dish(&wanted.dish_id).unwrap();
            let options: i64 = line.options.iter().map(|option| option.price.minor()).sum();
            prop_assert_eq!(line.unit_price.minor(), dish.price.minor() + options);
            prop_assert_eq!(line.total.minor(), line.unit_price.minor() * i64::from(wanted.quantity.get()));
        }
        let subtotal: i64 = bill.lines.iter().map(|line| line.total.minor()).sum();
        prop_assert_eq!(bill.subtotal.minor(), subtotal);
        let on_top = if bill.tax_included { 0 } else { bill.tax.minor() };
        let total = subtotal + bill.delivery_fee.minor() + on_top + bill.tip.minor();
        prop_assert_eq!(bill.total.minor(), total);
        prop_assert_eq!(bill.tax, without.tax, "a tip is not taxed");
    }

    #[test]
    fn the_tax_is_the_exact_one_rounded_once_half_up((restaurant, lines) in cart()) {
        let bill = bill(&restaurant, &lines, Amount::ZERO).unwrap();
        let rate = i64::from(restaurant.tax.basis_points);
        let whole = if restaurant.tax.included { 10_000 + rate } else { 10_000 };
        // The exact tax is `exact / whole`; twice the error of rounding is at most a whole.
        let exact = (bill.subtotal.minor() + bill.delivery_fee.minor()) * rate;
        let error = 2 * (bill.tax.minor() * whole - exact);
        prop_assert!(-whole < error && error <= whole, "{error} of {whole}");
    }

    #[test]
    fn a_tip_is_from_nothing_to_what_the_dishes_cost((restaurant, lines) in cart(), over in 1_i64..500) {
        let subtotal = bill(&restaurant, &lines, Amount::ZERO).unwrap().subtotal;
        for tip in [subtotal.minor() + over, -over] {
            let refused = bill(&restaurant, &lines, Amount::new(tip));
            prop_assert_eq!(refused, Err(PriceError::Tip { subtotal }));
        }
    }

    #[test]
    fn nothing_is_sold_that_is_not_on_the_menu((restaurant, lines) in cart(), which in 0_usize..6) {
        let number = which % lines.len();
        let refused = |change: &dyn Fn(&mut OrderLine)| {
            let mut lines = lines.clone();
            change(&mut lines[number]);
            bill(&restaurant, &lines, Amount::ZERO).unwrap_err().field()
        };
        let (dish_id, options) = (format!("lines[{number}].dish_id"), format!("lines[{number}].options"));
        let unknown_dish = |line: &mut OrderLine| line.dish_id = "nothing-of-ours".parse().unwrap();
        prop_assert_eq!(refused(&unknown_dish), dish_id);
        let unknown_choice = |line: &mut OrderLine| line.options.push(ChosenOption {
            group_id: "group-0".parse().unwrap(),
            choice_id: "no-choice".parse().unwrap(),
        });
        prop_assert_eq!(&refused(&unknown_choice), &options);
        if let Some(first) = lines[number].options.first() {
            let twice = |line: &mut OrderLine| line.options.push(first.clone());
            prop_assert_eq!(&refused(&twice), &options);
        }
        let dish = restaurant.dish(&lines[number].dish_id).unwrap();
        if dish.options.iter().any(|group| group.at_least > 0) {
            prop_assert_eq!(&refused(&|line: &mut OrderLine| line.options.clear()), &options);
        }
    }
}
