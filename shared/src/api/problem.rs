//! The one shape of the API's errors.

use serde::{Deserialize, Serialize};

use crate::{
    hours::OpeningTime,
    id::{OrderId, RestaurantId},
    order::Order,
    price::Bill,
};

/// An error of ours: `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind it is; stable.
    #[serde(rename = "type", default)]
    pub kind: ProblemType,
    /// What is wrong and what to do: one sentence in English, for developers and logs.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// The field at fault: `lines[2].quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// With `price-changed`: what the order costs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Box<Bill>>,
    /// With `restaurant-closed`: when it opens next, by its own clock, if it ever does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Box<OpeningTime>>,
    /// With `order-under-way`: the orders that have not ended, or whose end is not published yet.
    /// (A slice, as clippy wants errors to be smaller than 128 bytes.)
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub orders: Box<[OrderId]>,
    /// With `last-owner`: the restaurants that would have no owner.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub restaurants: Box<[RestaurantId]>,
    /// With `too-many-requests` and `wait-at-door`: after how many seconds to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// With `order-already-placed` and `too-late-to-cancel`: the order as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<Order>>,
}

impl Problem {
    /// A problem of this kind with its usual status.
    #[must_use]
    pub fn new(kind: ProblemType, title: impl Into<String>) -> Self {
        let (title, status) = (title.into(), kind.status());
        Self {
            kind,
            title,
            status,
            field: None,
            bill: None,
            opens: None,
            orders: Box::default(),
            restaurants: Box::default(),
            retry_after: None,
            order: None,
        }
    }

