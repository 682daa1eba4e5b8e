//! A person with a browser: finds things by what they say, as a person does.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::Status;
use thirtyfour::BrowserLogEntry;
use thirtyfour::prelude::*;

use super::backend::Backend;
use super::driver::Engine;
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
    engine: Engine,
    home: String,
    /// Parts of addresses that the journey makes fail; the browser's lines about them are expected.
    failing: Arc<Mutex<Vec<&'static str>>>,
    /// The console so far: each line can be read from the browser once.
    console: Arc<Mutex<Vec<BrowserLogEntry>>>,
    /// What runs before any script of a page.
    first: Arc<Mutex<Vec<String>>>,
}

/// The modules that load the lazy pages and the counter, and report in the console what they could not load.
const LOADERS: [&str; 3] = ["/frontend_split.", "/counter_split.", "/counter-boot."];

/// Whether the element of index.html that tells of a crash is in sight, and what it says.
const TROUBLE: &str = "
    const trouble = document.getElementById('trouble');
    return trouble && trouble.getClientRects().length ? trouble.innerText || 'nothing' : null;
";

/// The characters that keep a name's direction from the sentence it is in, which nobody sees.
const ISOLATES: [char; 2] = ['\u{2068}', '\u{2069}'];

/// An XPath of the text of `of` as a person reads it.
fn text_of(of: &str) -> String {
    format!("normalize-space(translate({of}, \"{}\", \"\"))", String::from_iter(ISOLATES))
}

/// The first element of an XPath that can be seen; of those in a modal dialog, if one is open.
const SEEN: &str = "
    const found = document.evaluate(arguments[0], document, null, 7, null);
    const dialog = Array.from(document.querySelectorAll('dialog[open]')).pop();
    for (let i = 0; i < found.snapshotLength; i++) {
        const element = found.snapshotItem(i);
        if (dialog && !dialog.contains(element)) continue;
        const shown = element.closest('select') ?? element; // a closed list draws none of its options
        if (shown.getClientRects().length && getComputedStyle(shown).visibility === 'visible')
            return element;
    }
    return null;
";

impl Shopper {
    /// Someone with this browser, who will shop at `home`.
    pub(crate) fn new(driver: WebDriver, engine: Engine, home: String) -> Self {
        Self {
            driver,
            engine,
            home,
            failing: Arc::default(),
            console: Arc::default(),
            first: Arc::default(),
        }
    }

