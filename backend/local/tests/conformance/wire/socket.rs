//! A WebSocket as a browser has it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::http::Uri;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::stream::{self, Stream};

/// An open connection.
pub(crate) struct Socket {
    socket: Box<WebSocketStream<Stream>>,
    patience: Duration,
}

/// What came of a handshake.
pub(crate) enum Handshake {
    /// It is open.
    Open(Socket),
    /// It was answered with this status.
    Refused(u16),
}

/// What was received on a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A message.
    Text(String),
    /// A close frame with its code; `None` if it has none, or the connection ended without it.
    Closed(Option<u16>),
}

/// Asks for a connection. What takes longer than `patience` has failed, now and later.
pub(crate) async fn connect(address: &str, patience: Duration) -> Result<Handshake> {
    let uri: Uri = address.parse()?;
    let shake = async {
        let stream = stream::open(&uri).await?;
        match tokio_tungstenite::client_async(address, stream).await {
            Ok((socket, _)) => {
                let socket = Box::new(socket);
                Ok(Handshake::Open(Socket { socket, patience }))
            }
            Err(Error::Http(answer)) => Ok(Handshake::Refused(answer.status().as_u16())),
            Err(why) => Err(why.into()),
        }
    };
    tokio::time::timeout(patience, shake).await.context("the handshake was not answered")?
}

impl Socket {
    /// Sends a message in one frame.
    pub(crate) async fn send(&mut self, text: impl Into<String>) -> Result<()> {
        Ok(self.socket.send(Message::text(text.into())).await?)
    }

    /// Sends a message in frames of this many bytes. That the other end hangs up in the midst of
    /// it is no error here: what it says is heard next.
    pub(crate) async fn send_in_frames(&mut self, text: &str, bytes: usize) {
        let parts: Vec<_> = text.as_bytes().chunks(bytes).collect();
        for (index, part) in parts.iter().enumerate() {
            let code = OpCode::Data(if index == 0 { Data::Text } else { Data::Continue });
            let last = index + 1 == parts.len();
            let frame = Frame::message(part.to_vec(), code, last);
            if self.socket.send(Message::Frame(frame)).await.is_err() {
                return;
            }
        }
    }

    /// The next message or close frame. Pings are answered meanwhile.
    pub(crate) async fn receive(&mut self) -> Result<Received> {
        let patience = self.patience;
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(Received::Text(text.to_string())),
                    Some(Ok(Message::Close(frame))) => {
                        return Ok(Received::Closed(frame.map(|it| it.code.into())));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(other)) => bail!("{other:?} is nothing that a gateway sends"),
                    Some(Err(_)) | None => return Ok(Received::Closed(None)),
                }
            }
        };
        tokio::time::timeout(patience, next).await.context("nothing was heard")?
    }

    /// Says goodbye and waits for the other end to do the same.
    pub(crate) async fn close(mut self) -> Result<()> {
        WebSocketStream::close(&mut self.socket, None).await?; // not the sink's, which says no goodbye
        while self.receive().await? != Received::Closed(None) {}
        Ok(())
    }
}
