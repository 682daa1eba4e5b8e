//! The routes of a menu.

use gloo_net::http::Method;
use shared::{
    RestaurantId,
    api::{
        FileMistake, MenuChanged, MenuFile, MenuFileWrong, MenuRequest, MenuSections, MenuVersions,
        ProblemType, RestaurantMenu, menu_file_path, menu_path, menu_version_path,
        menu_versions_path,
    },
    menu::Section,
};

use super::{SaveResult, saved};
use crate::{
    api::{json, reply, reply_if, signed},
    browser,
    http::{self, ApiError},
    session::Session,
};

/// What is published of a menu.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn menu(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<RestaurantMenu, ApiError> {
    http::parse(&signed(session, Method::GET, &menu_path(restaurant), None).await?)
}

/// Publishes a menu in the place of that version; the same again is the same menu.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn publish(
    session: Session,
    restaurant: &RestaurantId,
    version: u32,
    sections: Vec<Section>,
) -> Result<SaveResult<RestaurantMenu>, ApiError> {
    let request = MenuRequest { sections };
    let tag = format!("\"{version}\"");
    let path = menu_path(restaurant);
    let reply = reply_if(session, Method::PUT, &path, json(&request), Some(&tag)).await?;
    saved(reply, ProblemType::MenuChanged, |changed: MenuChanged| changed.current)
}

/// The menus that were published before a version, or all, newest first.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn menu_versions(
    session: Session,
    restaurant: &RestaurantId,
    before: Option<u32>,
) -> Result<MenuVersions, ApiError> {
    let path = menu_versions_path(restaurant, before);
    http::parse(&signed(session, Method::GET, &path, None).await?)
}

/// A menu that was published.
///
/// # Errors
/// Not allowed, no such version, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn menu_version(
    session: Session,
    restaurant: &RestaurantId,
    version: u32,
) -> Result<RestaurantMenu, ApiError> {
    let path = menu_version_path(restaurant, version);
    http::parse(&signed(session, Method::GET, &path, None).await?)
}

/// What is published as TOML.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn menu_file(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<String, ApiError> {
    let body = signed(session, Method::GET, &menu_file_path(restaurant), None).await?;
    Ok(http::parse::<MenuFile>(&body)?.text)
}

/// The menu in a file, or what is wrong with the file.
///
/// # Errors
/// Not allowed, too large, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn read_menu_file(
    session: Session,
    restaurant: &RestaurantId,
    text: String,
) -> Result<Result<Vec<Section>, Vec<FileMistake>>, ApiError> {
    let request = json(&MenuFile { text });
    let reply = reply(session, Method::POST, &menu_file_path(restaurant), request).await?;
    if reply.status == ProblemType::MenuFileWrong.status()
        && let Some(wrong) = browser::parse_json::<MenuFileWrong>(&reply.body)
    {
        return Ok(Err(wrong.mistakes));
    }
    Ok(Ok(http::parse::<MenuSections>(&reply.into_body()?)?.sections))
}
