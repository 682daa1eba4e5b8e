//! A customer's writes: each one transaction with the check that the account is open.

use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    builders::PutBuilder,
};
use shared::{
    UserId,
    api::{Problem, ProblemType},
};

use super::{
    row::{CLOSED, key},
    table::People,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{
        Attributes,
        transaction::{self, FAILED, transact},
    },
};

/// The result of a write that goes through only while the account is open.
#[derive(Debug, PartialEq)]
pub enum WhileOpen {
    /// It was written.
    Done,
    /// The account is open and the write's own condition failed; this is what is there instead, if
    /// anything.
    Conflict(Option<Attributes>),
}

impl People {
    /// Writes for a customer if the account is open.
    ///
    /// Two writes of one customer at the same moment conflict, for both check the same item; the
    /// SDK then retries.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not have been written.
    pub async fn while_open(&self, user: UserId, put: PutBuilder) -> Result<WhileOpen, Error> {
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(invalid)?;
        let put = TransactWriteItem::builder().put(put).build();
        match transact(&self.client, WRITING, vec![self.open(user)?, put]).await? {
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
        let Err(reasons) = transact(&self.client, WRITING, items).await? else {
            return Ok(Vec::new());
        };
        let failed: Vec<P> = names
            .into_iter()
            .zip(&reasons)
            .filter_map(|(name, reason)| (reason.code() == Some(FAILED)).then_some(name))
            .collect();
        if failed.is_empty() { Err(cancelled(&reasons)) } else { Ok(failed) }
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
    transaction::cancelled(WRITING, reasons)
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
}
