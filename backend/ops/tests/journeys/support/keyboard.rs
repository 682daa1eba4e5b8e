//! A person who uses the keyboard alone.

use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use serde_json::json;
use thirtyfour::prelude::*;

use super::{Shopper, until};

/// How often Tab is pressed in search of a control: more often than any page of ours has controls.
const TABS: usize = 100;

/// The key that makes shortcuts.
const MODIFIER: Key = if cfg!(target_os = "macos") { Key::Meta } else { Key::Control };

/// Defines `nameOf`, the accessible name of a control, near enough: what the ARIA label says, else
/// the label of the field, else its text; and `controls`, those that can have the focus now.
const NAMES: &str = "
    const plain = (text) =>
        (text ?? '').replace(/[\\u2068\\u2069]/g, '').replace(/\\s+/g, ' ').trim();
    const nameOf = (e) => plain(e.getAttribute('aria-label'))
        || plain(Array.from(e.labels ?? [], (label) => label.innerText).join(' '))
        || plain(e.innerText);
    const dialog = Array.from(document.querySelectorAll('dialog[open]')).pop();
    const controls = Array.from((dialog ?? document).querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex=\"0\"]'
    )).filter((e) => !e.disabled && e.getClientRects().length);
";

/// Where the focus is.
#[derive(Deserialize)]
struct Focus {
    /// Whether there is a control of the name at all.
    exists: bool,
    /// Whether it has the focus.
    there: bool,
    /// The name of what has the focus; empty if nothing has.
    on: String,
}

impl Shopper {
    /// Presses Tab until the control of that name has the focus: a field by its label, a button or
    /// a link by its text. The whole name counts first, then its beginning, then any part.
    pub(crate) async fn tabs_to(&self, name: &str) -> Result<()> {
        self.walks_to(name, false).await
    }

    /// The same, backwards.
    pub(crate) async fn tabs_back_to(&self, name: &str) -> Result<()> {
        self.walks_to(name, true).await
    }

    async fn walks_to(&self, name: &str, backwards: bool) -> Result<()> {
        let exists = async || Ok(self.focus(name).await?.exists.then_some(()));
        until(&format!("a control “{name}” that can have the focus"), exists).await?;
        let mut on = String::new();
        for _ in 0..=TABS {
            let focus = self.focus(name).await?;
            if focus.there {
                return Ok(());
            }
            on = focus.on;
            if backwards {
                let keys = self.driver().action_chain().key_down(Key::Shift).send_keys(Key::Tab);
                keys.key_up(Key::Shift).perform().await?;
            } else {
                self.presses_key(Key::Tab).await?;
            }
        }
        bail!("pressed Tab {TABS} times in vain on the way to “{name}”, at last on “{on}”")
    }

    /// Presses Enter.
    pub(crate) async fn presses_enter(&self) -> Result<()> {
        self.presses_key(Key::Return).await // the one of the letters, not of the number pad
    }

    /// Presses Escape.
    pub(crate) async fn presses_escape(&self) -> Result<()> {
        self.presses_key(Key::Escape).await
    }

    /// Presses a key wherever the focus is.
    pub(crate) async fn presses_key(&self, key: Key) -> Result<()> {
        Ok(self.driver().action_chain().send_keys(key).perform().await?)
    }

    /// Types wherever the focus is.
    pub(crate) async fn types_on(&self, text: &str) -> Result<()> {
        Ok(self.driver().action_chain().send_keys(text).perform().await?)
    }

    /// Goes to a field with Tab, selects what is in it, and types.
    pub(crate) async fn types_by_keyboard(&self, label: &str, text: &str) -> Result<()> {
        self.tabs_to(label).await?;
        let chain = self.driver().action_chain().key_down(MODIFIER).send_keys("a");
        chain.key_up(MODIFIER).perform().await?;
        self.types_on(text).await?;
        let typed = self.asks("return document.activeElement.value ?? ''", vec![]).await?;
        ensure!(typed == json!(text), "typed “{text}” into “{label}”, and it holds {typed}");
        Ok(())
    }

    /// The name of what has the focus; empty if nothing has.
    pub(crate) async fn focused(&self) -> Result<String> {
        Ok(self.focus("").await?.on)
    }

    /// Sees the focus on the control of that name.
    pub(crate) async fn sees_focus_on(&self, name: &str) -> Result<()> {
        until(&format!("the focus to be on “{name}”"), async || {
            let focus = self.focus(name).await?;
            ensure!(focus.there, "it is on “{}”", focus.on);
            Ok(Some(()))
        })
        .await
    }

    async fn focus(&self, name: &str) -> Result<Focus> {
        let script = format!(
            "{NAMES}
             const wanted = arguments[0];
             const rank = (name) => !wanted ? 9 : name === wanted ? 0
                 : name.startsWith(wanted + ' ·') ? 1
                 : name.startsWith(wanted + ' ') ? 2
                 : name.includes(wanted) ? 3 : 9;
             const ranks = controls.map((e) => rank(nameOf(e)));
             const best = Math.min(8, ...ranks);
             const on = document.activeElement;
             const nowhere = !on || on === document.body || on === document.documentElement;
             const found = controls.filter((_, number) => ranks[number] === best);
             return {{
                 exists: found.length > 0,
                 there: found.includes(on),
                 on: nowhere ? '' : nameOf(on).slice(0, 80),
             }};"
        );
        Ok(serde_json::from_value(self.asks(&script, vec![json!(name)]).await?)?)
    }
}
