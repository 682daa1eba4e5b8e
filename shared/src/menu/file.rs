//! A menu as a file: TOML with `[[sections]]`, as a `restaurant.toml` of a catalog has them. For programs that
//! read or write such files: cargo's feature `menu-file`, which the page does without.

mod reader;
mod recover;
mod sections;
mod write;

use toml::de::DeTable;

pub use reader::{Mistake, Reader};
pub use recover::read as read_table;
pub use sections::{FileMenu, sections};
pub use write::write;

use super::Section;
use crate::money::Currency;

/// The key that says in which currency a restaurant's prices are.
const CURRENCY: &str = "currency";

/// What a file is as TOML, if it is; else every mistake is reported.
pub fn table<'a>(text: &'a str, reader: &mut Reader<'_>) -> Option<DeTable<'a>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let place = error.span().unwrap_or_default();
        reader.report(&place, format!("is not TOML: {}", error.message()));
    }
    // What could be read of a wrong one would be reported as missing.
    errors.is_empty().then(|| document.into_inner())
}

/// The menu in a file, whose prices are in this currency; whatever else the file says is not looked at. A dish
/// without a picture in the file has none.
///
/// # Errors
/// What is wrong, by line: at most `most` mistakes.
pub fn read(text: &str, currency: Currency, most: usize) -> Result<Vec<Section>, Vec<Mistake>> {
    let mut reader = Reader::new(text, most);
    reader.currency = Some(currency);
    let menu = table(text, &mut reader).map(|mut table| {
        let other = table.get(CURRENCY).filter(|it| it.get_ref().as_str() != Some(currency.code()));
        if let Some(other) = other {
            let text = format!("the prices of this restaurant are in {currency}; write them so");
            reader.report(&other.span(), text);
        }
        sections(&mut table, &mut reader)
    });
    match menu {
        Some(menu) if reader.mistakes.is_empty() => Ok(menu.sections),
        _ => {
            reader.mistakes.sort();
            Err(reader.mistakes)
        }
    }
}

#[cfg(test)]
mod tests;
