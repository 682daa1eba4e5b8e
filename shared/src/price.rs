//! What a cart costs: one rule, computed by the browser to show it and by the server to charge it.

use serde::{Deserialize, Serialize};

use crate::{
    cart::{ChosenOption, OrderLine, Quantity},
    id::{ChoiceId, DishId, GroupId},
    menu::{Choice, Dish, OptionGroup, Restaurant, Tax},
    money::{Amount, Currency},
    text::LineNote,
};

/// The bill of a cart, all amounts in `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The restaurant's currency.
    pub currency: Currency,
    /// One line per line of the cart, in the same order.
    pub lines: Vec<BillLine>,
    /// The sum of the lines.
    pub subtotal: Amount,
    /// What bringing it costs.
    pub delivery_fee: Amount,
    /// What the tax is called.
    pub tax_name: String,
    /// The tax, rounded once per order; part of the total whether or not prices include it.
    pub tax: Amount,
    /// Whether `tax` is within the other amounts already.
    pub tax_included: bool,
    /// What the courier gets on top; not taxed.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tip: Amount,
    /// What the customer pays.
    pub total: Amount,
}

/// One line of a bill: a dish as it was named and priced then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// Which dish of the restaurant.
    pub dish_id: DishId,
    /// What the menu called it.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// What was chosen with it.
    #[serde(default)]
    pub options: Vec<BillOption>,
    /// What the kitchen was told about it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional"
    )]
    pub note: Option<LineNote>,
    /// What one costs with its options.
    pub unit_price: Amount,
    /// What they cost together.
    pub total: Amount,
}

/// A chosen option as it was named and priced then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillOption {
    /// The group it was chosen from.
    pub group_id: GroupId,
    /// What was chosen.
    pub choice_id: ChoiceId,
    /// What the menu called it.
    pub name: String,
    /// What it added to the price of one.
    pub price: Amount,
}

/// Why a cart cannot be priced; `line` counts from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences name the fields")]
pub enum PriceError {
    /// No such dish here, or a dish of another restaurant.
    #[error("this restaurant sells no dish called “{dish_id}”")]
    UnknownDish { line: usize, dish_id: DishId },
    /// The dish has run out.
    #[error("“{name}” is sold out today")]
    SoldOut { line: usize, name: String },
    /// No such option group, or no such choice in it.
    #[error("“{name}” has no option “{group_id}: {choice_id}”")]
    UnknownOption { line: usize, name: String, group_id: GroupId, choice_id: ChoiceId },
    /// Too few, too many or repeated choices in a group.
    #[error("choose {at_least} to {at_most} of “{group}” for “{name}”, each once")]
    WrongChoices { line: usize, name: String, group: String, at_least: u8, at_most: u8 },
    /// The tip is less than nothing, or more than all the dishes.
    #[error("must be from 0 to what the dishes cost, which is {} in minor units", subtotal.minor())]
    Tip { subtotal: Amount },
}

impl PriceError {
    /// The field of the request at fault: `lines[2].dish_id`.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::UnknownDish { line, .. } | Self::SoldOut { line, .. } => {
                format!("lines[{line}].dish_id")
            }
            Self::UnknownOption { line, .. } | Self::WrongChoices { line, .. } => {
                format!("lines[{line}].options")
            }
            Self::Tip { .. } => "tip".to_owned(),
        }
    }
}

/// The bill of `lines` at `restaurant`'s prices of now, with a tip.
///
/// # Errors
/// The first line that this restaurant cannot sell as asked, or the tip.
pub fn bill(restaurant: &Restaurant, lines: &[OrderLine], tip: Amount) -> Result<Bill, PriceError> {
    let lines = lines
        .iter()
        .enumerate()
        .map(|(number, line)| bill_line(restaurant, number, line))
        .collect::<Result<Vec<_>, _>>()?;
    let subtotal: Amount = lines.iter().map(|line| line.total).sum();
    if !(Amount::ZERO..=subtotal).contains(&tip) {
        return Err(PriceError::Tip { subtotal });
    }
    let delivery_fee = restaurant.card.delivery_fee;
    let tax = tax_on(subtotal + delivery_fee, &restaurant.tax);
    let on_top = if restaurant.tax.included { Amount::ZERO } else { tax };
    Ok(Bill {
        currency: restaurant.card.currency,
        lines,
        subtotal,
        delivery_fee,
        tax_name: restaurant.tax.name.clone(),
        tax,
        tax_included: restaurant.tax.included,
        tip,
        total: subtotal + delivery_fee + on_top + tip,
    })
}

