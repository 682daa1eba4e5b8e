//! A person with a browser: finds things by what they say, as a person does.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail};
use serde_json::json;
use shared::Status;
use thirtyfour::prelude::*;

use super::backend::Backend;
use super::until;

/// The restaurant that is always open, and a dish of it that needs no choice and is enough.
pub(crate) const RESTAURANT: &str = "Raat Rani Dhaba";
pub(crate) const DISH: &str = "Rajma chawal";
/// What people here sign in with.
pub(crate) const PASSWORD: &str = "three brown foxes";

/// A person with a browser.
#[derive(Clone)]
pub(crate) struct Shopper {
    driver: WebDriver,
    home: String,
    /// Parts of addresses that the journey makes fail; the browser's lines about them are expected.
    failing: Arc<Mutex<Vec<&'static str>>>,
}

impl Shopper {
    /// Someone with this browser, who will shop at `home`.
    pub(crate) fn new(driver: WebDriver, home: String) -> Self {
        Self { driver, home, failing: Arc::default() }
    }

    /// The browser, for what only a developer does.
    pub(crate) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Types an address of the shop.
    pub(crate) async fn goes_to(&self, path: &str) -> Result<()> {
        self.driver.goto(format!("{}{path}", self.home)).await?;
        Ok(())
    }

