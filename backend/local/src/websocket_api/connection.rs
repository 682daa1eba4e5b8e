//! An open connection: messages in, pushes out, limits, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::connections::{Connection, Outgoing};
use super::{Shared, dispatch};

/// How long a client may take to read a message.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait for a client to close its side.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// How a connection ended.
struct End {
    code: u16,
    reason: String,
    /// Whether a close frame is still to be sent.
    by_us: bool,
}

impl End {
    fn ours(code: CloseCode, reason: &str) -> Self {
        Self { code: code.into(), reason: reason.to_owned(), by_us: true }
    }

    fn theirs(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), by_us: false }
    }

    fn abnormal() -> Self {
        Self::theirs(1006, "Connection Closed Abnormally")
    }
}

/// Runs a connection until it ends. `upgraded` is `None` if the client was gone before it began.
pub(super) async fn run(
    api: Arc<Shared>,
    connection: Arc<Connection>,
    upgraded: Option<Upgraded>,
    mut outbox: mpsc::Receiver<Outgoing>,
) {
    let end = match upgraded {
        None => End::abnormal(),
        Some(upgraded) => {
            let limits = WebSocketConfig::default()
                .max_frame_size(Some(api.limits.frame_bytes))
                .max_message_size(Some(api.limits.message_bytes));
            let io = TokioIo::new(upgraded);
            let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(limits)).await;
            let end = exchange(&api, &connection, &mut socket, &mut outbox).await;
            // Closed to pushes before the client is informed: a push after its end is refused
            // (410).
            api.connections.close(&connection.id);
            if end.by_us {
                send_close(socket, &end).await;
            }
            end
        }
    };
    api.connections.close(&connection.id);
    api.record_change(&connection.id, format!("closed: {} {}", end.code, end.reason));
    dispatch::disconnect(&api, &connection, end.code, &end.reason).await;
}

async fn exchange(
    api: &Arc<Shared>,
    connection: &Arc<Connection>,
    socket: &mut Socket,
    outbox: &mut mpsc::Receiver<Outgoing>,
) -> End {
    let opened = Instant::now();
    let mut active = opened;
    loop {
        let ends = (active + api.limits.idle).min(opened + api.limits.duration);
        tokio::select! {
            incoming = socket.next() => match incoming {
                Some(Ok(Message::Text(text))) => {
                    active = Instant::now();
                    connection.is_active_now();
                    let (api, connection) = (Arc::clone(api), Arc::clone(connection));
                    tokio::spawn(dispatch::message(api, connection, text.as_str().to_owned()));
                }
                Some(Ok(Message::Binary(_))) => {
                    return End::ours(CloseCode::Unsupported, "Binary frames are not supported");
                }
                Some(Ok(Message::Close(frame))) => return closed(socket, frame).await,
                // Ping and pong keep no connection alive; tungstenite answers them.
                Some(Ok(_)) => {}
                Some(Err(why)) => return broken(&why),
                None => return End::abnormal(),
            },
            outgoing = outbox.recv() => match outgoing {
                Some(Outgoing::Message(bytes)) => {
                    active = Instant::now();
                    connection.is_active_now();
                    let sent = timeout(WRITE_TIMEOUT, socket.send(message(bytes))).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        return End::abnormal();
                    }
                }
                Some(Outgoing::Close) | None => {
                    return End::ours(CloseCode::Normal, "Connection Closed Normally");
                }
            },
            () = sleep_until(ends) => return End::ours(CloseCode::Away, "Going away"),
        }
    }
}

fn message(bytes: Vec<u8>) -> Message {
    match String::from_utf8(bytes) {
        Ok(text) => Message::text(text),
        Err(other) => Message::binary(other.into_bytes()),
    }
}

/// The client closes. Reading on sends our own close frame.
async fn closed(socket: &mut Socket, frame: Option<CloseFrame>) -> End {
    let _ = timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = socket.next().await {} }).await;
    match frame {
        Some(frame) => End::theirs(frame.code.into(), frame.reason.as_str()),
        None => End::theirs(1005, "Client-side close frame status not set"),
    }
}

fn broken(why: &Error) -> End {
    match why {
        Error::Capacity(_) => End::ours(CloseCode::Size, "Message too long"),
        Error::Utf8(_) => End::ours(CloseCode::Invalid, "Not UTF-8"),
        Error::Protocol(why) => End::ours(CloseCode::Protocol, &why.to_string()),
        _ => End::abnormal(),
    }
}

/// Sends the reason and waits for the client's close frame. Where that cannot be read, it reads the
/// rest of what the client was saying: closing a TCP connection with unread bytes resets it, and
/// ours would be lost.
async fn send_close(mut socket: Socket, end: &End) {
    let frame = CloseFrame { code: end.code.into(), reason: end.reason.as_str().into() };
    let exchanged = async {
        socket.send(Message::Close(Some(frame))).await?;
        while socket.next().await.transpose()?.is_some() {}
        Ok::<_, Error>(())
    };
    let _ = timeout(CLOSE_TIMEOUT, exchanged).await;
    let mut raw = socket.into_inner();
    let mut unread = [0; 4_096];
    let drained = async {
        raw.shutdown().await?;
        while raw.read(&mut unread).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    let _ = timeout(CLOSE_TIMEOUT, drained).await;
}