fn bill_line(
    restaurant: &Restaurant,
    line: usize,
    wanted: &OrderLine,
) -> Result<BillLine, PriceError> {
    let Some(dish) = restaurant.dish(&wanted.dish_id) else {
        return Err(PriceError::UnknownDish { line, dish_id: wanted.dish_id.clone() });
    };
    if dish.sold_out {
        return Err(PriceError::SoldOut { line, name: dish.name.clone() });
    }
    let options = wanted
        .options
        .iter()
        .map(|chosen| bill_option(dish, line, chosen))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(group) = dish.options.iter().find(|group| !well_chosen(group, &options)) {
        return Err(PriceError::WrongChoices {
            line,
            name: dish.name.clone(),
            group: group.name.clone(),
            at_least: group.at_least,
            at_most: group.at_most,
        });
    }
    let unit_price = dish.price + options.iter().map(|option| option.price).sum();
    Ok(BillLine {
        dish_id: dish.dish_id.clone(),
        name: dish.name.clone(),
        quantity: wanted.quantity,
        options,
        note: wanted.note.clone(),
        unit_price,
        total: unit_price.times(wanted.quantity.get()),
    })
}

fn bill_option(dish: &Dish, line: usize, chosen: &ChosenOption) -> Result<BillOption, PriceError> {
    match choice(dish, chosen) {
        Some(choice) => Ok(BillOption {
            group_id: chosen.group_id.clone(),
            choice_id: chosen.choice_id.clone(),
            name: choice.name.clone(),
            price: choice.price,
        }),
        None => Err(PriceError::UnknownOption {
            line,
            name: dish.name.clone(),
            group_id: chosen.group_id.clone(),
            choice_id: chosen.choice_id.clone(),
        }),
    }
}

fn choice<'a>(dish: &'a Dish, chosen: &ChosenOption) -> Option<&'a Choice> {
    let group = dish.options.iter().find(|group| group.group_id == chosen.group_id)?;
    group.choices.iter().find(|choice| choice.choice_id == chosen.choice_id)
}

fn well_chosen(group: &OptionGroup, options: &[BillOption]) -> bool {
    let of_group = options.iter().filter(|option| option.group_id == group.group_id);
    let chosen: Vec<&ChoiceId> = of_group.map(|option| &option.choice_id).collect();
    // Looked through rather than sorted: it is a handful, and a page carries this.
    let twice = (1..chosen.len()).any(|number| chosen[..number].contains(&chosen[number]));
    !twice && (usize::from(group.at_least)..=usize::from(group.at_most)).contains(&chosen.len())
}

/// The tax on (or within) `amount`, rounded half up, once.
fn tax_on(amount: Amount, tax: &Tax) -> Amount {
    let rate = i64::from(tax.basis_points);
    let whole = if tax.included { 10_000 + rate } else { 10_000 };
    Amount::new(amount.minor().saturating_mul(rate).saturating_add(whole / 2) / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tax(basis_points: u16, included: bool) -> Tax {
        Tax { name: "VAT".to_owned(), basis_points, included }
    }

    #[test]
    fn tax_is_within_the_price_or_on_top_and_rounded_half_up() {
        assert_eq!(tax_on(Amount::new(1_200), &tax(2_000, true)), Amount::new(200));
        assert_eq!(tax_on(Amount::new(1_000), &tax(2_000, false)), Amount::new(200));
        assert_eq!(tax_on(Amount::new(5), &tax(1_000, false)), Amount::new(1));
        assert_eq!(tax_on(Amount::new(4), &tax(1_000, false)), Amount::new(0));
        assert_eq!(tax_on(Amount::new(999), &tax(0, true)), Amount::ZERO);
    }
}
