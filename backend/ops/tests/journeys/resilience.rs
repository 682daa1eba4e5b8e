//! What must not crash the page: answers that come when nobody waits any more or not at all,
//! browsers that lack something or forbid it, other programs that edit the page.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use ops::dev::cloud::{DEMO_EMAIL, DEMO_PASSWORD};
use serde_json::json;
use shared::Status;

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, PASSWORD, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, scripts, until, until_within};

/// The page of [`RESTAURANT`].
const MENU: &str = "/r/raat-rani-dhaba";

/// A restaurant takes half a minute to answer, and an order longer to arrive than a journey.
fn slowly() -> Tempo {
    Tempo::new(29, "1")
}

pub(crate) async fn back_while_a_form_waits_for_its_answer(stage: Stage) -> Result<()> {
    let world = stage.world(slowly()).await?;
    let shopper = stage.shopper(&world).await?;

    shopper.follows("Sign in").await?;
    shopper.follows("Create account").await?;
    shopper.types("Email", "away@example.com").await?;
    shopper.types("Password", PASSWORD).await?;
    let send = async || shopper.submits("Create account").await;
    goes_away(&shopper, &world, "POST /cognito", send, "/sign-in").await.context("sign-up")?;

    shopper.types("Email", DEMO_EMAIL).await?;
    shopper.types("Password", DEMO_PASSWORD).await?;
    let send = async || shopper.submits("Sign in").await;
    goes_away(&shopper, &world, "POST /cognito", send, "/").await.context("sign-in")?;

    // Whoever went away may have been signed in all the same.
    if !shopper.shows("Account").await? {
        shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    }
    shopper.goes_to("/").await?;
    shopper.follows(RESTAURANT).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.goes_to_checkout().await?;
    shopper.types_an_address().await?;
    let send = async || shopper.submits("Place order").await;
    goes_away(&shopper, &world, "PUT /api/orders/", send, MENU).await.context("an order")?;

    shopper.follows_link_to("/orders").await?;
    shopper.follows_link_to("/orders/").await?;
    shopper.is_at_an_order().await?;
    shopper.presses("Cancel order (free)").await?;
    shopper.sees("Cancel this order?").await?;
    let send = async || shopper.presses("Cancel order").await;
    goes_away(&shopper, &world, "/cancel HTTP", send, "/orders").await.context("a cancellation")?;

    shopper.goes_to("/").await?;
    shopper.follows("Account").await?;
    shopper.presses("Add address").await?;
    shopper.types_an_address().await?;
    let send = async || shopper.presses("Save").await;
    goes_away(&shopper, &world, "PUT /api/addresses/", send, "/").await.context("an address")
}

/// Does what asks the server, goes back before it answers, and is there when it does.
async fn goes_away(
    shopper: &Shopper,
    world: &World,
    request: &'static str,
    act: impl AsyncFnOnce() -> Result<()>,
    back_at: &str,
) -> Result<()> {
    world.relay.holds_answers_to(request);
    act().await?;
    world.relay.is_holding().await?;
    shopper.goes_back().await?;
    shopper.arrives_at(back_at).await?;
    world.relay.lets_answers_go();
    shopper.settles().await?;
    shopper.no_trouble().await?;
    shopper.is_content().await?;
    let path = shopper.path().await?;
    ensure!(path == back_at, "an answer that nobody waits for has led to {path}");
    Ok(())
}

