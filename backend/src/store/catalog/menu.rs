//! The menu of a restaurant, as its office has published it: in place of what the catalog's file says.
//!
//! It is published in one transaction: in the restaurant's partition, which customers' pages are made of; of its
//! dishes what a card names beside the cards; and for good in a partition of the restaurant's versions, which no
//! customer's page reads.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use shared::{
    RestaurantId,
    api::{MenuVersion, MenuVersions, RestaurantMenu},
    menu::{Card, Section, card_dishes},
};

use super::{
    Catalog, Row, about, add_dishes, document, is_no_restaurant, rows,
    staff_item::{StaffItem, Written, version_name},
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, number},
};

const STAFF_ITEM: StaffItem = StaffItem { name: "menu", writing: "publishing a menu" };

/// The partition of a restaurant's versions: no restaurant has such an id.
fn versions_of(restaurant: &RestaurantId) -> String {
    format!("menus#{restaurant}")
}

/// The menu that the office has published, by the items of the restaurant's partition.
pub(super) fn published(
    restaurant: &RestaurantId,
    rows: &[Row],
) -> Result<Option<Vec<Section>>, Error> {
    STAFF_ITEM.find(restaurant, rows).map(sections).transpose()
}

/// Puts the dishes that the office has published on a card, by the items beside it.
pub(super) fn apply_to_card(card: &mut Card, rows: &[Row]) -> Result<(), Error> {
    if let Some(row) = STAFF_ITEM.find(&card.restaurant_id, rows) {
        card.dishes = document(row.menu.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

fn sections(row: &Row) -> Result<Vec<Section>, Error> {
    document(row.menu.as_deref().unwrap_or_default())
}

impl Catalog {
    /// The menu of a restaurant that is published, read consistently; none if there is no such restaurant.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn menu(&self, restaurant: &RestaurantId) -> Result<Option<RestaurantMenu>, Error> {
        let rows = self.all_of(restaurant).await?;
        match STAFF_ITEM.find(restaurant, &rows) {
            None => own_menu(&rows),
            Some(row) => {
                let head = rows.iter().find(|row| row.about.is_some());
                head.map(|head| version(head, row)).transpose()
            }
        }
    }

    /// A version of a restaurant's menu, read consistently, if there is one.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn menu_version(
        &self,
        restaurant: &RestaurantId,
        number: u32,
    ) -> Result<Option<RestaurantMenu>, Error> {
        if number == 0 {
            return own_menu(&self.all_of(restaurant).await?);
        }
        let name = version_name(number.into());
        let kept = self.item(&versions_of(restaurant), &name).await?;
        let head = self.item(restaurant.as_ref(), "about").await?;
        let both = head.first().zip(kept.first());
        both.map(|(head, kept)| version(head, kept)).transpose()
    }

    /// The versions of a restaurant's menu before that, or all, newest first: at most
    /// [`MenuVersions::PAGE`].
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn menu_versions(
        &self,
        restaurant: &RestaurantId,
        before: Option<u32>,
    ) -> Result<MenuVersions, Error> {
        let page = usize::try_from(MenuVersions::PAGE).unwrap_or(usize::MAX);
        let mut rows = self.kept(restaurant, before.unwrap_or(u32::MAX)).await?;
        let more = rows.len() >= page;
        rows.truncate(page);
        let mut versions: Vec<MenuVersion> = rows.iter().map(listed).collect();
        if !more && before != Some(0) {
            let own = own_menu(&self.all_of(restaurant).await?)?;
            versions.extend(own.map(|own| MenuVersion {
                version: 0,
                published_at: None,
                published_by: None,
                dishes: count(&own.sections),
            }));
        }
        Ok(MenuVersions { versions, more })
    }

    /// Publishes a menu if the one before its version still is; whether it was. Of two at one moment, one is
    /// published, and nobody is shown a part of it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been published.
    pub async fn publish_menu(
        &self,
        restaurant: &RestaurantId,
        menu: &RestaurantMenu,
    ) -> Result<bool, Error> {
        let text = |text: String| AttributeValue::S(text);
        let mut own = Attributes::from([
            (STAFF_ITEM.name.to_owned(), text(json(&menu.sections)?)),
            ("dishes".to_owned(), number(count(&menu.sections).into())),
        ]);
        let at = menu.published_at.map(|at| ("published_at".to_owned(), number(at.millis())));
        let by = menu.published_by.clone();
        let by = by.map(|name| ("published_by".to_owned(), text(name.into())));
        own.extend(at.into_iter().chain(by));
        let beside_card = json(&card_dishes(&menu.sections))?;
        let written = Written {
            own,
            beside_card: Attributes::from([(STAFF_ITEM.name.to_owned(), text(beside_card))]),
            kept_in: Some(versions_of(restaurant)),
        };
        let before = menu.version.saturating_sub(1);
        let before = Some(u64::from(before)).filter(|before| *before > 0);
        self.replace_staff_item(&STAFF_ITEM, restaurant, written, before).await
    }

    /// Every item of the restaurant's partition, with every change that was answered before.
    async fn all_of(&self, restaurant: &RestaurantId) -> Result<Vec<Row>, Error> {
        match is_no_restaurant(restaurant) {
            true => Ok(Vec::new()),
            false => rows(self.query(restaurant.as_ref()).consistent_read(true)).await,
        }
    }

    /// The versions before that, newest first, without the menus: as many as a reply has, or as there are.
    async fn kept(&self, restaurant: &RestaurantId, before: u32) -> Result<Vec<Row>, Error> {
        let operation = "reading the versions of a menu";
        let most = usize::try_from(MenuVersions::PAGE).unwrap_or(usize::MAX);
        let before = AttributeValue::S(version_name(before.into()));
        let query = self
            .query(&versions_of(restaurant))
            .key_condition_expression("restaurant_id = :id AND #item < :before")
            .expression_attribute_values(":before", before)
            .projection_expression("#item, #version, dishes, published_at, published_by")
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#version", "version")
            .scan_index_forward(false)
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .consistent_read(true);
        // A page ends after 1 MB of what is not sent, too.
        let mut items = query.into_paginator().items().send();
        let mut found = Vec::new();
        while found.len() < most
            && let Some(item) = items.next().await
        {
            let item = item.map_err(|error| Error::dependency(operation, error))?;
            let row = serde_dynamo::from_item(item);
            found.push(row.map_err(|error| Error::dependency(operation, error))?);
        }
        Ok(found)
    }
}

/// The menu of the catalog's file: version 0.
fn own_menu(rows: &[Row]) -> Result<Option<RestaurantMenu>, Error> {
    let Some(head) = rows.iter().find(|row| row.about.is_some()) else { return Ok(None) };
    let mut restaurant = about(head)?;
    add_dishes(&mut restaurant, rows)?;
    let dishes = restaurant.sections.iter_mut().flat_map(|section| &mut section.dishes);
    dishes.for_each(|dish| dish.sold_out = false);
    Ok(Some(RestaurantMenu {
        version: 0,
        currency: restaurant.card.currency,
        sections: restaurant.sections,
        published_at: None,
        published_by: None,
    }))
}

/// A version by its item and the first of its restaurant.
fn version(head: &Row, row: &Row) -> Result<RestaurantMenu, Error> {
    let MenuVersion { version, published_at, published_by, .. } = listed(row);
    let currency = about(head)?.card.currency;
    Ok(RestaurantMenu { version, currency, sections: sections(row)?, published_at, published_by })
}

fn listed(row: &Row) -> MenuVersion {
    MenuVersion {
        version: u32::try_from(row.version).unwrap_or(u32::MAX),
        published_at: row.published_at,
        published_by: row.published_by.clone(),
        dishes: row.dishes.unwrap_or_default(),
    }
}

fn count(sections: &[Section]) -> u32 {
    let dishes: usize = sections.iter().map(|section| section.dishes.len()).sum();
    u32::try_from(dishes).unwrap_or(u32::MAX)
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::dependency(STAFF_ITEM.writing, error))
}
