//! The feed as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Console;
use crate::feed::{Entry, Feed};

#[derive(Deserialize)]
pub(super) struct From {
    /// The number of the last entry the page has.
    after: Option<u64>,
}

/// The entries after one, then each as it is recorded. A page that reconnects names the last one it
/// has (`Last-Event-ID`).
pub(super) async fn follow(
    State(console): State<Arc<Console>>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let feed = console.services.feed.clone();
    // Subscribed before the feed is read, so that no entry is missed in between.
    let news = feed.subscribe();
    let last = headers.get("last-event-id").and_then(|it| it.to_str().ok()?.parse().ok());
    let after = last.or(from.after).unwrap_or(0);
    // A number beyond the newest is from before a restart, which began anew at 1.
    let newest = feed.since(0).last().map_or(0, |it| it.number);
    let place = Place { feed, news, last: if after > newest { 0 } else { after } };
    let batches = stream::unfold(place, |mut place| async move {
        let batch = place.next().await?;
        Some((stream::iter(batch), place))
    });
    Sse::new(batches.flatten().map(|it| event(&it))).keep_alive(KeepAlive::default())
}

fn event(entry: &Entry) -> Result<Event, Infallible> {
    let json = serde_json::to_string(entry).unwrap_or_default();
    Ok(Event::default().id(entry.number.to_string()).data(json))
}

struct Place {
    feed: Feed,
    news: Receiver<Arc<Entry>>,
    last: u64,
}

impl Place {
    /// What came after the last one: at least one entry. `None` when the feed ends.
    async fn next(&mut self) -> Option<Vec<Arc<Entry>>> {
        loop {
            let batch = self.feed.since(self.last);
            if let Some(newest) = batch.last() {
                self.last = newest.number;
                return Some(batch);
            }
            // The entries are read from the feed, so a notification that is missed loses none.
            match self.news.recv().await {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