pub(crate) async fn back_while_a_page_is_loading(stage: Stage) -> Result<()> {
    let world = stage.world(slowly()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.orders().await?;
    // What never answers, where one is then, and where the link leads to the page that waits.
    let pages = [
        ("/api/restaurants", MENU, "/"),
        ("/api/restaurants/raat-rani-dhaba", "/", MENU),
        ("/api/orders", "/", "/orders"),
        ("/api/orders/", "/orders", "/orders/"),
    ];
    for (slow, from, to) in pages {
        stage
            .visit(&world, &slow.replace('/', "-"), async |shopper| {
                shopper.goes_to("/").await?;
                shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
                shopper.runs_first(scripts::slow_answer(slow)).await?;
                shopper.goes_to(from).await?;
                shopper.follows_link_to(to).await?;
                match to {
                    "/orders/" => drop(shopper.is_at_an_order().await?),
                    to => shopper.arrives_at(to).await?,
                }
                shopper.goes_back().await?;
                shopper.arrives_at(from).await?;
                shopper.settles().await?;
                shopper.no_trouble().await?;
                shopper.goes_forward().await?;
                shopper.settles().await?;
                shopper.no_trouble().await
            })
            .await
            .with_context(|| format!("back while {slow} does not answer"))?;
    }
    // The same, with answers that come when nobody waits any more.
    for (request, from, to) in [
        ("GET /api/restaurants/raat", "/", MENU),
        ("GET /api/orders", "/", "/orders"),
        ("GET /api/orders/", "/orders", "/orders/"),
    ] {
        shopper.goes_to(from).await?;
        shopper.keeps_nothing().await?;
        shopper.sees(RESTAURANT).await?;
        world.relay.holds_answers_to(request);
        shopper.follows_link_to(to).await?;
        world.relay.is_holding().await?;
        shopper.goes_back().await?;
        shopper.arrives_at(from).await?;
        world.relay.lets_answers_go();
        shopper.settles().await?;
        shopper.no_trouble().await.with_context(|| format!("back before {request} is answered"))?;
        shopper.is_content().await?;
    }
    Ok(())
}

/// What a browser may lack: because it is older, or because its owner or an extension wants it so.
const FUNCTIONS: [&str; 21] = [
    "AbortSignal.timeout",
    "navigator.locks",
    "BroadcastChannel",
    "crypto.randomUUID",
    "Element.prototype.scrollIntoView",
    "HTMLDialogElement.prototype.showModal",
    "structuredClone",
    "Intl.DateTimeFormat",
    "IntersectionObserver",
    "ResizeObserver",
    "Array.prototype.at",
    "Object.hasOwn",
    "String.prototype.normalize",
    "performance.now",
    "WebSocket",
    "Worker",
    "history.scrollRestoration",
    "requestIdleCallback",
    "queueMicrotask",
    "AbortController",
    "localStorage",
];

pub(crate) async fn a_browser_without_a_function_can_order_or_is_told_so(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let mut failures = Vec::new();
    for function in FUNCTIONS {
        let visit = stage.visit(&world, function, async |shopper| {
            shopper.runs_first(scripts::without(function)).await?;
            shopper.goes_to("/").await?;
            let lacking = shopper.asks("return window.lacking", vec![]).await?;
            ensure!(lacking == json!(function), "{function} is still there");
            can_order_or_is_told_so(shopper).await
        });
        if let Err(error) = visit.await {
            failures.push(format!("without {error:#}"));
        }
    }
    ensure!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        FUNCTIONS.len(),
        failures.join("\n")
    );
    Ok(())
}

pub(crate) async fn a_browser_without_storage_can_order(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let storages = [
        ("storage that throws", scripts::storage_throws()),
        ("storage that is full", scripts::storage_is_full()),
    ];
    for (name, script) in storages {
        stage
            .visit(&world, name, async |shopper| {
                shopper.runs_first(script).await?;
                shopper.goes_to("/").await?;
                fills_a_basket(shopper).await?;
                shopper.no_trouble().await?;
                shopper.follows("Sign in").await?;
                shopper.sees("Welcome back").await?;
                shopper.types("Email", DEMO_EMAIL).await?;
                shopper.types("Password", DEMO_PASSWORD).await?;
                shopper.submits("Sign in").await?;
                shopper.sees("Place order").await.context("signed in, and back at the checkout")?;
                shopper.no_trouble().await
            })
            .await?;
    }
    Ok(())
}

pub(crate) async fn history_calls_that_throw_do_not_stop_links(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    for calls in [0, 3] {
        stage
            .visit(&world, &format!("{calls} calls"), async |shopper| {
                shopper.runs_first(scripts::history_throws(calls)).await?;
                shopper.goes_to("/").await?;
                for _ in 0..3 {
                    shopper.types("Search restaurants and dishes", "dhaba").await?;
                    shopper.no_trouble().await?;
                    shopper.follows(RESTAURANT).await?;
                    shopper.sees(DISH).await?;
                    shopper.arrives_at(MENU).await?;
                    shopper.follows("All restaurants").await?;
                    shopper.arrives_at("/").await?;
                    shopper.sees("Golden Dosa").await?;
                }
                fills_a_basket(shopper).await?;
                shopper.no_trouble().await
            })
            .await?;
    }
    Ok(())
}

/// From the first page over a menu and a dish to the checkout.
async fn fills_a_basket(shopper: &Shopper) -> Result<()> {
    shopper.follows("Golden Dosa").await?;
    shopper.presses("Masala dosa").await?;
    shopper.presses("Add to basket").await?;
    shopper.goes_to_checkout().await?;
    shopper.sees("Delivery details").await?;
    shopper.sees("Masala dosa").await
}

