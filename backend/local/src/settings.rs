//! What the local AWS is started with.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::faults::FaultPlan;

/// Everything [`crate::cloud::Cloud::start`] needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The CloudFormation template to emulate.
    pub template: PathBuf,
    /// Name of the stack; physical names are made from it.
    pub stack_name: String,
    /// The region to pretend to be in, such as `eu-west-2`.
    pub region: String,
    /// Values for the template's parameters; the others take their defaults.
    pub parameters: BTreeMap<String, String>,
    /// The executable that every function of the template runs.
    pub bootstrap: PathBuf,
    /// Where state is kept.
    pub state: State,
    /// Where the AWS endpoints listen; port 0 picks a free one.
    pub endpoint: SocketAddr,
    /// How many invocations may be on the processors at the same time; the others wait, the oldest
    /// first. At least 1.
    pub concurrency: usize,
    /// How many processes a function may have that reserves no number of its own; what comes
    /// beyond waits. At least 1.
    pub processes: usize,
    /// Divides schedule intervals and the waits of asynchronous retries; nothing else. At least 1.
    pub time_scale: u32,
    /// Faults to inject; `None` injects none.
    pub faults: Option<FaultPlan>,
    /// Limits of the WebSocket API.
    pub socket_limits: SocketLimits,
    /// The origin a browser uses; `None` starts no edge.
    pub edge: Option<EdgeSettings>,
    /// What the HTTP API answers with 503 when more is asked of it than it can do in time: a
    /// problem document (RFC 9457) such as the functions' own; `None` answers as API Gateway does.
    pub problem_when_overloaded: Option<String>,
    /// An event that the console's form offers to send.
    pub sample_event: Option<SampleEvent>,
    /// Whether the functions' log lines are also written to standard error.
    pub echo_logs: bool,
}

impl Settings {
    /// Settings that need no more than a template and a bootstrap: in memory, on free ports, in
    /// `eu-west-2`, real time, no faults, no edge.
    pub fn new(template: impl Into<PathBuf>, bootstrap: impl Into<PathBuf>) -> Self {
        Self {
            template: template.into(),
            stack_name: "local".to_owned(),
            region: "eu-west-2".to_owned(),
            parameters: BTreeMap::new(),
            bootstrap: bootstrap.into(),
            state: State::Memory,
            endpoint: SocketAddr::from(([127, 0, 0, 1], 0)),
            concurrency: concurrency(),
            processes: 8,
            time_scale: 1,
            faults: None,
            socket_limits: SocketLimits::default(),
            edge: None,
            problem_when_overloaded: None,
            sample_event: None,
            echo_logs: true,
        }
    }
}

/// Two invocations for each processor: while one waits for a table, the other computes.
fn concurrency() -> usize {
    2 * std::thread::available_parallelism().map_or(1, usize::from)
}

/// Where state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In memory: gone with the process.
    Memory,
    /// In this folder, created if absent: survives a SIGKILL.
    Folder(PathBuf),
}

/// Limits of a WebSocket API; the default is AWS's
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>).
#[derive(Clone, Debug)]
pub struct SocketLimits {
    /// A connection without a message for this long is closed.
    pub idle: Duration,
    /// A connection is closed when it is this old.
    pub duration: Duration,
    /// Largest frame in bytes.
    pub frame_bytes: usize,
    /// Largest message in bytes.
    pub message_bytes: usize,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(10 * 60),
            duration: Duration::from_secs(2 * 60 * 60),
            frame_bytes: 32 * 1024,
            message_bytes: 128 * 1024,
        }
    }
}

/// An event that the console's form is filled with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SampleEvent {
    /// Its source.
    pub source: String,
    /// Its detail-type.
    pub detail_type: String,
    /// Its detail: a JSON object as text.
    pub detail: String,
    /// The field of the detail that holds a UUID and gets a fresh one on demand.
    pub id_field: Option<String>,
}

/// The one origin with CloudFront's paths.
#[derive(Clone, Debug)]
pub struct EdgeSettings {
    /// Where it listens; port 0 picks a free one.
    pub addr: SocketAddr,
    /// The built page; `None` serves no page.
    pub site: Option<PathBuf>,
    /// Documents that are in the site's bucket beside the built page, and change without it: they take
    /// precedence over files of the same name.
    pub documents: Option<PathBuf>,
    /// Further folders by their path prefix, such as `/art`.
    pub folders: BTreeMap<String, PathBuf>,
    /// The text served as `/config.json`. `${LogicalId}` and `${LogicalId.Attribute}` in it are
    /// replaced as by `Fn::Sub`.
    pub config_json: String,
}
