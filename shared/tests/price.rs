//! What a cart costs, whatever is in it: the bill adds up, the tax is rounded once, and nothing is
//! sold that the menu does not offer.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::{collection::vec, prelude::*, sample::subsequence};
use serde_json::json;
use shared::{
    Amount,
    menu::{Choice, Dish, OptionGroup, Restaurant, Tax},
    order::{ChosenOption, OrderLine, Quantity},
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

/// What one of a line's dishes costs by the menu.
fn unit_price(restaurant: &Restaurant, line: &OrderLine) -> i64 {
    let dishes = &restaurant.sections[0].dishes;
    let dish = dishes.iter().find(|dish| dish.dish_id == line.dish_id).unwrap();
    let price = |chosen: &ChosenOption| {
        let group = dish.options.iter().find(|group| group.group_id == chosen.group_id).unwrap();
        let mut choices = group.choices.iter();
        choices.find(|choice| choice.choice_id == chosen.choice_id).unwrap().price.minor()
    };
    dish.price.minor() + line.options.iter().map(price).sum::<i64>()
}

/// What all lines cost by the menu.
fn subtotal(restaurant: &Restaurant, lines: &[OrderLine]) -> i64 {
    let total = |line| unit_price(restaurant, line) * i64::from(line.quantity.get());
    lines.iter().map(total).sum()
}

/// The tax on (or within) the dishes and the delivery, rounded half up: the exact one is
/// `exact / whole`.
fn tax(restaurant: &Restaurant, lines: &[OrderLine]) -> i64 {
    let rate = i64::from(restaurant.tax.basis_points);
    let whole = if restaurant.tax.included { 10_000 + rate } else { 10_000 };
    let taxed = subtotal(restaurant, lines) + restaurant.card.delivery_fee.minor();
    (2 * taxed * rate + whole).div_euclid(2 * whole)
}

proptest! {
    #[test]
    fn a_bill_is_what_the_menu_says((restaurant, lines) in cart(), percent in 0_i64..=100) {
        let subtotal = subtotal(&restaurant, &lines);
        let tip = subtotal * percent / 100;
        let bill = bill(&restaurant, &lines, Amount::new(tip)).unwrap();
        prop_assert_eq!(bill.lines.len(), lines.len());
        for (wanted, line) in lines.iter().zip(&bill.lines) {
            let unit_price = unit_price(&restaurant, wanted);
            prop_assert_eq!(&line.dish_id, &wanted.dish_id);
            prop_assert_eq!(line.quantity, wanted.quantity);
            prop_assert_eq!(line.unit_price.minor(), unit_price);
            prop_assert_eq!(line.total.minor(), unit_price * i64::from(wanted.quantity.get()));
            let chosen = line.options.iter().map(|option| ChosenOption {
                group_id: option.group_id.clone(),
                choice_id: option.choice_id.clone(),
            });
            prop_assert_eq!(&chosen.collect::<Vec<_>>(), &wanted.options);
            let options: i64 = line.options.iter().map(|option| option.price.minor()).sum();
            let dish = restaurant.dish(&wanted.dish_id).unwrap();
            prop_assert_eq!(options, unit_price - dish.price.minor());
        }
        let (fee, tax) = (restaurant.card.delivery_fee.minor(), tax(&restaurant, &lines));
        let on_top = if restaurant.tax.included { 0 } else { tax };
        prop_assert_eq!(bill.tax_included, restaurant.tax.included);
        prop_assert_eq!(
            [bill.subtotal, bill.delivery_fee, bill.tax, bill.tip, bill.total].map(Amount::minor),
            [subtotal, fee, tax, tip, subtotal + fee + on_top + tip]
        );
    }

    #[test]
    fn a_tip_is_from_nothing_to_what_the_dishes_cost((restaurant, lines) in cart(), over in 1_i64..500) {
        let subtotal = subtotal(&restaurant, &lines);
        for tip in [0, subtotal] {
            prop_assert!(bill(&restaurant, &lines, Amount::new(tip)).is_ok(), "{tip} of {subtotal}");
        }
        for tip in [subtotal + over, -over] {
            let refused = bill(&restaurant, &lines, Amount::new(tip));
            prop_assert_eq!(refused, Err(PriceError::Tip { subtotal: Amount::new(subtotal) }));
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

/// A restaurant that sells one dish, with one group of three choices.
fn with_group(at_least: u8, at_most: u8) -> Restaurant {
    let text = include_str!("wire/reply_restaurant.json");
    let mut restaurant: Restaurant = serde_json::from_str(text).unwrap();
    let group = &mut restaurant.sections[0].dishes[0].options[0];
    let third = |choice: &Choice| Choice { choice_id: "huge".parse().unwrap(), ..choice.clone() };
    group.choices.push(third(&group.choices[1]));
    (group.at_least, group.at_most) = (at_least, at_most);
    restaurant
}

/// One dish with the first `count` choices of its group.
fn with_choices(restaurant: &Restaurant, count: usize) -> OrderLine {
    let dish = &restaurant.sections[0].dishes[0];
    let choices = dish.options[0].choices.iter().take(count);
    let options = choices.map(|choice| ChosenOption {
        group_id: dish.options[0].group_id.clone(),
        choice_id: choice.choice_id.clone(),
    });
    OrderLine {
        dish_id: dish.dish_id.clone(),
        quantity: Quantity::ONE,
        options: options.collect(),
        note: None,
    }
}

#[test]
fn a_group_takes_from_its_fewest_to_its_most_choices() {
    for (at_least, at_most) in [(0, 1), (0, 2), (1, 1), (1, 2), (2, 2), (0, 3), (3, 3)] {
        let restaurant = with_group(at_least, at_most);
        for count in 0..=3 {
            let line = with_choices(&restaurant, count);
            let billed = bill(&restaurant, &[line], Amount::ZERO);
            let allowed = (usize::from(at_least)..=usize::from(at_most)).contains(&count);
            let refused = PriceError::WrongChoices {
                line: 0,
                name: "Masala dosa".to_owned(),
                group: "Size".to_owned(),
                at_least,
                at_most,
            };
            let expected = if allowed { None } else { Some(refused) };
            assert_eq!(billed.err(), expected, "{count} of {at_least} to {at_most}");
        }
    }
}

#[test]
fn a_choice_is_made_once() {
    let restaurant = with_group(0, 3);
    let mut line = with_choices(&restaurant, 2);
    line.options.push(line.options[0].clone());
    let refused = bill(&restaurant, &[line], Amount::ZERO);
    assert!(matches!(refused, Err(PriceError::WrongChoices { .. })), "{refused:?}");
}

#[test]
fn what_is_sold_out_is_not_sold() {
    let mut restaurant = with_group(1, 1);
    let line = with_choices(&restaurant, 1);
    restaurant.sections[0].dishes[0].sold_out = true;
    let refused = bill(&restaurant, &[line], Amount::ZERO).unwrap_err();
    assert_eq!(refused, PriceError::SoldOut { line: 0, name: "Masala dosa".to_owned() });
    assert_eq!(refused.field(), "lines[0].dish_id");
}
