//! What happened, in order: the console shows it, and tests wait for it.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::broadcast;

use crate::time::now_ms;

/// How many entries are kept in memory.
const KEPT: usize = 2_000;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its place in the feed: 1 for the first, one more for each that follows.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What it was.
    #[serde(flatten)]
    pub event: FeedEvent,
}

/// The kinds of things that are recorded. As JSON, `kind` names the variant in snake_case.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedEvent {
    /// A bus accepted an event.
    EventPut {
        /// The whole event as its targets receive it.
        event: serde_json::Value,
        /// The bus it was put on.
        bus: String,
        /// Logical ids of the rules whose pattern matched.
        matched_rules: Vec<String>,
    },
    /// A bus refused an entry of a PutEvents call.
    EventRefused {
        /// AWS's error code, such as `MalformedDetail`.
        code: String,
        /// The sentence that went back to the caller.
        message: String,
    },
    /// A function ran to an end, good or bad.
    Invoked {
        /// Logical id of the function.
        function: String,
        /// How it was called.
        invocation: Invocation,
        /// `null` if it returned, else `Unhandled`, a timeout or a crash in words.
        error: Option<String>,
        /// From hand-over to answer.
        duration_ms: u64,
        /// 1 for the first try.
        attempt: u32,
        /// The request id that the function saw.
        request_id: String,
    },
    /// An asynchronous invocation failed and will be tried again.
    RetryScheduled {
        /// Logical id of the function.
        function: String,
        /// The request id, the same at each attempt.
        request_id: String,
        /// The attempt that failed.
        attempt: u32,
        /// When the next one is due, in milliseconds since 1970.
        due: u64,
        /// Why it failed.
        reason: String,
    },
    /// Something that could not be delivered was put on a dead-letter queue.
    DeadLettered {
        /// Name of the queue; `null` if there is none and it was dropped.
        queue: Option<String>,
        /// Logical id of the function that was meant to get it.
        function: String,
        /// Why it ended here.
        reason: String,
    },
    /// A mail with a confirmation code that Cognito would have sent.
    Code {
        /// The address.
        email: String,
        /// The code.
        code: String,
    },
    /// A WebSocket connection opened or closed.
    Socket {
        /// The connection's id.
        connection_id: String,
        /// What happened to it, in words.
        change: String,
    },
    /// A message was posted to a WebSocket connection.
    Push {
        /// The connection's id.
        connection_id: String,
        /// HTTP status of the answer: 200 sent, 410 gone.
        status: u16,
        /// What was posted, if it is text.
        body: String,
    },
    /// A line that a function wrote.
    Log {
        /// Logical id of the function.
        function: String,
        /// The line without its end.
        line: String,
    },
    /// IAM refused a call.
    Denied {
        /// Logical id of the function that called.
        function: String,
        /// The action, such as `dynamodb:PutItem`.
        action: String,
        /// The ARN it was tried on.
        resource: String,
    },
    /// A fault was injected.
    Fault {
        /// Which, and on what.
        what: String,
    },
}

/// How a function was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invocation {
    /// The caller waited for the answer.
    Synchronous,
    /// From the queue of asynchronous invocations.
    Asynchronous,
}

/// A handle to the feed; clones share it.
#[derive(Clone, Debug)]
pub struct Feed {
    recent: Arc<Mutex<Recent>>,
    news: broadcast::Sender<Arc<Entry>>,
}

#[derive(Debug, Default)]
struct Recent {
    last: u64,
    entries: VecDeque<Arc<Entry>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { recent: Arc::default(), news: broadcast::channel(KEPT).0 }
    }
}

impl Feed {
    /// Adds an entry with the next number and the time of now.
    pub fn record(&self, event: FeedEvent) {
        let mut recent = self.recent.lock();
        recent.last += 1;
        let entry = Arc::new(Entry { number: recent.last, at: now_ms(), event });
        if recent.entries.len() == KEPT {
            recent.entries.pop_front();
        }
        recent.entries.push_back(Arc::clone(&entry));
        // Sent under the lock, so that subscribers see the numbers in order. Nobody listening is
        // fine.
        let _ = self.news.send(entry);
    }

    /// The entries with a number greater than `number`, oldest first, as far as they are kept.
    pub fn since(&self, number: u64) -> Vec<Arc<Entry>> {
        let newer = |entry: &&Arc<Entry>| entry.number > number;
        self.recent.lock().entries.iter().filter(newer).cloned().collect()
    }

    /// Every entry from now on. A subscriber that falls behind by 2,000 gets
    /// `RecvError::Lagged` and can ask [`Feed::since`].
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Entry>> {
        self.news.subscribe()
    }
}
