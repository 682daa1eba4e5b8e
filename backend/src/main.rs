//! The table of functions: Lambda sets the template's `Handler` as `_HANDLER`, and one bootstrap
//! serves all but `pictures`, which is a program of its own (`bin/pictures.rs`).

use std::io::Write;

use backend::{
    Dependencies, Error,
    api::Api,
    choreography::{
        delivery::Delivery, notifications::Notifications, restaurants::Restaurants,
        watchdog::Watchdog,
    },
    runtime::{
        clock, sdk,
        settings::{Settings, SettingsError},
        telemetry::Process,
    },
    websocket::{authorizer::Authorizer, connections::Connections},
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use shared::Timestamp;

enum Function {
    Api(Box<Api>),
    Authorizer(Authorizer),
    Connections(Connections),
    Restaurants(Restaurants),
    Delivery(Delivery),
    Notifications(Notifications),
    Watchdog(Watchdog),
}

impl Function {
    fn new(name: &str, dependencies: &Dependencies) -> Result<Self, SettingsError> {
        match name {
            "api" => dependencies.api().map(Box::new).map(Self::Api),
            "authorizer" => dependencies.authorizer().map(Self::Authorizer),
            "connections" => dependencies.connections().map(Self::Connections),
            "restaurants" => dependencies.restaurants().map(Self::Restaurants),
            "delivery" => dependencies.delivery().map(Self::Delivery),
            "notifications" => dependencies.notifications().map(Self::Notifications),
            "watchdog" => dependencies.watchdog().map(Self::Watchdog),
            other => {
                Err(SettingsError::invalid("_HANDLER", other, "a function of the table in main.rs"))
            }
        }
    }

    async fn handle(&self, event: Value, deadline: Timestamp) -> Result<Value, Error> {
        let now = clock::now();
        match self {
            Self::Api(api) => api.handle(event, now).await,
            Self::Authorizer(authorizer) => authorizer.handle(event, now).await,
            Self::Connections(connections) => connections.handle(event, now).await,
            Self::Restaurants(restaurants) => restaurants.handle(event, now).await,
            Self::Delivery(delivery) => delivery.handle(event, now).await,
            Self::Notifications(notifications) => notifications.handle(event, now).await,
            Self::Watchdog(watchdog) => watchdog.handle(clock::now, deadline).await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::from_environment();
    let (name, stack) = (settings.required("_HANDLER")?, settings.required("STACK_NAME")?);
    let sdk = sdk::config(&settings).await?;
    let function = Function::new(&name, &Dependencies::new(settings, sdk))?;
    let process = Process::new(name, stack, clock::now, write);
    lambda_runtime::run(service_fn(async |invocation: LambdaEvent<Value>| {
        let LambdaEvent { payload, context, .. } = invocation;
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = function.handle(payload, Timestamp::from_millis(deadline));
        process.run(&context.request_id, work).await
    }))
    .await
}

/// Writes a line at once to standard error, which Lambda collects; that this fails cannot be
/// reported anywhere.
fn write(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
