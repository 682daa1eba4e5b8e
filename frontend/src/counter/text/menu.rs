//! The menu, as its office edits it.

use shared::{
    RestaurantId,
    api::{MAX_MENU_BYTES, PictureRefusal, ProblemType},
    menu::{Allergen, Diet, check::Wrong},
    text::TextError,
};

use crate::{
    counter::api::PictureError,
    http::ApiError,
    text::{home, isolated, menu},
};

mod texts {
    pub const MENU: &str = "Menu";
    pub const NAME_OF_DISH: &str = "Name";
    pub const NEW_DISH: &str = "New dish";
    pub const NEW_SECTION: &str = "New section";
    pub const SECTION: &str = "Section";
    pub const DESCRIPTION: &str = "Description";
    pub const PRICE: &str = "Price";
    pub const DIET: &str = "Suitable for";
    pub const ALLERGENS: &str = "Allergens";
    pub const OPTIONS: &str = "Options";
    /// What a list of changes calls the parts of a dish.
    pub const PARTS_OF_DISH: [&str; 6] =
        ["description", "diet", "allergens", "options", "picture", "search words"];
    /// A diet or an allergen of a later version.
    pub const UNKNOWN_MARK: &str = "unknown";
    pub const KEYWORDS: &str = "Also found by";
    pub const KEYWORDS_HINT: &str = "Words that customers may search for, separated by commas";
    pub const GROUP: &str = "What customers choose";
    pub const AT_LEAST: &str = "Choose at least";
    pub const AT_LEAST_HINT: &str = "0: may choose none";
    pub const AT_MOST: &str = "Choose at most";
    pub const CHOICE: &str = "Choice";
    pub const EXTRA: &str = "Extra price";
    pub const ADD_SECTION: &str = "Add section";
    pub const ADD_DISH: &str = "Add dish";
    pub const ADD_GROUP: &str = "Add options";
    pub const ADD_CHOICE: &str = "Add choice";
    pub const MOVE_UP: &str = "Move up";
    pub const MOVE_DOWN: &str = "Move down";
    pub const REMOVE_PART: &str = "Remove";
    pub const ADD_PICTURE: &str = "Add picture";
    pub const REPLACE_PICTURE: &str = "Replace picture";
    pub const REMOVE_PICTURE: &str = "Remove picture";
    pub const UPLOADING: &str = "Uploading…";
    pub const PICTURE_HINT: &str =
        "JPEG, PNG or WebP, up to 12 MB, at least 320 pixels wide and high";
    pub const PICTURE_OTHER_TYPE: &str = "Choose a JPEG, PNG or WebP picture.";
    pub const PICTURE_TOO_LARGE: &str = "This picture is too large. Choose one of up to 12 MB.";
    pub const PICTURE_DAMAGED: &str = "This picture is damaged. Choose another one.";
    pub const PICTURE_TOO_FEW_PIXELS: &str =
        "This picture is too small. Choose one at least 320 pixels wide and high.";
    pub const PICTURE_TOO_MANY_PIXELS: &str =
        "This picture has too many pixels. Choose one of up to 40 megapixels.";
    pub const PICTURE_TOO_MANY: &str =
        "You’ve uploaded many pictures. Wait a minute and try again.";
    pub const PICTURE_NO_CONNECTION: &str =
        "The picture wasn’t uploaded. Check your connection and try again.";
    pub const PICTURE_FAILED: &str = "The picture wasn’t uploaded. Try again.";
    pub const WAIT_FOR_PICTURE: &str =
        "A picture is being uploaded. You can publish when it’s done.";
    pub const PREVIEW: &str = "Preview";
    pub const PREVIEW_HINT: &str = "This is what customers will see. It isn’t published yet.";
    pub const THEIR_MENU: &str = "Their menu";
    pub const THEIR_MENU_HINT: &str = "This is their menu, which customers see now.";
    pub const EDIT: &str = "Back to editing";
    pub const PUBLISH: &str = "Publish";
    pub const PUBLISH_TITLE: &str = "Publish this menu?";
    pub const PUBLISH_HINT: &str =
        "Customers see it within a minute. Orders already placed keep their prices.";
    pub const PUBLISHED: &str = "Published. Customers see the menu within a minute.";
    pub const NOTHING_CHANGED: &str = "Everything is published.";
    pub const NOT_PUBLISHED: &str =
        "You have changes that aren’t published. They’re kept on this device.";
    pub const NOT_KEPT: &str = "You have changes that aren’t published. This device’s storage is full: publish before you close this page.";
    pub const DISCARD_MENU: &str = "Discard changes";
    pub const DISCARD_TITLE: &str = "Discard your changes?";
    pub const DISCARD_HINT: &str = "The menu here will be the published one again.";
    pub const REPLACE_TITLE: &str = "Replace your changes?";
    pub const REPLACE_HINT: &str = "You have changes that aren’t published. They’ll be lost.";
    pub const REPLACE: &str = "Replace";
    pub const UNDO_REMOVE: &str = "Undo";
    pub const MENU_CHANGED: &str = "Someone else published a menu";
    pub const MENU_CHANGED_HINT: &str = "Yours isn’t published. Yours differs from theirs in this:";
    pub const SEE_THEIR_MENU: &str = "See theirs";
    pub const USE_THEIR_MENU: &str = "Use theirs";
    pub const USE_THEIRS_TITLE: &str = "Use their menu?";
    pub const USE_THEIRS_HINT: &str = "Your changes will be lost.";
    pub const KEEP_MY_MENU: &str = "Keep mine";
    pub const VERSIONS: &str = "Earlier menus";
    pub const OLDER: &str = "Show older";
    pub const BRING_BACK: &str = "Bring back";
    pub const BROUGHT_BACK: &str = "This is the earlier menu. Publish it to bring it back.";
    pub const FIRST_MENU: &str = "The menu Tiffin was set up with";
    pub const CURRENT_MENU: &str = "Published now";
    pub const FILES: &str = "Menu as a file";
    pub const FILES_HINT: &str = "Download the published menu as TOML, or open a file. Nothing is published until you say so.";
    pub const DOWNLOAD: &str = "Download";
    pub const OPEN_FILE: &str = "Open file";
    pub const OPENED_FILE: &str = "This is the menu in the file. Publish it to use it.";
    pub const FILE_WRONG: &str = "This file isn’t a menu:";
    pub const FILE_TOO_LARGE: &str = "This file is too large for a menu.";
    pub const FILE_UNREADABLE: &str = "This file can’t be read. Choose it again.";
    pub const ORDER_CHANGED: &str = "Dishes or sections are in another order";
    pub const PRICE_WRONG: &str = "Enter a price, such as 7.50.";
    pub const NEEDS_ATTENTION: &str = "Needs attention";
    pub const MISTAKES: &str = "Some fields need attention.";
    pub const CONTRADICTION: &str = "This doesn’t match the dish’s allergens.";
}
pub(in crate::counter) use texts::*;

