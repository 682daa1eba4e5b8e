//! Starts the shop in the page that loaded it. The function that the chunk of lazily loaded pages is split off
//! at is here and not in the library: a program that has it has those pages.

use frontend::{
    lazy::RenderPage,
    pages::lazy::{LazyPage, render},
};
use leptos::wasm_split::SplitLoaderError;

fn main() {
    frontend::mount(|| Box::pin(lazy_pages()));
}

/// Loads the chunk. The function itself is in it, so that nothing else refers to the pages.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(lazy, wasm_split_path = leptos::wasm_split, fallible)]
fn lazy_pages() -> Result<RenderPage<LazyPage>, SplitLoaderError> {
    Ok(render)
}

/// Without the feature `split`, the pages are part of the main program.
#[cfg(not(feature = "split"))]
async fn lazy_pages() -> Result<RenderPage<LazyPage>, SplitLoaderError> {
    Ok(render)
}
