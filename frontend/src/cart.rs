//! The cart: what is wanted from one restaurant, and the id its order will have. Plain logic.
//!
//! The id is made with the cart and kept with it, and another takes its place only when the
//! server has said that the order exists. So however often "Place order" is pressed, answered or
//! not, reloaded or not, in one tab or two: it is one order.

use serde::{Deserialize, Serialize};
use shared::{
    Amount, OrderId, OrderRequest, RestaurantId,
    menu::Restaurant,
    order::{DeliveryAddress, OrderLine, Payment, Quantity},
    price,
    text::Note,
};

/// What a customer is about to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// What the order will be called.
    pub order_id: OrderId,
    /// Where it is cooked; `None` only when nothing is in the cart.
    pub restaurant_id: Option<RestaurantId>,
    /// What is wanted.
    pub lines: Vec<OrderLine>,
    /// Whether exactly this cart has been sent, and no answer has settled it yet.
    #[serde(default)]
    pub sent: bool,
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
        Self { order_id, restaurant_id: None, lines: Vec::new(), sent: false }
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
    pub fn count_of(&self, restaurant: &RestaurantId, dish: &shared::DishId) -> u32 {
        if self.restaurant_id.as_ref() != Some(restaurant) {
            return 0;
        }
        let lines = self.lines.iter().filter(|line| line.dish_id == *dish);
        lines.map(|line| u32::from(line.quantity.get())).sum()
    }

    /// Adds a line; the same dish with the same choices joins the line it is on already.
    pub fn add(&mut self, restaurant: &RestaurantId, line: OrderLine) -> Added {
        if !self.is_empty() && self.restaurant_id.as_ref() != Some(restaurant) {
            return Added::OtherRestaurant;
        }
        let same =
            |other: &&mut OrderLine| other.dish_id == line.dish_id && other.options == line.options;
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

    /// Empties the cart and begins again with one line of another restaurant.
    ///
    /// The order keeps its id: if an earlier cart was sent and the answer lost, the server says so.
    pub fn start_over(&mut self, restaurant: &RestaurantId, line: OrderLine) {
        self.lines.clear();
        self.add(restaurant, line);
    }

    /// Sets how many of a line are wanted, at most 99; none removes the line.
    pub fn set_quantity(&mut self, line: usize, count: u8) {
        if line >= self.lines.len() {
            return;
        }
        match Quantity::try_from(count) {
            Ok(count) => self.lines[line].quantity = count,
            Err(_) if count == 0 => drop(self.lines.remove(line)),
            Err(_) => return,
        }
        self.sent = false;
        if self.lines.is_empty() {
            self.restaurant_id = None;
        }
    }

    /// Removes what `restaurant` does not sell as it is in the cart; says how many lines went.
    pub fn keep_what_exists(&mut self, restaurant: &Restaurant) -> usize {
        let before = self.lines.len();
        self.lines.retain(|line| {
            price::bill(restaurant, std::slice::from_ref(line), Amount::ZERO).is_ok()
        });
        let gone = before - self.lines.len();
        if gone > 0 {
            self.sent = false;
        }
        if self.lines.is_empty() {
            self.restaurant_id = None;
        }
        gone
    }

    /// The server has an order of these lines under `order_id`: the next cart is for `next`.
    ///
    /// What was added meanwhile, in another tab, stays for that one.
    pub fn placed(&mut self, order_id: OrderId, lines: &[OrderLine], next: OrderId) {
        match self.order_id == order_id {
            true if self.lines == lines => *self = Self::new(next),
            true => self.order_this_too(next),
            false => {}
        }
    }

    /// This cart is wanted besides the order that has its id already: it gets the id `next`.
    pub const fn order_this_too(&mut self, next: OrderId) {
        self.order_id = next;
        self.sent = false;
    }

    /// What to send to place the order; `None` if the cart is empty.
    #[must_use]
    pub fn request(
        &self,
        address: DeliveryAddress,
        note: Option<Note>,
        expected_total: Amount,
    ) -> Option<OrderRequest> {
        let restaurant_id = self.restaurant_id.clone()?;
        Some(OrderRequest {
            restaurant_id,
            lines: self.lines.clone(),
            address,
            note,
            tip: Amount::ZERO,
            payment: Payment::OnDelivery,
            expected_total,
        })
    }
}

#[cfg(test)]
mod tests {
    use shared::Timestamp;

    use super::*;

    fn id(number: u8) -> OrderId {
        OrderId::new(Timestamp::from_millis(1_000), [number; 10])
    }

    fn place(name: &str) -> RestaurantId {
        name.parse().unwrap()
    }

