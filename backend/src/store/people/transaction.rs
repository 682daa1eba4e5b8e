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

use super::{CLOSED, People, WhileOpen, key};
use crate::Error;

/// The code of a [`CancellationReason`] whose condition failed.
const FAILED: &str = "ConditionalCheckFailed";
/// Those that a moment later are no reason any more.
const PASSING: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

impl People {
    /// Writes for a customer if the account is open.
    ///
    /// Two writes of one customer at the same moment conflict, for both check the same item; the
    /// SDK is told to try again (`Passing`), under the same token, so that a write whose answer
    /// was lost is not made twice.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Outside`] if it may not have been written.
    pub async fn while_open(&self, user: UserId, put: PutBuilder) -> Result<WhileOpen, Error> {
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(unsaid)?;
        let transaction = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().condition_check(self.open(user)?).build())
            .transact_items(TransactWriteItem::builder().put(put).build())
            .customize()
            .config_override(config::Builder::new().retry_classifier(Passing));
        match transaction.send().await {
            Ok(_) => Ok(WhileOpen::Done),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                TransactWriteItemsError::TransactionCanceledException(canceled) => {
                    refused(canceled.cancellation_reasons.unwrap_or_default())
                }
                other => Err(Error::outside(WRITING, other)),
            },
            Err(other) => Err(Error::outside(WRITING, other)),
        }
    }

    fn open(&self, user: UserId) -> Result<ConditionCheck, Error> {
        ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key(user, CLOSED)))
            .condition_expression("attribute_not_exists(user_id)")
            .build()
            .map_err(unsaid)
    }
}

const WRITING: &str = "writing for a customer";

fn unsaid(error: impl std::error::Error) -> Error {
    Error::outside(WRITING, error)
}

/// What the reasons say, one for each part of the transaction. What the write met counts first: an
/// order that is there is answered as it is, also on a closed account.
fn refused(reasons: Vec<CancellationReason>) -> Result<WhileOpen, Error> {
    let [closed, put] = <[_; 2]>::try_from(reasons).map_err(|reasons| Error::Outside {
        what: WRITING,
        why: format!("{} reasons for two parts", reasons.len()),
    })?;
    match (closed.code(), put.code()) {
        (_, Some(FAILED)) => Ok(WhileOpen::Refused(put.item)),
        (Some(FAILED), _) => Err(account_closed()),
        (closed, put) => {
            Err(Error::Outside { what: WRITING, why: format!("cancelled: {closed:?}, {put:?}") })
        }
    }
}

/// The account is being deleted, or is deleted.
pub(crate) fn account_closed() -> Error {
    Problem::new(
        ProblemType::AccountClosed,
        "This account is being deleted; it takes nothing any more.",
    )
    .into()
}

/// Tells the SDK to try a transaction again that nothing but a passing reason cancelled: it does
/// so by itself for a single write, and not for a transaction.
#[derive(Debug)]
struct Passing;

impl ClassifyRetry for Passing {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        match error.and_then(|error| error.as_operation_error()?.downcast_ref()) {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled))
                if passing(canceled.cancellation_reasons()) =>
            {
                RetryAction::throttling_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "passing reasons of a cancelled transaction"
    }
}

fn passing(reasons: &[CancellationReason]) -> bool {
    let any = |codes: &[&str]| {
        reasons.iter().filter_map(CancellationReason::code).any(|code| codes.contains(&code))
    };
    any(&PASSING) && !any(&[FAILED])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: [&str; 2]) -> Vec<CancellationReason> {
        codes.map(|code| CancellationReason::builder().code(code).build()).into()
    }

    #[test]
    fn what_the_write_met_counts_before_what_the_account_is() {
        let none = WhileOpen::Refused(None);
        assert_eq!(refused(reasons(["None", FAILED])).unwrap(), none);
        assert_eq!(refused(reasons([FAILED, FAILED])).unwrap(), none);
        assert!(matches!(refused(reasons([FAILED, "None"])), Err(Error::Refused(_))));
        for codes in [["TransactionConflict", "None"], ["None", "ValidationError"]] {
            assert!(matches!(refused(reasons(codes)), Err(Error::Outside { .. })), "{codes:?}");
        }
        assert!(matches!(refused(Vec::new()), Err(Error::Outside { .. })));
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        assert!(passing(&reasons(["TransactionConflict", "None"])));
        assert!(passing(&reasons(["None", "ThrottlingError"])));
        for codes in
            [["None", FAILED], [FAILED, "TransactionConflict"], ["None", "ValidationError"]]
        {
            assert!(!passing(&reasons(codes)), "{codes:?}");
        }
    }
}
