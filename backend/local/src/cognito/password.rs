//! Which passwords a pool takes, and how they are kept.

use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use sha2::Sha256;

use super::invalid;
use crate::aws::ServiceError;
use crate::template::Resource;

/// Few rounds: this state never leaves a laptop. They are still never plain.
const ROUNDS: u32 = 1_000;

/// A pool's `PasswordPolicy`.
#[derive(Debug)]
pub(super) struct PasswordPolicy {
    minimum_length: u64,
    uppercase: bool,
    lowercase: bool,
    numbers: bool,
    symbols: bool,
}

impl PasswordPolicy {
    /// What the template says; what it does not say is Cognito's default: length 8 and one of
    /// each kind of character.
    pub(super) fn new(pool: &Resource) -> Result<Self> {
        let given = pool.at("/Policies/PasswordPolicy").is_some();
        let requires =
            |name: &str| !given || pool.is_true(&format!("/Policies/PasswordPolicy/Require{name}"));
        if pool.number("/Policies/PasswordPolicy/PasswordHistorySize")?.unwrap_or(0) > 0 {
            return Err(pool.unsupported("PasswordHistorySize"));
        }
        Ok(Self {
            minimum_length: pool.number("/Policies/PasswordPolicy/MinimumLength")?.unwrap_or(8),
            uppercase: requires("Uppercase"),
            lowercase: requires("Lowercase"),
            numbers: requires("Numbers"),
            symbols: requires("Symbols"),
        })
    }

    /// Asks whether a password may be chosen.
    ///
    /// # Errors
    /// `InvalidParameterException` or `InvalidPasswordException`, with Cognito's sentences.
    pub(super) fn check(&self, password: &str) -> Result<(), ServiceError> {
        // Every password parameter has this pattern and length, whatever the policy.
        let edges_are_spaces =
            password.starts_with(char::is_whitespace) || password.ends_with(char::is_whitespace);
        if edges_are_spaces || password.chars().count() < 2 {
            return Err(invalid(
                "1 validation error detected: Value at 'password' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
            ));
        }
        let why = if password.chars().count() > 256 {
            "Password too long"
        } else if (password.chars().count() as u64) < self.minimum_length {
            "Password not long enough"
        } else if self.numbers && !password.contains(|it: char| it.is_ascii_digit()) {
            "Password must have numeric characters"
        } else if self.uppercase && !password.contains(|it: char| it.is_ascii_uppercase()) {
            "Password must have uppercase characters"
        } else if self.lowercase && !password.contains(|it: char| it.is_ascii_lowercase()) {
            "Password must have lowercase characters"
        } else if self.symbols && !password.contains(is_symbol) {
            "Password must have symbol characters"
        } else {
            return Ok(());
        };
        let why = format!("Password did not conform with policy: {why}");
        Err(ServiceError::new("InvalidPasswordException", why))
    }
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>; a
/// space inside counts.
fn is_symbol(it: char) -> bool {
    it == ' ' || it.is_ascii_punctuation()
}

/// A password as it is kept: `rounds$salt$hash` of PBKDF2 with HMAC-SHA-256.
pub(super) fn hash(password: &str) -> String {
    let salt: [u8; 16] = crate::random::bytes();
    let hash = derive(password, &salt, ROUNDS);
    let text = |bytes: &[u8]| BASE64_STANDARD_NO_PAD.encode(bytes);
    format!("{ROUNDS}${}${}", text(&salt), text(&hash))
}

/// Whether a password is the one that was kept.
pub(super) fn matches(password: &str, kept: &str) -> bool {
    let mut parts = kept.splitn(3, '$');
    let (Some(rounds), Some(salt), Some(hash)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let (Ok(rounds), Ok(salt), Ok(hash)) =
        (rounds.parse(), BASE64_STANDARD_NO_PAD.decode(salt), BASE64_STANDARD_NO_PAD.decode(hash))
    else {
        return false;
    };
    let derived = derive(password, &salt, rounds);
    // Every byte is compared, so that the time taken reveals nothing.
    derived.len() == hash.len()
        && derived.iter().zip(&hash).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn derive(password: &str, salt: &[u8], rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_salted_and_hashed() {
        let kept = hash("correct horse");
        assert!(matches("correct horse", &kept));
        assert!(!matches("correct horsf", &kept));
        assert!(!kept.contains("horse"));
        assert_ne!(kept, hash("correct horse"));
    }

    #[test]
    fn the_policy_says_what_is_missing() {
        let all = PasswordPolicy {
            minimum_length: 8,
            uppercase: true,
            lowercase: true,
            numbers: true,
            symbols: true,
        };
        let why = |password| all.check(password).unwrap_err().message;
        assert!(why("Aa1!").ends_with("Password not long enough"));
        assert!(why("Aaaaaaa!").ends_with("Password must have numeric characters"));
        assert!(why("aaaaaa1!").ends_with("Password must have uppercase characters"));
        assert!(why("AAAAAA1!").ends_with("Password must have lowercase characters"));
        assert!(why("Aaaaaaa1").ends_with("Password must have symbol characters"));
        assert_eq!(all.check(" Aaaaaa1!").unwrap_err().code, "InvalidParameterException");
        assert!(all.check("Aaaaaa1!").is_ok());
    }
}
