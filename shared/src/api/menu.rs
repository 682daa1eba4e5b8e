//! The menu of a restaurant, as its office edits it: what is published, its earlier versions, a file of it, and
//! the pictures of its dishes.

use serde::{Deserialize, Serialize};

use super::{
    problem::{Problem, ProblemType},
    staff::STAFF,
};
use crate::{
    id::{RestaurantId, UploadId},
    menu::Section,
    money::Currency,
    staff::StaffName,
    time::Timestamp,
};

/// The largest menu, in bytes of the JSON of its sections: 300 dishes of 1200 bytes. It is kept as one item of
/// DynamoDB, which may have 400 KB (docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html) with
/// the rest of the item and what later versions add to each dish.
pub const MAX_MENU_BYTES: usize = 352 * 1024;
/// The largest body of a [`MenuRequest`] or a [`MenuFile`], in bytes: a menu that is larger is refused by name, and
/// a file has comments and escapes beside the menu. API Gateway and Lambda take more (6 MB).
pub const MAX_MENU_BODY_BYTES: usize = 2 * MAX_MENU_BYTES;

/// `GET`: what is published, a [`RestaurantMenu`]; `PUT` a [`MenuRequest`] with `If-Match: "{version}"` (RFC 9110,
/// section 13.1.1) to publish another. Both need [`crate::staff::Action::EditMenu`], as all of the menu's
/// addresses do.
#[must_use]
pub fn menu_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/menu")
}

/// `GET`: what was published, newest first, a [`MenuVersions`]; `before` a version, or the newest.
#[must_use]
pub fn menu_versions_path(restaurant: &RestaurantId, before: Option<u32>) -> String {
    match before {
        Some(before) => format!("{STAFF}/{restaurant}/menu/versions?before={before}"),
        None => format!("{STAFF}/{restaurant}/menu/versions"),
    }
}

/// `GET`: a version of the menu, a [`RestaurantMenu`]; 0 is that of the catalog's file.
#[must_use]
pub fn menu_version_path(restaurant: &RestaurantId, version: u32) -> String {
    format!("{STAFF}/{restaurant}/menu/versions/{version}")
}

/// `GET`: what is published as a [`MenuFile`]; `POST` a [`MenuFile`]: what it says, [`MenuSections`], which is
/// not published by that; or a [`MenuFileWrong`].
#[must_use]
pub fn menu_file_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/menu/file")
}

/// `POST` a [`PictureRequest`]: where to send a picture, an [`Upload`], with 201.
#[must_use]
pub fn pictures_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/pictures")
}

/// `POST` without a body when a picture was sent: the [`Picture`] that was made of it. Sent again, it is the same.
#[must_use]
pub fn picture_path(restaurant: &RestaurantId, upload: UploadId) -> String {
    format!("{STAFF}/{restaurant}/pictures/{upload}")
}

/// A version of a restaurant's menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestaurantMenu {
    /// How often a menu was published before and with it; 0 is that of the catalog's file.
    pub version: u32,
    /// The currency of its prices.
    pub currency: Currency,
    /// The menu, in order; nothing in it is sold out.
    pub sections: Vec<Section>,
    /// When it was published; absent for version 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<StaffName>,
}

/// A menu that is to be published, as [`crate::menu::check::accepted`] takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuRequest {
    /// The menu, in order.
    pub sections: Vec<Section>,
}

/// The problem `menu-changed`: somebody else has published a menu since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "MenuChangedFields")]
pub struct MenuChanged {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// What is published.
    pub current: RestaurantMenu,
}

/// [`MenuChanged`] as it is read, as [`super::OrderChanged`] is.
#[derive(Deserialize)]
struct MenuChangedFields {
    title: String,
    current: RestaurantMenu,
}

impl From<MenuChangedFields> for MenuChanged {
    fn from(fields: MenuChangedFields) -> Self {
        let MenuChangedFields { title, current } = fields;
        Self { problem: Problem::new(ProblemType::MenuChanged, title), current }
    }
}

