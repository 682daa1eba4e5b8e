//! A wire between browser and backend that can be cut, can lose an answer, and can hold one back.
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
    /// The part of a request's first line by which answers are held back.
    held: watch::Sender<Option<&'static str>>,
    /// How many answers have been held back since then.
    holding: AtomicU32,
    /// The part of a request's first line by which connections are closed.
    refused: watch::Sender<Option<&'static str>>,
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
            held: watch::Sender::new(None),
            holding: AtomicU32::new(0),
            refused: watch::Sender::new(None),
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

    /// From now on holds back the answers to requests whose first line has this part, such as
    /// `PUT /api/orders/`; to be told apart from longer paths, `GET /api/restaurants HTTP`.
    pub(crate) fn holds_answers_to(&self, part: &'static str) {
        self.wire.holding.store(0, Ordering::SeqCst);
        self.wire.held.send_replace(Some(part));
    }

    /// Waits until an answer is being held back.
    pub(crate) async fn is_holding(&self) -> Result<()> {
        let look = async || Ok((self.wire.holding.load(Ordering::SeqCst) > 0).then_some(()));
        super::until("a request whose answer is to be held back", look).await
    }

    /// Lets the answers go that were held back.
    pub(crate) fn lets_answers_go(&self) {
        self.wire.held.send_replace(None);
    }

    /// From now on closes the connection of a request whose first line has this part; none, if
    /// there is no part.
    pub(crate) fn refuses(&self, part: Option<&'static str>) {
        self.wire.refused.send_replace(part);
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

/// Carries bytes both ways until one side ends, or an answer is to be lost. A browser sends its
/// next request on a connection after the answer to the last, so holding one connection's answers
/// holds those of one request.
async fn carry(mut near: TcpStream, wire: &Wire) -> std::io::Result<()> {
    let mut far = TcpStream::connect(*wire.far.lock().await).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (mut from_near, mut from_far) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let (mut loses, mut holds) = (false, false);
    let mut held = wire.held.subscribe();
    loop {
        tokio::select! {
            read = near.read(&mut from_near) => {
                let bytes = &from_near[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                if wire.refused.borrow().is_some_and(|part| contains(bytes, part.as_bytes())) {
                    return Ok(());
                }
                if wire.held.borrow().is_some_and(|part| contains(bytes, part.as_bytes())) {
                    wire.holding.fetch_add(1, Ordering::SeqCst);
                    holds = true;
                }
                loses |= wire.loses_answers.load(Ordering::SeqCst)
                    && contains(bytes, PLACES_AN_ORDER);
                far.write_all(bytes).await?;
            }
            () = released(&mut held), if holds => holds = false,
            read = far.read(&mut from_far), if !holds => {
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

/// Waits until no answers are held back.
async fn released(held: &mut watch::Receiver<Option<&'static str>>) {
    let _ = held.wait_for(Option::is_none).await;
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
