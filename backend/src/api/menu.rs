//! `/api/staff/{restaurant_id}/menu`: the menu of a restaurant, as its owner or a manager publishes it.

use shared::{
    RestaurantId, Timestamp, UserId,
    api::{MAX_MENU_BYTES, MenuChanged, MenuRequest, Problem, ProblemType, RestaurantMenu},
    menu::{Section, check},
    staff::Action,
};

use super::{
    request::{Request, invalid},
    response::Response,
    state::Api,
};
use crate::runtime::error::Error;

impl Api {
    /// What is published.
    pub(super) async fn menu(&self, request: &Request, user: UserId) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        shown(&self.published_menu(&member.restaurant_id).await?)
    }

    /// Publishes a menu, unless somebody else has published one since the version of `If-Match`.
    pub(super) async fn publish_menu(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        let if_match = if_match(request)?;
        let MenuRequest { sections } = request.whole()?;
        let sections = accepted(sections)?;
        let current = self.published_menu(&member.restaurant_id).await?;
        if !names(if_match, current.version) {
            return published_before(current, &sections);
        }
        let menu = RestaurantMenu {
            version: current.version.saturating_add(1),
            currency: current.currency,
            sections,
            published_at: Some(now),
            published_by: Some(member.name),
        };
        if self.catalog.publish_menu(&member.restaurant_id, &menu).await? {
            return shown(&menu);
        }
        published_before(self.published_menu(&member.restaurant_id).await?, &menu.sections)
    }

    /// What was published, newest first.
    pub(super) async fn menu_versions(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        let before = request.query("before").map(str::parse::<u32>).transpose();
        let before = before.map_err(|_| invalid("before", &"must be a version of the menu"))?;
        let versions = self.catalog.menu_versions(&member.restaurant_id, before).await?;
        Response::private(200, &versions)
    }

    /// A version of the menu.
    pub(super) async fn menu_version(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        let menu = match request.path("version") {
            Some(version) => self.catalog.menu_version(&member.restaurant_id, version).await?,
            None => None,
        };
        let title = "The restaurant's menu has no such version; look at the list of them.";
        let menu = menu.ok_or_else(|| Problem::new(ProblemType::NotFound, title))?;
        Response::private(200, &menu)
    }

    /// What is published.
    ///
    /// # Errors
    /// `not-found` if the catalog does not have the restaurant, or [`Error::Dependency`] if the table did not
    /// answer.
    pub(super) async fn published_menu(
        &self,
        restaurant: &RestaurantId,
    ) -> Result<RestaurantMenu, Error> {
        self.catalog.menu(restaurant).await?.ok_or_else(|| {
            let title = "The catalog does not have this restaurant any more; ask the shop's owner.";
            Problem::new(ProblemType::NotFound, title).into()
        })
    }
}

/// The version that is to be replaced, which must be named: `*` is every version there may be.
///
/// # Errors
/// `version-missing` (RFC 6585, section 3).
fn if_match(request: &Request) -> Result<&str, Problem> {
    let named = request.header("if-match").map(str::trim).unwrap_or_default();
    if named.is_empty() || named == "*" {
        let title = "Name the version that this replaces: send its number in quotes as If-Match.";
        return Err(Problem::new(ProblemType::VersionMissing, title));
    }
    Ok(named)
}

/// Whether a list of entity tags has that of a version, by the strong comparison, in which a weak tag equals none
/// (RFC 9110, sections 8.8.3.2 and 13.1.1).
fn names(if_match: &str, version: u32) -> bool {
    let tag = format!("\"{version}\"");
    if_match.split(',').any(|named| named.trim() == tag)
}

/// The menu as it is kept.
///
/// # Errors
/// `invalid-field` with the place of the first mistake.
pub(super) fn accepted(sections: Vec<Section>) -> Result<Vec<Section>, Problem> {
    let sections = check::accepted(sections).map_err(|mistakes| match mistakes.first() {
        Some(first) => invalid(&first.place.to_string(), &first.what),
        None => invalid("sections", &"must be a menu"),
    })?;
    let bytes = serde_json::to_vec(&sections).map_or(0, |json| json.len());
    match bytes <= MAX_MENU_BYTES {
        true => Ok(sections),
        false => Err(invalid("sections", &too_large(bytes))),
    }
}

fn too_large(bytes: usize) -> String {
    format!("must be at most {MAX_MENU_BYTES} bytes as JSON, and has {bytes}; shorten its texts")
}

/// The answer if another version is published than the request names: that it is done if it was made before, and
/// its answer was lost (RFC 9110, section 13.1.1).
fn published_before(current: RestaurantMenu, wanted: &[Section]) -> Result<Response, Error> {
    match current.sections == wanted {
        true => shown(&current),
        false => menu_changed(current),
    }
}

fn menu_changed(current: RestaurantMenu) -> Result<Response, Error> {
    let title = "Somebody else has published a menu since; look at it, and send its version.";
    let problem = Problem::new(ProblemType::MenuChanged, title);
    let (status, version) = (problem.status, current.version);
    let reply = Response::extended_problem(status, &MenuChanged { problem, current })?;
    Ok(reply.of_version(version))
}

fn shown(menu: &RestaurantMenu) -> Result<Response, Error> {
    Ok(Response::private(200, menu)?.of_version(menu.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_by_its_strong_tag() {
        for (if_match, expected) in [
            ("\"7\"", true),
            ("\"6\", \"7\"", true),
            ("\"6\" ,\t\"7\"", true),
            ("W/\"7\"", false),
            ("7", false),
            ("\"07\"", false),
            ("\"77\"", false),
            ("\"7", false),
            ("*", false),
        ] {
            assert_eq!(names(if_match, 7), expected, "{if_match}");
        }
    }
}