/// What was published, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuVersions {
    /// At most [`MenuVersions::PAGE`]; the last one there is, is version 0.
    pub versions: Vec<MenuVersion>,
    /// Whether there are older ones.
    pub more: bool,
}

impl MenuVersions {
    /// The most versions of one reply.
    pub const PAGE: u32 = 20;
}

/// A version of a menu, as the list of them shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuVersion {
    /// [`RestaurantMenu::version`].
    pub version: u32,
    /// When it was published; absent for version 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<StaffName>,
    /// How many dishes it has.
    pub dishes: u32,
}

/// A menu as a file: TOML with `[[sections]]`, as a `restaurant.toml` of the catalog has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuFile {
    /// What the file says.
    pub text: String,
}

/// A menu that is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuSections {
    /// The menu, in order.
    pub sections: Vec<Section>,
}

/// The problem `menu-file-wrong`: the file is not a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "MenuFileWrongFields")]
pub struct MenuFileWrong {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// What is wrong, by line; at most [`MenuFileWrong::MAX`].
    pub mistakes: Vec<FileMistake>,
}

impl MenuFileWrong {
    /// The most mistakes that are named.
    pub const MAX: usize = 20;
}

/// [`MenuFileWrong`] as it is read, as [`super::OrderChanged`] is.
#[derive(Deserialize)]
struct MenuFileWrongFields {
    title: String,
    mistakes: Vec<FileMistake>,
}

impl From<MenuFileWrongFields> for MenuFileWrong {
    fn from(fields: MenuFileWrongFields) -> Self {
        let MenuFileWrongFields { title, mistakes } = fields;
        Self { problem: Problem::new(ProblemType::MenuFileWrong, title), mistakes }
    }
}

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileMistake {
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong and what to do, in English.
    pub text: String,
}

/// A picture that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureRequest {
    /// Its media type: one of [`PictureRequest::TYPES`]. What it is in truth is found out when it is there.
    pub content_type: String,
    /// Its size in bytes, at most [`PictureRequest::MAX_BYTES`]; S3 takes no other.
    pub bytes: u32,
}

impl PictureRequest {
    /// The media types of pictures that can be read.
    pub const TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
    /// The largest picture, in bytes: that of a phone's camera.
    pub const MAX_BYTES: u32 = 12 * 1024 * 1024;
    /// The smallest width and height, in pixels.
    pub const MIN_PIXELS: u32 = 320;
}

/// Why what was sent is no picture that dishes can have: the `field` of the problem `picture-refused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureRefusal {
    /// It is not a JPEG, PNG or WebP picture, whatever it is called.
    OtherType,
    /// It has more than [`PictureRequest::MAX_BYTES`].
    TooLarge,
    /// It cannot be read, or ends too early.
    Damaged,
    /// A side is shorter than [`PictureRequest::MIN_PIXELS`].
    TooFewPixels,
    /// It has more pixels than are read, or says so.
    TooManyPixels,
}

impl PictureRefusal {
    const FIELDS: [(Self, &'static str); 5] = [
        (Self::OtherType, "content_type"),
        (Self::TooLarge, "bytes"),
        (Self::Damaged, "content"),
        (Self::TooFewPixels, "min_pixels"),
        (Self::TooManyPixels, "max_pixels"),
    ];

    /// The field of the problem.
    #[must_use]
    pub fn field(self) -> &'static str {
        let named = Self::FIELDS.iter().find(|(refusal, _)| *refusal == self);
        named.map_or("content", |(_, field)| field)
    }

    /// What a problem with this field says; one that this version does not know is about what was sent.
    #[must_use]
    pub fn of(field: Option<&str>) -> Self {
        let named = Self::FIELDS.iter().find(|(_, named)| Some(*named) == field);
        named.map_or(Self::Damaged, |(refusal, _)| *refusal)
    }
}

/// Where to send a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// What to call it afterwards.
    pub upload_id: UploadId,
    /// `PUT` the picture here within ten minutes, with the [`PictureRequest::content_type`]: a presigned address
    /// of S3 (docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html).
    pub url: String,
}

/// A picture that dishes can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its path on the site, named by its content.
    pub art: String,
}
