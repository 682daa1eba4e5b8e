//! Pictures of dishes: who may send them, what is taken, and what is stored of them.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use shared::{
    UploadId, UserId,
    api::PictureRequest,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, Fault, Object, World, accepting, http, kind, pass, somebody_else, stack, user,
    with_id_token,
};

const RESTAURANT: &str = "golden-dosa";
const ASK: &str = "POST /api/staff/{restaurant_id}/pictures";
const ACCEPT: &str = "POST /api/staff/{restaurant_id}/pictures/{upload_id}";

/// A restaurant with a manager.
async fn managed_with(settings: &[(&'static str, &str)]) -> World {
    let world = World::set(AT_ONCE, settings);
    world.list(&accepting());
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    world
}

async fn managed() -> World {
    managed_with(&[]).await
}

async fn asks(world: &World, who: UserId, content_type: &str, bytes: u32) -> (u16, Value) {
    let body = json!({"content_type": content_type, "bytes": bytes}).to_string();
    world.call(ASK, Some(who), &[("restaurant_id", RESTAURANT)], &body).await
}

async fn accept(world: &World, who: UserId, restaurant: &str, upload: &str) -> (u16, Value) {
    let parameters = [("restaurant_id", restaurant), ("upload_id", upload)];
    world.call(ACCEPT, Some(who), &parameters, "").await
}

/// What a browser has sent: as an object of the bucket; its id.
fn sent(world: &World, restaurant: &str, bytes: Vec<u8>) -> String {
    let upload = UploadId::new([7; 16]).to_string();
    let bucket = &stack().get("UploadsBucket").unwrap().physical_id;
    let object = Object { bytes, ..Object::default() };
    world.aws.objects.lock().unwrap().insert(format!("{bucket}/{restaurant}/{upload}"), object);
    upload
}

/// What the site serves pictures from.
fn stored(world: &World) -> Vec<(String, Object)> {
    let bucket = &stack().get("PicturesBucket").unwrap().physical_id;
    let objects = world.aws.objects.lock().unwrap();
    let stored = objects.iter().filter_map(|(path, object)| {
        Some((path.strip_prefix(&**bucket)?.to_owned(), object.clone()))
    });
    stored.collect()
}

fn png(side: u32) -> Vec<u8> {
    let picture = DynamicImage::from(RgbImage::from_pixel(side, side, Rgb([200, 100, 50])));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn an_address_is_of_this_restaurant_for_ten_minutes_and_a_new_one_each_time() {
    let world = managed().await;
    let (status, upload) = asks(&world, somebody_else(), "image/jpeg", 4_321).await;
    assert_eq!(status, 201, "{upload}");
    let (id, url) = (upload["upload_id"].as_str().unwrap(), upload["url"].as_str().unwrap());
    let bucket = &stack().get("UploadsBucket").unwrap().physical_id;
    let address = format!("https://{bucket}.s3.eu-west-2.amazonaws.com/golden-dosa/{id}?");
    assert!(url.starts_with(&address), "{url}");
    for part in [
        "X-Amz-Expires=600",
        "X-Amz-Date=20261123T160810Z",
        "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost",
    ] {
        assert!(url.contains(part), "{url}");
    }
    assert!(!url.contains("checksum"), "of what is not known yet: {url}");
    assert_eq!(world.aws.calls.lock().unwrap().last().unwrap(), "GetItem", "S3 is not asked");
    let other = asks(&world, somebody_else(), "image/jpeg", 4_321).await.1;
    assert_ne!(other["upload_id"], upload["upload_id"]);
}

#[tokio::test]
async fn what_is_no_picture_or_too_much_is_refused_before_it_is_sent() {
    let world = managed().await;
    let most = PictureRequest::MAX_BYTES;
    for (content_type, bytes, field) in [
        ("image/svg+xml", 1_000, "content_type"),
        ("text/html", 1_000, "content_type"),
        ("image/jpeg; x=y", 1_000, "content_type"),
        ("image/jpeg", 0, "bytes"),
        ("image/png", most + 1, "bytes"),
    ] {
        let (status, problem) = asks(&world, somebody_else(), content_type, bytes).await;
        assert_eq!((status, kind(&problem)), (422, "picture-refused"), "{content_type} {bytes}");
        assert_eq!(problem["field"], field);
    }
    for content_type in PictureRequest::TYPES {
        assert_eq!(asks(&world, somebody_else(), content_type, most).await.0, 201);
    }
}

#[tokio::test]
async fn a_picture_is_stored_under_its_contents_name_and_the_same_when_asked_again() {
    let world = managed().await;
    let upload = sent(&world, RESTAURANT, png(320));
    let (status, picture) = accept(&world, somebody_else(), RESTAURANT, &upload).await;
    assert_eq!(status, 200, "{picture}");
    let art = picture["art"].as_str().unwrap();
    assert!(shared::menu::check::is_art(art), "{art}");
    let before = stored(&world);
    let [(path, object)] = &before[..] else { panic!("{} are stored", before.len()) };
    assert_eq!((path.as_str(), object.content_type.as_str()), (art, "image/jpeg"));
    assert_eq!(object.cache_control, "public, max-age=31536000, immutable");
    assert!(object.bytes.starts_with(&[0xFF, 0xD8, 0xFF]));
    assert_eq!(accept(&world, somebody_else(), RESTAURANT, &upload).await, (200, picture));
    assert_eq!(stored(&world), before);
}

#[tokio::test]
async fn what_is_refused_is_stored_nowhere_and_told_why() {
    let world = managed().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let cut = png(320)[..60].to_vec();
    for (bytes, field, why) in [
        (svg.to_vec(), "content_type", "not a JPEG"),
        (cut, "content", "damaged"),
        (png(319), "min_pixels", "at least 320 pixels"),
    ] {
        let upload = sent(&world, RESTAURANT, bytes);
        let (status, problem) = accept(&world, somebody_else(), RESTAURANT, &upload).await;
        assert_eq!((status, kind(&problem)), (422, "picture-refused"));
        assert_eq!(problem["field"], field);
        assert!(problem["title"].as_str().unwrap().contains(why), "{problem}");
    }
    assert_eq!(stored(&world), []);
}

#[tokio::test]
async fn what_is_not_there_or_is_another_restaurants_is_not_found() {
    let world = managed().await;
    let theirs = sent(&world, "other-restaurant", png(320));
    for upload in [theirs.as_str(), "0ff5e0c8-7c95-49be-ac84-771d47e1d92a", "../golden-dosa"] {
        let (status, problem) = accept(&world, somebody_else(), RESTAURANT, upload).await;
        assert_eq!((status, kind(&problem)), (404, "not-found"), "{upload}");
    }
    let (status, _) = accept(&world, somebody_else(), "other-restaurant", &theirs).await;
    assert_eq!(status, 404);
    assert_eq!(stored(&world), []);
}

#[tokio::test]
async fn only_who_edits_the_menu_sends_pictures() {
    for role in [Role::Owner, Role::Manager, Role::Kitchen, Role::Courier] {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.employs(user(), RESTAURANT, role).await;
        let upload = sent(&world, RESTAURANT, png(320));
        let expected = if may(role, Action::EditMenu) { [201, 200] } else { [403, 403] };
        let asked = asks(&world, user(), "image/png", 1).await.0;
        assert_eq!([asked, accept(&world, user(), RESTAURANT, &upload).await.0], expected);
        assert_eq!(asks(&world, somebody_else(), "image/png", 1).await.0, 404, "no staff");
    }
    let world = managed().await;
    let parameters = [("restaurant_id", RESTAURANT)];
    let event = http(ASK, Some(somebody_else()), &parameters, "{}");
    let answer = world.answer(with_id_token(event, "asha@example.com")).await;
    assert_eq!((answer.0, kind(&answer.1)), (403, "forbidden"));
    assert_eq!(world.answer(http(ASK, None, &parameters, "{}")).await.0, 401);
}

#[tokio::test]
async fn requests_are_counted_and_come_through_the_site() {
    let world = managed_with(&[("PICTURES_PER_MINUTE", "3"), ("ORIGIN_SECRET", "s3cret")]).await;
    let through_the_site = async |route: &str, upload: &str| {
        let parameters = [("restaurant_id", RESTAURANT), ("upload_id", upload)];
        let body = json!({"content_type": "image/png", "bytes": 1}).to_string();
        let mut event = http(route, Some(somebody_else()), &parameters, &body);
        event["headers"]["x-origin-secret"] = json!("s3cret");
        world.answer(event).await
    };
    assert_eq!(asks(&world, somebody_else(), "image/png", 1).await.0, 403, "past the site");
    let upload = sent(&world, RESTAURANT, png(320));
    for (route, status) in [(ASK, 201), (ACCEPT, 200), (ASK, 201)] {
        assert_eq!(through_the_site(route, &upload).await.0, status);
    }
    for route in [ASK, ACCEPT] {
        let (status, problem) = through_the_site(route, &upload).await;
        assert_eq!((status, kind(&problem)), (429, "too-many-requests"));
        assert!(problem["title"].as_str().unwrap().contains("3 requests about pictures"));
    }
    pass(60);
    assert_eq!(through_the_site(ACCEPT, &upload).await.0, 200);
}

/// Whatever is lost or fails on the way, sending the request again is safe and comes to the same.
#[tokio::test]
async fn a_failure_of_s3_is_a_503_after_which_the_same_is_done() {
    for (operation, fault) in [
        ("GetObject", Fault::Lost),
        ("GetObject", Fault::Answer(403, "<Error><Code>AccessDenied</Code></Error>")),
        ("GetObject", Fault::Answer(503, "<Error><Code>SlowDown</Code></Error>")),
        ("PutObject", Fault::Lost),
        ("PutObject", Fault::AnswerLost),
        ("PutObject", Fault::Answer(500, "<Error><Code>InternalError</Code></Error>")),
    ] {
        let world = managed().await;
        let upload = sent(&world, RESTAURANT, png(320));
        world.aws.fate(move |call| if call.operation == operation { fault } else { Fault::None });
        let (status, problem) = accept(&world, somebody_else(), RESTAURANT, &upload).await;
        assert_eq!((status, kind(&problem)), (503, "unavailable"), "{operation} {fault:?}");
        world.aws.calm();
        assert_eq!(accept(&world, somebody_else(), RESTAURANT, &upload).await.0, 200);
        assert_eq!(stored(&world).len(), 1);
    }
}
