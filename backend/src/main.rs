//! The table of functions: Lambda hands `Handler` over as `_HANDLER`, and one bootstrap serves all.

use std::{io::Write, sync::Arc};

use backend::{
    Context, Error, api::Api, authorizer::Authorizer, connections::Connections, context,
    delivery::Delivery, invocation::Process, notifications::Notifications,
    restaurants::Restaurants, watchdog::Watchdog,
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
    fn new(context: &Context) -> Result<Self, context::ContextError> {
        match context.handler()?.as_str() {
            "api" => Api::new(context).map(Box::new).map(Self::Api),
            "authorizer" => Authorizer::new(context).map(Self::Authorizer),
            "connections" => Connections::new(context).map(Self::Connections),
            "restaurants" => Restaurants::new(context).map(Self::Restaurants),
            "delivery" => Delivery::new(context).map(Self::Delivery),
            "notifications" => Notifications::new(context).map(Self::Notifications),
            "watchdog" => Watchdog::new(context).map(Self::Watchdog),
            other => Err(context::ContextError::UnknownHandler(other.to_owned())),
        }
    }

    async fn handle(&self, event: Value, deadline: Timestamp) -> Result<Value, Error> {
        let now = context::now();
        match self {
            Self::Api(api) => api.handle(event, now).await,
            Self::Authorizer(authorizer) => authorizer.handle(event, now).await,
            Self::Connections(connections) => connections.handle(event, now).await,
            Self::Restaurants(restaurants) => restaurants.handle(event, now).await,
            Self::Delivery(delivery) => delivery.handle(event, now).await,
            Self::Notifications(notifications) => notifications.handle(event, now).await,
            Self::Watchdog(watchdog) => watchdog.handle(context::now, deadline).await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let context = Context::from_environment().await?;
    let function = Function::new(&context)?;
    let (name, stack) = (context.handler()?, context.stack_name()?);
    let process = Arc::new(Process::new(name, stack, context::now, write));
    lambda_runtime::run(service_fn(async |invocation: LambdaEvent<Value>| {
        let LambdaEvent { payload, context, .. } = invocation;
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = function.handle(payload, Timestamp::from_millis(deadline));
        process.run(&context.request_id, work).await
    }))
    .await
}

/// Writes a line at once. To standard error, because Lambda collects both streams; if it does not
/// take the line, there is nobody left to tell.
fn write(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
