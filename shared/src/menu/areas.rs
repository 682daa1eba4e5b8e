//! What bringing an order to a postcode costs.

use super::Card;
use crate::{
    area::{DeliveryArea, PostcodePrefix},
    money::Amount,
};

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

    /// The lowest fee of its areas, or its own without areas.
    #[must_use]
    pub fn lowest_fee(&self) -> Amount {
        let fees = self.areas.iter().map(|area| area.delivery_fee);
        fees.min().unwrap_or(self.delivery_fee)
    }

    /// Puts the fee and the minimum of a postcode's area in the place of its own, so that an order is priced by
    /// them; whether it delivers there. As long as the postcode is not known, the fee is the lowest, and there is no
    /// minimum. Without areas, nothing changes.
    pub fn deliver_to(&mut self, postcode: Option<&str>) -> bool {
        if self.areas.is_empty() {
            return true;
        }
        let Some(postcode) = postcode else {
            (self.delivery_fee, self.minimum_order) = (self.lowest_fee(), Amount::ZERO);
            return true;
        };
        let Some(area) = self.area(postcode) else { return false };
        (self.delivery_fee, self.minimum_order) = (area.delivery_fee, area.minimum_order);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            there
                .deliver_to(Some(postcode))
                .then(|| (there.delivery_fee.minor(), there.minimum_order.minor()))
        };
        assert_eq!(at("110001"), Some((1_000, 0)));
        assert_eq!(at("110 002"), Some((1_000, 0)));
        assert_eq!(at("110003"), Some((3_000, 10_000)));
        assert_eq!(at("201301"), None);
    }

    #[test]
    fn a_restaurant_without_areas_delivers_anywhere_as_its_card_says() {
        let mut card = card(Vec::new());
        assert!(card.deliver_to(Some("201301")) && card.deliver_to(None));
        assert_eq!((card.delivery_fee.minor(), card.minimum_order.minor()), (4_000, 19_900));
        assert_eq!(card.lowest_fee().minor(), 4_000);
    }

    #[test]
    fn as_long_as_the_postcode_is_not_known_the_lowest_fee_counts_and_no_minimum() {
        let mut card = card(vec![area(&["110"], 3_000, 10_000), area(&["122"], 2_000, 20_000)]);
        assert!(card.deliver_to(None));
        assert_eq!((card.delivery_fee.minor(), card.minimum_order.minor()), (2_000, 0));
        assert_eq!(card.areas.len(), 2, "they are still to be chosen from");
        assert!(!card.deliver_to(Some("201301")) && card.deliver_to(Some("122001")));
        assert_eq!((card.delivery_fee.minor(), card.minimum_order.minor()), (2_000, 20_000));
    }
}
