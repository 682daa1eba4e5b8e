//! A function as the template declares it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Result, ensure};
use parking_lot::Mutex;
use serde_json::Value;

use super::logging::Logging;
use super::pool::Pool;
use crate::sqs::Sqs;
use crate::template::{Resource, Stack};

/// One function and the processes that run it.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) logical_id: String,
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) handler: String,
    /// What its processes run.
    pub(crate) program: PathBuf,
    pub(crate) memory_mb: u64,
    pub(crate) timeout: Duration,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) logging: Logging,
    /// Whether X-Ray traces every invocation, with the function's own role.
    pub(crate) is_traced: bool,
    pub(crate) when_asynchronous: Asynchronous,
    /// Whether this machine had no room for its last process.
    pub(crate) is_starved: AtomicBool,
    /// Its processes.
    pub(crate) pool: Mutex<Pool>,
}

/// What happens to an asynchronous invocation that fails
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>).
#[derive(Clone, Debug)]
pub(crate) struct Asynchronous {
    /// How often it is tried again after an error of the function.
    pub(crate) retries: u32,
    /// How old it may get.
    pub(crate) max_age: Duration,
    /// Name and ARN of the queue it is reported to in the end.
    pub(crate) on_failure: Option<(String, String)>,
}

impl Function {
    /// Reads a function and its event invoke config. It may have so many processes, unless it
    /// reserves a number of its own. `bootstrap` is what functions run.
    pub(crate) fn read(
        stack: &Stack,
        resource: &Resource,
        sqs: &Sqs,
        processes: usize,
        bootstrap: &Path,
    ) -> Result<Self> {
        check(resource)?;
        let reserved = resource.number("/ReservedConcurrentExecutions")?;
        let limit = reserved.and_then(|it| usize::try_from(it).ok());
        Ok(Self {
            logical_id: resource.logical_id.clone(),
            name: resource.physical_id.clone(),
            arn: stack.arn(&resource.logical_id).unwrap_or_default(),
            handler: resource.required("/Handler")?.to_owned(),
            program: program(resource, bootstrap),
            memory_mb: resource.number("/MemorySize")?.unwrap_or(128),
            timeout: Duration::from_secs(resource.number("/Timeout")?.unwrap_or(3)),
            variables: variables(resource)?,
            logging: Logging::read(stack, resource)?,
            is_traced: resource.text("/TracingConfig/Mode") == Some("Active"),
            when_asynchronous: asynchronous(stack, resource, sqs)?,
            is_starved: AtomicBool::new(false),
            pool: Mutex::new(Pool::new(limit.unwrap_or(processes), limit.is_some())),
        })
    }

    /// Whether this is what a caller means: by logical id, name or ARN.
    pub(crate) fn is(&self, name: &str) -> bool {
        let name = name.strip_suffix(":$LATEST").unwrap_or(name);
        [&self.logical_id, &self.name, &self.arn].into_iter().any(|it| it == name)
    }
}

/// What a function runs: the program beside the bootstrap that has the name of the function's package, such as
/// `pictures` for the key `pictures.zip`; the bootstrap, if the package is called so or has no name.
pub fn program(function: &Resource, bootstrap: &Path) -> PathBuf {
    let key = function.text("/Code/S3Key").unwrap_or_default();
    match Path::new(key).file_stem().filter(|name| *name != "bootstrap") {
        Some(name) => bootstrap.with_file_name(name),
        None => bootstrap.to_owned(),
    }
}

fn check(resource: &Resource) -> Result<()> {
    let runtime = resource.text("/Runtime").unwrap_or_default();
    let custom = runtime.starts_with("provided");
    ensure!(custom, resource.refuse("its Runtime must be provided.al2023: a bootstrap"));
    let zip = resource.text("/PackageType").unwrap_or("Zip") == "Zip";
    ensure!(zip, resource.refuse("its PackageType must be Zip"));
    Ok(())
}

fn variables(resource: &Resource) -> Result<Vec<(String, String)>> {
    let declared = resource.at("/Environment/Variables").and_then(Value::as_object);
    let one = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        Value::Number(_) | Value::Bool(_) => Ok((name.clone(), value.to_string())),
        _ => Err(resource.refuse(&format!("the variable {name} must be text"))),
    };
    declared.into_iter().flatten().map(one).collect()
}

fn asynchronous(stack: &Stack, function: &Resource, sqs: &Sqs) -> Result<Asynchronous> {
    let mut configs = stack.of_kind("AWS::Lambda::EventInvokeConfig");
    let named = |it: &&Resource| {
        let name = it.text("/FunctionName");
        name == Some(&function.physical_id) || name == stack.arn(&function.logical_id).as_deref()
    };
    let Some(config) = configs.find(named) else {
        let max_age = Duration::from_secs(21_600);
        return Ok(Asynchronous { retries: 2, max_age, on_failure: None });
    };
    let qualifier = config.text("/Qualifier").unwrap_or("$LATEST");
    ensure!(qualifier == "$LATEST", config.refuse("its Qualifier must be $LATEST"));
    let retries = config.number("/MaximumRetryAttempts")?.unwrap_or(2);
    ensure!(retries <= 2, config.refuse("MaximumRetryAttempts must be 0, 1 or 2"));
    let max_age = config.number("/MaximumEventAgeInSeconds")?.unwrap_or(21_600);
    ensure!(
        (60..=21_600).contains(&max_age),
        config.refuse("MaximumEventAgeInSeconds must be 60 to 21600")
    );
    Ok(Asynchronous {
        retries: u32::try_from(retries)?,
        max_age: Duration::from_secs(max_age),
        on_failure: destination(config, sqs)?,
    })
}

fn destination(config: &Resource, sqs: &Sqs) -> Result<Option<(String, String)>> {
    let arn = config.text("/DestinationConfig/OnFailure/Destination");
    let queue = |arn| match sqs.by_arn(arn) {
        Some(queue) => Ok((queue.to_owned(), arn.to_owned())),
        None => Err(config.refuse("its destination must be a queue of this template")),
    };
    arn.map(queue).transpose()
}
