//! What a form says about its fields, and what is in them.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Shopper, until};

/// Defines `field`, the control of the label `arguments[0]`; of those in a modal dialog, if one is
/// open.
const FIELD: &str = "
    const plain = (text) => text.replace(/\\s+/g, ' ').trim();
    const dialog = Array.from(document.querySelectorAll('dialog[open]')).pop();
    const named = [arguments[0], arguments[0] + ' (optional)'];
    const label = Array.from((dialog ?? document).querySelectorAll('label[for]'))
        // What is out of sight may not be laid out, and has no innerText then.
        .find((label) => named.includes(plain(label.textContent)));
    const field = label && document.getElementById(label.htmlFor);
";

impl Shopper {
    /// Sees an error beside the field of that label: the field is marked as invalid, and what
    /// describes it says so.
    pub(crate) async fn sees_error(&self, label: &str, text: &str) -> Result<()> {
        let what = format!("“{text}” beside “{label}”");
        until(&what, async || {
            let error = self.error_of(label).await?;
            ensure!(error.as_str() == Some(text), "it says {error}");
            Ok(Some(()))
        })
        .await
    }

    /// Sees that the field of that label has no error, or none any more.
    pub(crate) async fn sees_no_error(&self, label: &str) -> Result<()> {
        until(&format!("no error beside “{label}”"), async || {
            let error = self.error_of(label).await?;
            ensure!(error.is_null(), "it says {error}");
            Ok(Some(()))
        })
        .await
    }

    /// Types in a field that has an error, which goes away as it is typed in.
    pub(crate) async fn corrects(&self, label: &str, text: &str) -> Result<()> {
        self.types(label, text).await?;
        self.sees_no_error(label).await
    }

    /// The error beside the field of that label; null if there is none.
    async fn error_of(&self, label: &str) -> Result<Value> {
        let script = format!(
            "{FIELD}
             if (field.getAttribute('aria-invalid') !== 'true') return null;
             return document.getElementById(field.getAttribute('aria-describedby')).innerText;"
        );
        self.asks(&script, vec![json!(label)]).await
    }

    /// A property of the control of that label, such as `value` or `autocomplete`.
    pub(crate) async fn property_of(&self, label: &str, property: &str) -> Result<Value> {
        let script = format!("{FIELD} return field[arguments[1]];");
        self.asks(&script, vec![json!(label), json!(property)]).await
    }
}
