//! The buckets of pictures: what staff send, and what is made of it.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    error::SdkError,
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use shared::{RestaurantId, Timestamp, UploadId, api::PictureRequest};

use crate::runtime::error::Error;

/// How long a picture can be sent to an address, in seconds.
const UPLOAD_SECONDS: u64 = 600;
/// For how long a picture may be kept: a year, as its name changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Where pictures are.
pub struct Buckets {
    client: Client,
    uploads: String,
    pictures: String,
}

impl Buckets {
    /// The bucket into which browsers send pictures, and that from which the site serves them.
    #[must_use]
    pub fn new(sdk: &SdkConfig, uploads: String, pictures: String) -> Self {
        // A checksum is part of what is signed, and that of a picture which is sent later is not known.
        let config = Builder::from(sdk)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self { client: Client::from_conf(config), uploads, pictures }
    }

    /// An address to which a picture of this type and size, and no other, can be sent for ten minutes
    /// (docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html). S3 is not asked.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it cannot be signed.
    pub async fn presign(
        &self,
        restaurant: &RestaurantId,
        upload: UploadId,
        picture: &PictureRequest,
        now: Timestamp,
    ) -> Result<String, Error> {
        let signing = |error| Error::dependency("signing an address", error);
        let since_1970 = Duration::from_millis(now.millis().unsigned_abs());
        let valid = PresigningConfig::builder()
            .start_time(SystemTime::UNIX_EPOCH + since_1970)
            .expires_in(Duration::from_secs(UPLOAD_SECONDS))
            .build()
            .map_err(|error| Error::dependency("signing an address", error))?;
        let put = self
            .client
            .put_object()
            .bucket(&self.uploads)
            .key(key(restaurant, upload))
            .content_type(&picture.content_type)
            .content_length(i64::from(picture.bytes));
        let signed = put.presigned(valid).await.map_err(signing)?;
        Ok(signed.uri().to_owned())
    }

    /// What was sent; `None` if nothing was, or only long ago.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it cannot be read.
    pub async fn upload(
        &self,
        restaurant: &RestaurantId,
        upload: UploadId,
    ) -> Result<Option<Vec<u8>>, Error> {
        const READING: &str = "reading an uploaded picture";
        let get = self.client.get_object().bucket(&self.uploads).key(key(restaurant, upload));
        let object = match get.send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Ok(None),
            Err(error) => return Err(Error::dependency(READING, error)),
        };
        let body = object.body.collect().await;
        let body = body.map_err(|error| Error::dependency(READING, error))?;
        Ok(Some(body.to_vec()))
    }

    /// Stores a JPEG picture under the path of the site by which it is served: `/pictures/{name}.jpg`. Stored
    /// again, it is the same.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn put(&self, path: &str, jpeg: Vec<u8>) -> Result<(), Error> {
        self.client
            .put_object()
            .bucket(&self.pictures)
            .key(path.trim_start_matches('/'))
            .content_type("image/jpeg")
            .cache_control(FOREVER)
            .body(ByteStream::from(jpeg))
            .send()
            .await
            .map_err(|error| Error::dependency("storing a picture", error))?;
        Ok(())
    }
}

/// The key of what was sent for a restaurant: no other restaurant's staff can name it.
fn key(restaurant: &RestaurantId, upload: UploadId) -> String {
    format!("{restaurant}/{upload}")
}
