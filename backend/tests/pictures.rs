//! A picture's way over real processes: from a page to S3, through the function, and onto the site.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod laptop;
mod support;

use image::{
    DynamicImage, ImageEncoder, ImageFormat, ImageReader, RgbImage, RgbaImage,
    codecs::png::PngEncoder,
};
use laptop::{Customer, Laptop, PICTURES, picture};
use serde_json::json;
use std::io::Cursor;
use support::kind;

/// A restaurant with its owner, who is at a page.
async fn owned() -> (Laptop, Customer) {
    let laptop = Laptop::start().await;
    let owner = laptop.customer("owner@example.com").await;
    laptop.is_owned_by(&owner).await;
    (laptop, owner)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_sent_accepted_and_served_as_another_file() {
    let (laptop, owner) = owned().await;
    let sent = picture(1_600, 900, ImageFormat::Png);
    let upload = owner.asks_where_to_send("image/png", sent.len()).await;
    let url = upload["url"].as_str().unwrap();

    // The page may: by its policy, and by the bucket's rules.
    let page = laptop.http.get(format!("{}/anything", laptop.edge)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    let allowed = policy.split("; ").find(|it| it.starts_with("connect-src")).unwrap();
    let origin = url.split('/').take(3).collect::<Vec<_>>().join("/");
    assert!(allowed.split(' ').any(|it| it == origin), "{allowed}: {url}");
    let ask = laptop.http.request("OPTIONS".parse().unwrap(), url);
    let ask = ask.header("origin", &laptop.edge).header("access-control-request-method", "PUT");
    let asked = ask.header("access-control-request-headers", "content-type").send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["access-control-allow-methods"], "PUT");
    assert_eq!(asked.headers()["access-control-allow-headers"], "content-type");

    let (status, problem) = owner.has_accepted(&upload).await;
    assert_eq!((status, kind(&problem)), (404, "not-found"), "nothing is there yet");
    assert_eq!(owner.sends_to(url, "image/png", &sent).await, (200, String::new()));
    let (status, accepted) = owner.has_accepted(&upload).await;
    assert_eq!(status, 200, "{accepted}");
    assert_eq!(owner.has_accepted(&upload).await, (200, accepted.clone()), "and again");

    let art = accepted["art"].as_str().unwrap();
    assert!(shared::menu::check::is_art(art), "{art}");
    let served = laptop.http.get(format!("{}{art}", laptop.edge)).send().await.unwrap();
    assert_eq!(served.status(), 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(served.headers()[name], value, "{name}");
    }
    let jpeg = served.bytes().await.unwrap();
    let read = ImageReader::with_format(Cursor::new(&jpeg), ImageFormat::Jpeg);
    assert_eq!(read.into_dimensions().unwrap(), (1_200, 675));
    let missing = format!("{}/pictures/{}.jpg", laptop.edge, "0".repeat(32));
    assert_eq!(laptop.http.get(missing).send().await.unwrap().status(), 404);
}

/// What an address is signed for is all that it takes.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_only_what_it_is_signed_for() {
    let (_laptop, owner) = owned().await;
    let sent = picture(320, 320, ImageFormat::Jpeg);
    let upload = owner.asks_where_to_send("image/jpeg", sent.len()).await;
    let url = upload["url"].as_str().unwrap();
    let longer = [&sent[..], b"<script>"].concat();
    let elsewhere = url.replace("golden-dosa/", "other-restaurant/");
    let later = url.replace("X-Amz-Expires=600", "X-Amz-Expires=6000");
    for (url, content_type, bytes) in [
        (url, "text/html", &sent),
        (url, "image/jpeg", &longer),
        (&elsewhere, "image/jpeg", &sent),
        (&later, "image/jpeg", &sent),
    ] {
        let (status, answer) = owner.sends_to(url, content_type, bytes).await;
        assert_eq!(status, 403, "{url} {content_type}");
        assert!(answer.contains("<Code>SignatureDoesNotMatch</Code>"), "{answer}");
    }
    assert_eq!(owner.sends_to(url, "image/jpeg", &sent).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_edits_the_menu_sends_pictures_and_none_of_another_restaurant() {
    let (laptop, owner) = owned().await;
    let sent = picture(320, 320, ImageFormat::WebP);
    let upload = owner.asks_where_to_send("image/webp", sent.len()).await;
    assert_eq!(owner.sends_to(upload["url"].as_str().unwrap(), "image/webp", &sent).await.0, 200);
    let wanted = json!({"content_type": "image/webp", "bytes": sent.len()}).to_string();
    let cook = laptop.customer("cook@example.com").await;
    assert_eq!(cook.request("POST", PICTURES, Some(wanted.clone())).await.0, 404);
    laptop.employs(&cook).await;
    let (status, problem) = cook.request("POST", PICTURES, Some(wanted)).await;
    assert_eq!((status, kind(&problem)), (403, "forbidden"));
    assert_eq!(cook.has_accepted(&upload).await.0, 403);
    let elsewhere = PICTURES.replace("golden-dosa", "other-restaurant");
    let path = format!("{elsewhere}/{}", upload["upload_id"].as_str().unwrap());
    assert_eq!(owner.request("POST", &path, None).await.0, 404);
    assert_eq!(owner.has_accepted(&upload).await.0, 200);
}

fn file(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// A page sends 10 MB at most, and the function has 20 seconds.
#[tokio::test(flavor = "multi_thread")]
async fn what_unpacks_to_much_more_than_was_sent_is_made_in_time() {
    let (_laptop, owner) = owned().await;
    let large = file(&RgbImage::new(6_300, 6_300).into());
    let transparent = file(&RgbaImage::new(3_000, 3_000).into());
    let mut with_profile = Vec::new();
    let mut encoder = PngEncoder::new(&mut with_profile);
    encoder.set_icc_profile(vec![b'A'; 128 * 1024 * 1024]).unwrap();
    DynamicImage::from(RgbImage::new(320, 320)).write_with_encoder(encoder).unwrap();
    for sent in [large, transparent, with_profile] {
        let upload = owner.asks_where_to_send("image/png", sent.len()).await;
        let url = upload["url"].as_str().unwrap();
        assert_eq!(owner.sends_to(url, "image/png", &sent).await, (200, String::new()));
        let (status, accepted) = owner.has_accepted(&upload).await;
        assert_eq!(status, 200, "{accepted}");
    }
}
