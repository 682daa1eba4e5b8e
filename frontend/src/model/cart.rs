//! The cart: what is wanted from one restaurant, and the id its order will have. Plain logic.
//!
//! The id is made with the cart and kept with it, and another takes its place only when the
//! server has said that the order exists. So however often "Place order" is pressed, answered or
//! not, reloaded or not, in one tab or two: it is one order.

use serde::{Deserialize, Serialize};
use shared::{
    Amount, DishId, OrderId, OrderRequest, RestaurantId,
    menu::Restaurant,
    order::{ChosenOption, DeliveryAddress, OrderLine, Payment, Quantity},
    price::{self, Bill, PriceError},
    text::Note,
};

mod names;
#[cfg(test)]
mod tests;

pub use names::DishNames;

/// What a customer is about to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// What the order will be called.
    pub order_id: OrderId,
    /// Where it is cooked; `None` only when nothing is in the cart.
    #[serde(default)]
    pub restaurant_id: Option<RestaurantId>,
    /// What is wanted.
    pub lines: Vec<OrderLine>,
    /// What the courier gets on top, in hundredths of what the dishes cost.
    #[serde(default)]
    pub tip_percent: u8,
    /// Whether exactly this cart has been sent, and no answer has settled it yet.
    #[serde(default)]
    pub sent: bool,
}

/// A line that was taken out, so that it can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Where it was to be cooked.
    restaurant_id: RestaurantId,
    /// Where it stood.
    place: usize,
    /// The line.
    pub line: OrderLine,
}

/// What came of adding a dish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is in the cart.
    Yes,
    /// The cart holds dishes of another restaurant: ask first.
    OtherRestaurant,
    /// The cart has as many lines, or the line as many dishes, as an order may have.
    Full,
}

impl Cart {
    /// An empty cart whose order will be called `order_id`.
    #[must_use]
    pub const fn new(order_id: OrderId) -> Self {
        Self { order_id, restaurant_id: None, lines: Vec::new(), tip_percent: 0, sent: false }
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many dishes there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.lines.iter().map(|line| u32::from(line.quantity.get())).sum()
    }

    /// How many of one dish there are, whatever was chosen with it.
    #[must_use]
    pub fn count_of(&self, restaurant: &RestaurantId, dish: &DishId) -> u32 {
        if self.restaurant_id.as_ref() != Some(restaurant) {
            return 0;
        }
        let lines = self.lines.iter().filter(|line| line.dish_id == *dish);
        lines.map(|line| u32::from(line.quantity.get())).sum()
    }

    /// Adds a line; the same dish with the same choices and note joins the line it is on already.
    pub fn add(&mut self, restaurant: &RestaurantId, line: OrderLine) -> Added {
        if !self.is_empty() && self.restaurant_id.as_ref() != Some(restaurant) {
            return Added::OtherRestaurant;
        }
        let same = |other: &&mut OrderLine| is_same(other, &line);
        if let Some(present) = self.lines.iter_mut().find(same) {
            let count = present.quantity.get().saturating_add(line.quantity.get());
            match Quantity::try_from(count) {
                Ok(count) => present.quantity = count,
                Err(_) => return Added::Full,
            }
        } else if self.lines.len() < OrderRequest::MAX_LINES {
            self.lines.push(line);
        } else {
            return Added::Full;
        }
        self.restaurant_id = Some(restaurant.clone());
        self.sent = false;
        Added::Yes
    }

    /// Empties the cart and begins again with lines of another restaurant.
    ///
    /// The order keeps its id: if an earlier cart was sent and the answer lost, the server says so.
    pub fn start_over(&mut self, restaurant: &RestaurantId, lines: Vec<OrderLine>) {
        self.lines.clear();
        self.sent = false;
        for line in lines {
            self.add(restaurant, line);
        }
    }

    /// Puts another line in the place of one; one that is then there twice joins the other.
    pub fn replace(&mut self, line: usize, new: OrderLine) -> Added {
        if line >= self.lines.len() {
            return Added::Full;
        }
        self.sent = false;
        let other = self.lines.iter().enumerate();
        let twin = other.filter(|(place, other)| *place != line && is_same(other, &new));
        let Some(twin) = twin.map(|(place, _)| place).next() else {
            self.lines[line] = new;
            return Added::Yes;
        };
        let count = self.lines[twin].quantity.get().saturating_add(new.quantity.get());
        let Ok(count) = Quantity::try_from(count) else { return Added::Full };
        self.lines[twin].quantity = count;
        self.lines.remove(line);
        Added::Yes
    }

    /// Where a line stands now, whatever its quantity: another tab may have changed the cart.
    #[must_use]
    pub fn place_of(&self, line: &OrderLine) -> Option<usize> {
        self.lines.iter().position(|other| is_same(other, line))
    }

    /// Sets how many of a line are wanted, 1 to 99.
    pub fn set_quantity(&mut self, line: usize, count: u8) {
        if let (Some(line), Ok(count)) = (self.lines.get_mut(line), Quantity::try_from(count)) {
            line.quantity = count;
            self.sent = false;
        }
    }

