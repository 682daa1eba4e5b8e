//! Starts the counter in the page that loaded it. The function that the chunk of the office's pages is split off
//! at is here, as in the shop's `main.rs`.

use frontend::{counter::office, lazy::RenderPage};
use leptos::wasm_split::SplitLoaderError;

fn main() {
    frontend::counter::mount(|| Box::pin(office_pages()));
}

/// Loads the chunk.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(office, wasm_split_path = leptos::wasm_split, fallible)]
fn office_pages() -> Result<RenderPage<office::OfficePage>, SplitLoaderError> {
    Ok(office::render)
}

/// Without the feature `split`, the pages are part of the program.
#[cfg(not(feature = "split"))]
async fn office_pages() -> Result<RenderPage<office::OfficePage>, SplitLoaderError> {
    Ok(office::render)
}
