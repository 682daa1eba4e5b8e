//! Presigned requests: whoever has the address may send it, once or often, until it expires
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>).

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use axum::http::request::Parts;
use jiff::Timestamp;

use super::error::{S3Error, access_denied, bad_query, signature_does_not_match};

/// The parameters that hold the signature and what it needs.
const OWN: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];
/// The longest that an address can be valid, in seconds: a week.
const LONGEST: u64 = 604_800;
/// By how much the clocks may differ, in milliseconds.
const CLOCK_SKEW: u64 = 15 * 60 * 1_000;

/// What signs an address, as its query says.
struct Signed {
    access_key_id: String,
    region: String,
    service: String,
    token: Option<String>,
    /// In milliseconds since 1970.
    at: u64,
    expires: Duration,
    headers: Vec<String>,
    signature: String,
}

/// Whether an address with this query is a presigned one.
pub(super) fn is_presigned(query: &str) -> bool {
    parameter(query, "X-Amz-Signature").is_some()
}

/// Verifies a presigned request: the access key id that signed it.
///
/// # Errors
/// S3's, if it has expired or is not valid yet, or if it is not what was signed: another method,
/// host, path, query or value of a signed header.
pub(super) fn verify(parts: &Parts, secret: &str, now: u64) -> Result<String, S3Error> {
    let query = parts.uri.query().unwrap_or_default();
    let signed = Signed::read(query)?;
    if now + CLOCK_SKEW < signed.at {
        return Err(access_denied("Request is not valid yet"));
    }
    let until = signed.at + signed.expires.as_secs() * 1_000;
    if until <= now {
        return Err(access_denied("Request has expired"));
    }
    let signature = signed.signature_of(parts, query, secret);
    match signature.is_some_and(|it| it == signed.signature) {
        true => Ok(signed.access_key_id),
        false => Err(signature_does_not_match()),
    }
}

impl Signed {
    fn read(query: &str) -> Result<Self, S3Error> {
        let needed = |name: &str| {
            let missing = || bad_query(&format!("Query-string authentication needs {name}"));
            parameter(query, name).ok_or_else(missing)
        };
        if needed("X-Amz-Algorithm")? != "AWS4-HMAC-SHA256" {
            return Err(bad_query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
        }
        let credential = needed("X-Amz-Credential")?;
        let [key, date, region, service, "aws4_request"] =
            credential.split('/').collect::<Vec<_>>()[..]
        else {
            return Err(bad_query("Error parsing the X-Amz-Credential parameter"));
        };
        let moment = needed("X-Amz-Date")?;
        let at = milliseconds(&moment).filter(|_| moment.starts_with(date));
        let expires = needed("X-Amz-Expires")?.parse().ok();
        let expires = expires.filter(|it| (1..=LONGEST).contains(it));
        Ok(Self {
            access_key_id: key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            token: parameter(query, "X-Amz-Security-Token"),
            at: at.ok_or_else(|| bad_query("X-Amz-Date must be a date of the credential"))?,
            expires: expires
                .map(Duration::from_secs)
                .ok_or_else(|| bad_query("X-Amz-Expires must be from 1 to 604800 seconds"))?,
            headers: needed("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: needed("X-Amz-Signature")?,
        })
    }

    /// The signature that the request as it came has; `None` if it cannot have one.
    fn signature_of(&self, parts: &Parts, query: &str, secret: &str) -> Option<String> {
        let token = self.token.clone();
        let keys = Credentials::new(&self.access_key_id, secret, token, None, "local");
        let identity = keys.into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(self.expires);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(self.at))
            .settings(settings)
            .build()
            .ok()?;
        let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
        let url = format!("http://{}{}?{}", header("host")?, parts.uri.path(), rest(query));
        let headers = self.headers.iter().filter_map(|name| Some((name.as_str(), header(name)?)));
        let body = SignableBody::UnsignedPayload;
        let request = SignableRequest::new(parts.method.as_str(), url, headers, body).ok()?;
        let (signed, signature) = sign(request, &params.into()).ok()?.into_parts();
        // The host is signed whether or not the address says so.
        let names = signed.params().iter().find(|(name, _)| *name == "X-Amz-SignedHeaders")?;
        (names.1 == self.headers.join(";")).then_some(signature)
    }
}

/// The query without the parameters of the signature.
fn rest(query: &str) -> String {
    let is_own = |pair: &&str| OWN.contains(&pair.split('=').next().unwrap_or_default());
    query.split('&').filter(|it| !is_own(it)).collect::<Vec<_>>().join("&")
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A moment such as `20260131T235959Z`, in milliseconds since 1970.
fn milliseconds(text: &str) -> Option<u64> {
    let text = format!("{}+0000", text.strip_suffix('Z')?);
    let moment = Timestamp::strptime("%Y%m%dT%H%M%S%z", &text).ok()?;
    u64::try_from(moment.as_millisecond()).ok()
}