    /// The same problem, pointing at a field of the request.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// The kinds of problem: the `type` of RFC 9457, a URI that is compared and never fetched.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum ProblemType {
    /// The body is not JSON, or not in UTF-8.
    #[serde(rename = "urn:tiffin:problem:malformed-json")]
    MalformedJson,
    /// A field is missing, unknown, or holds what it must not; `field` names it.
    #[serde(rename = "urn:tiffin:problem:invalid-field")]
    InvalidField,
    /// The body is over [`super::MAX_BODY_BYTES`].
    #[serde(rename = "urn:tiffin:problem:body-too-large")]
    BodyTooLarge,
    /// The address of the request names nothing here.
    #[serde(rename = "urn:tiffin:problem:not-found")]
    NotFound,
    /// No such restaurant.
    #[serde(rename = "urn:tiffin:problem:unknown-restaurant")]
    UnknownRestaurant,
    /// The restaurant does not sell that dish.
    #[serde(rename = "urn:tiffin:problem:unknown-dish")]
    UnknownDish,
    /// The dish has run out.
    #[serde(rename = "urn:tiffin:problem:sold-out")]
    SoldOut,
    /// The options chosen are not those the dish offers.
    #[serde(rename = "urn:tiffin:problem:invalid-options")]
    InvalidOptions,
    /// The subtotal is below what the restaurant takes.
    #[serde(rename = "urn:tiffin:problem:below-minimum")]
    BelowMinimum,
    /// The total is above what an order may cost.
    #[serde(rename = "urn:tiffin:problem:above-maximum")]
    AboveMaximum,
    /// The restaurant takes no orders now; `opens` says when it does.
    #[serde(rename = "urn:tiffin:problem:restaurant-closed")]
    RestaurantClosed,
    /// As many addresses are kept as can be.
    #[serde(rename = "urn:tiffin:problem:too-many-addresses")]
    TooManyAddresses,
    /// The account cannot be deleted while `orders` are under way.
    #[serde(rename = "urn:tiffin:problem:order-under-way")]
    OrderUnderWay,
    /// The account is being deleted and accepts no changes.
    #[serde(rename = "urn:tiffin:problem:account-closed")]
    AccountClosed,
    /// The total is not the expected one; `bill` holds the new one, and nothing was placed.
    #[serde(rename = "urn:tiffin:problem:price-changed")]
    PriceChanged,
    /// This id is another order of yours; `order` holds it.
    #[serde(rename = "urn:tiffin:problem:order-already-placed")]
    OrderAlreadyPlaced,
    /// This id is in use.
    #[serde(rename = "urn:tiffin:problem:order-id-taken")]
    OrderIdTaken,
    /// No order of yours has this id.
    #[serde(rename = "urn:tiffin:problem:order-not-found")]
    OrderNotFound,
    /// The restaurant has answered; `order` holds the order as it is.
    #[serde(rename = "urn:tiffin:problem:too-late-to-cancel")]
    TooLateToCancel,
    /// The order is no longer what the command is for: the answer is a [`super::OrderChanged`].
    #[serde(rename = "urn:tiffin:problem:order-changed")]
    OrderChanged,
    /// Somebody else has set other hours: the answer is a [`super::HoursChanged`].
    #[serde(rename = "urn:tiffin:problem:hours-changed")]
    HoursChanged,
    /// Somebody else has set where the restaurant delivers: the answer is a [`super::DeliveryAreasChanged`].
    #[serde(rename = "urn:tiffin:problem:delivery-areas-changed")]
    DeliveryAreasChanged,
    /// The restaurant does not deliver to that postcode.
    #[serde(rename = "urn:tiffin:problem:not-delivered-here")]
    NotDeliveredHere,
    /// Somebody else has published a menu: the answer is a [`super::MenuChanged`].
    #[serde(rename = "urn:tiffin:problem:menu-changed")]
    MenuChanged,
    /// The request names no version that it changes, in `If-Match`.
    #[serde(rename = "urn:tiffin:problem:version-missing")]
    VersionMissing,
    /// The file is not a menu: the answer is a [`super::MenuFileWrong`].
    #[serde(rename = "urn:tiffin:problem:menu-file-wrong")]
    MenuFileWrong,
    /// What was sent is no picture that dishes can have.
    #[serde(rename = "urn:tiffin:problem:picture-refused")]
    PictureRefused,
    /// A courier has not waited at the door for long enough to say that nobody is there; `retry_after` says
    /// how much longer it takes, and is absent if they have not said that they are there.
    #[serde(rename = "urn:tiffin:problem:wait-at-door")]
    WaitAtDoor,
    /// A courier claims an order while off shift: what they collect for it would be in no shift's sums.
    #[serde(rename = "urn:tiffin:problem:off-shift")]
    OffShift,
    /// `restaurants` would have no owner.
    #[serde(rename = "urn:tiffin:problem:last-owner")]
    LastOwner,
    /// The restaurant has as many open invitations as it can have.
    #[serde(rename = "urn:tiffin:problem:too-many-invitations")]
    TooManyInvitations,
    /// The invitation does not exist, has expired, was withdrawn, or was accepted by another account.
    #[serde(rename = "urn:tiffin:problem:invitation-not-valid")]
    InvitationNotValid,
    /// The invitation is for another email address than the one that the account has.
    #[serde(rename = "urn:tiffin:problem:invitation-for-another")]
    InvitationForAnother,
    /// Not signed in, or no longer.
    #[serde(rename = "urn:tiffin:problem:not-signed-in")]
    NotSignedIn,
    /// Signed in, and not allowed.
    #[serde(rename = "urn:tiffin:problem:forbidden")]
    Forbidden,
    /// A newer connection has taken this one's place: a customer has no more than twenty.
    #[serde(rename = "urn:tiffin:problem:too-many-connections")]
    TooManyConnections,
    /// Too many requests; `retry_after` says when to try again.
    #[serde(rename = "urn:tiffin:problem:too-many-requests")]
    TooManyRequests,
    /// Something on our side failed; sending the same again is safe.
    #[serde(rename = "urn:tiffin:problem:unavailable")]
    Unavailable,
    /// A kind that a later version knows.
    #[default]
    #[serde(other, rename = "about:blank")]
    Unknown,
}

impl ProblemType {
    /// The HTTP status that goes with it (RFC 9110, section 15).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedJson => 400,
            Self::NotSignedIn => 401,
            Self::Forbidden | Self::InvitationForAnother => 403,
            Self::NotFound | Self::OrderNotFound | Self::InvitationNotValid => 404,
            Self::RestaurantClosed
            | Self::TooManyAddresses
            | Self::OrderUnderWay
            | Self::WaitAtDoor
            | Self::OffShift
            | Self::LastOwner
            | Self::TooManyInvitations
            | Self::AccountClosed
            | Self::PriceChanged
            | Self::OrderAlreadyPlaced
            | Self::OrderIdTaken
            | Self::TooManyConnections
            | Self::TooLateToCancel
            | Self::OrderChanged
            | Self::HoursChanged
            | Self::DeliveryAreasChanged => 409,
            Self::MenuChanged => 412,
            Self::BodyTooLarge => 413,
            Self::InvalidField
            | Self::UnknownRestaurant
            | Self::UnknownDish
            | Self::SoldOut
            | Self::InvalidOptions
            | Self::BelowMinimum
            | Self::AboveMaximum
            | Self::NotDeliveredHere
            | Self::MenuFileWrong
            | Self::PictureRefused => 422,
            Self::VersionMissing => 428,
            Self::TooManyRequests => 429,
            Self::Unknown => 500,
            Self::Unavailable => 503,
        }
    }
}
