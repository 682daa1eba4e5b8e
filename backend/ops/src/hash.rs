//! Names made from content.

use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes` in lower-case hex: 64 characters.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first 64 bits of the SHA-256 in hex: a name that changes with the content.
pub(crate) fn short(bytes: &[u8]) -> String {
    sha256(bytes)[..16].to_owned()
}
