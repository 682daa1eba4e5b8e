//! What a function is given once per cold start: its settings and its AWS clients. The only reader
//! of the environment, and the only clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    timeout::TimeoutConfig,
};
use aws_smithy_http_client::tls;
use shared::Timestamp;

use crate::{
    bus::Bus,
    catalog::Catalog,
    limits::{Limits, PerMinute},
    live::Live,
    live::Sockets,
    maximum::MaxTotals,
    orders::Orders,
    origin::OriginSecret,
    people::People,
};

/// Certificates of Amazon Root CA 1 to 4 and Starfield Services Root G2, which sign every AWS
/// endpoint (www.amazontrust.com/repository). The operating system's store holds some 140 more,
/// and reading them is most of a cold start.
const AMAZON_ROOTS: &[u8] = include_bytes!("../amazon-roots.pem");

/// Where settings come from: a value by its name.
type Settings = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Settings by name, and the SDK's configuration.
pub struct Context {
    settings: Settings,
    sdk: SdkConfig,
}

/// What is wrong with a function's settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// A variable that the template sets is not there.
    #[error("{0} is not set; the template sets it")]
    Missing(&'static str),
    /// A variable holds what it must not.
    #[error("{name} is “{value}”, and must be {must}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        must: &'static str,
    },
    /// `_HANDLER` names none of our functions.
    #[error("no function is called “{0}”; see the table in main.rs")]
    UnknownHandler(String),
}

/// How fast things happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Whether kitchens and couriers are simulated.
    pub autopilot: bool,
    /// How long a simulated kitchen takes to answer, in seconds.
    pub accept_seconds: u32,
    /// How long a restaurant has to answer, in seconds; more than `accept_seconds`.
    pub accept_within_seconds: u32,
    /// How long a minute of preparation or travel lasts, in milliseconds: 60,000 × `PACE`.
    pub minute_millis: i64,
}

impl Context {
    /// The context of a real function: everything from the environment that Lambda gives it.
    ///
    /// # Errors
    /// [`ContextError::Invalid`] if `TRUST_STORE` is neither `amazon` nor `system`.
    pub async fn from_environment() -> Result<Self, ContextError> {
        let settings = |name: &str| std::env::var(name).ok();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .http_client(https(settings("TRUST_STORE"))?)
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .region(settings("AWS_REGION").map(Region::new))
            .timeout_config(timeouts())
            .load()
            .await;
        Ok(Self::new(settings, sdk))
    }

    /// A context of given settings, whose clients use `sdk`.
    pub fn new(
        settings: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        sdk: SdkConfig,
    ) -> Self {
        Self { settings: Box::new(settings), sdk }
    }

    /// Which function this is: what the template's `Handler` says.
    ///
    /// # Errors
    /// [`ContextError::Missing`] outside Lambda.
    pub fn handler(&self) -> Result<String, ContextError> {
        self.required("_HANDLER")
    }

    /// Which stack this is part of: its metrics say so.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if the template does not tell.
    pub fn stack_name(&self) -> Result<String, ContextError> {
        self.required("STACK_NAME")
    }

    /// The table of orders.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given that table.
    pub fn orders(&self) -> Result<Orders, ContextError> {
        Ok(Orders::new(self.dynamodb(), self.required("ORDERS_TABLE")?))
    }

    /// The table of people.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given that table.
    pub fn people(&self) -> Result<People, ContextError> {
        Ok(People::new(self.dynamodb(), self.required("PEOPLE_TABLE")?))
    }

    /// The table of restaurants and dishes.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given that table.
    pub fn catalog(&self) -> Result<Catalog, ContextError> {
        Ok(Catalog::new(self.dynamodb(), self.required("CATALOG_TABLE")?))
    }

    /// The table of connections and tickets.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given that table.
    pub fn live(&self) -> Result<Live, ContextError> {
        Ok(Live::new(self.dynamodb(), self.required("LIVE_TABLE")?))
    }

    /// The event bus.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given the bus.
    pub fn bus(&self) -> Result<Bus, ContextError> {
        let client = aws_sdk_eventbridge::Client::new(&self.sdk);
        Ok(Bus::new(client, self.required("EVENT_BUS_NAME")?))
    }

    /// The open WebSockets: at their API's own address, unless the environment names another.
    ///
    /// # Errors
    /// [`ContextError::Missing`] if this function is not given the WebSocket API.
    pub fn sockets(&self) -> Result<Sockets, ContextError> {
        let mut config = aws_sdk_apigatewaymanagement::config::Builder::from(&self.sdk);
        if (self.settings)("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI").is_none() {
            let domain = self.required("WEBSOCKET_DOMAIN")?;
            let stage = self.required("WEBSOCKET_STAGE")?;
            config = config.endpoint_url(format!("https://{domain}/{stage}"));
        }
        Ok(Sockets::new(aws_sdk_apigatewaymanagement::Client::from_conf(config.build())))
    }

