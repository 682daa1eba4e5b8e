//! Where an order goes, as it is being typed: raw texts, and what is wrong with each.

use serde::{Deserialize, Serialize};
use shared::{
    api::{AddressInput, AddressRecord},
    area::is_same_postcode,
    order::DeliveryAddress,
    text::{Note, PersonName, Phone, Text, TextError},
};

/// What is typed at checkout, or of an address that is to be saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryForm([String; 8]);

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Field {
    Name,
    Street,
    /// Flat, floor, door code.
    Unit,
    Postcode,
    City,
    Phone,
    Note,
    /// The customer's name for a saved address.
    Label,
}

impl Field {
    /// All of the checkout, as they stand on the page.
    pub const CHECKOUT: [Self; 7] =
        [Self::Name, Self::Street, Self::Unit, Self::Postcode, Self::City, Self::Phone, Self::Note];
    /// Those of an address.
    pub const ADDRESS: [Self; 6] =
        [Self::Name, Self::Street, Self::Unit, Self::Postcode, Self::City, Self::Phone];
    /// Those that say where in a postcode's area it is.
    const PLACE: [Self; 3] = [Self::Street, Self::Unit, Self::City];

    /// Its id on the page, and its name in a form.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Street => "street",
            Self::Unit => "unit",
            Self::Postcode => "postcode",
            Self::City => "city",
            Self::Phone => "phone",
            Self::Note => "note",
            Self::Label => "label",
        }
    }

    /// Its name in a request, as a problem's `field` has it.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Name => "address.name",
            Self::Street => "address.street",
            Self::Unit => "address.unit",
            Self::Postcode => "address.postcode",
            Self::City => "address.city",
            Self::Phone => "address.phone",
            Self::Note => "note",
            Self::Label => "label",
        }
    }

    /// The field that a problem points at, if it is one of these.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Self::CHECKOUT.into_iter().chain([Self::Label]).find(|field| field.path() == path)
    }
}

