#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, Rgba, load_from_memory_with_format};
use proptest::prelude::*;

use super::*;

const SCRIPT: &[u8] = b"<script>alert(1)</script>";

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> DynamicImage {
    let pixel = |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
    RgbImage::from_fn(width, height, pixel).into()
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn read(jpeg: &[u8]) -> RgbImage {
    load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|it| it == text)
}

/// The JPEG with a segment after its first marker.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// What a camera writes: how it was held, and in words where it was (TIFF 6.0, sections 2 and 8).
fn exif(orientation: u8) -> Vec<u8> {
    let place = b"51.5074 N, 0.1278 W\0";
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x0E, 0, 2, 0, 0, 0, 20, 0, 0, 0, 38]); // ImageDescription
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]); // Orientation
    exif.extend([0; 4]);
    exif.extend(place);
    exif
}

/// The markers of a JPEG's segments up to its first scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut markers) = (2, Vec::new());
    while markers.last() != Some(&0xDA) {
        assert_eq!(jpeg[at], 0xFF);
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    markers
}

/// What is made has a head (JFIF's), tables, a frame and a scan, and nothing after it.
fn is_bare(jpeg: &[u8]) -> bool {
    let ends_once = jpeg.windows(2).position(|it| it == [0xFF, 0xD9]) == Some(jpeg.len() - 2);
    ends_once && markers(jpeg).iter().all(|it| [0xE0, 0xDB, 0xC0, 0xC4, 0xDA].contains(it))
}

#[test]
fn every_format_of_phones_and_cameras_becomes_a_bare_jpeg() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let jpeg = reencode(&file(&halves(640, 400), format)).unwrap();
        assert!(is_bare(&jpeg), "{format:?}");
        let picture = read(&jpeg);
        assert_eq!(picture.dimensions(), (640, 400));
        let [red, _, blue] = picture.get_pixel(10, 10).0;
        assert!(red > 200 && blue < 50, "{format:?}");
        assert_eq!(reencode(&file(&halves(640, 400), format)).unwrap(), jpeg, "and the same again");
    }
}

#[test]
fn no_side_is_longer_than_1200_pixels() {
    for (width, height, made) in [
        (1_200, 320, (1_200, 320)),
        (1_201, 1_201, (1_200, 1_200)),
        (4_000, 3_000, (1_200, 900)),
        (320, 6_000, (64, 1_200)),
    ] {
        let jpeg = reencode(&file(&halves(width, height), ImageFormat::Jpeg)).unwrap();
        assert_eq!(read(&jpeg).dimensions(), made, "{width} × {height}");
    }
}

#[test]
fn a_picture_is_turned_as_the_camera_was_held_and_says_nothing_of_where() {
    let upright = file(&halves(640, 320), ImageFormat::Jpeg);
    for (orientation, size, red) in [
        (1, (640, 320), (10, 10)),
        (2, (640, 320), (630, 10)),
        (3, (640, 320), (630, 310)),
        (6, (320, 640), (10, 10)),
        (8, (320, 640), (310, 630)),
        (9, (640, 320), (10, 10)),
    ] {
        let held = with_segment(&upright, 0xE1, &exif(orientation));
        assert!(contains(&held, b"51.5074 N"));
        let jpeg = reencode(&held).unwrap();
        assert!(is_bare(&jpeg) && !contains(&jpeg, b"51.5074"), "{orientation}");
        let picture = read(&jpeg);
        assert_eq!(picture.dimensions(), size, "{orientation}");
        let [is_red, _, is_blue] = picture.get_pixel(red.0, red.1).0;
        assert!(is_red > 200 && is_blue < 50, "{orientation}");
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    let pixel = |x, _| if x < 200 { Rgba([0, 0, 0, 0]) } else { Rgba([0, 0, 0, 128]) };
    let picture = RgbaImage::from_fn(400, 400, pixel).into();
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let made = read(&reencode(&file(&picture, format)).unwrap());
        assert!(made.get_pixel(50, 50).0.iter().all(|it| *it > 250), "{format:?}");
        assert!(made.get_pixel(350, 50).0.iter().all(|it| (120..135).contains(it)), "{format:?}");
    }
}

#[test]
fn grey_pictures_and_those_of_16_bits_are_read() {
    let grey: DynamicImage = GrayImage::from_pixel(320, 320, Luma([128])).into();
    for picture in [&grey, &DynamicImage::from(grey.to_rgba16()), &grey.to_luma16().into()] {
        let made = read(&reencode(&file(picture, ImageFormat::Png)).unwrap());
        assert!(made.get_pixel(9, 9).0.iter().all(|it| (126..131).contains(it)));
    }
}

