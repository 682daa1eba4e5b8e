//! The configuration of the AWS SDK's clients.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

use crate::runtime::settings::{Settings, SettingsError};

/// Certificates of Amazon Root CA 1 to 4 and Starfield Services Root G2, which sign every AWS
/// endpoint (www.amazontrust.com/repository). The operating system's store holds some 140 more,
/// and reading them is most of a cold start.
const AMAZON_ROOTS: &[u8] = include_bytes!("../../amazon-roots.pem");

/// How long a call may take with all its attempts, in seconds: less than every function's
/// `Timeout` in the template (a test compares them), so that the first call that gets no answer is
/// an error with its log line and metrics. A function that makes several slow calls may still be
/// killed; what it has not done is retried, or found by the watchdog.
pub const OPERATION_SECONDS: u64 = 7;

/// The configuration of every client of a function in Lambda.
///
/// # Errors
/// [`SettingsError::Invalid`] if `TRUST_STORE` is neither `amazon` nor `system`.
pub async fn config(settings: &Settings) -> Result<SdkConfig, SettingsError> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client(settings)?)
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .region(settings.optional("AWS_REGION").map(Region::new))
        .timeout_config(timeouts());
    Ok(config.load().await)
}

/// The timeouts of connecting, of an attempt, and of all attempts together.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(OPERATION_SECONDS))
        .build()
}

fn http_client(settings: &Settings) -> Result<SharedHttpClient, SettingsError> {
    const NAME: &str = "TRUST_STORE";
    let name = settings.optional(NAME).unwrap_or_else(|| "amazon".to_owned());
    let trust_store = match name.as_str() {
        "amazon" => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
        "system" => TrustStore::default(),
        other => return Err(SettingsError::invalid(NAME, other, "amazon or system")),
    };
    let tls = TlsContext::builder()
        .with_trust_store(trust_store)
        .build()
        .map_err(|_| SettingsError::invalid(NAME, &name, "a trust store that can be read"))?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https())
}