/// Fills a basket, or is shown a sentence with a way on; a crash is neither.
async fn can_order_or_is_told_so(shopper: &Shopper) -> Result<()> {
    let limit = Duration::from_secs(20);
    let filled = tokio::time::timeout(limit, fills_a_basket(shopper)).await;
    let filled = filled.unwrap_or_else(|_| bail!("20 s were not enough to fill a basket"));
    ensure!(!shopper.has_panicked().await?, "the program has panicked");
    if filled.is_ok() {
        return shopper.no_trouble().await;
    }
    let script = "return Array.from(document.querySelectorAll('[role=alert]')).some((alert) =>
        alert.getClientRects().length && alert.innerText.trim() && alert.querySelector('button, a'))";
    match shopper.asks(script, vec![]).await? == json!(true) {
        true => Ok(()),
        false => filled.context("and no alert says so"),
    }
}

pub(crate) async fn a_first_answer_that_never_comes_can_be_asked_for_again(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    world.relay.holds_answers_to("GET /api/restaurants HTTP");
    shopper.goes_to("/").await?;
    world.relay.is_holding().await?;
    let told = async || Ok(shopper.shows("Try again").await?.then_some(()));
    until_within(Duration::from_secs(14), "“Try again” within 12 s", told).await?;
    // What is in the document is there all the same.
    shopper.sees("Prices and availability may have changed.").await?;
    shopper.sees(RESTAURANT).await?;
    shopper.no_trouble().await?;
    world.relay.lets_answers_go();
    shopper.presses("Try again").await?;
    shopper.no_longer_sees("Prices and availability may have changed.").await?;
    shopper.sees(RESTAURANT).await?;
    shopper.no_trouble().await
}

pub(crate) async fn a_program_that_never_comes_is_told_so(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    world.relay.holds_answers_to(".wasm HTTP");
    shopper.asks_for("/").await?;
    world.relay.is_holding().await?;
    let told = async || Ok(shopper.shows("Reload").await?.then_some(()));
    until_within(Duration::from_secs(19), "“Reload” within 17 s", told).await?;
    shopper.sees_trouble().await?;
    shopper.presses("Reload").await?;
    world.relay.lets_answers_go();
    shopper.sees(RESTAURANT).await?;
    shopper.no_trouble().await
}

/// The file of the lazily loaded pages.
const LAZY: &str = "/split_lazy";

pub(crate) async fn a_lazily_loaded_page_comes_or_says_so(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let expects_failures = |shopper: &Shopper| {
        shopper.expects_failures_of(LAZY);
        shopper.expects_failures_of("/frontend_split.");
        shopper.expects_failures_of("/icon-");
    };
    // Which would have the page already.
    let no_worker = scripts::without("navigator.serviceWorker");
    stage
        .visit(&world, "the site has no such file", async |shopper| {
            shopper.runs_first(no_worker.as_str()).await?;
            expects_failures(shopper);
            world.relay.refuses(Some(LAZY));
            shopper.goes_to("/").await?;
            shopper.follows("Sign in").await?;
            shopper.sees("A new version is available").await?;
            shopper.no_trouble().await?;
            world.relay.refuses(None);
            shopper.presses("Reload").await?;
            shopper.sees("Welcome back").await
        })
        .await?;
    stage
        .visit(&world, "without a connection", async |shopper| {
            shopper.runs_first(no_worker.as_str()).await?;
            expects_failures(shopper);
            shopper.expects_failures_of("/config.json");
            shopper.goes_to("/").await?;
            shopper.sees(RESTAURANT).await?;
            world.relay.is_cut().await;
            shopper.follows("Sign in").await?;
            shopper.sees("Try again").await?;
            shopper.sees("No connection").await?;
            shopper.no_trouble().await?;
            world.relay.is_mended().await?;
            shopper.asks("window.dispatchEvent(new Event('online'))", vec![]).await?;
            shopper.sees("Welcome back").await
        })
        .await?;
    stage
        .visit(&world, "no answer", async |shopper| {
            shopper.runs_first(no_worker.as_str()).await?;
            shopper.goes_to("/").await?;
            world.relay.holds_answers_to(LAZY);
            shopper.follows("Sign in").await?;
            world.relay.is_holding().await?;
            let told = async || Ok(shopper.shows("Try again").await?.then_some(()));
            until_within(Duration::from_secs(14), "“Try again” within 12 s", told).await?;
            world.relay.lets_answers_go();
            shopper.presses("Try again").await?;
            shopper.sees("Welcome back").await
        })
        .await?;
    stage
        .visit(&world, "back before it comes", async |shopper| {
            shopper.runs_first(no_worker.as_str()).await?;
            shopper.goes_to("/").await?;
            world.relay.holds_answers_to(LAZY);
            shopper.follows("Sign in").await?;
            world.relay.is_holding().await?;
            shopper.goes_back().await?;
            shopper.sees(RESTAURANT).await?;
            world.relay.lets_answers_go();
            shopper.settles().await?;
            shopper.no_trouble().await?;
            shopper.goes_forward().await?;
            shopper.sees("Welcome back").await
        })
        .await?;
    stage
        .visit(&world, "before it is needed", async |shopper| {
            shopper.runs_first(no_worker.as_str()).await?;
            shopper.goes_to("/").await?;
            shopper.follows("Golden Dosa").await?;
            shopper.presses("Masala dosa").await?;
            shopper.presses("Add to basket").await?;
            let script = "return performance.getEntriesByType('resource')
                .some((entry) => entry.name.includes(arguments[0]) && entry.responseEnd > 0)";
            until("the lazy pages to be loaded", async || {
                Ok((shopper.asks(script, vec![json!(LAZY)]).await? == json!(true)).then_some(()))
            })
            .await?;
            shopper.settles().await?;
            shopper.expects_failures_of("/");
            world.relay.is_cut().await;
            shopper.goes_to_checkout().await?;
            shopper.sees("Delivery details").await?;
            shopper.no_trouble().await?;
            world.relay.is_mended().await
        })
        .await
}

