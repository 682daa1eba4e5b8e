//! Writes of several items at once, and why one was cancelled.

use aws_sdk_dynamodb::{
    Client,
    config::{
        self,
        interceptors::InterceptorContext,
        retry::{ClassifyRetry, RetryAction},
    },
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};

use crate::runtime::error::Error;

/// The code of a [`CancellationReason`] whose condition failed.
pub const FAILED: &str = "ConditionalCheckFailed";
/// The code of one whose item another request was writing at the same moment.
const CONFLICT: &str = "TransactionConflict";
/// The codes of reasons that pass by themselves.
const TRANSIENT: [&str; 3] = [CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded"];

/// Writes all items or none; or the reasons why the transaction was cancelled, one for each of its items.
///
/// One that is cancelled only for reasons that pass by themselves is sent again by the SDK, with the same token, so
/// that a write whose answer was lost is not made twice.
///
/// # Errors
/// [`Error::Dependency`] if they may not have been written for another reason.
pub async fn transact(
    client: &Client,
    operation: &'static str,
    items: Vec<TransactWriteItem>,
) -> Result<Result<(), Vec<CancellationReason>>, Error> {
    let transaction = client
        .transact_write_items()
        .set_transact_items(Some(items))
        .customize()
        .config_override(config::Builder::new().retry_classifier(RetryTransient));
    match transaction.send().await {
        Ok(_) => Ok(Ok(())),
        Err(SdkError::ServiceError(error)) => match error.into_err() {
            TransactWriteItemsError::TransactionCanceledException(canceled) => {
                Ok(Err(canceled.cancellation_reasons.unwrap_or_default()))
            }
            other => Err(Error::dependency(operation, other)),
        },
        Err(other) => Err(Error::dependency(operation, other)),
    }
}

/// A write that came first, or at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Race {
    /// It came first: what was read before is out of date.
    Lost,
    /// It was being made at the same moment, and may not have been made either.
    Undecided,
}

impl Race {
    /// The race for which a transaction was cancelled, if it was for one.
    #[must_use]
    pub fn of(reasons: &[CancellationReason]) -> Option<Self> {
        let is_lost = any(reasons, &[FAILED]).then_some(Self::Lost);
        is_lost.or_else(|| any(reasons, &[CONFLICT]).then_some(Self::Undecided))
    }
}

/// That a transaction was cancelled for these reasons.
#[must_use]
pub fn cancelled(operation: &'static str, reasons: &[CancellationReason]) -> Error {
    let codes: Vec<_> = reasons.iter().map(CancellationReason::code).collect();
    Error::Dependency { operation, cause: format!("cancelled: {codes:?}") }
}

/// Makes the SDK retry a transaction that was cancelled only for a transient reason: it does so by
/// itself for a single write, and not for a transaction.
#[derive(Debug)]
struct RetryTransient;

impl ClassifyRetry for RetryTransient {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        match error.and_then(|error| error.as_operation_error()?.downcast_ref()) {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled))
                if is_transient(canceled.cancellation_reasons()) =>
            {
                RetryAction::throttling_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "transient reasons of a cancelled transaction"
    }
}

fn is_transient(reasons: &[CancellationReason]) -> bool {
    any(reasons, &TRANSIENT) && !any(reasons, &[FAILED])
}

fn any(reasons: &[CancellationReason], codes: &[&str]) -> bool {
    reasons.iter().filter_map(CancellationReason::code).any(|code| codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: [&str; 2]) -> Vec<CancellationReason> {
        codes.map(|code| CancellationReason::builder().code(code).build()).into()
    }

    #[test]
    fn a_write_at_the_same_moment_need_not_have_come_first() {
        for (codes, race) in [
            ([CONFLICT, FAILED], Some(Race::Lost)),
            (["None", CONFLICT], Some(Race::Undecided)),
            (["None", "ThrottlingError"], None),
        ] {
            assert_eq!(Race::of(&reasons(codes)), race, "{codes:?}");
        }
    }

    #[test]
    fn only_transient_reasons_are_retried() {
        assert!(is_transient(&reasons(["TransactionConflict", "None"])));
        assert!(is_transient(&reasons(["None", "ThrottlingError"])));
        for codes in
            [["None", FAILED], [FAILED, "TransactionConflict"], ["None", "ValidationError"]]
        {
            assert!(!is_transient(&reasons(codes)), "{codes:?}");
        }
    }
}
