//! What is typed in the office and not saved yet, as it is kept on the device.

use shared::RestaurantId;

/// Where what somebody types for a restaurant is kept: whoever signs in on the same tablet next does not see it.
pub(super) fn draft_key(kind: &str, account: &str, restaurant: &RestaurantId) -> String {
    format!("tiffin.{kind}.{restaurant}.{}", account.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_account_and_restaurant_has_a_draft_of_its_own() {
        let (one, other) = ("golden-dosa".parse().unwrap(), "raat-rani-dhaba".parse().unwrap());
        let key = draft_key("hours", "Asha@example.com", &one);
        assert_eq!(key, draft_key("hours", "asha@example.com", &one));
        for another in [
            draft_key("delivery", "asha@example.com", &one),
            draft_key("hours", "ravi@example.com", &one),
            draft_key("hours", "asha@example.com", &other),
        ] {
            assert_ne!(key, another);
        }
    }
}
