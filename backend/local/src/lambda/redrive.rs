//! Another try for what failed for good: from its queue back to the one function that was meant
//! to get it, as an asynchronous invocation with the original payload.

use anyhow::{Context, Result};
use axum::body::Bytes;

use super::Lambda;

impl Lambda {
    /// Takes a message off a queue and accepts an invocation of `function` (name, logical id or
    /// ARN) with `payload`: both or neither.
    ///
    /// # Errors
    /// If there is no such function or message, or the store fails.
    pub fn redrive(
        &self,
        queue: &str,
        message_id: &str,
        function: &str,
        payload: Vec<u8>,
    ) -> Result<()> {
        let found = self.find(function).with_context(|| format!("there is no {function}"))?;
        let payload = Bytes::from(payload);
        let accepted = self.dependencies().store.with(|connection| {
            let transaction = connection.transaction()?;
            if self.dependencies().sqs.remove(&transaction, queue, message_id)? == 0 {
                return Ok(None);
            }
            let accepted = self.accept(&transaction, found, &payload)?;
            transaction.commit()?;
            Ok(Some(accepted))
        })?;
        self.dispatch(accepted.with_context(|| format!("{queue} has no message {message_id}"))?);
        Ok(())
    }
}
