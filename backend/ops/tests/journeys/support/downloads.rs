//! A person who downloads a file, or chooses one.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;
use thirtyfour::By;
use uuid::Uuid;

use super::{Shopper, until};

impl Shopper {
    /// Chooses a file in the field that a CSS selector finds.
    pub(crate) async fn chooses_file(&self, field: &str, file: &Path) -> Result<()> {
        let field = self.driver().find(By::Css(field)).await?;
        Ok(field.send_keys(file.display().to_string()).await?)
    }

    /// Presses a button that saves a file: the file's name, and what is in it.
    pub(crate) async fn downloads(&self, button: &str) -> Result<(String, String)> {
        let folder = new_folder()?;
        let there = json!({"behavior": "allow", "downloadPath": folder});
        self.driver().cdp().send_raw("Browser.setDownloadBehavior", there).await?;
        self.presses(button).await?;
        let saved = until("the file to be saved", async || {
            for file in std::fs::read_dir(&folder)? {
                let file = file?;
                let name = file.file_name().to_string_lossy().into_owned();
                // Chromium has it under another name until it is complete.
                let is_complete = !name.starts_with('.') && !name.ends_with(".crdownload");
                let text = std::fs::read_to_string(file.path()).unwrap_or_default();
                if is_complete && !text.is_empty() {
                    return Ok(Some((name, text)));
                }
            }
            Ok(None)
        })
        .await;
        std::fs::remove_dir_all(folder)?;
        saved
    }
}

/// A new folder for files.
fn new_folder() -> Result<PathBuf> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let folder = format!("tiffin-saved-{}", Uuid::from_u128(now.as_nanos()));
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
