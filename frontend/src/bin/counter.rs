//! Starts the counter in the page that loaded it. The functions that the chunks of the office's pages are split off
//! at are here, as in the shop's `main.rs`.

use frontend::{
    counter::office::{self, MenuEditorPage, OfficePage},
    lazy::RenderPage,
};
use leptos::wasm_split::SplitLoaderError;

fn main() {
    frontend::counter::mount(|| Box::pin(office_pages()), || Box::pin(menu_editor()));
}

/// Loads the chunk.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(office, wasm_split_path = leptos::wasm_split, fallible)]
fn office_pages() -> Result<RenderPage<OfficePage>, SplitLoaderError> {
    Ok(office::render)
}

/// Without the feature `split`, the pages are part of the program.
#[cfg(not(feature = "split"))]
async fn office_pages() -> Result<RenderPage<OfficePage>, SplitLoaderError> {
    Ok(office::render)
}

/// Loads the chunk with the editor of a menu.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(menu, wasm_split_path = leptos::wasm_split, fallible)]
fn menu_editor() -> Result<RenderPage<MenuEditorPage>, SplitLoaderError> {
    Ok(office::render_menu)
}

/// Without the feature `split`, it is part of the program.
#[cfg(not(feature = "split"))]
async fn menu_editor() -> Result<RenderPage<MenuEditorPage>, SplitLoaderError> {
    Ok(office::render_menu)
}
