//! Where a restaurant delivers: `[[delivery_areas]]`.

use serde::Deserialize;
use shared::area::{AreaError, DeliveryArea, PostcodePrefix, PostcodePrefixError, check};
use shared::country::{Country, uses_postcodes};
use shared::menu::file::Reader;
use toml::Spanned;

/// `[[delivery_areas]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaFile {
    postcodes: Spanned<Vec<Typed>>,
    delivery_fee: Spanned<String>,
    minimum_order: Option<Spanned<String>>,
}

/// A postcode as people type it.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Typed(PostcodePrefix);

impl TryFrom<String> for Typed {
    type Error = PostcodePrefixError;
    fn try_from(text: String) -> Result<Self, PostcodePrefixError> {
        text.parse().map(Self)
    }
}

/// The areas of a restaurant in that country; mistakes are reported.
pub(super) fn areas(
    files: &[Spanned<AreaFile>],
    country: Country,
    reader: &mut Reader<'_>,
) -> Vec<DeliveryArea> {
    let areas: Vec<_> = files.iter().map(|file| area(file.get_ref(), reader)).collect();
    if let Err(error) = check(&areas, Some(country)) {
        report(&error, files, reader);
    }
    if let Some(first) = files.first().filter(|_| !uses_postcodes(Some(country))) {
        let text = format!("addresses in {country} have no postcodes; remove `delivery_areas`");
        reader.report(&first.span(), text);
    }
    areas
}

fn area(file: &AreaFile, reader: &mut Reader<'_>) -> DeliveryArea {
    let minimum = file.minimum_order.as_ref();
    let minimum = minimum.and_then(|price| reader.price("minimum_order", price));
    DeliveryArea {
        postcodes: file
            .postcodes
            .get_ref()
            .iter()
            .map(|Typed(postcode)| postcode.clone())
            .collect(),
        delivery_fee: reader.price("delivery_fee", &file.delivery_fee).unwrap_or_default(),
        minimum_order: minimum.unwrap_or_default(),
    }
}

/// Reports a mistake where it is, or at the last area if there are too many.
fn report(error: &AreaError, files: &[Spanned<AreaFile>], reader: &mut Reader<'_>) {
    let (at, field) = match error {
        AreaError::TooManyAreas | AreaError::TooManyPostcodes => {
            (files.len().saturating_sub(1), "delivery_areas")
        }
        AreaError::NoPostcode { area }
        | AreaError::Unknown { area, .. }
        | AreaError::Twice { area, .. } => (*area, "postcodes"),
        AreaError::Amount { area, field } => (*area, *field),
    };
    let Some(file) = files.get(at) else { return };
    let AreaFile { postcodes, delivery_fee, minimum_order } = file.get_ref();
    let place = match field {
        "postcodes" => postcodes.span(),
        "delivery_fee" => delivery_fee.span(),
        "minimum_order" => minimum_order.as_ref().map_or_else(|| file.span(), Spanned::span),
        _ => file.span(),
    };
    reader.report(&place, format!("`{field}` {error}"));
}
