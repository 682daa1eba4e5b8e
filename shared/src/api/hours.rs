//! When a restaurant is open, as its office sets it.

use serde::{Deserialize, Serialize};

use super::{
    problem::{Problem, ProblemType},
    staff::STAFF,
};
use crate::{
    hours::{OpeningHours, Span, SpecialDays},
    id::RestaurantId,
};

/// `GET`: when the restaurant is open, a [`RestaurantHours`]; `PUT` an [`HoursRequest`] to change it. Both
/// need [`crate::staff::Action::SetHours`].
#[must_use]
pub fn hours_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/hours")
}

/// When a restaurant is open, with the version of it that a change refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestaurantHours {
    /// How often it has been set; 0 as long as the hours are those of the catalog's file.
    pub version: u32,
    /// When it is open.
    pub hours: OpeningHours,
}

/// When a restaurant is to be open, by the clock that the catalog names. Sent again, it is the same change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursRequest {
    /// The [`RestaurantHours::version`] that it changes.
    pub version: u32,
    /// The spans of a week.
    pub spans: Vec<Span>,
    /// The days on which they do not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<SpecialDays>,
}

/// The problem `hours-changed`: somebody else has set the hours since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "HoursChangedFields")]
pub struct HoursChanged {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// The hours as they are.
    pub current: RestaurantHours,
}

/// [`HoursChanged`] as it is read, as [`super::OrderChanged`] is.
#[derive(Deserialize)]
struct HoursChangedFields {
    title: String,
    current: RestaurantHours,
}

impl From<HoursChangedFields> for HoursChanged {
    fn from(fields: HoursChangedFields) -> Self {
        let HoursChangedFields { title, current } = fields;
        Self { problem: Problem::new(ProblemType::HoursChanged, title), current }
    }
}
