//! What bringing an order to a postcode costs.

use super::Card;
use crate::area::{DeliveryArea, PostcodePrefix};

impl Card {
    /// The area with this postcode: of those that have it, the one that names it with the most characters.
    #[must_use]
    pub fn area(&self, postcode: &str) -> Option<&DeliveryArea> {
        let longest = |area: &&DeliveryArea| {
            let begins = |prefix: &&PostcodePrefix| prefix.begins(postcode, self.country);
            area.postcodes.iter().filter(begins).map(|prefix| prefix.length()).max()
        };
        self.areas.iter().filter(|area| longest(area).is_some()).max_by_key(longest)
    }

    /// Whether it delivers to this postcode. Without areas, it does anywhere.
    #[must_use]
    pub fn delivers_to(&self, postcode: &str) -> bool {
        self.areas.is_empty() || self.area(postcode).is_some()
    }

    /// Puts the fee and the minimum of a postcode's area in the place of its own, so that an order is priced by
    /// them; whether it delivers there. Without areas, nothing changes.
    pub fn deliver_to(&mut self, postcode: &str) -> bool {
        if let Some(DeliveryArea { delivery_fee, minimum_order, .. }) = self.area(postcode) {
            (self.delivery_fee, self.minimum_order) = (*delivery_fee, *minimum_order);
            return true;
        }
        self.areas.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Amount;

    fn area(postcodes: &[&str], fee: i64, minimum: i64) -> DeliveryArea {
        DeliveryArea {
            postcodes: postcodes.iter().map(|it| it.parse().unwrap()).collect(),
            delivery_fee: Amount::new(fee),
            minimum_order: Amount::new(minimum),
        }
    }

    fn card(areas: Vec<DeliveryArea>) -> Card {
        let card = serde_json::json!({"restaurant_id": "r", "name": "R", "description": "",
            "cuisines": [], "country": "IN", "price_level": 1, "currency": "INR",
            "delivery_fee": 4000, "minimum_order": 19900, "preparation_minutes": 1,
            "travel_minutes": 1, "art": "", "hours": {"time_zone": "Asia/Kolkata", "spans": []}});
        Card { areas, ..serde_json::from_value(card).unwrap() }
    }

    #[test]
    fn the_area_that_names_the_most_of_a_postcode_counts() {
        let card = card(vec![
            area(&["110", "122"], 3_000, 10_000),
            area(&["110001", "1100 02"], 1_000, 0),
        ]);
        let at = |postcode: &str| {
            let mut there = card.clone();
            let delivers = there.deliver_to(postcode);
            assert_eq!(delivers, card.delivers_to(postcode));
            delivers.then(|| (there.delivery_fee.minor(), there.minimum_order.minor()))
        };
        assert_eq!(at("110001"), Some((1_000, 0)));
        assert_eq!(at("110 002"), Some((1_000, 0)));
        assert_eq!(at("110003"), Some((3_000, 10_000)));
        assert_eq!(at("201301"), None);
    }

    #[test]
    fn a_restaurant_without_areas_delivers_anywhere_as_its_card_says() {
        let mut card = card(Vec::new());
        assert!(card.delivers_to("201301") && card.deliver_to(""));
        assert_eq!(card.delivery_fee.minor(), 4_000);
    }
}
