//! Builds the functions: from settings and the SDK's configuration to tables, the bus and the
//! WebSockets, and from those to each function.

use aws_config::SdkConfig;

use crate::{
    api::{Api, MaxTotals, Pictures},
    choreography::{
        delivery::Delivery, notifications::Notifications, restaurants::Restaurants, steps::Steps,
        timing::Timing, watchdog::Watchdog,
    },
    runtime::{
        origin_secret::OriginSecret,
        settings::{Settings, SettingsError},
    },
    store::{
        bus::Bus,
        catalog::Catalog,
        live::{Limits, Live, PerMinute},
        orders::Orders,
        people::People,
        pictures::Buckets,
    },
    websocket::{authorizer::Authorizer, connections::Connections, sockets::Sockets},
};

/// The settings and clients of one function's process.
pub struct Dependencies {
    settings: Settings,
    sdk: SdkConfig,
    dynamodb: aws_sdk_dynamodb::Client,
}

impl Dependencies {
    /// The dependencies of these settings, whose clients use `sdk`.
    #[must_use]
    pub fn new(settings: Settings, sdk: SdkConfig) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
        Self { settings, sdk, dynamodb }
    }

    /// The function `api`.
    ///
    /// # Errors
    /// [`SettingsError`] if a setting is missing or invalid, as for every function.
    pub fn api(&self) -> Result<Api, SettingsError> {
        Ok(Api {
            catalog: Catalog::new(self.dynamodb.clone(), self.settings.required("CATALOG_TABLE")?),
            steps: self.steps()?,
            people: self.people()?,
            live: self.live()?,
            sockets: self.sockets()?,
            timing: Timing::from_settings(&self.settings)?,
            origin: OriginSecret::from_settings(&self.settings),
            limits: self.limits()?,
            max_totals: MaxTotals::from_settings(&self.settings)?,
        })
    }

    /// The function `authorizer`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn authorizer(&self) -> Result<Authorizer, SettingsError> {
        Ok(Authorizer::new(self.live()?, OriginSecret::from_settings(&self.settings)))
    }

    /// The function `connections`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn connections(&self) -> Result<Connections, SettingsError> {
        Ok(Connections::new(self.limits()?, self.live()?, self.people()?, self.sockets()?))
    }

    /// The function `pictures`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn pictures(&self) -> Result<Pictures, SettingsError> {
        let uploads = self.settings.required("UPLOADS_BUCKET")?;
        let pictures = self.settings.required("PICTURES_BUCKET")?;
        Ok(Pictures {
            people: self.people()?,
            live: self.live()?,
            buckets: Buckets::new(&self.sdk, uploads, pictures),
            origin: OriginSecret::from_settings(&self.settings),
            limits: self.limits()?,
        })
    }

    /// The function `restaurants`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn restaurants(&self) -> Result<Restaurants, SettingsError> {
        Ok(Restaurants::new(self.steps()?, Timing::from_settings(&self.settings)?))
    }

    /// The function `delivery`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn delivery(&self) -> Result<Delivery, SettingsError> {
        Ok(Delivery::new(self.steps()?))
    }

    /// The function `notifications`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn notifications(&self) -> Result<Notifications, SettingsError> {
        Ok(Notifications::new(self.live()?, self.sockets()?))
    }

    /// The function `watchdog`.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn watchdog(&self) -> Result<Watchdog, SettingsError> {
        Ok(Watchdog::new(self.steps()?))
    }

    /// The table of orders.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn orders(&self) -> Result<Orders, SettingsError> {
        Ok(Orders::new(self.dynamodb.clone(), self.settings.required("ORDERS_TABLE")?))
    }

    /// The orders and the bus on which their events are published.
    ///
    /// # Errors
    /// As [`Dependencies::api`].
    pub fn steps(&self) -> Result<Steps, SettingsError> {
        let bus = aws_sdk_eventbridge::Client::new(&self.sdk);
        let bus = Bus::new(bus, self.settings.required("EVENT_BUS_NAME")?);
        Ok(Steps { orders: self.orders()?, bus })
    }

    fn live(&self) -> Result<Live, SettingsError> {
        Ok(Live::new(self.dynamodb.clone(), self.settings.required("LIVE_TABLE")?))
    }

    fn people(&self) -> Result<People, SettingsError> {
        Ok(People::new(self.dynamodb.clone(), self.settings.required("PEOPLE_TABLE")?))
    }

    fn limits(&self) -> Result<Limits, SettingsError> {
        Ok(Limits::new(self.live()?, PerMinute::from_settings(&self.settings)?))
    }

    /// The open WebSockets: at the address of their API, unless the environment names another.
    fn sockets(&self) -> Result<Sockets, SettingsError> {
        let mut config = aws_sdk_apigatewaymanagement::config::Builder::from(&self.sdk);
        if self.settings.optional("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI").is_none() {
            let domain = self.settings.required("WEBSOCKET_DOMAIN")?;
            let stage = self.settings.required("WEBSOCKET_STAGE")?;
            config = config.endpoint_url(format!("https://{domain}/{stage}"));
        }
        Ok(Sockets::new(aws_sdk_apigatewaymanagement::Client::from_conf(config.build())))
    }
}
