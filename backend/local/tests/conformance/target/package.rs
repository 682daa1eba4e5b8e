//! The functions' package: a zip with one executable, stored as it is.
//!
//! By hand, because it is one file and must be executable when it is unpacked, which is two fields
//! (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, 4.3.7, 4.3.12 and 4.3.16).

use anyhow::Result;

const NAME: &[u8] = b"bootstrap";
/// 1 January 1980, as far back as a zip's calendar goes.
const DATE: u32 = 0x0021_0000;
/// A regular file that everyone may read and run, on Unix.
const MODE: u32 = 0o100_755 << 16;

/// The zip with this content as `bootstrap`.
pub(crate) fn zip(content: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(content.len())?;
    // From the version needed to the length of the extra field: the same in both headers.
    let mut common = Vec::new();
    common.extend([10, 0, 0, 0, 0, 0]);
    common.extend(DATE.to_le_bytes());
    common.extend(checksum(content).to_le_bytes());
    common.extend(length.to_le_bytes());
    common.extend(length.to_le_bytes());
    common.extend([u8::try_from(NAME.len())?, 0, 0, 0]);

    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&common);
    zip.extend(NAME);
    zip.extend(content);

    let start = u32::try_from(zip.len())?;
    zip.extend(b"PK\x01\x02");
    zip.extend([30, 3]);
    zip.extend(&common);
    zip.extend([0; 6]);
    zip.extend(MODE.to_le_bytes());
    zip.extend([0; 4]);
    zip.extend(NAME);
    let size = u32::try_from(zip.len())? - start;

    zip.extend(b"PK\x05\x06");
    zip.extend([0, 0, 0, 0, 1, 0, 1, 0]);
    zip.extend(size.to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    Ok(zip)
}

/// CRC-32 as zip has it.
fn checksum(content: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8)
            .fold(byte as u32, |it, _| if it & 1 == 1 { (it >> 1) ^ 0xEDB8_8320 } else { it >> 1 })
    });
    !content.iter().fold(!0, |it, byte| table[usize::from(it as u8 ^ byte)] ^ (it >> 8))
}
