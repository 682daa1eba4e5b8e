//! The open connections and their outboxes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::aws::ServiceError;
use crate::time::now_ms;

/// How many messages may wait for a client that does not read.
const OUTBOX: usize = 1_024;

/// What is known of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its id, in AWS's form.
    pub(super) id: String,
    /// When the handshake came, in milliseconds since 1970.
    pub(super) connected_at: u64,
    pub(super) source_ip: IpAddr,
    pub(super) user_agent: Option<String>,
    /// The authorizer's context.
    pub(super) authorizer: Option<Map<String, Value>>,
    last_active: AtomicU64,
}

/// What is to be written to a connection.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A message.
    Message(Vec<u8>),
    /// The end: someone deleted it.
    Close,
}

/// Every open connection by id.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<HashMap<String, Open>>,
}

/// A connection and its outbox.
type Open = (Arc<Connection>, mpsc::Sender<Outgoing>);

impl Connection {
    pub(super) fn new(parts: &Parts, source_ip: IpAddr) -> Self {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok());
        let now = now_ms();
        Self {
            id: crate::random::gateway_id(),
            connected_at: now,
            source_ip,
            user_agent: agent.map(str::to_owned),
            authorizer: None,
            last_active: AtomicU64::new(now),
        }
    }

    /// When it last sent or was sent a message, in milliseconds since 1970.
    pub(super) fn last_active(&self) -> u64 {
        self.last_active.load(Ordering::Relaxed)
    }

    pub(super) fn is_active_now(&self) {
        self.last_active.store(now_ms(), Ordering::Relaxed);
    }
}

impl Connections {
    /// Opens a connection for pushes; what is pushed comes out of the receiver.
    pub(super) fn open(&self, connection: &Arc<Connection>) -> mpsc::Receiver<Outgoing> {
        let (outbox, pushed) = mpsc::channel(OUTBOX);
        self.open.lock().insert(connection.id.clone(), (Arc::clone(connection), outbox));
        pushed
    }

    pub(super) fn close(&self, id: &str) {
        self.open.lock().remove(id);
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Connection>> {
        self.open.lock().get(id).map(|(connection, _)| Arc::clone(connection))
    }

    /// Puts something into a connection's outbox.
    pub(super) fn put(&self, id: &str, outgoing: Outgoing) -> Result<(), ServiceError> {
        let open = self.open.lock();
        let (_, outbox) = open.get(id).ok_or_else(gone)?;
        outbox.try_send(outgoing).map_err(|why| match why {
            TrySendError::Closed(_) => gone(),
            TrySendError::Full(_) => {
                let why = "The client does not read what is sent to it.";
                let full = ServiceError::new("LimitExceededException", why);
                full.with_status(StatusCode::TOO_MANY_REQUESTS)
            }
        })
    }
}

/// The answer about a connection that is not open.
pub(super) fn gone() -> ServiceError {
    ServiceError::new("GoneException", "Gone").with_status(StatusCode::GONE)
}