/// The address of a restaurant's menu.
pub(in crate::counter) fn menu_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}/menu")
}

/// The same with a preview in place of the fields, or with them.
pub(in crate::counter) fn preview_path(restaurant: &RestaurantId, preview: Option<&str>) -> String {
    match preview {
        Some(preview) => format!("/counter/{restaurant}/menu?preview={preview}"),
        None => menu_path(restaurant),
    }
}

/// What is wrong with a field of a menu, and what to do.
pub(in crate::counter) fn menu_mistake(field: &str, wrong: &Wrong, is_of_dish: bool) -> String {
    match wrong {
        Wrong::Text(TextError::TooLong { max, .. }) => format!("Enter up to {max} characters."),
        Wrong::Text(TextError::Empty) => "Enter a name.".to_owned(),
        Wrong::Text(_) => "Remove special characters.".to_owned(),
        Wrong::Price { .. } => PRICE_WRONG.to_owned(),
        Wrong::Count { .. } if field == "sections" => {
            "Add at least one section with a dish, and at most 40 with 300 dishes.".to_owned()
        }
        Wrong::Count { .. } if field == "dishes" => {
            "Add a dish to this section, or remove the section.".to_owned()
        }
        Wrong::Count { most } => match is_of_dish && field == "choices" {
            true => format!("Add 1 to {most} choices."),
            false => format!("There can be up to {most}."),
        },
        Wrong::Bounds => {
            "Enter how many customers can choose, up to as many as there are.".to_owned()
        }
        Wrong::Contradiction(_) => CONTRADICTION.to_owned(),
        Wrong::SameId | Wrong::Marks | Wrong::Art => "Remove this and add it again.".to_owned(),
    }
}

/// That a dish is new.
pub(in crate::counter) fn dish_added(name: &str, price: &str) -> String {
    format!("New: {name}, {price}")
}

/// That a dish is gone.
pub(in crate::counter) fn dish_removed(name: &str) -> String {
    format!("Removed: {name}")
}

/// That a section is new.
pub(in crate::counter) fn section_added(name: &str) -> String {
    format!("New section: {name}")
}

/// That a section is gone.
pub(in crate::counter) fn section_removed(name: &str) -> String {
    format!("Removed section: {name}")
}

/// That a dish or a section has another name.
pub(in crate::counter) fn renamed(old: &str, new: &str) -> String {
    format!("{old} is now {new}")
}

