//! Unpredictable values: codes, tokens and ids, from the operating system's generator.

use base64::Engine;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

/// Random bytes.
///
/// # Panics
/// If the operating system has none to give. To go on with anything less would be worse.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(why) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {why}");
    }
    bytes
}

/// A random (version 4) UUID.
pub(crate) fn uuid() -> String {
    uuid::Builder::from_random_bytes(bytes()).into_uuid().to_string()
}

/// Six decimal digits, each number as likely as the next.
pub(crate) fn six_digits() -> String {
    loop {
        let number = u32::from_le_bytes(bytes());
        // What is left of u32 above a whole multiple of a million would favour small numbers.
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// 256 random bits as text that fits into a URL.
pub(crate) fn token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// An id in the form API Gateway gives requests, messages and connections: 16 characters, the
/// last `=`.
pub(crate) fn gateway_id() -> String {
    BASE64_URL_SAFE.encode(bytes::<11>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_those_of_aws() {
        let id = gateway_id();
        assert_eq!(id.len(), 16);
        assert!(id.ends_with('='));
        assert_ne!(id, gateway_id());
        assert_eq!(six_digits().len(), 6);
        assert_eq!(uuid::Uuid::parse_str(&uuid()).unwrap().get_version_num(), 4);
    }
}
