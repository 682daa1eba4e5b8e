//! The areas as they are typed: every field is a text, and may be wrong.

use serde::{Deserialize, Serialize};
use shared::{
    Amount, Currency, Money,
    api::{DeliveryAreasRequest, RestaurantDelivery},
    area::{AreaError, DeliveryArea, PostcodePrefix, check},
};

use crate::counter::{
    amount::parse_amount,
    draft_editor::{Errors, Typed},
    text,
};

/// The areas of a restaurant as they are typed. Its fields and buttons are called by what they are and the place of
/// their area: `fee-1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The version that they change.
    pub(super) version: u32,
    pub(super) areas: Vec<AreaDraft>,
}

/// An area.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AreaDraft {
    /// Separated by commas.
    pub(super) postcodes: String,
    /// An amount in major units.
    pub(super) fee: String,
    /// The same; empty if there is none.
    pub(super) minimum: String,
}

impl Typed for Draft {
    type Current = RestaurantDelivery;
    type Request = DeliveryAreasRequest;

    fn of(delivery: &RestaurantDelivery) -> Self {
        let area = |area: &DeliveryArea| {
            let postcodes: Vec<_> = area.postcodes.iter().map(AsRef::as_ref).collect();
            AreaDraft {
                postcodes: postcodes.join(", "),
                fee: typed(area.delivery_fee, delivery.currency),
                minimum: optional(area.minimum_order, delivery.currency),
            }
        };
        Self { version: delivery.version, areas: delivery.areas.iter().map(area).collect() }
    }

    fn version(&mut self) -> &mut u32 {
        &mut self.version
    }

    fn type_in(&mut self, field: &str, text: String) {
        if let Some((kind, at)) = parts(field)
            && let Some(area) = self.areas.get_mut(at)
        {
            match kind {
                "postcodes" => area.postcodes = text,
                "fee" => area.fee = text,
                "minimum" => area.minimum = text,
                _ => {}
            }
        }
    }

    /// An area begins with the restaurant's own fee and minimum.
    fn press(&mut self, button: &str, delivery: &RestaurantDelivery) -> Option<String> {
        match parts(button)? {
            ("add", _) if self.has_room() => {
                self.areas.push(AreaDraft {
                    postcodes: String::new(),
                    fee: typed(delivery.delivery_fee, delivery.currency),
                    minimum: optional(delivery.minimum_order, delivery.currency),
                });
                Some(format!("postcodes-{}", self.areas.len() - 1))
            }
            ("drop", at) if at < self.areas.len() => {
                drop(self.areas.remove(at));
                Some("add-0".to_owned())
            }
            _ => None,
        }
    }

    fn hint(&self, field: &str) -> &'static str {
        if field.starts_with("postcodes") { text::POSTCODES_HINT } else { "" }
    }

    fn read(&self, current: &RestaurantDelivery) -> Result<DeliveryAreasRequest, Errors> {
        let RestaurantDelivery { country, currency, .. } = *current;
        let mut errors = Errors::new();
        let all = self.areas.iter().enumerate();
        let areas: Vec<_> = all.map(|(at, area)| area.read(at, currency, &mut errors)).collect();
        // Of an area that is wrong already, it would say the same again.
        if errors.is_empty()
            && let Err(error) = check(&areas, country)
        {
            errors.push(self.field_of(&error));
        }
        match errors.is_empty() {
            true => Ok(DeliveryAreasRequest { version: self.version, areas }),
            false => Err(errors),
        }
    }
}

impl Draft {
    /// Whether there can be another area.
    pub(super) fn has_room(&self) -> bool {
        self.areas.len() < DeliveryArea::MAX
    }

    fn field_of(&self, error: &AreaError) -> (String, String) {
        let last = self.areas.len().saturating_sub(1);
        let (kind, at, text) = match error {
            AreaError::TooManyAreas => ("postcodes", last, text::TOO_MANY_AREAS.to_owned()),
            AreaError::TooManyPostcodes => ("postcodes", last, text::TOO_MANY_POSTCODES.to_owned()),
            AreaError::NoPostcode { area } => {
                ("postcodes", *area, text::POSTCODES_MISSING.to_owned())
            }
            AreaError::Unknown { area, postcode } => {
                ("postcodes", *area, text::postcode_unknown(postcode))
            }
            AreaError::Twice { area, postcode } => {
                ("postcodes", *area, text::postcode_twice(postcode))
            }
            AreaError::Amount { area, field } => {
                let kind = if *field == "delivery_fee" { "fee" } else { "minimum" };
                (kind, *area, text::AMOUNT_TOO_HIGH.to_owned())
            }
        };
        (format!("{kind}-{at}"), text)
    }
}

impl AreaDraft {
    fn read(&self, at: usize, currency: Currency, errors: &mut Errors) -> DeliveryArea {
        let mut wrong = |kind: &str, why: String| errors.push((format!("{kind}-{at}"), why));
        let postcodes = self.postcodes.split(',').map(str::trim).filter(|it| !it.is_empty());
        let postcodes: Result<Vec<PostcodePrefix>, _> = postcodes.map(str::parse).collect();
        match &postcodes {
            Ok(postcodes) if postcodes.is_empty() => {
                wrong("postcodes", text::POSTCODES_MISSING.to_owned());
            }
            Ok(_) => {}
            Err(_) => wrong("postcodes", text::POSTCODES_WRONG.to_owned()),
        }
        let mut read = |kind: &str, text: &str| {
            parse_amount(text, currency).unwrap_or_else(|| {
                wrong(kind, text::amount_wrong(&typed(Amount::new(250), currency)));
                Amount::ZERO
            })
        };
        let delivery_fee = read("fee", &self.fee);
        let minimum_order = match self.minimum.trim() {
            "" => Amount::ZERO,
            minimum => read("minimum", minimum),
        };
        DeliveryArea { postcodes: postcodes.unwrap_or_default(), delivery_fee, minimum_order }
    }
}

