//! The function `pictures`: `/api/staff/{restaurant_id}/pictures`, by which staff send pictures of dishes.
//!
//! A browser sends a picture to S3 itself, as API Gateway takes 10 MB at most. What is served is never what was
//! sent, but a JPEG that this function has made of it: without what a camera writes beside the picture, such as
//! where it was taken, and without anything that another program could read as a script.

mod reencode;

use serde_json::Value;
use shared::{
    RestaurantId, Timestamp, UploadId, UserId,
    api::{Picture, PictureRefusal, PictureRequest, Problem, ProblemType, Upload},
    staff::Action,
};

use super::{
    answered, no_such_address, not_through_the_site, other_token, read,
    request::{Request, not_signed_in},
    response::{Response, digest},
    staff::{allow, joined_in},
};
use crate::{
    runtime::{error::Error, origin_secret, origin_secret::OriginSecret},
    store::{
        live::{Action as Counted, Limits, Live},
        people::People,
        pictures::Buckets,
    },
};
use reencode::{MAX_MEGAPIXELS, reencode};

/// How many hexadecimal digits of its SHA-256 name a picture: 128 bits, as those who send pictures could search
/// for two with the same name.
const NAME_DIGITS: usize = 32;

/// The function `pictures`.
pub struct Pictures {
    /// The table of people.
    pub people: People,
    /// The table of connections and tickets, which knows whose sessions have ended.
    pub live: Live,
    /// Where pictures are.
    pub buckets: Buckets,
    /// The secret of the requests that came through CloudFront.
    pub origin: OriginSecret,
    /// How much somebody may do a minute.
    pub limits: Limits,
}

impl Pictures {
    /// Answers one request, as [`super::Api::handle`] does.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] if this is no request at all.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let request = read(raw)?;
        Ok(answered(self.route(&request, now).await))
    }

    async fn route(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        if !self.origin.accepts(request.header(origin_secret::HEADER)) {
            return Err(not_through_the_site());
        }
        request.check_size()?;
        let holder = request.holder()?;
        if request.has_id_token() {
            return Err(other_token(true));
        }
        if self.live.has_ended(holder).await? {
            return Err(not_signed_in().into());
        }
        let joined = joined_in(&self.people, request.path("restaurant_id"), holder.user).await?;
        allow(&joined.membership, Action::EditMenu)?;
        let restaurant = &joined.membership.restaurant_id;
        match request.route_key.as_str() {
            "POST /api/staff/{restaurant_id}/pictures" => {
                self.request_upload(request, restaurant, holder.user, now).await
            }
            "POST /api/staff/{restaurant_id}/pictures/{upload_id}" => {
                self.accept(request, restaurant, holder.user, now).await
            }
            _ => Err(no_such_address()),
        }
    }

    /// Says where to send a picture.
    async fn request_upload(
        &self,
        request: &Request,
        restaurant: &RestaurantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let picture: PictureRequest = request.json()?;
        check(&picture)?;
        self.limits.count(Counted::Picture, user, now).await.map_err(Problem::from)?;
        let upload_id = UploadId::new(random()?);
        let url = self.buckets.presign(restaurant, upload_id, &picture, now).await?;
        Response::private(201, &Upload { upload_id, url })
    }

    /// Makes a picture of what was sent. The same bytes are the same picture under the same name, so that the
    /// request can be sent again.
    async fn accept(
        &self,
        request: &Request,
        restaurant: &RestaurantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let upload: UploadId = request.path("upload_id").ok_or_else(no_such_upload)?;
        self.limits.count(Counted::Picture, user, now).await.map_err(Problem::from)?;
        let sent = self.buckets.upload(restaurant, upload).await?.ok_or_else(no_such_upload)?;
        let jpeg = reencode(&sent).map_err(refused)?;
        let name = &digest(&jpeg)[..NAME_DIGITS];
        let art = format!("/pictures/{name}.jpg");
        self.buckets.put(&art, jpeg).await?;
        Response::private(200, &Picture { art })
    }
}

/// Checks what is known of a picture before it is there.
///
/// # Errors
/// `picture-refused` with the field at fault.
fn check(picture: &PictureRequest) -> Result<(), Problem> {
    if !PictureRequest::TYPES.contains(&picture.content_type.as_str()) {
        return Err(refused(PictureRefusal::OtherType));
    }
    match (1..=PictureRequest::MAX_BYTES).contains(&picture.bytes) {
        true => Ok(()),
        false => Err(refused(PictureRefusal::TooLarge)),
    }
}

fn refused(refusal: PictureRefusal) -> Problem {
    let title = match refusal {
        PictureRefusal::OtherType => {
            "This is not a JPEG, PNG or WebP picture; send one of those.".to_owned()
        }
        PictureRefusal::TooLarge => {
            let most = PictureRequest::MAX_BYTES / 1024 / 1024;
            format!("A picture must have 1 byte to {most} MB.")
        }
        PictureRefusal::Damaged => {
            "The picture is damaged; send it again, or another one.".to_owned()
        }
        PictureRefusal::TooFewPixels => {
            let least = PictureRequest::MIN_PIXELS;
            format!("The picture must be at least {least} pixels wide and high.")
        }
        PictureRefusal::TooManyPixels => {
            format!("The picture has more than {MAX_MEGAPIXELS} megapixels; send a smaller one.")
        }
    };
    Problem::new(ProblemType::PictureRefused, title).at(refusal.field())
}

fn no_such_upload() -> Error {
    let title = "No picture has arrived under this id; send it first, or once more.";
    Problem::new(ProblemType::NotFound, title).into()
}

fn random() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::dependency("making an id", error))?;
    Ok(bytes)
}
