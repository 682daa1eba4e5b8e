//! DynamoDB: an embedded engine, with the tables the template declares.

use std::path::Path;

use anyhow::{Context, Result};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dynoxide::errors::CancellationReason;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

mod permissions;
pub(crate) mod properties;
mod tables;

use crate::aws::{ServiceError, text_response};
use crate::faults::{FaultPlan, Faults};
use crate::iam::{Caller, Iam};
use crate::store;
use crate::template::Stack;

/// A handle to the tables; clones share them.
#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
    /// The ARN of each table begins so.
    arn: String,
}

impl DynamoDb {
    /// Opens the engine, in memory or in a file, and creates the tables that are not there yet.
    ///
    /// # Errors
    /// If the engine cannot be opened, a declaration is wrong, or a table that is there has
    /// other keys or indexes than the template now declares.
    pub(crate) fn open(stack: &Stack, file: Option<&Path>) -> Result<Self> {
        if let Some(file) = file {
            store::check(file)?;
        }
        let database = match file {
            Some(file) => Database::new(&file.display().to_string())
                .map_err(anyhow::Error::from)
                .with_context(|| store::unreadable(file))?,
            None => Database::memory()?,
        };
        // Sets `synchronous = NORMAL`: with the write-ahead log that is still safe against a
        // SIGKILL, and it spares a flush of the disk for every write.
        database.disable_bulk_loading()?;
        tables::create(&database, stack)?;
        let arn = format!("arn:aws:dynamodb:{}:{}:table", stack.region, stack.account_id);
        Ok(Self { database, arn })
    }

    /// Deletes what TTL says is over; returns how many items.
    ///
    /// # Errors
    /// The engine's.
    pub fn sweep(&self) -> Result<usize> {
        self.database.sweep_ttl().context("the sweep of expired items")
    }

    /// Answers one call.
    pub(crate) fn call(
        &self,
        iam: &Iam,
        faults: &Faults,
        caller: &Caller,
        operation: &str,
        body: &[u8],
    ) -> Result<Response, ServiceError> {
        let text = std::str::from_utf8(body).map_err(|it| malformed(&it))?;
        let request: Value = serde_json::from_str(text).map_err(|it| malformed(&it))?;
        for (action, table) in permissions::needed(operation, &request) {
            let arn = format!("{}/{table}", self.arn);
            iam.check(caller, &format!("dynamodb:{action}"), &arn, &[]).map_err(|it| {
                ServiceError::new("com.amazon.coral.service#AccessDeniedException", it.to_string())
            })?;
        }
        if let Some(fault) = inject_faults(faults, caller, operation, &request) {
            return Ok(fault);
        }
        Ok(match self.run(operation, text) {
            Ok(answer) => text_response(StatusCode::OK, answer),
            Err(error) => refused(operation, &error),
        })
    }

    fn run(&self, operation: &str, body: &str) -> Result<String, DynoxideError> {
        let db = &self.database;
        match operation {
            "GetItem" => run(body, |it| db.get_item(it)),
            "PutItem" => run(body, |it| db.put_item(it)),
            "UpdateItem" => run(body, |it| db.update_item(it)),
            "DeleteItem" => run(body, |it| db.delete_item(it)),
            "Query" => run(body, |it| db.query(it)),
            "Scan" => run(body, |it| db.scan(it)),
            "BatchGetItem" => run(body, |it| db.batch_get_item(it)),
            "BatchWriteItem" => run(body, |it| db.batch_write_item(it)),
            "TransactGetItems" => run(body, |it| db.transact_get_items(it)),
            "TransactWriteItems" => run(body, |it| db.transact_write_items(it)),
            "DescribeTable" => run(body, |it| db.describe_table(it)),
            "DescribeTimeToLive" => run(body, |it| db.describe_time_to_live(it)),
            "ListTables" => run(body, |it| db.list_tables(it)),
            // Tables come from the template alone.
            _ => Err(DynoxideError::ValidationException(format!(
                "{operation} is not supported by the local emulator"
            ))),
        }
    }
}

impl std::fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamoDb").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// Whether an operation changes anything.
pub(crate) fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
    )
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &str,
    call: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_str(body).map_err(|error| unreadable(&error))?;
    let answer = call(request)?;
    serde_json::to_string(&answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The engine's deserializers mark the kind of their error by a prefix of its message.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    match text.split_once(':') {
        Some((marker, rest)) if marker.starts_with("VALIDATION") => {
            DynoxideError::ValidationException(rest.to_owned())
        }
        Some((marker, rest)) if marker.starts_with("SERIALIZATION") => {
            DynoxideError::SerializationException(rest.to_owned())
        }
        _ if text.starts_with("missing field") => {
            DynoxideError::ValidationException(text.to_owned())
        }
        _ => DynoxideError::SerializationException(text.to_owned()),
    }
}

fn refused(operation: &str, error: &DynoxideError) -> Response {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
    // For these operations DynamoDB says how many errors it found; the engine leaves that to its server.
    let counted = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
    match error {
        DynoxideError::EnvelopedValidation(message) if counted => {
            let message = format!("1 validation error detected: {message}");
            text_response(status, DynoxideError::ValidationException(message).to_json())
        }
        error => text_response(status, error.to_json()),
    }
}

fn malformed(error: &dyn std::fmt::Display) -> ServiceError {
    ServiceError::new("com.amazon.coral.service#SerializationException", error.to_string())
}

/// The answer of a call into which a fault is injected.
fn inject_faults(
    faults: &Faults,
    caller: &Caller,
    operation: &str,
    request: &Value,
) -> Option<Response> {
    if faults.hits(caller, |it| it.throttle, "throttled a call") {
        let throttled = ServiceError::new(
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded.",
        );
        return Some(throttled.into_response());
    }
    let conflicts = |it: &FaultPlan| it.transaction_conflict;
    if !writes(operation) || !faults.hits(caller, conflicts, "transaction conflict") {
        return None;
    }
    Some(match operation {
        "TransactWriteItems" => refused(operation, &canceled(request)),
        _ => ServiceError::new(
            "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
            "Transaction is ongoing for the item",
        )
        .into_response(),
    })
}

/// A transaction that met another at its first item: a reason for each item, as AWS gives them
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html>).
fn canceled(request: &Value) -> DynoxideError {
    let items = request.get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len);
    let reason = |item| {
        let (code, message) = match item {
            0 => ("TransactionConflict", Some("Transaction is ongoing for the item".to_owned())),
            _ => ("None", None),
        };
        CancellationReason { code: code.to_owned(), message, item: None }
    };
    let reasons: Vec<_> = (0..items).map(reason).collect();
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
    DynoxideError::TransactionCanceledException(
        format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
        reasons,
    )
}