/// What a field or button is, and the place of its area.
fn parts(name: &str) -> Option<(&str, usize)> {
    let (kind, at) = name.split_once('-')?;
    Some((kind, at.parse().ok()?))
}

fn typed(amount: Amount, currency: Currency) -> String {
    Money { amount, currency }.decimal()
}

fn optional(amount: Amount, currency: Currency) -> String {
    if amount.is_zero() { String::new() } else { typed(amount, currency) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn delivery() -> RestaurantDelivery {
        serde_json::from_value(json!({"version": 3, "country": "GB", "currency": "GBP",
            "delivery_fee": 250, "minimum_order": 800, "areas": [
                {"postcodes": ["N1", "E8"], "delivery_fee": 150, "minimum_order": 1500},
                {"postcodes": ["N1 5"], "delivery_fee": 0}]}))
        .unwrap()
    }

    /// The draft after something was typed.
    fn after(fields: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::of(&delivery());
        fields.iter().for_each(|(field, text)| draft.type_in(field, (*text).to_owned()));
        draft
    }

    #[test]
    fn areas_are_read_as_they_were_written() {
        let delivery = delivery();
        let draft = Draft::of(&delivery);
        let first = &draft.areas[0];
        assert_eq!((&*first.postcodes, &*first.fee, &*first.minimum), ("N1, E8", "1.50", "15.00"));
        assert_eq!((&*draft.areas[1].fee, &*draft.areas[1].minimum), ("0.00", ""));
        let expected = DeliveryAreasRequest { version: 3, areas: delivery.areas.clone() };
        assert_eq!(draft.read(&delivery), Ok(expected));
    }

    #[test]
    fn what_is_typed_is_read_as_people_write_it() {
        let draft = after(&[
            ("postcodes-0", " n1,e8 ,, sw1a  1,"),
            ("fee-0", " 1,5"),
            ("minimum-0", ""),
            ("fee-7", "1"),
            ("nothing", "1"),
        ]);
        let area = &draft.read(&delivery()).unwrap().areas[0];
        let postcodes: Vec<_> = area.postcodes.iter().map(AsRef::as_ref).collect();
        assert_eq!(postcodes, ["N1", "E8", "SW1A 1"]);
        assert_eq!((area.delivery_fee.minor(), area.minimum_order.minor()), (150, 0));
    }

    #[test]
    fn every_field_that_is_wrong_says_so() {
        let many: Vec<_> = (0..200).map(|number| format!("W{number}")).collect();
        let example = text::amount_wrong("2.50");
        let unknown = "SW1Y4".parse().unwrap();
        for (fields, wrong, why) in [
            (&[("postcodes-1", " , ")][..], "postcodes-1", text::POSTCODES_MISSING),
            (&[("postcodes-0", "N1; E8")], "postcodes-0", text::POSTCODES_WRONG),
            (&[("postcodes-0", "É1")], "postcodes-0", text::POSTCODES_WRONG),
            (&[("postcodes-1", "e8")], "postcodes-1", "E8 is listed twice. Remove one."),
            (
                &[("postcodes-1", "n1 5tb, N15TB")],
                "postcodes-1",
                "N15TB is listed twice. Remove one.",
            ),
            (&[("postcodes-1", "SW1Y4, N2")], "postcodes-1", &text::postcode_unknown(&unknown)),
            (&[("postcodes-1", &many.join(","))], "postcodes-1", text::TOO_MANY_POSTCODES),
            (&[("fee-0", "")], "fee-0", &example),
            (&[("fee-1", "-1")], "fee-1", &example),
            (&[("minimum-1", "a lot")], "minimum-1", &example),
            (&[("fee-0", "100000")], "fee-0", text::AMOUNT_TOO_HIGH),
            (&[("minimum-0", "100000")], "minimum-0", text::AMOUNT_TOO_HIGH),
        ] {
            let errors = after(fields).read(&delivery()).unwrap_err();
            assert_eq!(errors, [(wrong.to_owned(), why.to_owned())], "{fields:?}");
        }
        let errors = after(&[("postcodes-0", ""), ("fee-1", "x")]).read(&delivery());
        assert_eq!(errors.unwrap_err().len(), 2, "all of them at once");
    }

    #[test]
    fn areas_are_added_and_removed_and_say_where_to_go_on() {
        let delivery = delivery();
        let mut draft = Draft::of(&delivery);
        assert_eq!(draft.press("add-0", &delivery).as_deref(), Some("postcodes-2"));
        let added = &draft.areas[2];
        assert_eq!((&*added.postcodes, &*added.fee, &*added.minimum), ("", "2.50", "8.00"));
        assert_eq!(draft.press("drop-0", &delivery).as_deref(), Some("add-0"));
        assert_eq!(draft.areas[0].postcodes, "N1 5");
        for other in ["drop-2", "save-areas", "fee-0"] {
            assert_eq!(draft.press(other, &delivery), None, "{other}");
        }
        while draft.has_room() {
            assert!(draft.press("add-0", &delivery).is_some());
        }
        assert_eq!((draft.press("add-0", &delivery), draft.areas.len()), (None, 30));
    }
}
