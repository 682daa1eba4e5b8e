//! Pages that are loaded when one of them is shown: one WebAssembly chunk of a program in a release
//! (`backend/ops/src/site/split.rs`).
//!
//! Leptos' own `#[lazy]` and `LazyRoute` expand to a `#[wasm_split]` that panics when the chunk cannot
//! be loaded, which aborts the program. With `fallible` it is an error that the page shows.

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::OnceLock,
};

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};

use crate::{
    browser,
    components::{Fetched, Skeleton, set_title},
    http::{self, ApiError, Request},
    session, text,
};

/// Milliseconds until a chunk that has not arrived is an error.
const TIMEOUT: u32 = 10_000;

/// Renders a page of a chunk.
pub type RenderPage<P> = fn(P) -> AnyView;

/// Loads a chunk. It is split off a program, so the program has the function that does: `frontend/src/main.rs`
/// and `frontend/src/bin`.
pub type LoadChunk<P> =
    fn() -> Pin<Box<dyn Future<Output = Result<RenderPage<P>, SplitLoaderError>>>>;

/// The chunk with the pages that `P` names.
#[derive(Debug)]
pub struct Chunk<P: 'static> {
    load: OnceLock<LoadChunk<P>>,
}

impl<P> Chunk<P> {
    /// A chunk that cannot be loaded yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a default is not const")]
    pub const fn new() -> Self {
        Self { load: OnceLock::new() }
    }

    /// Says how it is loaded; once, before a page is shown.
    pub fn is_loaded_by(&self, load: LoadChunk<P>) {
        let _ = self.load.set(load);
    }

    /// Loads it before a page of it is shown.
    pub fn preload(&'static self) {
        spawn_local(async { drop(self.pages().await) });
    }

    async fn pages(&self) -> Result<RenderPage<P>, SplitLoaderError> {
        match self.load.get() {
            Some(load) => load().await,
            // Prerendered pages are none of these.
            None => pending().await,
        }
    }

    /// Loads it; a load in progress or done is not repeated.
    ///
    /// # Errors
    /// No answer, if it takes longer than [`TIMEOUT`] or the site cannot be reached; unavailable;
    /// outdated, if the site answers but no longer has the file.
    async fn load(&self) -> Result<RenderPage<P>, ApiError> {
        match browser::timeout(TIMEOUT, self.pages()).await {
            Some(Ok(render)) => Ok(render),
            None => Err(ApiError::NoAnswer), // a retry waits for the same request
            Some(Err(_)) => {
                let config = Request { fresh: true, ..Request::get(session::CONFIG) };
                http::send(config).await?.into_body()?;
                Err(ApiError::Outdated)
            }
        }
    }
}

/// Shows a page of a chunk; a skeleton until that is loaded.
#[component]
pub fn Lazy<P: Copy + Send + Sync + 'static>(
    /// The chunk.
    chunk: &'static Chunk<P>,
    /// The page.
    page: P,
) -> impl IntoView {
    // Already loaded: no skeleton, no flicker.
    if let Some(Ok(render)) = chunk.pages().now_or_never() {
        return render(page);
    }
    set_title(text::LOADING);
    let skeleton = || {
        view! {
            <div class="page narrow">
                <Skeleton shape="skeleton-line" count=6 within="stack" />
            </div>
        }
    };
    let loaded = LocalResource::new(|| chunk.load());
    let show = move |render: RenderPage<P>| render(page);
    view! { <Fetched resource=loaded skeleton children=show /> }.into_any()
}