    /// The browser, for what only a developer does.
    pub(crate) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Runs a script in the page; what it returns.
    pub(crate) async fn asks(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Has a script run before any script of every page from now on, in this tab and those that are
    /// opened from here. Only Chromium can.
    pub(crate) async fn runs_first(&self, script: impl Into<String>) -> Result<()> {
        let script = script.into();
        self.adds(&script).await?;
        self.first.lock().unwrap().push(script);
        Ok(())
    }

    async fn adds(&self, script: &str) -> Result<()> {
        ensure!(self.engine == Engine::Chromium, "a script before all others needs Chromium");
        self.driver.cdp().page().add_script_to_evaluate_on_new_document(script).await?;
        Ok(())
    }

    /// Types an address of the shop, and waits until the program runs, or says that it cannot.
    pub(crate) async fn goes_to(&self, path: &str) -> Result<()> {
        self.asks_for(path).await?;
        self.has_the_program().await
    }

    /// Types an address of the shop.
    pub(crate) async fn asks_for(&self, path: &str) -> Result<()> {
        self.driver.goto(format!("{}{path}", self.home)).await?;
        Ok(())
    }

    /// Presses the reload button, and waits as [`Self::goes_to`] does.
    pub(crate) async fn reloads(&self) -> Result<()> {
        self.driver.refresh().await?;
        self.has_the_program().await
    }

    /// Waits until the program has taken the place of what the document showed, or says that it cannot.
    pub(crate) async fn has_the_program(&self) -> Result<()> {
        until("the program to run", async || {
            let boot = self.asks("return document.getElementById('boot') === null", vec![]).await?;
            let trouble = self.asks(TROUBLE, vec![]).await?;
            Ok((boot == true || !trouble.is_null()).then_some(()))
        })
        .await
    }

    /// Presses the browser's Back button.
    pub(crate) async fn goes_back(&self) -> Result<()> {
        Ok(self.driver.back().await?)
    }

    /// Presses the browser's Forward button.
    pub(crate) async fn goes_forward(&self) -> Result<()> {
        Ok(self.driver.forward().await?)
    }

    /// Opens another tab at an address of the shop, and looks at it.
    pub(crate) async fn opens_tab(&self, path: &str) -> Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab.clone()).await?;
        let first = self.first.lock().unwrap().clone();
        for script in first {
            self.adds(&script).await?;
        }
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
        let (said, label) = (text_of("."), text_of("@aria-label"));
        let named = format!("[starts-with({said}, \"{text}\") or {label}=\"{text}\"]");
        self.clicks(&format!("//button[not(@disabled)][not(@aria-disabled=\"true\")]{named}"), text)
            .await
    }

    /// Presses the button of a form.
    pub(crate) async fn submits(&self, text: &str) -> Result<()> {
        let button = "//button[@type=\"submit\"][not(@disabled)][not(@aria-disabled=\"true\")]";
        self.clicks(&format!("{button}[starts-with({}, \"{text}\")]", text_of(".")), text).await
    }

    /// Sees a button that begins with a text and cannot be pressed.
    pub(crate) async fn cannot_press(&self, text: &str) -> Result<()> {
        let disabled = "//button[@disabled or @aria-disabled=\"true\"]";
        let path = format!("{disabled}[starts-with({}, \"{text}\")]", text_of("."));
        until(&format!("a button “{text}” that cannot be pressed"), async || {
            Ok(self.seen(&path).await?.map(drop))
        })
        .await
    }

    /// Follows the link of that text.
    pub(crate) async fn follows(&self, text: &str) -> Result<()> {
        self.clicks(&format!("//a[{}=\"{text}\"]", text_of(".")), text).await
    }

    /// The text of the first element of an XPath that can be seen, on one line.
    pub(crate) async fn reads(&self, path: &str) -> Result<String> {
        let found = self.seen(path).await?.with_context(|| format!("there is no {path}"))?;
        let text = found.text().await?.replace(ISOLATES, "");
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Follows a link to this path, or to one below if it ends with a slash.
    pub(crate) async fn follows_link_to(&self, path: &str) -> Result<()> {
        let below = path.len() > 1 && path.ends_with('/');
        let leads = if below { "starts-with(@href, \"PATH\")" } else { "@href=\"PATH\"" };
        self.clicks(&format!("//a[{}]", leads.replace("PATH", path)), path).await
    }

    /// Types into the field of that label, in place of what is there.
    pub(crate) async fn types(&self, label: &str, text: &str) -> Result<()> {
        let named =
            format!("normalize-space(.)=\"{label}\" or normalize-space(.)=\"{label} (optional)\"");
        let id = format!("@id=//label[{named}]/@for");
        let said = format!("@aria-label=\"{label}\"");
        let field = format!("//input[{id}] | //textarea[{id}] | //input[{said}]");
        until(&format!("a field “{label}”"), async || {
            let Some(field) = self.seen(&field).await? else { return Ok(None) };
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
        let named =
            format!("@aria-label=\"{list}\" or @id=//label[normalize-space(.)=\"{list}\"]/@for");
        let lists = format!("//select[{named} or ancestor::label[span=\"{list}\"]]");
        self.clicks(&format!("{lists}/option[normalize-space(.)=\"{option}\"]"), option).await
    }

    /// Ticks, or unticks, what has these words beside it.
    pub(crate) async fn ticks(&self, text: &str) -> Result<()> {
        self.clicks(&format!("//label[contains(., \"{text}\")]"), text).await
    }

    /// Goes on to the checkout, by whatever leads there at this size.
    pub(crate) async fn goes_to_checkout(&self) -> Result<()> {
        self.follows_link_to("/checkout").await
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

    /// Sees that the app has not crashed: `#trouble` is hidden.
    pub(crate) async fn no_trouble(&self) -> Result<()> {
        let trouble = self.asks(TROUBLE, vec![]).await?;
        ensure!(trouble.is_null(), "the app has crashed: {trouble}");
        Ok(())
    }

    /// Sees that the app has crashed or could not start, and that it says so.
    pub(crate) async fn sees_trouble(&self) -> Result<()> {
        let look = async || Ok((!self.asks(TROUBLE, vec![]).await?.is_null()).then_some(()));
        until("#trouble to be shown", look).await
    }

    /// Waits until what has just happened has had its consequences, for those that must not be.
    pub(crate) async fn settles(&self) -> Result<()> {
        let script = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)));";
        self.driver.execute_async(script, vec![]).await?;
        Ok(())
    }

    /// Is on the page of this path.
    pub(crate) async fn arrives_at(&self, path: &str) -> Result<()> {
        until(&format!("to be at {path}"), async || {
            let now = self.path().await?;
            ensure!(now == path, "it is {now}");
            Ok(Some(()))
        })
        .await
    }

    /// Whether a text is on the page now.
    pub(crate) async fn shows(&self, text: &str) -> Result<bool> {
        let page = self.asks("return document.body.innerText", vec![]).await?;
        Ok(page.as_str().is_some_and(|page| page.replace(ISOLATES, "").contains(text)))
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
        Ok(self.asks(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
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
        self.types("Email", email).await?;
        self.types("Password", PASSWORD).await?;
        self.submits("Create account").await?;
        self.sees("Check your email").await?;
        self.types("Confirmation code", &backend.code_for(email).await?).await?;
        self.submits("Confirm").await?;
        self.sees("Account").await
    }

    /// Signs in with an account; nobody else may be signed in.
    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> Result<()> {
        self.goes_to("/sign-in").await?;
        self.signs_in_here(email, password).await
    }

    /// Signs in by the form on this page, which may be there since nobody was signed in.
    pub(crate) async fn signs_in_here(&self, email: &str, password: &str) -> Result<()> {
        self.tries_to_sign_in(email, password).await?;
        until("to leave the page to sign in", async || {
            Ok((self.path().await? != "/sign-in").then_some(()))
        })
        .await?;
        self.sees("Account").await
    }

    /// Is told that no account has this address and password.
    pub(crate) async fn cannot_sign_in(&self, email: &str, password: &str) -> Result<()> {
        self.expects_failures_of("/cognito");
        self.goes_to("/sign-in").await?;
        self.tries_to_sign_in(email, password).await?;
        self.sees("Incorrect email or password").await
    }

    async fn tries_to_sign_in(&self, email: &str, password: &str) -> Result<()> {
        self.types("Email", email).await?;
        self.types("Password", password).await?;
        self.submits("Sign in").await
    }

    /// Finds a dish and goes to the checkout with it, everything filled in.
    pub(crate) async fn is_ready_to_order(&self) -> Result<()> {
        self.goes_to("/").await?;
        self.follows(RESTAURANT).await?;
        self.presses(&format!("Add {DISH}")).await?;
        self.goes_to_checkout().await?;
        self.types_an_address().await
    }

    /// Types where an order goes.
    pub(crate) async fn types_an_address(&self) -> Result<()> {
        self.types("Name", "Asha Rao").await?;
        self.types("Street address", "4 Mango Lane").await?;
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

    /// Complains about every error in the browser's console so far; of Firefox and WebKit, which
    /// do not show theirs to a driver, about a crash.
    pub(crate) async fn is_content(&self) -> Result<()> {
        let complaints = self.complaints().await?;
        ensure!(
            complaints.is_empty(),
            "the browser's console has errors:\n{}",
            complaints.join("\n")
        );
        Ok(())
    }

    /// Closes the browser, and complains as [`Self::is_content`] does.
    pub(crate) async fn leaves(self) -> Result<()> {
        let content = self.is_content().await;
        self.driver.quit().await?;
        content
    }

    /// What the person sees, for a failure; closes the browser.
    pub(crate) async fn describe(self, picture: &Path) -> String {
        let _ = picture.parent().map(std::fs::create_dir_all);
        let taken = self.driver.screenshot(picture).await.is_ok();
        let address = self.driver.current_url().await.map(String::from).unwrap_or_default();
        let text = self.asks("return document.body.innerText", vec![]).await;
        let text = text.ok().and_then(|text| text.as_str().map(str::to_owned));
        let console = self.complaints().await.unwrap_or_default().join("\n");
        let _ = self.driver.quit().await;
        let picture = if taken { picture.display().to_string() } else { "none".to_owned() };
        let text = text.unwrap_or_default();
        format!("at {address}\npicture: {picture}\nconsole: {console}\nthe page says:\n{text}\n")
    }

    /// Whether the program has panicked, by the console. Only Chromium tells.
    pub(crate) async fn has_panicked(&self) -> Result<bool> {
        Ok(self.console().await?.iter().any(|line| line.message.contains("panicked at")))
    }

    /// Errors in the console: uncaught exceptions, panics, violations of the content security
    /// policy, our own; and the browser's own lines about addresses nobody made fail.
    async fn complaints(&self) -> Result<Vec<String>> {
        if self.engine != Engine::Chromium {
            return Ok(self.no_trouble().await.err().iter().map(ToString::to_string).collect());
        }
        let failing = self.failing.lock().unwrap().clone();
        let expected = |line: &BrowserLogEntry| {
            let loader = line.source.as_deref() == Some("console-api")
                && LOADERS.iter().any(|loader| line.message.contains(loader));
            (loader || line.source.as_deref() == Some("network"))
                && failing.iter().any(|part| line.message.contains(part))
        };
        let wrong = |line: &BrowserLogEntry| {
            let violates = line.message.contains("Content Security Policy");
            let panics = line.message.contains("panicked at");
            violates || panics || line.level == "SEVERE" && !expected(line)
        };
        let told = |line: &BrowserLogEntry| {
            format!("{} {}: {}", line.level, line.source.as_deref().unwrap_or("?"), line.message)
        };
        Ok(self.console().await?.iter().filter(|line| wrong(line)).map(told).collect())
    }

    async fn console(&self) -> Result<Vec<BrowserLogEntry>> {
        let new = self.driver.browser_log().await.context("the console cannot be read")?;
        let mut console = self.console.lock().unwrap();
        console.extend(new);
        Ok(console.clone())
    }

    async fn clicks(&self, path: &str, text: &str) -> Result<()> {
        until(&format!("“{text}” to click on"), async || {
            let Some(found) = self.seen(path).await? else { return Ok(None) };
            found.scroll_into_view().await?;
            found.click().await?;
            Ok(Some(()))
        })
        .await
    }

    async fn seen(&self, path: &str) -> Result<Option<WebElement>> {
        let found = self.driver.execute(SEEN, vec![json!(path)]).await?;
        if found.json().is_null() { Ok(None) } else { Ok(Some(found.element()?)) }
    }
}

/// The page's word for a status.
fn status_name(status: Status) -> &'static str {
    match status {
        Status::Placed => "Placed",
        Status::Accepted => "Accepted",
        Status::Ready => "Ready",
        Status::PickedUp => "Picked up",
        Status::Delivered => "Delivered",
        Status::Rejected => "Declined",
        Status::Cancelled => "Cancelled",
        Status::Failed => "Not delivered",
        Status::Unknown => "In progress",
    }
}