pub(crate) async fn a_lock_that_another_tab_never_releases_stops_nothing(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(slowly()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    let order = shopper.orders().await?;
    let first = shopper.tab().await?;
    shopper.expects_failures_of("/favicon.ico"); // which the browser wants of a page without one
    shopper.opens_tab("/config.json").await?;
    let lock =
        "navigator.locks.request('tiffin.refresh', () => new Promise(() => {})).catch(() => {});";
    shopper.asks(lock, vec![]).await?;
    let script = "const done = arguments[arguments.length - 1];
        navigator.locks.query().then(({ held }) => done(held.some((it) => it.name === 'tiffin.refresh')));";
    until("the lock to be held", async || {
        let held = shopper.driver().execute_async(script, vec![]).await?;
        Ok((held.json() == &json!(true)).then_some(()))
    })
    .await?;
    shopper.turns_to(&first).await?;
    // A page that has just been loaded has no access token yet, and needs the lock to get one.
    shopper.goes_to(&order).await?;
    let seen = async || Ok(shopper.shows("Order summary").await?.then_some(()));
    until_within(Duration::from_secs(27), "the order within 25 s", seen).await?;
    shopper.no_trouble().await
}

pub(crate) async fn being_online_again_loads_what_had_failed(stage: Stage) -> Result<()> {
    let world = stage.world(slowly()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.expects_failures_of("/api/");
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.orders().await?;
    shopper.keeps_nothing().await?;
    for (path, text) in [
        ("/", "Golden Dosa"),
        (MENU, DISH),
        ("/orders", "In progress"),
        ("/account", "No saved addresses"),
    ] {
        world.relay.refuses(Some(" /api/"));
        shopper.goes_to(path).await?;
        shopper.sees("Try again").await.with_context(|| format!("offline at {path}"))?;
        // The document of the catalog's pages has it.
        let is_private = path.starts_with("/orders") || path.starts_with("/account");
        let shows = shopper.shows(text).await?;
        ensure!(shows != is_private, "{path} shows “{text}” without its answer: {shows}");
        world.relay.refuses(None);
        shopper.asks("window.dispatchEvent(new Event('online'))", vec![]).await?;
        shopper.sees(text).await.with_context(|| format!("online again at {path}"))?;
        shopper.no_longer_sees("Try again").await?;
        shopper.no_trouble().await?;
    }
    Ok(())
}

pub(crate) async fn being_online_again_takes_back_errors(stage: Stage) -> Result<()> {
    let world = stage.world(slowly()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.expects_failures_of("/api/");
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.is_ready_to_order().await?;
    world.relay.refuses(Some("PUT /api/orders/"));
    shopper.submits("Place order").await?;
    takes_back_its_error(&shopper, &world, "Place order").await.context("the checkout")?;
    shopper.goes_to("/account").await?;
    shopper.sees("No saved addresses").await?;
    world.relay.refuses(Some(" /api/account"));
    shopper.presses("Download my data").await?;
    takes_back_its_error(&shopper, &world, "Download my data").await.context("the account")?;
    shopper.no_trouble().await
}

/// Sees that there is no connection, and no longer once there is one again; what failed can be
/// tried again.
async fn takes_back_its_error(shopper: &Shopper, world: &World, button: &str) -> Result<()> {
    let error = "You’re offline, or the site isn’t responding.";
    shopper.sees(error).await?;
    shopper.settles().await?;
    shopper.sees(error).await.context("it stays as long as there is no connection")?;
    world.relay.refuses(None);
    shopper.asks("window.dispatchEvent(new Event('online'))", vec![]).await?;
    shopper.no_longer_sees(error).await?;
    shopper.sees(button).await
}

/// What a browser's translation does: every text is put into elements of its own.
const TRANSLATE: &str = "
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    for (const text of found) {
        if (!text.data.trim() || text.parentElement.closest('script, style')) continue;
        const outer = document.createElement('font'), inner = document.createElement('font');
        outer.append(inner);
        text.replaceWith(outer);
        inner.append(text.data);
    }";

pub(crate) async fn a_translated_page_still_changes(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.has_a_window_of(390, 844).await?; // where the basket is a bar with its count and price
    shopper.goes_to(MENU).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    let before = basket(&shopper, "1 item").await?;
    shopper.asks(TRANSLATE, vec![]).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    let after = basket(&shopper, "2 items").await.context("the basket's count changes")?;
    let price = |text: &str| text.split("View basket").last().unwrap_or_default().to_owned();
    ensure!(price(&before) != price(&after), "the price stays: “{before}”, “{after}”");
    ensure!(price(&after).contains("₹4"), "two of 210 rupees are not “{after}”");
    shopper.no_trouble().await?;
    shopper.goes_to_checkout().await?;
    shopper.types_an_address().await?;
    shopper.asks(TRANSLATE, vec![]).await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    shopper.sees_status(Status::Placed).await?;
    shopper.asks(TRANSLATE, vec![]).await?;
    shopper.sees_status(Status::Accepted).await?;
    shopper.asks(TRANSLATE, vec![]).await?;
    shopper.sees_status(Status::Delivered).await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    shopper.goes_back().await?;
    shopper.settles().await?;
    shopper.no_trouble().await
}

/// The bar of the basket, once it holds that many.
async fn basket(shopper: &Shopper, count: &str) -> Result<String> {
    until(&format!("{count} in the basket"), async || {
        let bar = shopper.reads("//aside//a[contains(., \"View basket\")]").await?;
        ensure!(bar.starts_with(count), "it says “{bar}”");
        Ok(Some(bar))
    })
    .await
}

pub(crate) async fn signing_out_elsewhere_removes_what_was_typed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.is_ready_to_order().await?;
    shopper.types("Note for the restaurant or courier", "The door is blue").await?;
    shopper.leaves_the_field().await?;
    let first = shopper.tab().await?;
    shopper.opens_tab("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.sees("Sign in").await?;
    shopper.turns_to(&first).await?;
    shopper.sees("Sign in to order").await?;
    let script = "
        const ids = ['name', 'street', 'unit', 'postcode', 'city', 'phone', 'note'];
        const fields = ids.map((id) => document.getElementById(id)?.value ?? '');
        const stored = Object.keys(localStorage).filter((key) => key.startsWith('tiffin.details'));
        return fields.concat(stored).filter((it) => it);";
    until("nothing that was typed to be left", async || {
        let left = shopper.asks(script, vec![]).await?;
        ensure!(left == json!([]), "there is {left}");
        Ok(Some(()))
    })
    .await?;
    shopper.reloads().await?;
    shopper.sees("Sign in to order").await?;
    let left = shopper.asks(script, vec![]).await?;
    ensure!(left == json!([]), "after a reload there is {left}");
    shopper.no_trouble().await
}

pub(crate) async fn a_status_of_a_later_version_is_in_progress(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.runs_first(scripts::later_version("order_accepted", "order_tasted")).await?;
    shopper.is_ready_to_order().await?;
    shopper.submits("Place order").await?;
    let order = shopper.is_at_an_order().await?;
    shopper.sees("Your order is in progress").await?;
    shopper.sees("A new version is available.").await?;
    // Opened now, the page reads what it does not know as well.
    shopper.goes_to("/orders").await?;
    shopper.sees("In progress").await?;
    shopper.goes_to(&order).await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    shopper.no_trouble().await
}
