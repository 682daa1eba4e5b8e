//! A customer's writes: each one transaction with the check that the account is open.

use aws_sdk_dynamodb::{
    config::{
        self,
        interceptors::InterceptorContext,
        retry::{ClassifyRetry, RetryAction},
    },
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        CancellationReason, ConditionCheck, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        builders::PutBuilder,
    },
};
use shared::{
    UserId,
    api::{Problem, ProblemType},
};

use super::{
    row::{CLOSED, key},
    table::People,
};
use crate::{runtime::error::Error, store::dynamodb::Attributes};

/// The result of a write that goes through only while the account is open.
#[derive(Debug, PartialEq)]
pub enum WhileOpen {
    /// It was written.
    Done,
    /// The account is open and the write's own condition failed; this is what is there instead, if
    /// anything.
    Conflict(Option<Attributes>),
}

/// The code of a [`CancellationReason`] whose condition failed.
const FAILED: &str = "ConditionalCheckFailed";
/// The codes of reasons that pass by themselves.
const TRANSIENT: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

impl People {
    /// Writes for a customer if the account is open.
    ///
    /// Two writes of one customer at the same moment conflict, for both check the same item; the
    /// SDK then retries (`RetryTransient`) with the same token, so that a write whose answer was
    /// lost is not made twice.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not have been written.
    pub async fn while_open(&self, user: UserId, put: PutBuilder) -> Result<WhileOpen, Error> {
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(invalid)?;
        let put = TransactWriteItem::builder().put(put).build();
        match self.send(vec![self.open(user)?, put]).await? {
            Ok(()) => Ok(WhileOpen::Done),
            Err(reasons) => conflict(reasons),
        }
    }

    /// Writes all parts or none, and returns those whose condition failed: none if all are written.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been written for another reason.
    pub(super) async fn transact<P>(
        &self,
        parts: Vec<(P, TransactWriteItem)>,
    ) -> Result<Vec<P>, Error> {
        let (names, items): (Vec<P>, Vec<TransactWriteItem>) = parts.into_iter().unzip();
        let Err(reasons) = self.send(items).await? else { return Ok(Vec::new()) };
        let failed: Vec<P> = names
            .into_iter()
            .zip(&reasons)
            .filter_map(|(name, reason)| (reason.code() == Some(FAILED)).then_some(name))
            .collect();
        if failed.is_empty() { Err(cancelled(&reasons)) } else { Ok(failed) }
    }

    /// Sends a transaction; or the reasons why it was cancelled, one for each of its parts.
    async fn send(
        &self,
        items: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Vec<CancellationReason>>, Error> {
        let transaction = self
            .client
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
                other => Err(Error::dependency(WRITING, other)),
            },
            Err(other) => Err(Error::dependency(WRITING, other)),
        }
    }

    /// The check that an account is open.
    pub(super) fn open(&self, user: UserId) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key(user, CLOSED)))
            .condition_expression("attribute_not_exists(user_id)")
            .build()
            .map_err(invalid)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

const WRITING: &str = "writing for a customer";

/// A part of a transaction that cannot be built, which does not happen.
pub(super) fn invalid(error: impl std::error::Error) -> Error {
    Error::dependency(WRITING, error)
}

fn cancelled(reasons: &[CancellationReason]) -> Error {
    let codes: Vec<_> = reasons.iter().map(CancellationReason::code).collect();
    Error::Dependency { operation: WRITING, cause: format!("cancelled: {codes:?}") }
}

/// What the reasons say, one for each part of the transaction. What the write met counts first: an
/// order that is there is answered as it is, also on a closed account.
fn conflict(reasons: Vec<CancellationReason>) -> Result<WhileOpen, Error> {
    let [closed, put] = <[_; 2]>::try_from(reasons).map_err(|reasons| cancelled(&reasons))?;
    match (closed.code(), put.code()) {
        (_, Some(FAILED)) => Ok(WhileOpen::Conflict(put.item)),
        (Some(FAILED), _) => Err(account_closed()),
        _ => Err(cancelled(&[closed, put])),
    }
}

/// The account is being deleted, or is deleted.
#[must_use]
pub fn account_closed() -> Error {
    Problem::new(
        ProblemType::AccountClosed,
        "This account is being deleted and accepts no changes.",
    )
    .into()
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
    let any = |codes: &[&str]| {
        reasons.iter().filter_map(CancellationReason::code).any(|code| codes.contains(&code))
    };
    any(&TRANSIENT) && !any(&[FAILED])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: [&str; 2]) -> Vec<CancellationReason> {
        codes.map(|code| CancellationReason::builder().code(code).build()).into()
    }

    #[test]
    fn what_the_write_met_counts_before_what_the_account_is() {
        let none = WhileOpen::Conflict(None);
        assert_eq!(conflict(reasons(["None", FAILED])).unwrap(), none);
        assert_eq!(conflict(reasons([FAILED, FAILED])).unwrap(), none);
        assert!(matches!(conflict(reasons([FAILED, "None"])), Err(Error::Problem(_))));
        for codes in [["TransactionConflict", "None"], ["None", "ValidationError"]] {
            assert!(matches!(conflict(reasons(codes)), Err(Error::Dependency { .. })), "{codes:?}");
        }
        assert!(matches!(conflict(Vec::new()), Err(Error::Dependency { .. })));
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