    fn line(dish: &str, count: u8) -> OrderLine {
        OrderLine {
            dish_id: dish.parse().unwrap(),
            quantity: count.try_into().unwrap(),
            options: Vec::new(),
            note: None,
        }
    }

    fn dosa_menu() -> Restaurant {
        let text = include_str!("../../shared/tests/wire/reply_restaurant.json");
        serde_json::from_str(text).unwrap()
    }

    fn large(mut line: OrderLine) -> OrderLine {
        line.options = vec![shared::order::ChosenOption {
            group_id: "size".parse().unwrap(),
            choice_id: "large".parse().unwrap(),
        }];
        line
    }

    #[test]
    fn the_same_dish_joins_its_line_and_another_choice_does_not() {
        let mut cart = Cart::new(id(1));
        let at = place("golden-dosa");
        assert_eq!(cart.add(&at, line("masala-dosa", 1)), Added::Yes);
        assert_eq!(cart.add(&at, line("masala-dosa", 2)), Added::Yes);
        assert_eq!(cart.add(&at, large(line("masala-dosa", 1))), Added::Yes);
        assert_eq!((cart.lines.len(), cart.count()), (2, 4));
        assert_eq!(cart.count_of(&at, &"masala-dosa".parse().unwrap()), 4);
        assert_eq!(cart.count_of(&place("other"), &"masala-dosa".parse().unwrap()), 0);
    }

    #[test]
    fn a_line_has_at_most_99_and_a_cart_at_most_50_lines() {
        let mut cart = Cart::new(id(1));
        let at = place("golden-dosa");
        cart.add(&at, line("masala-dosa", 99));
        assert_eq!(cart.add(&at, line("masala-dosa", 1)), Added::Full);
        assert_eq!(cart.lines[0].quantity, Quantity::MAX);
        for dish in 1..50 {
            assert_eq!(cart.add(&at, line(&format!("dish-{dish}"), 1)), Added::Yes);
        }
        assert_eq!(cart.add(&at, line("one-more", 1)), Added::Full);
    }

    #[test]
    fn adding_from_another_restaurant_asks_first() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        assert_eq!(cart.add(&place("tres-molinos"), line("taco", 1)), Added::OtherRestaurant);
        assert_eq!(cart.count(), 1);
        cart.start_over(&place("tres-molinos"), line("taco", 2));
        assert_eq!(cart.restaurant_id, Some(place("tres-molinos")));
        assert_eq!((cart.count(), cart.order_id), (2, id(1)), "the id stays until it is answered");
    }

    #[test]
    fn quantities_change_within_1_to_99_and_none_removes_the_line() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        cart.set_quantity(0, 100);
        assert_eq!(cart.count(), 1);
        cart.set_quantity(0, 99);
        assert_eq!(cart.count(), 99);
        cart.set_quantity(7, 1);
        cart.set_quantity(0, 0);
        assert!(cart.is_empty() && cart.restaurant_id.is_none());
    }

    #[test]
    fn what_is_no_longer_sold_leaves_the_cart() {
        let mut cart = Cart::new(id(1));
        let at = place("golden-dosa");
        cart.add(&at, large(line("masala-dosa", 1)));
        cart.add(&at, line("masala-dosa", 1));
        cart.add(&at, line("yesterdays-special", 1));
        assert_eq!(cart.keep_what_exists(&dosa_menu()), 2, "a size must be chosen now");
        assert_eq!(cart.lines, [large(line("masala-dosa", 1))]);
        assert_eq!(cart.keep_what_exists(&dosa_menu()), 0);
    }

    #[test]
    fn the_id_changes_only_when_the_order_exists_or_another_is_wanted() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        cart.sent = true;
        cart.set_quantity(0, 2);
        assert_eq!((cart.order_id, cart.sent), (id(1), false), "another cart than the one sent");
        cart.order_this_too(id(2));
        assert_eq!((cart.order_id, cart.count()), (id(2), 2));
        let lines = cart.lines.clone();
        cart.placed(id(9), &lines, id(3));
        assert_eq!(cart.order_id, id(2), "another tab has seen to it");
        cart.placed(id(2), &[line("masala-dosa", 1)], id(3));
        assert_eq!((cart.order_id, cart.count()), (id(3), 2), "added in another tab meanwhile");
        cart.placed(id(3), &lines, id(4));
        assert_eq!(cart, Cart::new(id(4)));
    }

    #[test]
    fn a_cart_survives_being_kept() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 3)));
        let kept = serde_json::to_string(&cart).unwrap();
        assert_eq!(serde_json::from_str::<Cart>(&kept).unwrap(), cart);
    }
}
