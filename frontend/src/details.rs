//! Where an order goes, as it is being typed: raw texts, and what is still wrong with each.

use serde::{Deserialize, Serialize};
use shared::{
    api::KeptAddress,
    order::DeliveryAddress,
    text::{Note, Text, TextError},
};

/// What is typed at checkout, or of an address that is to be kept; the former is kept
/// in the browser, so that signing in or reloading loses nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details([String; 7]);

/// A field of the checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum Field {
    Name,
    Street,
    City,
    Postcode,
    Phone,
    Note,
    /// What a kept address is called.
    Label,
}

impl Field {
    /// All of the checkout, as they stand on the page.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Street, Self::City, Self::Postcode, Self::Phone, Self::Note];

    /// Its name in an order's request, as a problem's `field` has it.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Name => "address.name",
            Self::Street => "address.street",
            Self::City => "address.city",
            Self::Postcode => "address.postcode",
            Self::Phone => "address.phone",
            Self::Note => "note",
            Self::Label => "label",
        }
    }

    /// The field that a problem points at, if it is one of these.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Label]).find(|field| field.path() == path)
    }
}

impl Details {
    /// What is typed in a field.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// Puts a text into a field.
    pub fn set(&mut self, field: Field, text: String) {
        self.0[field as usize] = text;
    }

    /// Has nothing to say yet: for the next order.
    pub fn forget_note(&mut self) {
        self.set(Field::Note, String::new());
    }

    /// Whether nothing is typed but perhaps a note.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        Field::ALL.into_iter().all(|of| of == Field::Note || self.get(of).trim().is_empty())
    }

    /// Puts an address into its fields.
    pub fn fill(&mut self, address: &DeliveryAddress) {
        let DeliveryAddress { name, street, city, postcode, phone } = address;
        let phone = phone.as_ref().map(ToString::to_string).unwrap_or_default();
        self.set(Field::Name, name.to_string());
        self.set(Field::Street, street.to_string());
        self.set(Field::City, city.to_string());
        self.set(Field::Postcode, postcode.to_string());
        self.set(Field::Phone, phone);
    }

    /// Whether this is what is typed.
    #[must_use]
    pub fn is(&self, address: &DeliveryAddress) -> bool {
        let mut filled = self.clone();
        filled.fill(address);
        filled == *self
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, field: Field) -> Option<TextError> {
        let text = self.get(field);
        let check = match field {
            Field::Phone | Field::Note | Field::Label if text.trim().is_empty() => Ok(()),
            Field::Name | Field::City => text.parse::<Text<80>>().map(drop),
            Field::Street => text.parse::<Text<120>>().map(drop),
            Field::Postcode => text.parse::<Text<16>>().map(drop),
            Field::Phone => text.parse::<Text<32>>().map(drop),
            Field::Note => text.parse::<Note>().map(drop),
            Field::Label => text.parse::<Text<40>>().map(drop),
        };
        check.err()
    }

    /// The address as it is kept, under what it is called; `None` if a field is wrong.
    #[must_use]
    pub fn to_be_kept(&self) -> Option<KeptAddress> {
        let mut address = self.clone();
        address.forget_note();
        let label =
            self.error(Field::Label).is_none().then(|| self.get(Field::Label).parse().ok())?;
        Some(KeptAddress { label, address: address.parsed()?.0 })
    }

    /// The first field with something wrong.
    #[must_use]
    pub fn first_error(&self) -> Option<Field> {
        Field::ALL.into_iter().find(|field| self.error(*field).is_some())
    }

    /// What the order's request needs of it; `None` if a field is wrong.
    #[must_use]
    pub fn parsed(&self) -> Option<(DeliveryAddress, Option<Note>)> {
        if self.first_error().is_some() {
            return None;
        }
        let address = DeliveryAddress {
            name: self.get(Field::Name).parse().ok()?,
            street: self.get(Field::Street).parse().ok()?,
            city: self.get(Field::City).parse().ok()?,
            postcode: self.get(Field::Postcode).parse().ok()?,
            phone: self.get(Field::Phone).parse().ok(),
        };
        Some((address, self.get(Field::Note).parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Details {
        let mut details = Details::default();
        for field in [Field::Name, Field::Street, Field::City, Field::Postcode] {
            details.set(field, " something ".to_owned());
        }
        details
    }

    #[test]
    fn phone_and_note_may_be_left_out_and_nothing_else() {
        let (address, note) = filled().parsed().unwrap();
        assert_eq!((address.name.as_ref(), address.phone, note), ("something", None, None));
        assert_eq!(Details::default().first_error(), Some(Field::Name));
        assert_eq!(Details::default().error(Field::City), Some(TextError::Empty));
    }

    #[test]
    fn a_kept_address_fills_its_fields_and_leaves_the_note() {
        let (address, _) = filled().parsed().unwrap();
        let mut details = Details::default();
        details.set(Field::Note, "Ring twice.".to_owned());
        assert!(details.is_blank() && !details.is(&address));
        details.fill(&address);
        assert!(!details.is_blank() && details.is(&address));
        assert_eq!(details.get(Field::Note), "Ring twice.");
    }

    #[test]
    fn a_note_has_280_characters() {
        let mut details = filled();
        details.set(Field::Note, "x".repeat(281));
        assert_eq!(details.first_error(), Some(Field::Note));
        assert!(details.parsed().is_none());
    }

    #[test]
    fn a_problem_lands_on_the_field_it_names() {
        assert_eq!(Field::at("address.postcode"), Some(Field::Postcode));
        assert_eq!(Field::at("lines[0].quantity"), None);
    }
}
