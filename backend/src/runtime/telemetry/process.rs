//! One invocation of a function, from its beginning to its last line.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use shared::Timestamp;
use tracing::{
    Dispatch, Instrument, Level, Span, dispatcher, field::Empty, info_span,
    instrument::WithSubscriber,
};
use tracing_subscriber::{Registry, layer::SubscriberExt};

use super::{
    invocation::{current, failed},
    lines::{JsonLines, Output},
};
use crate::runtime::error::Error;

/// A function's process, which takes one invocation after the other.
pub struct Process {
    function: String,
    stack: String,
    output: Arc<Output>,
    dispatch: Dispatch,
    is_warm: AtomicBool,
}

impl Process {
    /// A new process of the function that the template calls `function`, in the stack `stack`;
    /// `write` takes its lines, each without a line break at its end.
    pub fn new(
        function: String,
        stack: String,
        clock: fn() -> Timestamp,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let output = Arc::new(Output::new(clock, write));
        let dispatch = Dispatch::new(Registry::default().with(JsonLines(Arc::clone(&output))));
        Self { function, stack, output, dispatch, is_warm: AtomicBool::new(false) }
    }

    /// Does the work of one invocation in a span, and writes its last line.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn run<T>(
        &self,
        request_id: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let began = self.output.now();
        // A handler's state is large, and each future that holds it by value makes it larger.
        let work = Box::pin(work);
        let work = async {
            let result = work.await;
            if let Err(error) = &result {
                failed(error);
            }
            self.end(began);
            result
        };
        let span = dispatcher::with_default(&self.dispatch, || self.span(request_id));
        work.instrument(span).with_subscriber(self.dispatch.clone()).await
    }

    fn span(&self, request_id: &str) -> Span {
        info_span!(
            "invocation",
            function = self.function,
            request_id,
            event_id = Empty,
            order_id = Empty,
            connection = Empty,
            route = Empty,
            status = Empty,
            problem = Empty,
            error_type = Empty,
            outcome = "done",
            cold_start = Empty,
            duration_ms = Empty,
        )
    }

    /// Writes the last line, which holds what was measured; what does not fit beside it (see
    /// `Measurements::documents`) goes before it.
    fn end(&self, began: Timestamp) {
        let now = self.output.now();
        let measurements = current(|invocation| mem::take(&mut invocation.measurements));
        let documents = measurements.unwrap_or_default().documents(&self.stack, now);
        let mut documents = documents.into_iter();
        let last = documents.next();
        for document in documents {
            current(|invocation| {
                self.output.write(Level::INFO, "more was measured", &invocation.line(document));
            });
        }
        Span::current()
            .record("cold_start", !self.is_warm.swap(true, Ordering::Relaxed))
            .record("duration_ms", now.millis_since(began).max(0));
        current(|invocation| {
            // Lambda must not drop a line with metrics.
            let level = match last {
                Some(_) => invocation.level.min(Level::INFO),
                None => invocation.level,
            };
            let line = invocation.line(last.unwrap_or_default());
            self.output.write(level, invocation.outcome(), &line);
        });
    }
}
