//! What is known of an invocation while it lasts, kept beside its span.

use serde_json::{Map, Value};
use tracing::{Level, Span};
use tracing_subscriber::{Registry, registry::LookupSpan};

use super::emf::{Measurements, Unit};
use crate::runtime::error::Error;

/// An invocation under way.
pub(super) struct Invocation {
    /// The fields of the span, by name; `outcome` is the message of the last line.
    pub(super) fields: Map<String, Value>,
    /// The level of the last line.
    pub(super) level: Level,
    pub(super) measurements: Measurements,
}

impl Invocation {
    pub(super) fn new() -> Self {
        Self { fields: Map::new(), level: Level::INFO, measurements: Measurements::default() }
    }

    /// What came of it, as far as that is known.
    pub(super) fn outcome(&self) -> &str {
        self.fields.get("outcome").and_then(Value::as_str).unwrap_or_default()
    }

    /// The fields of a line with `more` of its own: those of the span but `outcome`.
    pub(super) fn line(&self, more: Map<String, Value>) -> Map<String, Value> {
        let mut fields = self.fields.clone();
        fields.remove("outcome");
        fields.extend(more);
        fields
    }
}

/// Says what came of this invocation, as the message of its last line.
pub fn outcome(level: Level, outcome: &str) {
    Span::current().record("outcome", outcome);
    current(|invocation| invocation.level = level);
}

/// Says that this invocation failed. Of a customer's request that is refused, only the kind of
/// problem is recorded: its title may repeat what they wrote.
pub fn failed(error: &Error) {
    match error {
        Error::Problem(problem) => {
            let kind = serde_json::to_value(problem.kind).unwrap_or_default();
            Span::current().record("problem", kind.as_str());
            outcome(error.level(), "refused");
        }
        Error::InvalidEvent(_) | Error::Dependency { .. } | Error::Unreadable { .. } => {
            Span::current().record("error_type", error.kind());
            outcome(error.level(), &error.to_string());
        }
    }
}

/// Measures something in this invocation; a metric with a reason is also kept by that.
pub fn measure(name: &'static str, unit: Unit, reason: Option<&str>, value: i64) {
    current(|invocation| invocation.measurements.add(name, unit, reason, value));
}

/// What `f` makes of the invocation under way; `None` outside of any, as in some tests.
pub(super) fn current<T>(f: impl FnOnce(&mut Invocation) -> T) -> Option<T> {
    let with_span = |(id, dispatch): (&tracing::Id, &tracing::Dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        span.extensions_mut().get_mut::<Invocation>().map(f)
    };
    Span::current().with_subscriber(with_span).flatten()
}
