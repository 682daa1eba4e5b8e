//! Texts a person typed, trimmed and of a known length.

mod bounded;
mod email_address;
mod person_name;
mod phone;

pub use bounded::{LineNote, Note, Text, TextError, is_invisible};
pub use email_address::{EmailAddress, EmailAddressError};
pub use person_name::PersonName;
pub use phone::Phone;
