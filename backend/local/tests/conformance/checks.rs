//! What a check is, and what checks share: tokens, waiting, and reading what the probe was invoked with.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use crate::target::Target;
use crate::wire::aws::DYNAMODB;

/// One sentence about a service, and how to find out whether it is true.
pub(crate) struct Check {
    /// The sentence, in lower case as after a colon.
    pub(crate) sentence: &'static str,
    /// `Err` says why it is not true; a [`Skipped`] in it, why nobody can tell.
    pub(crate) run: for<'a> fn(&'a Target) -> LocalBoxFuture<'a, Result<()>>,
}

/// A table of checks: `"sentence" => function`.
macro_rules! checks {
    ($($sentence:literal => $check:path),* $(,)?) => {
        /// The checks of this service.
        pub(crate) const CHECKS: &[crate::checks::Check] = &[$(crate::checks::Check {
            sentence: $sentence,
            run: |target| Box::pin($check(target)),
        }),*];
    };
}
pub(crate) use checks;

/// Fails unless two values are the same, and says what they are.
macro_rules! same {
    ($actual:expr, $expected:expr $(,)?) => {
        match (&$actual, &$expected) {
            (actual, expected) => anyhow::ensure!(
                *actual == *expected,
                "{} is {actual:?}, not {expected:?}",
                stringify!($actual).split_whitespace().collect::<Vec<_>>().join(" ")
            ),
        }
    };
}
pub(crate) use same;

/// Why a check cannot be made on a target.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Skipped(pub(crate) &'static str);

/// What the probe wrote down about one invocation.
#[derive(Debug)]
pub(crate) struct Record {
    /// The `Handler` of the function.
    pub(crate) function: String,
    /// The invocation's request id; its retries have the same.
    pub(crate) request_id: String,
    /// What it was invoked with.
    pub(crate) event: Value,
}

/// A name that nothing else has.
pub(crate) fn token() -> String {
    let mut bytes = [0; 8];
    // Without randomness there are other worries than a name that repeats.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

impl Target {
    /// Waits until a function runs and what it is invoked with can be read: a role that was just made is
    /// not known everywhere at once.
    pub(crate) async fn ready(&self) -> Result<()> {
        let token = token();
        let payload = json!({"token": token}).to_string();
        let look = async || {
            let answer = self.aws.invoke(self.stack.get("Worker"), "RequestResponse", &payload);
            let runs = answer.await?.status == 200;
            Ok(if runs { self.records(&token).await?.pop() } else { None })
        };
        let invocations = self.eventually(self.patience.soon, look).await;
        invocations.map(drop).context("no function runs and records what it was invoked with")
    }

    /// What was recorded for a token so far, oldest first.
    pub(crate) async fn records(&self, token: &str) -> Result<Vec<Record>> {
        let query = json!({
            "TableName": self.stack.get("Table"),
            "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": {":id": {"S": token}},
            "ConsistentRead": true,
            "Limit": 100,
        });
        let found = self.aws.call(DYNAMODB, "Query", &query).await?.ok()?;
        let items = found["Items"].as_array().context("no Items")?;
        let text = |it: &Value, name: &str| it[name]["S"].as_str().unwrap_or_default().to_owned();
        items
            .iter()
            .map(|it| {
                Ok(Record {
                    function: text(it, "function"),
                    request_id: text(it, "request_id"),
                    event: serde_json::from_str(&text(it, "event"))?,
                })
            })
            .collect()
    }

    /// Waits until this many invocations were recorded for a token.
    pub(crate) async fn invocations(&self, token: &str, count: usize) -> Result<Vec<Record>> {
        let enough = async || Ok(Some(self.records(token).await?).filter(|it| it.len() >= count));
        let waited = self.eventually(self.patience.soon, enough).await;
        waited.with_context(|| format!("no {count} invocations were recorded"))
    }

    /// Waits for the one invocation of a token.
    pub(crate) async fn one_invocation(&self, token: &str) -> Result<Record> {
        let mut invocations = self.invocations(token, 1).await?;
        match (invocations.pop(), invocations.is_empty()) {
            (Some(it), true) => Ok(it),
            (it, _) => bail!("it was invoked again: {it:?}"),
        }
    }

    /// Looks again and again until there is something, or patience ends.
    pub(crate) async fn eventually<T>(
        &self,
        patience: Duration,
        look: impl AsyncFn() -> Result<Option<T>>,
    ) -> Result<T> {
        let give_up = Instant::now() + patience;
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if Instant::now() > give_up {
                bail!("it did not happen within {} s", patience.as_secs());
            }
            tokio::time::sleep(self.patience.pause).await;
        }
    }
}
