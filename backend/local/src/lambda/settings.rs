//! What Lambda is started with.

use std::path::PathBuf;

use crate::faults::Faults;
use crate::feed::Feed;
use crate::iam::Iam;
use crate::sqs::Sqs;
use crate::store::Store;

/// What Lambda needs to know.
#[derive(Clone, Debug)]
pub struct LambdaSettings {
    /// The executable of every function.
    pub bootstrap: PathBuf,
    /// The region, a variable of every function.
    pub region: String,
    /// The account they are in.
    pub account_id: String,
    /// The address of the AWS endpoints, as a URL.
    pub endpoint: String,
    /// Path of the WebSocket API below it: `{api id}/{stage}`; `None` if there is none.
    pub connections_api: Option<String>,
    /// Host and port of the Runtime API; filled in by [`Lambda::start`].
    pub runtime_api: String,
    /// How many invocations may be on the processors at the same time; the others wait, the oldest
    /// first.
    pub concurrency: usize,
    /// How many processes a function may have that reserves no number of its own.
    pub processes: usize,
    /// Divides the waits between retries.
    pub time_scale: u32,
    /// Whether log lines also go to standard error.
    pub echo_logs: bool,
}

/// The other services Lambda works with.
#[derive(Clone, Debug)]
pub struct Dependencies {
    /// Keeps the asynchronous invocations.
    pub store: Store,
    /// Takes what failed.
    pub sqs: Sqs,
    /// Knows the functions' keys and roles.
    pub iam: Iam,
    /// Decides what is delivered twice or late, and which processes are killed.
    pub faults: Faults,
    /// Records what happened.
    pub feed: Feed,
}
