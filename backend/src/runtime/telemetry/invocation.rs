//! One invocation of a function, from its beginning to its last line.
//!
//! What an invocation is about, what came of it and what it measured is noted while it lasts
//! ([`crate::log`], [`crate::metrics`]), and told by one line at its end: its message is the
//! outcome or the error, and beside the ids it holds `cold_start` (whether the process was new),
//! `duration_ms`, for an error `error_type`, and whatever was measured. A function that is killed
//! ends without; Lambda itself says so.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Map, Value};
use shared::Timestamp;

use crate::{
    Error,
    log::{self, Level, written},
    metrics::Tally,
};

tokio::task_local! {
    static CURRENT: Invocation;
}

/// What takes a line, which has no end of its own.
type Write = Box<dyn Fn(&str) + Send + Sync>;

/// A function's process, which takes one invocation after the other.
pub struct Process {
    function: String,
    stack: String,
    clock: fn() -> Timestamp,
    write: Write,
    is_warm: AtomicBool,
}

/// An invocation under way.
pub(crate) struct Invocation {
    process: Arc<Process>,
    began: Timestamp,
    cold_start: bool,
    notes: Mutex<Notes>,
}

/// What is known of an invocation so far.
struct Notes {
    /// What every line carries.
    about: Map<String, Value>,
    level: Level,
    outcome: String,
    measured: Tally,
}

impl Process {
    /// A new process of the function that the template calls `function`, in the stack `stack`.
    pub fn new(
        function: String,
        stack: String,
        clock: fn() -> Timestamp,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let is_warm = AtomicBool::new(false);
        Self { function, stack, clock, write: Box::new(write), is_warm }
    }

    /// Does the work of one invocation, and writes its last line.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn run<T>(
        self: &Arc<Self>,
        request_id: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // A handler's state is large, and each future that holds it by value makes it larger.
        let work = Box::pin(work);
        let work = async {
            let result = work.await;
            if let Err(error) = &result {
                log::failed(error);
            }
            current(Invocation::end);
            result
        };
        CURRENT.scope(Invocation::new(self, request_id), work).await
    }
}

impl Invocation {
    fn new(process: &Arc<Process>, request_id: &str) -> Self {
        let about = Map::from_iter([
            ("function".to_owned(), process.function.clone().into()),
            ("request_id".to_owned(), request_id.into()),
        ]);
        Self {
            process: Arc::clone(process),
            began: (process.clock)(),
            cold_start: !process.is_warm.swap(true, Ordering::Relaxed),
            notes: Mutex::new(Notes {
                about,
                level: Level::Info,
                outcome: "done".to_owned(),
                measured: Tally::default(),
            }),
        }
    }

    pub(crate) fn about(&self, name: &str, value: Value) {
        self.notes().about.insert(name.to_owned(), value);
    }

    pub(crate) fn outcome(&self, level: Level, message: &str) {
        let mut notes = self.notes();
        notes.level = level;
        message.clone_into(&mut notes.outcome);
    }

    pub(crate) fn measure(&self, measure: impl FnOnce(&mut Tally)) {
        measure(&mut self.notes().measured);
    }

    pub(crate) fn line(&self, level: Level, message: &str, fields: &Map<String, Value>) {
        let mut all = self.notes().about.clone();
        all.extend(fields.clone());
        (self.process.write)(&written((self.process.clock)(), level, message, &all));
    }

    /// Writes the last line, which holds what was measured; what does not fit beside it (see
    /// [`Tally::documents`]) goes before it.
    fn end(&self) {
        let now = (self.process.clock)();
        let (level, outcome, measured) = self.notes().ending();
        let mut documents = measured.documents(&self.process.stack, now).into_iter();
        let (mut last, level) = match documents.next() {
            Some(measured) => (measured, level.max(Level::Info)),
            None => (Map::new(), level),
        };
        last.insert("cold_start".to_owned(), self.cold_start.into());
        last.insert("duration_ms".to_owned(), now.millis_since(self.began).max(0).into());
        for document in documents {
            self.line(Level::Info, "more was measured", &document);
        }
        self.line(level, &outcome, &last);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn ending(&mut self) -> (Level, String, Tally) {
        (self.level, mem::take(&mut self.outcome), mem::take(&mut self.measured))
    }
}

/// What the invocation under way makes of this; `None` outside of any, as in tests.
pub(crate) fn current<T>(f: impl FnOnce(&Invocation) -> T) -> Option<T> {
    CURRENT.try_with(f).ok()
}
