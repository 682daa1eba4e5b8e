//! Events and spans of `tracing` as lines of JSON.

use std::{fmt, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value};
use shared::Timestamp;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::invocation::Invocation;

/// The crate whose events and spans are written: this one.
const TARGET: &str = env!("CARGO_CRATE_NAME");

/// Takes a line, which has no line break at its end.
type Write = Box<dyn Fn(&str) + Send + Sync>;

/// Where lines go, and the clock that dates them.
pub(super) struct Output {
    clock: fn() -> Timestamp,
    write: Write,
}

/// The layer that writes an event as a line, with the fields of its invocation.
pub(super) struct JsonLines(pub(super) Arc<Output>);

impl Output {
    pub(super) fn new(
        clock: fn() -> Timestamp,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self { clock, write: Box::new(write) }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn write(&self, level: Level, message: &str, fields: &Map<String, Value>) {
        #[derive(Serialize)]
        struct Line<'a> {
            timestamp: String,
            level: &'static str,
            message: &'a str,
            #[serde(flatten)]
            fields: &'a Map<String, Value>,
        }
        let (timestamp, level) = (rfc_3339(self.now()), level.as_str());
        let line = serde_json::to_string(&Line { timestamp, level, message, fields });
        (self.write)(&line.unwrap_or_default());
    }
}

fn rfc_3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().split("::").next() == Some(TARGET)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut invocation = Invocation::new();
        attributes.record(&mut Fields(&mut invocation.fields));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(invocation);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(invocation) = span.extensions_mut().get_mut::<Invocation>()
        {
            values.record(&mut Fields(&mut invocation.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        event.record(&mut Fields(&mut fields));
        let message = fields.remove("message");
        let message = message.as_ref().and_then(Value::as_str).unwrap_or_default();
        if let Some(span) = context.event_span(event)
            && let Some(invocation) = span.extensions().get::<Invocation>()
        {
            fields = invocation.line(fields);
        }
        self.0.write(*event.metadata().level(), message, &fields);
    }
}

/// Adds the fields of an event or span to a JSON object.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}