    /// Presses the reload button.
    pub(crate) async fn reloads(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// Opens another tab at an address of the shop, and looks at it.
    pub(crate) async fn opens_tab(&self, path: &str) -> Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab.clone()).await?;
        self.goes_to(path).await?;
        Ok(tab)
    }

    /// Looks at another tab.
    pub(crate) async fn turns_to(&self, tab: &WindowHandle) -> Result<()> {
        Ok(self.driver.switch_to_window(tab.clone()).await?)
    }

    /// The tab being looked at.
    pub(crate) async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.driver.window().await?)
    }

    /// Presses the button that begins with a text, or is called so for a screen reader.
    pub(crate) async fn presses(&self, text: &str) -> Result<()> {
        let named =
            format!("[starts-with(normalize-space(.), \"{text}\") or @aria-label=\"{text}\"]");
        self.clicks(&format!("//button[not(@disabled)]{named}"), text).await
    }

    /// Presses the button of a form.
    pub(crate) async fn submits(&self, text: &str) -> Result<()> {
        let button = "//form//button[@type=\"submit\"][not(@disabled)]";
        self.clicks(&format!("{button}[starts-with(normalize-space(.), \"{text}\")]"), text).await
    }

    /// Follows the link of that text.
    pub(crate) async fn follows(&self, text: &str) -> Result<()> {
        self.clicks(&format!("//a[normalize-space(.)=\"{text}\"]"), text).await
    }

    /// Types into the field of that label, in place of what is there.
    pub(crate) async fn types(&self, label: &str, text: &str) -> Result<()> {
        let id = format!("@id=//label[normalize-space(.)=\"{label}\"]/@for");
        let said = format!("@aria-label=\"{label}\"");
        let field = format!("//input[{id}] | //textarea[{id}] | //input[{said}]");
        until(&format!("a field “{label}”"), async || {
            let Some(field) = self.displayed(&field).await? else { return Ok(None) };
            field.clear().await?;
            field.send_keys(text).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Has something on the page that this CSS selector finds.
    pub(crate) async fn has(&self, selector: &str) -> Result<()> {
        until(&format!("“{selector}”"), async || {
            let found = self.driver.find_all(By::Css(selector)).await?;
            Ok((!found.is_empty()).then_some(()))
        })
        .await
    }

    /// Leaves the field that is being typed in.
    pub(crate) async fn leaves_the_field(&self) -> Result<()> {
        self.driver.execute("document.activeElement.blur()", vec![]).await?;
        Ok(())
    }

    /// Chooses an option of the list of that name.
    pub(crate) async fn chooses(&self, list: &str, option: &str) -> Result<()> {
        let path = format!("//label[span=\"{list}\"]//option[normalize-space(.)=\"{option}\"]");
        self.clicks(&path, option).await
    }

    /// Ticks, or unticks, what has these words beside it.
    pub(crate) async fn ticks(&self, text: &str) -> Result<()> {
        self.clicks(&format!("//label[contains(., \"{text}\")]"), text).await
    }

    /// Goes on to the checkout, by whatever leads there at this size.
    pub(crate) async fn goes_to_checkout(&self) -> Result<()> {
        self.clicks("//a[@href=\"/checkout\"]", "the way to the checkout").await
    }

    /// Has a window of this many CSS pixels.
    pub(crate) async fn has_a_window_of(&self, width: u32, height: u32) -> Result<()> {
        let screen = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
        Ok(())
    }

    /// Has the browser keep no answers: what a catalog was a minute ago is not what it is.
    pub(crate) async fn keeps_nothing(&self) -> Result<()> {
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.setCacheDisabled", json!({"cacheDisabled": true})).await?;
        Ok(())
    }

    /// Sees no such text any more.
    pub(crate) async fn no_longer_sees(&self, text: &str) -> Result<()> {
        until(&format!("“{text}” to go"), async || Ok((!self.shows(text).await?).then_some(())))
            .await
    }

    /// Sees a text somewhere on the page.
    pub(crate) async fn sees(&self, text: &str) -> Result<()> {
        until(&format!("to see “{text}”"), async || Ok(self.shows(text).await?.then_some(()))).await
    }

    /// Whether a text is on the page now.
    pub(crate) async fn shows(&self, text: &str) -> Result<bool> {
        let script = "return document.body.innerText.includes(arguments[0])";
        let found = self.driver.execute(script, vec![json!(text)]).await?;
        Ok(found.json().as_bool().unwrap_or_default())
    }

    /// Sees the order on this page at a status.
    pub(crate) async fn sees_status(&self, status: Status) -> Result<()> {
        let wanted = status_name(status);
        until(&format!("the order to be “{wanted}”"), async || {
            Ok((self.status().await? == wanted).then_some(()))
        })
        .await
    }

    /// The status the order on this page is at; empty if none is shown.
    pub(crate) async fn status(&self) -> Result<String> {
        let script =
            "return document.querySelector('[aria-current=step] .step-name')?.textContent ?? ''";
        Ok(self
            .driver
            .execute(script, vec![])
            .await?
            .json()
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// What the browser's tab is called.
    pub(crate) async fn title(&self) -> Result<String> {
        Ok(self.driver.title().await?)
    }

    /// The whole address of this page after the host.
    pub(crate) async fn address(&self) -> Result<String> {
        let url = self.driver.current_url().await?;
        Ok(url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path())))
    }

    /// The path of this page.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// Makes an account and signs in with it.
    pub(crate) async fn signs_up(&self, backend: &Backend, email: &str) -> Result<()> {
        self.goes_to("/sign-up").await?;
        self.types("Email address", email).await?;
        self.types("Password", PASSWORD).await?;
        self.submits("Create account").await?;
        self.sees("Check your email").await?;
        self.types("Confirmation code", &backend.code_for(email).await?).await?;
        self.submits("Confirm").await?;
        self.sees("Account").await
    }

    /// Signs in with an account.
    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> Result<()> {
        self.tries_to_sign_in(email, password).await?;
        self.sees("Account").await
    }

    /// Is told that no account has this address and password.
    pub(crate) async fn cannot_sign_in(&self, email: &str, password: &str) -> Result<()> {
        self.expects_failures_of("/cognito");
        self.tries_to_sign_in(email, password).await?;
        self.sees("do not belong together").await
    }

    async fn tries_to_sign_in(&self, email: &str, password: &str) -> Result<()> {
        self.goes_to("/sign-in").await?;
        self.types("Email address", email).await?;
        self.types("Password", password).await?;
        self.submits("Sign in").await
    }

    /// Finds a dish and goes to the checkout with it, everything filled in.
    pub(crate) async fn is_ready_to_order(&self) -> Result<()> {
        self.goes_to("/").await?;
        self.follows(RESTAURANT).await?;
        self.presses(&format!("Add {DISH}")).await?;
        self.goes_to_checkout().await?;
        self.types("Name", "Asha Rao").await?;
        self.types("House and street", "4 Mango Lane").await?;
        self.types("Town or city", "New Delhi").await?;
        self.types("Postcode", "110001").await
    }

    /// Orders, and is on the order's page; its path.
    pub(crate) async fn orders(&self) -> Result<String> {
        self.is_ready_to_order().await?;
        self.submits("Place order").await?;
        self.is_at_an_order().await
    }

    /// Is on the page of an order; its path.
    pub(crate) async fn is_at_an_order(&self) -> Result<String> {
        until("the page of an order", async || {
            Ok(Some(self.path().await?).filter(|path| path.starts_with("/orders/")))
        })
        .await
    }

    /// Counts the orders in My orders.
    pub(crate) async fn counts_orders(&self) -> Result<usize> {
        Ok(self.driver.find_all(By::Css(".order-row")).await?.len())
    }

    /// Says that the journey makes addresses with this part fail.
    pub(crate) fn expects_failures_of(&self, part: &'static str) {
        self.failing.lock().unwrap().push(part);
    }

    /// Closes the browser, and complains about every error in its console.
    pub(crate) async fn leaves(self) -> Result<()> {
        let complaints = self.complaints().await?;
        self.driver.quit().await?;
        match complaints.is_empty() {
            true => Ok(()),
            false => bail!("the browser's console has errors:\n{}", complaints.join("\n")),
        }
    }

    /// What the person sees, for a failure; closes the browser.
    pub(crate) async fn describe(self, picture: &Path) -> String {
        let _ = picture.parent().map(std::fs::create_dir_all);
        let taken = self.driver.screenshot(picture).await.is_ok();
        let address = self.driver.current_url().await.map(String::from).unwrap_or_default();
        let text = self.driver.execute("return document.body.innerText", vec![]).await;
        let text = text.ok().and_then(|text| text.json().as_str().map(str::to_owned));
        let console = self.complaints().await.unwrap_or_default().join("\n");
        let _ = self.driver.quit().await;
        let picture = if taken { picture.display().to_string() } else { "none".to_owned() };
        let text = text.unwrap_or_default();
        format!("at {address}\npicture: {picture}\nconsole: {console}\nthe page says:\n{text}\n")
    }

    /// Errors in the console: uncaught exceptions, panics, violations of the content security
    /// policy, our own; and the browser's own lines about addresses nobody made fail.
    async fn complaints(&self) -> Result<Vec<String>> {
        let failing = self.failing.lock().unwrap().clone();
        let expected = |line: &thirtyfour::BrowserLogEntry| {
            line.source.as_deref() == Some("network")
                && failing.iter().any(|part| line.message.contains(part))
        };
        let log = self.driver.browser_log().await.context("the console cannot be read")?;
        let wrong = |line: &thirtyfour::BrowserLogEntry| {
            let violates = line.message.contains("Content Security Policy");
            let panics = line.message.contains("panicked at");
            violates || panics || line.level == "SEVERE" && !expected(line)
        };
        let told = |line: &thirtyfour::BrowserLogEntry| {
            format!("{} {}: {}", line.level, line.source.as_deref().unwrap_or("?"), line.message)
        };
        Ok(log.iter().filter(|line| wrong(line)).map(told).collect())
    }

    async fn clicks(&self, path: &str, text: &str) -> Result<()> {
        until(&format!("“{text}” to click on"), async || {
            let Some(found) = self.displayed(path).await? else { return Ok(None) };
            found.scroll_into_view().await?;
            found.click().await?;
            Ok(Some(()))
        })
        .await
    }

    async fn displayed(&self, path: &str) -> Result<Option<WebElement>> {
        for element in self.driver.find_all(By::XPath(path)).await? {
            if element.is_displayed().await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }
}

/// The page's word for a status.
fn status_name(status: Status) -> &'static str {
    match status {
        Status::Placed => "Placed",
        Status::Accepted => "Accepted",
        Status::PickedUp => "Picked up",
        Status::Delivered => "Delivered",
        Status::Rejected => "Rejected",
        Status::Cancelled => "Cancelled",
    }
}
