//! Sending a picture as a browser does it: asked for, sent to S3 from a page of another origin, accepted.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::Customer;

/// Where the pictures of the test's restaurant are sent.
pub const PICTURES: &str = "/api/staff/golden-dosa/pictures";

/// A picture of that size, in which no two neighbours look alike.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let byte = |value: u32| u8::try_from(value % 256).unwrap();
    let pixel = |x, y| Rgb([byte(x), byte(y), byte(x * y)]);
    let mut file = Cursor::new(Vec::new());
    let picture = DynamicImage::from(RgbImage::from_fn(width, height, pixel));
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

impl Customer {
    /// Asks where to send a picture: the upload.
    pub async fn asks_where_to_send(&self, content_type: &str, bytes: usize) -> Value {
        let wanted = json!({"content_type": content_type, "bytes": bytes}).to_string();
        let (status, upload) = self.request("POST", PICTURES, Some(wanted)).await;
        assert_eq!(status, 201, "{upload}");
        upload
    }

    /// Sends it there: the status, and what S3 says.
    pub async fn sends_to(&self, url: &str, content_type: &str, bytes: &[u8]) -> (u16, String) {
        let put = self.http.put(url).header("content-type", content_type);
        let put = put.header("origin", self.edge.as_str()).header("sec-fetch-site", "cross-site");
        let reply = put.body(bytes.to_vec()).send().await.unwrap();
        assert_eq!(reply.headers()["access-control-allow-origin"], "*");
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    /// Has it made into a picture of the menu.
    pub async fn has_accepted(&self, upload: &Value) -> (u16, Value) {
        let path = format!("{PICTURES}/{}", upload["upload_id"].as_str().unwrap());
        self.request("POST", &path, None).await
    }
}
