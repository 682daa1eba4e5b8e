//! What a picture is made into: a JPEG of its pixels and nothing else.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbaImage,
    codecs::jpeg::JpegEncoder, guess_format, imageops::FilterType,
};
use shared::api::{PictureRefusal, PictureRequest};

/// The most pixels that are read, in millions: what decoding takes fits the function's memory.
pub(super) const MAX_MEGAPIXELS: u32 = 40;
/// The most that the decoders may allocate, in bytes: [`MAX_MEGAPIXELS`] of four channels of 16 bits, and half
/// of that again.
const MAX_ALLOCATION: u64 = 480 * 1024 * 1024;
/// The most that they may allocate before the first pixel, in bytes: for the colour profile of a PNG, which is
/// compressed a thousandfold at most. A larger one is ignored, and the others are not used.
const MAX_HEAD: u64 = 32 * 1024 * 1024;
/// The longer side of what is made, in pixels: a dish on a large screen of high density.
const SIDE: u32 = 1_200;
/// The quality of the JPEG, of 100.
const QUALITY: u8 = 82;

/// Makes a JPEG of a picture: upright, at most 1200 pixels wide and high, what is transparent white, in the
/// first image of several, and without metadata. The same bytes always make the same JPEG.
///
/// # Errors
/// [`PictureRefusal`].
pub(super) fn reencode(bytes: &[u8]) -> Result<Vec<u8>, PictureRefusal> {
    let format = guess_format(bytes).map_err(|_| PictureRefusal::OtherType)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PictureRefusal::OtherType);
    }
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err(PictureRefusal::Damaged);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_HEAD);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    check_size(decoder.dimensions())?;
    limits.max_alloc = Some(MAX_ALLOCATION);
    decoder.set_limits(limits).map_err(refusal)?;
    // What cannot be read of the orientation does not matter more than one that is not there.
    let orientation = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    let mut picture = scaled(opaque(picture));
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    picture.write_with_encoder(encoder).map_err(refusal)?;
    Ok(jpeg)
}

fn refusal(error: ImageError) -> PictureRefusal {
    match error {
        ImageError::Limits(_) => PictureRefusal::TooManyPixels,
        _ => PictureRefusal::Damaged,
    }
}

fn check_size((width, height): (u32, u32)) -> Result<(), PictureRefusal> {
    if width.min(height) < PictureRequest::MIN_PIXELS {
        return Err(PictureRefusal::TooFewPixels);
    }
    match u64::from(width) * u64::from(height) > u64::from(MAX_MEGAPIXELS) * 1_000_000 {
        true => Err(PictureRefusal::TooManyPixels),
        false => Ok(()),
    }
}

/// Whether a JPEG has its end marker after the header of its first scan (ITU-T T.81, annex B): the decoder fills
/// up one that was cut off. What was taken with a picture may hold another JPEG, so its segments are skipped.
fn has_end(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let [0xFF, marker, rest @ ..] = jpeg.get(at..).unwrap_or_default() {
        let [high, low, ..] = *rest else { return false };
        match *marker {
            0xFF => at += 1, // a fill byte
            0xDA => return rest.windows(2).any(|it| it == [0xFF, 0xD9]),
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}

/// The picture on white.
fn opaque(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let mut picture: RgbaImage = picture.into_rgba8();
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let on_white = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            let mixed = (channel * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        pixel.0 = [on_white(red), on_white(green), on_white(blue), u8::MAX];
    }
    DynamicImage::from(picture).into_rgb8().into()
}

/// The picture with no side longer than [`SIDE`]. Averages of whole pixels come first, which take a fraction of
/// the time and memory.
///
/// These are functions of [`DynamicImage`] and not those of `imageops`, for a debug build optimizes the crate
/// `image` and not what is generic in it: 39 megapixels took longer than the function may run.
fn scaled(picture: DynamicImage) -> DynamicImage {
    let coarse = match fitting(&picture, 2 * SIDE) {
        Some((width, height)) => picture.thumbnail_exact(width, height),
        None => picture,
    };
    match fitting(&coarse, SIDE) {
        Some((width, height)) => coarse.resize_exact(width, height, FilterType::CatmullRom),
        None => coarse,
    }
}

/// The size that a picture has when its longer side is `side`; `None` if it is no longer now.
fn fitting(picture: &DynamicImage, side: u32) -> Option<(u32, u32)> {
    let (width, height) = (picture.width(), picture.height());
    let longer = width.max(height);
    let scaled = |length: u32| {
        let length = u64::from(length) * u64::from(side) / u64::from(longer);
        u32::try_from(length).unwrap_or(side).max(1)
    };
    (longer > side).then(|| (scaled(width), scaled(height)))
}

#[cfg(test)]
mod tests;
