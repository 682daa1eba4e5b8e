//! The edge's connections: each request's headers and body have to arrive in time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

/// How long a client may take to send a request.
#[derive(Clone, Copy, Debug)]
pub struct ReadTimeouts {
    /// From the first byte of the headers to the last; then the connection is closed.
    pub headers: Duration,
    /// From the first byte of the body to the last; then reading it fails.
    pub body: Duration,
}

impl Default for ReadTimeouts {
    fn default() -> Self {
        Self { headers: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// How long it waits when a connection cannot be accepted.
const RETRY: Duration = Duration::from_millis(100);

/// Serves the edge on a listener for as long as it is polled; its connections end with it.
pub async fn serve(listener: TcpListener, router: Router, timeouts: ReadTimeouts) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, client) = match listener.accept().await {
            Ok(accepted) => accepted,
            // Of one client that has gone, or of all: no file descriptors, until others are closed.
            Err(error) => {
                eprintln!("the edge cannot accept a connection: {error}");
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        // Forget those that have ended.
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(stream, client, router.clone(), timeouts));
    }
}

async fn connection(stream: TcpStream, client: SocketAddr, router: Router, timeouts: ReadTimeouts) {
    // Without Nagle's algorithm, which delays small answers.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(|body| timed(Body::new(body), timeouts.body));
        request.extensions_mut().insert(ConnectInfo(client));
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|it| match it {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.headers)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let _ = connection.await; // a client may hang up whenever it likes
}

/// A body that fails if it has not all come in time.
fn timed(body: Body, limit: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let deadline = Instant::now() + limit;
    let chunks = stream::unfold(Some(body.into_data_stream()), move |chunks| async move {
        let mut chunks = chunks?;
        match timeout_at(deadline, chunks.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Ok(Some(Err(why))) => Some((Err(std::io::Error::other(why)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(std::io::ErrorKind::TimedOut.into()), None)),
        }
    });
    Body::from_stream(chunks)
}
