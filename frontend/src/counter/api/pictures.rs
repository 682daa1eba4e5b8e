//! Sending a picture of a dish: the route that says where to, the picture itself, and the route that makes of it what
//! is served.

use gloo_net::http::{Method, RequestBuilder};
use shared::{
    RestaurantId,
    api::{
        Picture, PictureRefusal, PictureRequest, ProblemType, Upload, picture_path, pictures_path,
    },
};
use web_sys::File;

use crate::{
    api::{json, signed},
    browser,
    http::{self, ApiError},
    session::Session,
};

/// Milliseconds that sending a picture may take: 12 MB over a slow line.
const SEND_WITHIN: u32 = 120_000;
/// How often a picture that was sent is asked for: making it of a large one takes seconds.
const ATTEMPTS: u32 = 4;

/// Why a dish does not get a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::counter) enum PictureError {
    /// It is none that dishes can have.
    Refused(PictureRefusal),
    /// Too many were sent within a minute.
    TooMany,
    /// No answer.
    NoConnection,
    /// Anything else.
    Failed,
}

/// Sends a picture; its path on the site.
///
/// # Errors
/// Why it has none.
pub(in crate::counter) async fn send_picture(
    session: Session,
    restaurant: &RestaurantId,
    file: &File,
) -> Result<String, PictureError> {
    let content_type = file.type_();
    if !PictureRequest::TYPES.contains(&content_type.as_str()) {
        return Err(PictureError::Refused(PictureRefusal::OtherType));
    }
    if file.size() == 0.0 {
        return Err(PictureError::Refused(PictureRefusal::Damaged));
    }
    if file.size() > f64::from(PictureRequest::MAX_BYTES) {
        return Err(PictureError::Refused(PictureRefusal::TooLarge));
    }
    let request = PictureRequest { content_type, bytes: file.size() as u32 };
    let upload = new_upload(session, restaurant, &request).await.map_err(|it| why(&it))?;
    put(&upload, &request.content_type, file).await?;
    for attempt in 1.. {
        match uploaded(session, restaurant, &upload).await {
            Ok(picture) => return Ok(picture.art),
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                browser::sleep(1_000).await;
            }
            Err(error) => return Err(why(&error)),
        }
    }
    Err(PictureError::Failed)
}

async fn put(
    Upload { url, .. }: &Upload,
    content_type: &str,
    file: &File,
) -> Result<(), PictureError> {
    let request = RequestBuilder::new(url).method(Method::PUT).header("content-type", content_type);
    let request = request.body(file.clone()).map_err(|_| PictureError::Failed)?;
    match browser::timeout(SEND_WITHIN, request.send()).await {
        Some(Ok(answer)) if answer.ok() => Ok(()),
        Some(Ok(_)) => Err(PictureError::Failed),
        Some(Err(_)) | None => Err(PictureError::NoConnection),
    }
}

fn why(error: &ApiError) -> PictureError {
    match error {
        ApiError::NoAnswer => PictureError::NoConnection,
        ApiError::Problem(problem) => match problem.kind {
            ProblemType::PictureRefused => {
                PictureError::Refused(PictureRefusal::of(problem.field.as_deref()))
            }
            ProblemType::TooManyRequests => PictureError::TooMany,
            _ => PictureError::Failed,
        },
        ApiError::Outdated => PictureError::Failed,
    }
}

/// Where to send a picture.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
async fn new_upload(
    session: Session,
    restaurant: &RestaurantId,
    request: &PictureRequest,
) -> Result<Upload, ApiError> {
    let path = pictures_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(request)).await?)
}

/// The picture that is made of one that was sent.
///
/// # Errors
/// Not a picture, not allowed, not signed in; no answer, unavailable, outdated.
async fn uploaded(
    session: Session,
    restaurant: &RestaurantId,
    upload: &Upload,
) -> Result<Picture, ApiError> {
    let path = picture_path(restaurant, upload.upload_id);
    http::parse(&signed(session, Method::POST, &path, None).await?)
}