    /// What a request through CloudFront carries; nothing is checked if `ORIGIN_SECRET` is empty
    /// or not set.
    #[must_use]
    pub fn origin_secret(&self) -> OriginSecret {
        OriginSecret::new((self.settings)("ORIGIN_SECRET").unwrap_or_default())
    }

    /// How much a customer may do a minute; what the environment does not limit is not limited.
    ///
    /// # Errors
    /// [`ContextError`] if a limit is no whole number, or this function is not given the table.
    pub fn limits(&self) -> Result<Limits, ContextError> {
        let most = PerMinute {
            orders: self.per_minute("ORDERS_PER_MINUTE")?,
            tickets: self.per_minute("TICKETS_PER_MINUTE")?,
            messages: self.per_minute("MESSAGES_PER_MINUTE")?,
        };
        Ok(Limits::new(self.live()?, most))
    }

    /// The most that an order may cost; without `MAX_ORDER_TOTALS` there is no limit.
    ///
    /// # Errors
    /// [`ContextError::Invalid`] if that is not what [`MaxTotals`] reads.
    pub fn max_totals(&self) -> Result<MaxTotals, ContextError> {
        const NAME: &str = "MAX_ORDER_TOTALS";
        let text = (self.settings)(NAME).unwrap_or_default();
        let must = "currencies with amounts in minor units, such as GBP:100000,*:100000000";
        text.parse().map_err(|_| invalid(NAME, &text, must))
    }

    /// How fast things happen.
    ///
    /// # Errors
    /// [`ContextError`] for a variable that is missing or out of range.
    pub fn timing(&self) -> Result<Timing, ContextError> {
        let autopilot = match self.required("AUTOPILOT")?.as_str() {
            "on" => true,
            "off" => false,
            other => return Err(invalid("AUTOPILOT", other, "on or off")),
        };
        let timing = Timing {
            autopilot,
            accept_seconds: self.seconds("ACCEPT_SECONDS")?,
            accept_within_seconds: self.seconds("ACCEPT_WITHIN_SECONDS")?,
            minute_millis: minute_millis(&self.required("PACE")?)?,
        };
        if timing.accept_within_seconds <= timing.accept_seconds {
            let value = timing.accept_within_seconds.to_string();
            return Err(invalid("ACCEPT_WITHIN_SECONDS", &value, "more than ACCEPT_SECONDS"));
        }
        Ok(timing)
    }

    fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk)
    }

    fn required(&self, name: &'static str) -> Result<String, ContextError> {
        (self.settings)(name).ok_or(ContextError::Missing(name))
    }

    fn per_minute(&self, name: &'static str) -> Result<u32, ContextError> {
        let Some(value) = (self.settings)(name) else { return Ok(0) };
        value.parse().map_err(|_| invalid(name, &value, "a whole number; 0 is no limit"))
    }

    fn seconds(&self, name: &'static str) -> Result<u32, ContextError> {
        let value = self.required(name)?;
        value.parse().map_err(|_| invalid(name, &value, "a whole number of seconds"))
    }
}

/// The time now.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// After how long a call with all its attempts is given up, in seconds: below every function's
/// `Timeout` in the template (a test compares them), so that a service that does not answer is an
/// error of ours, with its metrics and its line in the log, and not a function that is killed.
pub const OPERATION_SECONDS: u64 = 7;

/// Connecting, an attempt, and all attempts together.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(OPERATION_SECONDS))
        .build()
}

fn https(
    trust_store: Option<String>,
) -> Result<aws_sdk_dynamodb::config::SharedHttpClient, ContextError> {
    let trust = match trust_store.as_deref() {
        None | Some("amazon") => tls::TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
        Some("system") => tls::TrustStore::default(),
        Some(other) => return Err(invalid("TRUST_STORE", other, "amazon or system")),
    };
    let context = tls::TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|_| ContextError::Missing("a readable trust store"))?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}

fn invalid(name: &'static str, value: &str, must: &'static str) -> ContextError {
    ContextError::Invalid { name, value: value.to_owned(), must }
}

/// `PACE` is a setting for people (`0.0167`); everything after it is whole milliseconds.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "read once, rounded, never money"
)]
fn minute_millis(pace: &str) -> Result<i64, ContextError> {
    match pace.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok((value * 60_000.0).round() as i64),
        _ => Err(invalid("PACE", pace, "a number from 0 to 1")),
    }
}