impl DeliveryForm {
    /// What is typed in a field.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// Takes what is typed in a field.
    pub fn set(&mut self, field: Field, text: String) {
        self.0[field as usize] = text;
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|text| text.trim().is_empty())
    }

    /// Removes where the address is, but not whose it is.
    pub fn leave_place(&mut self) {
        Field::PLACE.into_iter().for_each(|field| self.set(field, String::new()));
    }

    /// Fills in the saved address of the postcode that is typed, or the first if none is; whether there is one.
    /// Nothing that is typed is replaced.
    pub fn fill_from(&mut self, saved: &[AddressRecord]) -> bool {
        let typed = self.clone();
        let is_typed = |field: &Field| !typed.get(*field).trim().is_empty();
        if Field::PLACE.iter().any(is_typed) {
            return false;
        }
        let found = saved.iter().find(|saved| {
            let own = saved.address.postcode.as_ref().map_or("", AsRef::as_ref);
            !is_typed(&Field::Postcode) || is_same_postcode(own, typed.get(Field::Postcode))
        });
        let Some(found) = found else { return false };
        self.fill(&found.address);
        for field in [Field::Name, Field::Phone].into_iter().filter(is_typed) {
            self.set(field, typed.get(field).to_owned());
        }
        true
    }

    /// Puts an address into its fields.
    pub fn fill(&mut self, address: &DeliveryAddress) {
        let DeliveryAddress { name, street, unit, postcode, city, phone } = address;
        self.set(Field::Name, name.to_string());
        self.set(Field::Street, street.to_string());
        self.set(Field::Unit, unit.as_ref().map(ToString::to_string).unwrap_or_default());
        self.set(Field::Postcode, postcode.as_ref().map(ToString::to_string).unwrap_or_default());
        self.set(Field::City, city.to_string());
        self.set(Field::Phone, phone.as_ref().map(ToString::to_string).unwrap_or_default());
    }

    /// Whether this address is what is typed.
    #[must_use]
    pub fn is(&self, address: &DeliveryAddress) -> bool {
        let mut filled = self.clone();
        filled.fill(address);
        filled == *self
    }

    /// What is wrong with a field; a postcode may be missing only where `postcode_needed` is false.
    #[must_use]
    pub fn error(&self, field: Field, postcode_needed: bool) -> Option<TextError> {
        let text = self.get(field);
        let optional = match field {
            Field::Unit | Field::Phone | Field::Note | Field::Label => true,
            Field::Postcode => !postcode_needed,
            Field::Name | Field::Street | Field::City => false,
        };
        if optional && text.trim().is_empty() {
            return None;
        }
        let check = match field {
            Field::Name => text.parse::<PersonName>().map(drop),
            Field::Street => text.parse::<Text<120>>().map(drop),
            Field::Unit => text.parse::<Text<60>>().map(drop),
            Field::Postcode => text.parse::<Text<16>>().map(drop),
            Field::City => text.parse::<Text<80>>().map(drop),
            Field::Phone => text.parse::<Phone>().map(drop),
            Field::Note => text.parse::<Note>().map(drop),
            Field::Label => text.parse::<Text<40>>().map(drop),
        };
        check.err()
    }

    /// The address and the note; `None` if a field is wrong.
    #[must_use]
    pub fn parsed(&self, postcode_needed: bool) -> Option<(DeliveryAddress, Option<Note>)> {
        let wrong = |field| self.error(field, postcode_needed).is_some();
        if Field::CHECKOUT.into_iter().any(wrong) {
            return None;
        }
        let address = DeliveryAddress {
            name: self.get(Field::Name).parse().ok()?,
            street: self.get(Field::Street).parse().ok()?,
            unit: self.get(Field::Unit).parse().ok(),
            postcode: self.get(Field::Postcode).parse().ok(),
            city: self.get(Field::City).parse().ok()?,
            phone: self.get(Field::Phone).parse().ok(),
        };
        Some((address, self.get(Field::Note).parse().ok()))
    }

    /// The address to save under its label; `None` if a field is wrong. Saved addresses may lack a
    /// postcode: whether one is needed depends on the restaurant.
    #[must_use]
    pub fn to_be_saved(&self) -> Option<AddressInput> {
        if self.error(Field::Label, false).is_some() {
            return None;
        }
        let mut address = self.clone();
        address.set(Field::Note, String::new());
        let label = self.get(Field::Label).parse().ok();
        Some(AddressInput { label, address: address.parsed(false)?.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> DeliveryForm {
        let mut form = DeliveryForm::default();
        for field in [Field::Name, Field::Street, Field::City, Field::Postcode] {
            form.set(field, " something ".to_owned());
        }
        form
    }

    #[test]
    fn only_unit_phone_and_note_may_be_left_out_and_a_postcode_where_there_is_none() {
        let (address, note) = filled().parsed(true).unwrap();
        assert_eq!((address.name.as_ref(), address.phone, note), ("something", None, None));
        let mut form = filled();
        form.set(Field::Postcode, " ".to_owned());
        assert!(form.parsed(true).is_none());
        assert_eq!(form.parsed(false).unwrap().0.postcode, None);
        assert_eq!(DeliveryForm::default().error(Field::City, true), Some(TextError::Empty));
    }

    #[test]
    fn a_saved_address_fills_its_fields_and_leaves_the_note() {
        let (address, _) = filled().parsed(true).unwrap();
        let mut form = DeliveryForm::default();
        form.set(Field::Note, "Ring twice.".to_owned());
        assert!(!form.is(&address));
        form.fill(&address);
        assert!(form.is(&address));
        assert_eq!(form.get(Field::Note), "Ring twice.");
    }

    fn saved(street: &str, postcode: Option<&str>) -> AddressRecord {
        let address = serde_json::json!({"name": "Asha Rao", "street": street, "city": "London",
            "phone": "020 7946 0000", "postcode": postcode});
        let id = "0190163d-8694-739b-aea5-966c26f8ad91";
        serde_json::from_value(serde_json::json!({"address_id": id, "address": address})).unwrap()
    }

    #[test]
    fn the_saved_address_of_the_typed_postcode_is_filled_in_and_no_other() {
        let all = [
            saved("1 Mill Row", Some("N1 5TB")),
            saved("2 Pall Mall", Some("SW1Y 4AB")),
            saved("Pier", None),
        ];
        for (typed, street) in [
            ("", Some("1 Mill Row")),
            (" ", Some("1 Mill Row")),
            ("n15tb", Some("1 Mill Row")),
            ("sw1y4ab ", Some("2 Pall Mall")),
            ("SW1Y", None),
            ("N15 5TB", None),
        ] {
            let mut form = DeliveryForm::default();
            form.set(Field::Postcode, typed.to_owned());
            assert_eq!(form.fill_from(&all), street.is_some(), "{typed}");
            assert_eq!(form.get(Field::Street), street.unwrap_or_default(), "{typed}");
            if street.is_none() {
                assert_eq!(form.get(Field::Postcode), typed);
            }
        }
        assert!(!DeliveryForm::default().fill_from(&[]));
    }

    #[test]
    fn a_saved_address_replaces_nothing_that_is_typed() {
        let all = [saved("1 Mill Row", Some("N1 5TB"))];
        for field in Field::PLACE {
            let mut form = DeliveryForm::default();
            form.set(field, "x".to_owned());
            assert!(!form.fill_from(&all), "{field:?}");
        }
        let mut form = DeliveryForm::default();
        form.set(Field::Name, "Ravi".to_owned());
        form.set(Field::Note, "Ring twice.".to_owned());
        assert!(form.fill_from(&all));
        let read = [Field::Name, Field::Street, Field::Phone, Field::Note].map(|of| form.get(of));
        assert_eq!(read, ["Ravi", "1 Mill Row", "020 7946 0000", "Ring twice."]);
    }

    #[test]
    fn an_address_that_is_left_keeps_whose_it_is() {
        let mut form = DeliveryForm::default();
        form.fill(&saved("1 Mill Row", Some("N1 5TB")).address);
        form.leave_place();
        let read = Field::ADDRESS.map(|field| form.get(field).to_owned());
        assert_eq!(read, ["Asha Rao", "", "", "N1 5TB", "", "020 7946 0000"]);
    }

    #[test]
    fn a_field_is_checked_as_the_server_checks_it() {
        let mut form = filled();
        for (field, text) in [
            (Field::Note, "x".repeat(281)),
            (Field::Phone, "call me".to_owned()),
            (Field::Name, "…".to_owned()),
        ] {
            let mut wrong = form.clone();
            wrong.set(field, text);
            assert!(
                wrong.error(field, true).is_some() && wrong.parsed(true).is_none(),
                "{field:?}"
            );
        }
        form.set(Field::Phone, "+44 20 7946 0123".to_owned());
        assert!(form.parsed(true).is_some());
    }

    #[test]
    fn a_problem_lands_on_the_field_it_names() {
        for field in Field::CHECKOUT.into_iter().chain([Field::Label]) {
            assert_eq!(Field::at(field.path()), Some(field));
        }
        assert_eq!(Field::at("lines[0].quantity"), None);
    }
    #[test]
    fn every_field_has_a_name_of_its_own() {
        let all = Field::CHECKOUT.into_iter().chain([Field::Label]);
        let ids: Vec<_> = all.clone().map(Field::id).collect();
        let expected = ["name", "street", "unit", "postcode", "city", "phone", "note", "label"];
        assert_eq!(ids, expected);
        for field in all {
            assert_eq!(field.path().rsplit('.').next(), Some(field.id()));
            let is_of_address = field.path().starts_with("address.");
            assert_eq!(is_of_address, Field::ADDRESS.contains(&field));
        }
    }

    #[test]
    fn white_space_is_nothing_typed() {
        let mut form = DeliveryForm::default();
        form.set(Field::City, " ".to_owned());
        assert!(form.is_empty());
        form.set(Field::Note, "Ring twice.".to_owned());
        assert!(!form.is_empty());
    }

    #[test]
    fn an_address_is_saved_whole_under_its_label_and_without_the_note() {
        let mut form = filled();
        form.set(Field::Unit, "Flat 3".to_owned());
        form.set(Field::Phone, "020 7946 0000".to_owned());
        form.set(Field::Note, "x".repeat(281));
        form.set(Field::Label, "Home".to_owned());
        let saved = form.to_be_saved().unwrap();
        assert_eq!(saved.label.unwrap().as_ref(), "Home");
        let mut again = DeliveryForm::default();
        again.fill(&saved.address);
        let read = Field::ADDRESS.map(|field| again.get(field).to_owned());
        let expected =
            ["something", "something", "Flat 3", "something", "something", "020 7946 0000"];
        assert_eq!(read, expected.map(str::to_owned));
        form.set(Field::Postcode, String::new());
        assert_eq!(form.to_be_saved().unwrap().address.postcode, None);
        form.set(Field::Label, "x".repeat(41));
        assert_eq!(form.to_be_saved(), None);
    }

    #[test]
    fn every_field_has_its_own_longest_text() {
        let longest = [80, 120, 60, 16, 80, 32, 280, 40];
        for (field, most) in Field::CHECKOUT.into_iter().chain([Field::Label]).zip(longest) {
            let mut form = filled();
            form.set(field, "x".repeat(most + 1));
            let expected = TextError::TooLong { max: most, length: most + 1 };
            assert_eq!(form.error(field, true), Some(expected), "{field:?}");
        }
    }
}