/// A file that is a picture to one program and a script or an archive to another.
#[test]
fn nothing_of_a_polyglot_is_left() {
    let (jpeg, png) =
        (file(&halves(320, 320), ImageFormat::Jpeg), file(&halves(320, 320), ImageFormat::Png));
    let webp = file(&halves(320, 320), ImageFormat::WebP);
    let text_chunk = {
        let length = u32::try_from(SCRIPT.len() + 2).unwrap().to_be_bytes();
        // The decoder does not check the sum of a chunk that it does not need.
        [&length[..], b"tEXta\0", SCRIPT, &[0; 4]].concat()
    };
    let archive = [b"PK\x03\x04".as_slice(), SCRIPT].concat();
    for polyglot in [
        with_segment(&jpeg, 0xFE, SCRIPT),
        with_segment(&jpeg, 0xE0, SCRIPT),
        with_segment(&jpeg, 0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", SCRIPT].concat()),
        with_segment(&jpeg, 0xE2, &[b"ICC_PROFILE\0\x01\x01", SCRIPT].concat()),
        [&jpeg, SCRIPT].concat(),
        [&jpeg, &*archive].concat(),
        [&png, &*archive].concat(),
        [&png[..33], &text_chunk, &png[33..]].concat(),
        [&webp, &*archive].concat(),
    ] {
        assert!(contains(&polyglot, SCRIPT));
        match reencode(&polyglot) {
            Ok(made) => assert!(is_bare(&made) && !contains(&made, b"script")),
            Err(refusal) => assert_eq!(refusal, PictureRefusal::Damaged),
        }
    }
    let made = reencode(&with_segment(&jpeg, 0xFE, SCRIPT)).unwrap();
    assert_eq!(made, reencode(&jpeg).unwrap(), "the pixels are all that counts");
}

#[test]
fn what_is_no_picture_of_these_formats_is_refused_whatever_it_says() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for text in [
        "",
        "Hello",
        svg,
        "<html></html>",
        "GIF89a\u{1}\0\u{1}\0",
        "BM....",
        "%PDF-1.7",
        "RIFF\0\0\0\0AVI LIST",
    ] {
        assert_eq!(reencode(text.as_bytes()), Err(PictureRefusal::OtherType), "{text}");
    }
    for heic in [b"\0\0\0\x18ftypheic", b"\0\0\0\x1cftypavif", b"II*\0\x08\0\0\0\0\0\0\0"] {
        assert_eq!(reencode(heic), Err(PictureRefusal::OtherType));
    }
}

#[test]
fn what_was_cut_off_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = file(&halves(400, 400), format);
        for part in [12, whole.len() / 4, whole.len() / 2, whole.len() - 30] {
            let refused = reencode(&whole[..part]).unwrap_err();
            assert_eq!(refused, PictureRefusal::Damaged, "{format:?}: {part} of {}", whole.len());
        }
    }
    // The small picture within has an end, and the large one has none.
    let jpeg = file(&halves(400, 400), ImageFormat::Jpeg);
    let held = with_segment(&jpeg, 0xE1, &[b"Exif\0\0".as_slice(), &jpeg].concat());
    assert!(reencode(&held).is_ok());
    assert_eq!(reencode(&held[..held.len() - 30]), Err(PictureRefusal::Damaged));
}

#[test]
fn a_picture_is_neither_too_small_nor_too_large() {
    for (width, height) in [(319, 600), (600, 319), (1, 1)] {
        let small = file(&halves(width, height), ImageFormat::Png);
        assert_eq!(reencode(&small), Err(PictureRefusal::TooFewPixels), "{width} × {height}");
    }
    assert!(reencode(&file(&halves(320, 320), ImageFormat::Png)).is_ok());
}

/// A few bytes that would be gigabytes of pixels: nothing is allocated for what a head claims.
#[test]
fn what_claims_to_be_huge_is_refused_by_its_head() {
    let mut png = file(&halves(320, 320), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]); // 60,000 each
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(reencode(&png), Err(PictureRefusal::TooManyPixels));
    let mut jpeg = file(&halves(320, 320), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|it| it == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    assert_eq!(reencode(&jpeg), Err(PictureRefusal::TooManyPixels));
    let mut webp = file(&halves(320, 320), ImageFormat::WebP);
    let head = webp.windows(4).position(|it| it == b"VP8L").unwrap();
    webp[head + 9..head + 13].copy_from_slice(&[0xFE, 0xBF, 0xFF, 0x0F]); // 16,383 each
    assert_eq!(reencode(&webp), Err(PictureRefusal::TooManyPixels));
}

/// The sum of a PNG chunk (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

/// Of several images the first is the picture: an animated WebP of a red and a blue one
/// (developers.google.com/speed/webp/docs/riff_container).
#[test]
fn an_animation_becomes_its_first_image() {
    let chunk = |name: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let pad = vec![0; content.len() % 2];
        [name, &length, content, &pad].concat()
    };
    let frame = |colour| {
        let picture = RgbImage::from_pixel(320, 320, Rgb(colour)).into();
        let image = &file(&picture, ImageFormat::WebP)[12..];
        let size = [&[0; 6][..], &[0x3F, 1, 0, 0x3F, 1, 0], &[100, 0, 0], &[0]].concat();
        chunk(b"ANMF", &[&size, image].concat())
    };
    let head = chunk(b"VP8X", &[0b10, 0, 0, 0, 0x3F, 1, 0, 0x3F, 1, 0]);
    let loops = chunk(b"ANIM", &[0; 6]);
    let content = [b"WEBP", &*head, &loops, &frame([255, 0, 0]), &frame([0, 0, 255])].concat();
    let made = read(&reencode(&chunk(b"RIFF", &content)).unwrap());
    let [red, _, blue] = made.get_pixel(99, 99).0;
    assert!(red > 200 && blue < 50);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A decoder that panics would end the function.
    #[test]
    fn a_damaged_file_is_a_picture_or_refused(
        format in prop_oneof![
            Just(ImageFormat::Jpeg), Just(ImageFormat::Png), Just(ImageFormat::WebP)
        ],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut damaged = file(&halves(320, 320), format);
        for (at, byte) in changes {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        if let Ok(made) = reencode(&damaged) {
            prop_assert!(is_bare(&made));
        }
    }
}
