//! Logs, spans and metrics: lines of JSON on standard error, of which the last one of each
//! invocation says what came of it and carries its metrics.
//!
//! A handler runs in one span ([`tracing`]), named `invocation`. Its fields are in every line:
//! `function` and `request_id`, and as soon as they are known `event_id`, `order_id`, `connection`,
//! `route`, `status` (of HTTP), `problem` and `error_type`. A handler records them by
//! `Span::current().record(…)`, says what came of the invocation by [`outcome`], and writes a line
//! of its own (`tracing::warn!`) only for what the last line cannot say. The last line's message is
//! the outcome or the error, and it adds `cold_start` (whether the process was new), `duration_ms`
//! and the metrics ([`measure`]). A function that is killed ends without; Lambda itself says so.
//!
//! Lambda reads `timestamp` and `level`, and drops what is below the template's
//! `ApplicationLogLevel`
//! (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html). No line holds
//! anything personal: fields are ids, names, numbers and messages of ours, and the events and spans
//! of other crates, such as the SDK's, are not written.
//!
//! Without any subscriber the bootstrap has 5.55 MB, for the linker then removes the instrumentation
//! of the SDK and the runtime. With one it has 5.80 MB, and had 6.21 MB before `Cargo.toml` left out
//! their DEBUG and TRACE. A subscriber does not change the time from the start to the first poll
//! (2.37 and 2.44 ms, medians of 120).
//!
//! Why the lines are written here and not by `tracing_subscriber::fmt`: its JSON nests the span's
//! fields in the line, and `cargo aws tail`, the alarms and queries of an owner find them beside
//! the message.

mod emf;
mod invocation;
mod lines;
mod process;

pub use emf::{NAMESPACE, Unit};
pub use invocation::{failed, measure, outcome};
pub use process::Process;
