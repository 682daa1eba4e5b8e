//! Names made from content.

use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes` in lower-case hex: 64 characters.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first 64 bits of the SHA-256 in hex: a name that changes with the content.
#[must_use]
pub fn short(bytes: &[u8]) -> String {
    sha256(bytes)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256() {
        // The first test vector of FIPS 180-4's examples: "abc".
        assert_eq!(short(b"abc"), "ba7816bf8f01cfea");
        assert_eq!(sha256(b"abc").len(), 64);
    }
}