    /// Takes a line out; what is given puts it back.
    pub fn remove(&mut self, line: usize) -> Option<Removed> {
        let restaurant_id = self.restaurant_id.clone()?;
        if line >= self.lines.len() {
            return None;
        }
        let removed = Removed { restaurant_id, place: line, line: self.lines.remove(line) };
        self.sent = false;
        if self.lines.is_empty() {
            self.restaurant_id = None;
        }
        Some(removed)
    }

    /// Puts a line back where it was, unless the cart is another restaurant's by now.
    pub fn restore(&mut self, removed: Removed) {
        let Removed { restaurant_id, place, line } = removed;
        let before = self.lines.len();
        let added = self.add(&restaurant_id, line) == Added::Yes;
        // One that joined its twin stays there.
        if added && place < before && self.lines.len() > before {
            self.lines[place..].rotate_right(1);
        }
    }

    /// Sets what the courier gets on top, in hundredths of what the dishes cost.
    pub const fn set_tip(&mut self, percent: u8) {
        self.tip_percent = percent;
        self.sent = false;
    }

    /// What the cart costs at a restaurant's prices.
    ///
    /// # Errors
    /// The first line that the restaurant does not sell as it is in the cart.
    pub fn bill(&self, restaurant: &Restaurant) -> Result<Bill, PriceError> {
        let dishes = price::bill(restaurant, &self.lines, Amount::ZERO)?;
        price::bill(restaurant, &self.lines, tip(dishes.subtotal, self.tip_percent))
    }

    /// Removes what `restaurant` does not sell as it is in the cart; the dish of each line that went.
    pub fn keep_what_exists(&mut self, restaurant: &Restaurant) -> Vec<DishId> {
        let mut gone = Vec::new();
        self.lines.retain(|line| {
            let line_alone = std::slice::from_ref(line);
            let is_sold = price::bill(restaurant, line_alone, Amount::ZERO).is_ok();
            if !is_sold {
                gone.push(line.dish_id.clone());
            }
            is_sold
        });
        if !gone.is_empty() {
            self.sent = false;
        }
        if self.lines.is_empty() {
            self.restaurant_id = None;
        }
        gone
    }

    /// Empties the cart; the dish of each line that was in it.
    pub fn clear(&mut self) -> Vec<DishId> {
        (self.restaurant_id, self.sent) = (None, false);
        std::mem::take(&mut self.lines).into_iter().map(|line| line.dish_id).collect()
    }

    /// The server has an order of these lines under `order_id`: the next cart is for `next`.
    ///
    /// What was added meanwhile, in another tab, stays for that one.
    pub fn placed(&mut self, order_id: OrderId, lines: &[OrderLine], next: OrderId) {
        match self.order_id == order_id {
            true if self.lines == lines => *self = Self::new(next),
            true => {
                self.remove_ordered(lines);
                self.start_another_order(next);
            }
            false => {}
        }
    }

    /// Takes out what was ordered, as far as it is there.
    fn remove_ordered(&mut self, ordered: &[OrderLine]) {
        self.lines.retain_mut(|line| {
            let Some(placed) = ordered.iter().find(|placed| is_same(placed, line)) else {
                return true;
            };
            let left = line.quantity.get().saturating_sub(placed.quantity.get());
            match Quantity::try_from(left) {
                Ok(left) => line.quantity = left,
                Err(_) => return false,
            }
            true
        });
        if self.lines.is_empty() {
            self.restaurant_id = None;
        }
    }

    /// This cart is wanted besides the order that has its id already: it gets the id `next`.
    pub const fn start_another_order(&mut self, next: OrderId) {
        self.order_id = next;
        self.sent = false;
    }

    /// What to send to place the order; `None` if the cart is empty.
    #[must_use]
    pub fn request(
        &self,
        address: DeliveryAddress,
        note: Option<Note>,
        expected: &Bill,
    ) -> Option<OrderRequest> {
        let restaurant_id = self.restaurant_id.clone()?;
        Some(OrderRequest {
            restaurant_id,
            lines: self.lines.clone(),
            address,
            note,
            tip: expected.tip,
            payment: Payment::OnDelivery,
            expected_total: expected.total,
        })
    }
}

fn is_same(a: &OrderLine, b: &OrderLine) -> bool {
    a.dish_id == b.dish_id && a.options == b.options && a.note == b.note
}

/// What of an order of then is sold today, and the names of what is not, or not as it was.
#[must_use]
pub fn reorder(restaurant: &Restaurant, then: &Bill) -> (Vec<OrderLine>, Vec<String>) {
    let (mut lines, mut gone) = (Vec::new(), Vec::new());
    for line in &then.lines {
        let options = line.options.iter().map(|option| ChosenOption {
            group_id: option.group_id.clone(),
            choice_id: option.choice_id.clone(),
        });
        let wanted = OrderLine {
            dish_id: line.dish_id.clone(),
            quantity: line.quantity,
            options: options.collect(),
            note: line.note.clone(),
        };
        match price::bill(restaurant, std::slice::from_ref(&wanted), Amount::ZERO) {
            Ok(_) => lines.push(wanted),
            Err(_) => gone.push(line.name.clone()),
        }
    }
    (lines, gone)
}

/// So many hundredths of a price, rounded down.
#[must_use]
pub const fn tip(subtotal: Amount, percent: u8) -> Amount {
    Amount::new(subtotal.minor() * percent as i64 / 100)
}
