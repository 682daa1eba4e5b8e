//! Signature Version 4, as far as JSON calls need it
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
//!
//! By hand, because two programs share it and one of them is the probe: a binary target, which
//! has no development dependencies and must stay a few hundred kilobytes of code.

use sha2::{Digest, Sha256};

/// Who signs, where, and for which service.
pub(crate) struct Signer<'a> {
    /// The public half of the key.
    pub(crate) access_key_id: &'a str,
    /// The secret half.
    pub(crate) secret_access_key: &'a str,
    /// What temporary keys come with.
    pub(crate) session_token: Option<&'a str>,
    /// Such as `eu-west-2`.
    pub(crate) region: &'a str,
    /// The name the service signs under, such as `dynamodb`.
    pub(crate) service: &'a str,
}

/// What is signed. There is no query: no call made here has one.
pub(crate) struct Signed<'a> {
    /// Such as `POST`.
    pub(crate) method: &'a str,
    /// The `host` header as it is sent.
    pub(crate) host: &'a str,
    /// The path as it is sent, percent signs included.
    pub(crate) path: &'a str,
    /// The other headers, their names in lower case. All of them are signed.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// What is sent.
    pub(crate) body: &'a [u8],
    /// When, in seconds since 1970.
    pub(crate) at: u64,
}

impl Signer<'_> {
    /// The headers that make a request a signed one.
    pub(crate) fn sign(&self, request: &Signed<'_>) -> Vec<(&'static str, String)> {
        let at = moment(request.at);
        let mut own = vec![("x-amz-date", at.clone())];
        own.extend(self.session_token.map(|it| ("x-amz-security-token", it.to_owned())));
        let mut headers = vec![("host", request.host)];
        headers.extend(request.headers);
        headers.extend(own.iter().map(|(name, value)| (*name, value.as_str())));
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, it)| format!("{name}:{it}\n")).collect();
        let canonical = format!(
            "{}\n{}\n\n{lines}\n{names}\n{}",
            request.method,
            encode(request.path),
            hex(&Sha256::digest(request.body))
        );
        let scope = format!("{}/{}/{}/aws4_request", &at[..8], self.region, self.service);
        let digest = hex(&Sha256::digest(canonical.as_bytes()));
        let signature =
            hex(&self.seal(&scope, &format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}")));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key_id
        );
        own.push(("authorization", authorization));
        own
    }

    /// Signs a text with the key that is made for one scope only.
    fn seal(&self, scope: &str, text: &str) -> [u8; 32] {
        let secret = format!("AWS4{}", self.secret_access_key).into_bytes();
        let key = scope.split('/').fold(secret, |key, part| hmac(&key, part.as_bytes()).to_vec());
        hmac(&key, text.as_bytes())
    }
}

/// RFC 2104 over SHA-256.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    match key.len() {
        0..=64 => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let inner = Sha256::new().chain_update(block.map(|it| it ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|it| it ^ 0x5c)).chain_update(inner).finalize().into()
}

/// The path once more in percent signs, as every service but S3 wants it.
fn encode(path: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    path.bytes().map(one).collect()
}

/// `20260228T131415Z`.
fn moment(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// The civil date of a day since 1970: years are counted from March, so that a leap day is the
/// last of its year.
fn date(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let era = day / 146_097;
    let of_era = day % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