/// That a dish has another price.
pub(in crate::counter) fn price_changed(name: &str, old: &str, new: &str) -> String {
    format!("{name}: {old} → {new}")
}

/// Which diets and allergens of a dish are there now and were not before, and the other way round.
pub(in crate::counter) fn marks_changed(name: &str, added: &[String], gone: &[String]) -> String {
    let added = added.iter().map(|mark| format!("+ {mark}"));
    let gone = gone.iter().map(|mark| format!("− {mark}"));
    format!("{name}: {}", added.chain(gone).collect::<Vec<_>>().join(", "))
}

/// What a list of changes calls a diet.
pub(in crate::counter) fn diet_mark(mark: Diet) -> String {
    home::diet(mark).unwrap_or(UNKNOWN_MARK).to_lowercase()
}

/// What a list of changes calls an allergen.
pub(in crate::counter) fn allergen_mark(allergen: Allergen) -> String {
    menu::allergen(allergen).unwrap_or(UNKNOWN_MARK).to_owned()
}

/// That something else of a dish is different.
pub(in crate::counter) fn parts_changed(name: &str, parts: &str) -> String {
    format!("{name}: {parts} changed")
}

/// What was removed, and can be put back.
pub(in crate::counter) fn part_removed(name: &str) -> String {
    match name.trim() {
        "" => "Removed.".to_owned(),
        name => format!("{name} removed."),
    }
}

/// When and by whom a menu was published.
pub(in crate::counter) fn version(when: &str, by: Option<&str>) -> String {
    match by {
        Some(by) => format!("{when}, {by}"),
        None => when.to_owned(),
    }
}

/// The name of the file of a menu.
pub(in crate::counter) fn menu_file_name(restaurant: &RestaurantId) -> String {
    format!("{restaurant}-menu.toml")
}

/// A mistake in a file.
pub(in crate::counter) fn file_mistake(line: u32, text: &str) -> String {
    format!("Line {line}: {text}")
}

/// Why a menu was not published, or something of it not fetched.
pub(in crate::counter) fn menu_error(error: &ApiError) -> String {
    let text = match error.is_transient() {
        true => "No connection. Your changes are kept on this device. Try again.",
        false => "Something went wrong. Your changes are kept on this device.",
    };
    text.to_owned()
}

/// Why a file was not opened.
pub(in crate::counter) fn file_error(error: &ApiError) -> String {
    match error.kind() {
        Some(ProblemType::BodyTooLarge) => FILE_TOO_LARGE.to_owned(),
        _ => menu_error(error),
    }
}

/// That a menu is too large to be published.
pub(in crate::counter) fn menu_too_large() -> String {
    let most = MAX_MENU_BYTES / 1024;
    format!("This menu is too large. Shorten some texts or options until it’s under {most} KB.")
}

/// Why a dish does not get a picture.
pub(in crate::counter) const fn picture_error(error: PictureError) -> &'static str {
    match error {
        PictureError::Refused(PictureRefusal::OtherType) => PICTURE_OTHER_TYPE,
        PictureError::Refused(PictureRefusal::TooLarge) => PICTURE_TOO_LARGE,
        PictureError::Refused(PictureRefusal::Damaged) => PICTURE_DAMAGED,
        PictureError::Refused(PictureRefusal::TooFewPixels) => PICTURE_TOO_FEW_PIXELS,
        PictureError::Refused(PictureRefusal::TooManyPixels) => PICTURE_TOO_MANY_PIXELS,
        PictureError::TooMany => PICTURE_TOO_MANY,
        PictureError::NoConnection => PICTURE_NO_CONNECTION,
        PictureError::Failed => PICTURE_FAILED,
    }
}

/// Why a dish whose fields are not shown does not get a picture.
pub(in crate::counter) fn picture_error_of(dish: &str, error: PictureError) -> String {
    let dish = if dish.trim().is_empty() { NEW_DISH } else { dish.trim() };
    format!("{}: {}", isolated(dish), picture_error(error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_for_which_a_picture_is_refused_has_its_own_words() {
        use PictureError::{Failed, NoConnection, Refused, TooMany};
        use PictureRefusal::{Damaged, OtherType, TooFewPixels, TooLarge, TooManyPixels};
        let refused = [OtherType, TooLarge, Damaged, TooFewPixels, TooManyPixels].map(Refused);
        let errors = refused.into_iter().chain([TooMany, NoConnection, Failed]);
        let words: BTreeSet<_> = errors.map(picture_error).collect();
        assert_eq!(words.len(), 8, "{words:?}");
        let of = |dish: &str| picture_error_of(dish, Failed).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(of(" Soup "), "Soup: The picture wasn’t uploaded. Try again.");
        assert_eq!(of(" "), "New dish: The picture wasn’t uploaded. Try again.");
    }
}
