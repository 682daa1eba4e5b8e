//! The cart: what is wanted from one restaurant, and the id its order will have. Plain logic.
//!
//! The id is made with the cart and kept with it, and another takes its place only when the
//! server has said that the order exists. So however often "Place order" is pressed, answered or
//! not, reloaded or not, in one tab or two: it is one order.

use serde::{Deserialize, Serialize};
use shared::{
    Amount, OrderId, OrderRequest, RestaurantId,
    menu::Restaurant,
    order::{ChosenOption, DeliveryAddress, OrderLine, Payment, Quantity},
    price::{self, Bill, PriceError},
    text::Note,
};

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
    pub fn count_of(&self, restaurant: &RestaurantId, dish: &shared::DishId) -> u32 {
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

    /// Empties the cart; how many lines were in it.
    pub fn clear(&mut self) -> usize {
        (self.restaurant_id, self.sent) = (None, false);
        std::mem::take(&mut self.lines).len()
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
        let text = include_str!("../../../shared/tests/wire/reply_restaurant.json");
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
        cart.start_over(&place("tres-molinos"), vec![line("taco", 2)]);
        assert_eq!(cart.restaurant_id, Some(place("tres-molinos")));
        assert_eq!((cart.count(), cart.order_id), (2, id(1)), "the id stays until it is answered");
    }

    #[test]
    fn quantities_change_within_1_to_99() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        cart.set_quantity(0, 100);
        assert_eq!(cart.count(), 1);
        cart.set_quantity(0, 99);
        assert_eq!(cart.count(), 99);
        cart.set_quantity(7, 1);
        cart.set_quantity(0, 0);
        assert_eq!(cart.count(), 99);
    }

    #[test]
    fn a_line_that_was_taken_out_can_be_put_back_where_it_was() {
        let mut cart = Cart::new(id(1));
        for dish in ["one", "two", "three"] {
            cart.add(&place("golden-dosa"), line(dish, 1));
        }
        let before = cart.clone();
        for number in 0..3 {
            let removed = cart.remove(number).unwrap();
            assert_eq!(cart.count(), 2);
            cart.restore(removed);
            assert_eq!(cart, before);
        }
        assert_eq!(cart.remove(3), None);
    }

    #[test]
    fn the_last_line_takes_the_restaurant_with_it_and_another_ones_dishes_keep_it_out() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        let removed = cart.remove(0).unwrap();
        assert!(cart.is_empty() && cart.restaurant_id.is_none());
        cart.add(&place("tres-molinos"), line("taco", 1));
        cart.restore(removed);
        assert_eq!((cart.count(), cart.restaurant_id), (1, Some(place("tres-molinos"))));
    }

    #[test]
    fn an_edited_line_stays_in_its_place_or_joins_its_twin() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), line("masala-dosa", 1));
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
        let noted = OrderLine { note: "Crisp".parse().ok(), ..line("masala-dosa", 2) };
        assert_eq!(cart.replace(0, noted.clone()), Added::Yes);
        assert_eq!(cart.lines, [noted.clone(), large(line("masala-dosa", 1))]);
        assert_eq!(cart.replace(1, noted.clone()), Added::Yes);
        assert_eq!(cart.lines, [OrderLine { quantity: 4.try_into().unwrap(), ..noted }]);
    }

    #[test]
    fn a_tip_follows_the_price_of_the_dishes() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
        cart.set_tip(10);
        let bill = cart.bill(&dosa_menu()).unwrap();
        assert_eq!((bill.subtotal, bill.tip), (Amount::new(950), Amount::new(95)));
        cart.set_quantity(0, 2);
        assert_eq!(cart.bill(&dosa_menu()).unwrap().tip, Amount::new(190));
    }

    #[test]
    fn a_tip_that_does_not_divide_evenly_is_rounded_down() {
        for (subtotal, percent, expected) in
            [(955, 10, 95), (333, 15, 49), (1, 99, 0), (199, 50, 99), (7, 100, 7), (7, 0, 0)]
        {
            let tip = tip(Amount::new(subtotal), percent);
            assert_eq!(tip, Amount::new(expected), "{percent} % of {subtotal}");
        }
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
        cart.start_another_order(id(2));
        assert_eq!((cart.order_id, cart.count()), (id(2), 2));
        let lines = cart.lines.clone();
        cart.placed(id(9), &lines, id(3));
        assert_eq!(cart.order_id, id(2), "another tab has seen to it");
        cart.placed(id(2), &[line("masala-dosa", 1)], id(3));
        assert_eq!((cart.order_id, cart.count()), (id(3), 1), "added in another tab meanwhile");
        let lines = cart.lines.clone();
        cart.set_tip(10);
        cart.placed(id(3), &lines, id(4));
        assert_eq!(cart, Cart::new(id(4)), "the tip was that order's");
    }

    #[test]
    fn what_was_ordered_is_ordered_again_without_what_is_no_longer_sold() {
        let menu = dosa_menu();
        let lines = [large(line("masala-dosa", 2))];
        let mut then = price::bill(&menu, &lines, Amount::ZERO).unwrap();
        let mut special = then.lines[0].clone();
        special.dish_id = "yesterdays-special".parse().unwrap();
        special.name = "Yesterday’s special".to_owned();
        then.lines.push(special);
        let (again, gone) = reorder(&menu, &then);
        assert_eq!(
            (again.as_slice(), gone.as_slice()),
            (&lines[..], &["Yesterday’s special".to_owned()][..])
        );
    }

    #[test]
    fn a_cart_survives_being_kept() {
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 3)));
        let kept = serde_json::to_string(&cart).unwrap();
        assert_eq!(serde_json::from_str::<Cart>(&kept).unwrap(), cart);
    }
    /// Three dishes of one each.
    fn three() -> Cart {
        let mut cart = Cart::new(id(1));
        for dish in ["one", "two", "three"] {
            cart.add(&place("golden-dosa"), line(dish, 1));
        }
        cart
    }

    fn dishes(cart: &Cart) -> Vec<(String, u8)> {
        cart.lines.iter().map(|it| (it.dish_id.to_string(), it.quantity.get())).collect()
    }

    #[test]
    fn a_line_that_was_taken_out_joins_its_twin_of_meanwhile() {
        let mut cart = three();
        let removed = cart.remove(0).unwrap();
        cart.add(&place("golden-dosa"), line("one", 1));
        cart.restore(removed);
        let expected = [("two", 1), ("three", 1), ("one", 2)];
        assert_eq!(dishes(&cart), expected.map(|(dish, count)| (dish.to_owned(), count)));
    }

    #[test]
    fn another_note_is_another_line_and_a_line_is_found_whatever_its_quantity() {
        let mut cart = three();
        let noted = OrderLine { note: "Crisp".parse().ok(), ..line("two", 1) };
        assert_eq!(cart.place_of(&noted), None);
        cart.add(&place("golden-dosa"), noted.clone());
        assert_eq!(cart.lines.len(), 4);
        let place_of = |line: OrderLine| cart.place_of(&line);
        assert_eq!((place_of(line("one", 9)), place_of(line("three", 9))), (Some(0), Some(2)));
        assert_eq!(place_of(OrderLine { quantity: Quantity::MAX, ..noted }), Some(3));
    }

    #[test]
    fn a_cart_that_has_changed_is_not_the_one_that_was_sent() {
        let mut menu = dosa_menu();
        let mut cart = Cart::new(id(1));
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
        cart.sent = true;
        assert_eq!(cart.keep_what_exists(&menu), 0);
        assert!(cart.sent, "nothing has gone");
        menu.sections.clear();
        assert_eq!(cart.keep_what_exists(&menu), 1);
        assert_eq!((cart.sent, cart.restaurant_id), (false, None));
    }

    #[test]
    fn an_emptied_cart_is_of_no_restaurant_and_keeps_its_id() {
        let mut cart = three();
        assert_eq!(cart.clear(), 3);
        assert_eq!(cart, Cart::new(id(1)));
    }

    #[test]
    fn what_was_ordered_leaves_the_cart_and_what_came_meanwhile_stays() {
        let mut cart = three();
        cart.set_quantity(1, 3);
        cart.placed(id(1), &[line("one", 1), line("two", 2)], id(2));
        let expected = [("two", 1), ("three", 1)];
        assert_eq!(dishes(&cart), expected.map(|(dish, count)| (dish.to_owned(), count)));
        assert_eq!((&cart.restaurant_id, cart.order_id), (&Some(place("golden-dosa")), id(2)));
        cart.lines.truncate(1);
        cart.placed(id(2), &[line("two", 1), line("gone", 1)], id(3));
        assert_eq!(cart, Cart::new(id(3)), "nothing is left");
    }

    #[test]
    fn what_is_sent_is_the_cart_at_the_price_that_was_seen() {
        let mut cart = Cart::new(id(1));
        let address = DeliveryAddress {
            name: "Asha".parse().unwrap(),
            street: "1 Mill Row".parse().unwrap(),
            unit: None,
            city: "London".parse().unwrap(),
            postcode: None,
            phone: None,
        };
        cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
        cart.set_tip(10);
        let bill = cart.bill(&dosa_menu()).unwrap();
        let note: Option<Note> = "Ring twice.".parse().ok();
        let request = OrderRequest {
            restaurant_id: place("golden-dosa"),
            lines: vec![large(line("masala-dosa", 1))],
            address: address.clone(),
            note: note.clone(),
            tip: Amount::new(95),
            payment: Payment::OnDelivery,
            expected_total: bill.total,
        };
        assert_eq!(cart.request(address.clone(), note, &bill), Some(request));
        assert_eq!(Cart::new(id(1)).request(address, None, &bill), None);
    }
}
