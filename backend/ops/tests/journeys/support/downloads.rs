//! A person who downloads a file.

use anyhow::Result;
use serde_json::json;
use uuid::Uuid;

use super::{Shopper, until};

impl Shopper {
    /// Presses a button that saves a file: the file's name, and what is in it.
    pub(crate) async fn downloads(&self, button: &str) -> Result<(String, String)> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let folder = format!("tiffin-saved-{}", Uuid::from_u128(now.as_nanos()));
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder)?;
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
