//! A wire between browser and backend that can be cut, and can lose an answer.
//!
//! The browser's own offline switch leaves open sockets alive; this does not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// The start of the request that places an order.
const PLACES_AN_ORDER: &[u8] = b"PUT /api/orders/";

/// The wire. Its near end keeps its address.
pub(crate) struct Relay {
    near: SocketAddr,
    wire: Arc<Wire>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

struct Wire {
    far: Mutex<SocketAddr>,
    /// Counts the cuts: a connection of an earlier count ends.
    cuts: watch::Sender<u32>,
    loses_answers: AtomicBool,
    lost: AtomicU32,
}

impl Relay {
    /// A wire from a free port to `far`.
    pub(crate) async fn to(far: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let near = listener.local_addr()?;
        let wire = Arc::new(Wire {
            far: Mutex::new(far),
            cuts: watch::Sender::new(0),
            loses_answers: AtomicBool::new(false),
            lost: AtomicU32::new(0),
        });
        let listening = Mutex::new(Some(tokio::spawn(accept(listener, wire.clone()))));
        Ok(Self { near, wire, listening })
    }

    /// Where browsers connect.
    pub(crate) fn near(&self) -> SocketAddr {
        self.near
    }

    /// Leads elsewhere from now on.
    pub(crate) async fn leads_to(&self, far: SocketAddr) {
        *self.wire.far.lock().await = far;
    }

    /// Closes every connection, and refuses new ones.
    pub(crate) async fn is_cut(&self) {
        if let Some(listening) = self.listening.lock().await.take() {
            listening.abort();
            let _ = listening.await; // the port is closed when this is over
        }
        self.wire.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Works again.
    pub(crate) async fn is_mended(&self) -> Result<()> {
        let listener = TcpListener::bind(self.near).await?;
        *self.listening.lock().await = Some(tokio::spawn(accept(listener, self.wire.clone())));
        Ok(())
    }

    /// From now on the answers to “Place order” are lost, or no longer.
    pub(crate) fn loses_answers(&self, loses: bool) {
        self.wire.loses_answers.store(loses, Ordering::SeqCst);
    }

    /// How many answers were lost.
    pub(crate) fn lost(&self) -> u32 {
        self.wire.lost.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, wire: Arc<Wire>) {
    while let Ok((near, _)) = listener.accept().await {
        let wire = wire.clone();
        tokio::spawn(async move {
            let mut cuts = wire.cuts.subscribe();
            tokio::select! {
                _ = carry(near, &wire) => {}
                _ = cuts.changed() => {}
            }
        });
    }
}

/// Carries bytes both ways until one side ends, or an answer is to be lost.
async fn carry(mut near: TcpStream, wire: &Wire) -> std::io::Result<()> {
    let mut far = TcpStream::connect(*wire.far.lock().await).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (mut from_near, mut from_far) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut loses = false;
    loop {
        tokio::select! {
            read = near.read(&mut from_near) => {
                let bytes = &from_near[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                loses |= wire.loses_answers.load(Ordering::SeqCst)
                    && bytes.windows(PLACES_AN_ORDER.len()).any(|part| part == PLACES_AN_ORDER);
                far.write_all(bytes).await?;
            }
            read = far.read(&mut from_far) => {
                let bytes = &from_far[..read?];
                if loses {
                    wire.lost.fetch_add(1, Ordering::SeqCst);
                    return Ok(()); // answered, and nobody hears it
                }
                if bytes.is_empty() {
                    return Ok(());
                }
                near.write_all(bytes).await?;
            }
        }
    }
}
