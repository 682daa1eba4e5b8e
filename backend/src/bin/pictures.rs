//! The function `pictures`, a program of its own: what reads pictures and speaks to S3 would make every start of
//! the other functions slower (`cargo dev bench bootstrap`).

use std::io::Write;

use backend::{
    Dependencies,
    runtime::{clock, sdk, settings::Settings, telemetry::Process},
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::from_environment();
    let (name, stack) = (settings.required("_HANDLER")?, settings.required("STACK_NAME")?);
    let sdk = sdk::config(&settings).await?;
    let pictures = Dependencies::new(settings, sdk).pictures()?;
    let process = Process::new(name, stack, clock::now, write);
    lambda_runtime::run(service_fn(async |invocation: LambdaEvent<Value>| {
        let LambdaEvent { payload, context, .. } = invocation;
        process.run(&context.request_id, pictures.handle(payload, clock::now())).await
    }))
    .await
}

/// Writes a line at once to standard error, which Lambda collects; that this fails cannot be
/// reported anywhere.
fn write(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
