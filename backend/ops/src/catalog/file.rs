//! Reading a file of a catalog, whatever lies at its path.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// The text in a regular file that has no more than `most` bytes; else why not, and what to do.
///
/// What it is comes before opening it: opening a pipe waits for who writes into it, and a device may
/// never end.
pub(super) fn read_text(path: &Path, most: usize) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read ({error})");
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err("is no regular file; put one in its place".to_owned());
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    if about.len() > limit {
        return Err(format!("has {} bytes; it may have {most}", about.len()));
    }
    // It may grow meanwhile.
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(unreadable)?.take(limit.saturating_add(1));
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(format!("has more than {most} bytes; it may have no more"));
    }
    String::from_utf8(bytes).map_err(|_| "is not a text in UTF-8; save it as one".to_owned())
}
