//! Which invocation runs next: the oldest, whatever its function and its kind.
//!
//! On AWS every invocation has a processor of its own. Here they share those of one machine, and
//! with a queue for each function, the requests of customers who do not pause would take almost all
//! of them: what those requests lead to would fall behind for as long as they go on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// An invocation that takes longer than this waits for something other than a processor.
pub(super) const LONGEST_TURN: Duration = Duration::from_millis(100);

/// Admits invocations in the order in which they ask; clones share the places.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    /// Fair: first come, first served.
    places: Arc<Semaphore>,
}

/// A place among the running invocations, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Admission {
    /// With so many places.
    pub(super) fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places.max(1))) }
    }

    /// Waits for a place; `None` once it is closed.
    pub(super) async fn admit(&self) -> Option<Place> {
        let permit = Arc::clone(&self.places).acquire_owned().await.ok()?;
        Some(Place { _permit: permit })
    }

    /// Admits nothing any more.
    pub(super) fn close(&self) {
        self.places.close();
    }
}

impl Place {
    /// Waits for `work` and holds the place meanwhile, but not longer than [`LONGEST_TURN`]: what
    /// sleeps, or waits for another function, delays no other invocation.
    pub(super) async fn hold<T>(self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        match tokio::time::timeout(LONGEST_TURN, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                drop(self);
                work.await
            }
        }
    }
}
