//! The first second, and the next visit: what is there before the program is, and what stays when the
//! network, or the version, goes.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use walkdir::WalkDir;

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, path_from_env, until};

/// The page of [`RESTAURANT`].
const MENU: &str = "/r/raat-rani-dhaba";
/// The request for the program.
const PROGRAM: &str = "GET /frontend_bg.";
/// What is said of something that was kept.
const STALE: &str = "Prices and availability may have changed.";

pub(crate) async fn a_menu_is_read_without_javascript(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    let disabled = json!({"value": true});
    shopper.driver().cdp().send_raw("Emulation.setScriptExecutionDisabled", disabled).await?;
    shopper.asks_for("/").await?;
    shopper.sees("To order, turn on JavaScript").await?;
    shopper.follows(RESTAURANT).await?;
    shopper.arrives_at(MENU).await?;
    shopper.sees(DISH).await?;
    shopper.sees("₹").await?;
    let title = shopper.title().await?;
    ensure!(title == "Raat Rani Dhaba · Tiffin", "the title is {title}");
    shopper.follows("All restaurants").await?;
    shopper.arrives_at("/").await?;
    shopper.sees(RESTAURANT).await
}

/// Sum of what has moved since the page was opened (web.dev/articles/cls).
const LAYOUT_SHIFT: &str = "const done = arguments[arguments.length - 1];
    new PerformanceObserver((list) => {
      done(list.getEntries().reduce((sum, shift) => sum + shift.value, 0));
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(0), 1000);";

/// Whether the document contains the API's answer as it is now.
const SAME_ANSWER: &str = "const done = arguments[arguments.length - 1];
    const known = document.getElementById('prerendered');
    fetch(known.dataset.path).then((answer) => answer.text())
      .then((body) => done(known.textContent === body.replaceAll('<', '\\\\u003c')));";

/// The places of what depends on the reader or on the minute, and is empty in the document.
const LATER: &str =
    "const later = '.restaurant-hours, .badge, .dish-count, .menu-cart, .sections, summary';
    return [...document.querySelectorAll(later)].map((it) => it.getBoundingClientRect())
      .map(({ left, top, right, bottom }) => [left, top, right, bottom]);";

/// How many pixels differ between two pictures of the same: a text that moves changes thousands.
const SAME: u64 = 20;

/// How many pixels of two pictures differ, by more than pictures are drawn differently each time, outside of some rectangles, and where the first is.
const DIFFERENCE: &str = "const [one, two, besides, done] = arguments;
    const read = async (data) => {
      const image = new Image();
      image.src = 'data:image/png;base64,' + data;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    };
    Promise.all([read(one), read(two)]).then(([a, b]) => {
      let count = 0, first = null;
      for (let at = 0; at < a.data.length; at += 4) {
        const x = (at / 4) % a.width, y = Math.floor(at / 4 / a.width);
        const differs = [0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > 8);
        if (!differs || besides.some(([l, t, r, e]) => x >= l - 1 && x <= r + 1 && y >= t - 1 && y <= e + 1)) continue;
        count += 1;
        first ??= [x, y];
      }
      done({ count, first, same_size: a.width === b.width && a.height === b.height });
    });";

pub(crate) async fn the_program_takes_over_without_a_flash(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    world.backend.sells(around_the_clock).await?;
    for path in ["/", MENU] {
        for (width, height, scrolled) in [(390, 844, 0), (390, 844, 1_500), (1280, 800, 0)] {
            let purpose = format!("{}-{width}-{scrolled}", path.replace('/', "-"));
            let looks = async |shopper: &Shopper| {
                shopper.has_a_window_of(width, height).await?;
                takes_over_without_a_flash(shopper, &world, path, scrolled).await
            };
            stage.visit(&world, &purpose, looks).await?;
        }
    }
    Ok(())
}

/// Notes, in the task in which the page is shown, which pictures in view would come later.
const LATE_PICTURES: &str = "addEventListener('started', () => {
      window.latePictures = [...document.images].filter((it) => {
        const { top, bottom } = it.getBoundingClientRect();
        return bottom > 0 && top < innerHeight && !(it.complete && it.naturalWidth > 0);
      }).map((it) => it.src);
    });
    scrollTo(0, arguments[0]);";

async fn takes_over_without_a_flash(
    shopper: &Shopper,
    world: &World,
    path: &str,
    scrolled: u32,
) -> Result<()> {
    // They fade in and out by themselves.
    let hidden = json!({"hidden": true});
    shopper.driver().cdp().send_raw("Emulation.setScrollbarsHidden", hidden).await?;
    world.relay.holds_answers_to(PROGRAM);
    shopper.asks_for(path).await?;
    world.relay.is_holding().await?;
    shopper.asks(LATE_PICTURES, vec![json!(scrolled)]).await?;
    has_its_pictures(shopper).await?;
    let before = shopper.driver().screenshot_as_png().await?;
    let mut later = shopper.asks(LATER, vec![]).await?.as_array().cloned().unwrap_or_default();
    world.relay.lets_answers_go();
    shopper.has_the_program().await?;
    let late = shopper.asks("return window.latePictures", vec![]).await?;
    ensure!(late == json!([]), "{path}, scrolled by {scrolled}: pictures that come later: {late}");
    shopper.settles().await?;
    has_its_pictures(shopper).await?;
    let after = shopper.driver().screenshot_as_png().await?;
    later.extend(shopper.asks(LATER, vec![]).await?.as_array().cloned().unwrap_or_default());
    let pictures = [&before, &after].map(|it| json!(STANDARD.encode(it)));
    let arguments = [pictures.as_slice(), &[json!(later)]].concat();
    let found = shopper.driver().execute_async(DIFFERENCE, arguments).await?.json().clone();
    let differs = found["count"].as_u64().is_none_or(|count| count > SAME);
    if found["same_size"] != true || differs {
        let folder = path_from_env("TIFFIN_SCREENSHOTS")?;
        for (name, picture) in [("before", before), ("after", after)] {
            std::fs::write(folder.join(format!("flash-{name}.png")), picture)?;
        }
        bail!("{path} changes, see flash-before.png and flash-after.png: {found}");
    }
    // Then the program has nothing to render anew.
    let same = shopper.driver().execute_async(SAME_ANSWER, vec![]).await?.json().clone();
    ensure!(same == true, "{path}: the document's answer is not the API's");
    let shift = shopper.driver().execute_async(LAYOUT_SHIFT, vec![]).await?.json().clone();
    ensure!(shift.as_f64().is_some_and(|shift| shift < 0.01), "{path} moves by {shift}");
    Ok(())
}

async fn has_its_pictures(shopper: &Shopper) -> Result<()> {
    let script = "return [...document.images].filter((it) => {
          const { top, bottom } = it.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        }).every((it) => it.complete && it.naturalWidth > 0)";
    let all = async || Ok((shopper.asks(script, vec![]).await? == true).then_some(()));
    until("the pictures of the first screen", all).await
}

pub(crate) async fn what_is_begun_before_the_program_runs_goes_on(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    world.relay.holds_answers_to(PROGRAM);
    shopper.asks_for("/").await?;
    world.relay.is_holding().await?;
    shopper.types("Search restaurants and dishes", "rajma").await?;
    shopper.chooses("Sort by", "Delivery fee").await?;
    world.relay.lets_answers_go();
    shopper.has_the_program().await?;
    shopper.no_longer_sees("Golden Dosa").await?;
    shopper.sees(RESTAURANT).await?;
    let sort = shopper.asks("return document.querySelector('select').value", vec![]).await?;
    ensure!(sort == "fee", "it is sorted by {sort}");
    // Nothing was chosen in the document that a reload shows.
    shopper.reloads().await?;
    let sort = shopper.asks("return document.querySelector('select').value", vec![]).await?;
    ensure!(sort == "fee", "after a reload, it is sorted by {sort}");

    world.relay.holds_answers_to(PROGRAM);
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.asks_for(MENU).await?;
    world.relay.is_holding().await?;
    shopper.asks("document.querySelector('summary').click()", vec![]).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    world.relay.lets_answers_go();
    shopper.has_the_program().await?;
    shopper.sees("Go to checkout").await?;
    let count = "return document.querySelector('.dish-add.has .dish-count').textContent";
    let count = shopper.asks(count, vec![]).await?;
    ensure!(count == "2", "there are {count} of {DISH}");
    let focused = shopper.asks("return document.activeElement.textContent", vec![]).await?;
    ensure!(focused.as_str().is_some_and(|text| text.contains(DISH)), "the focus is on {focused}");
    let open = shopper.asks("return document.querySelector('details').open", vec![]).await?;
    ensure!(open == true, "the opening hours are closed");

    // A postcode counts, as if its field had been left with the program.
    world.relay.holds_answers_to(PROGRAM);
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.asks_for("/").await?;
    world.relay.is_holding().await?;
    shopper.types("Deliver to", "ZE1 0AA").await?;
    world.relay.lets_answers_go();
    shopper.has_the_program().await?;
    shopper.sees("Doesn’t deliver to ZE1 0AA").await?;

    // A link is a link, with or without the program.
    world.relay.holds_answers_to(PROGRAM);
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.asks_for("/").await?;
    world.relay.is_holding().await?;
    shopper.follows(RESTAURANT).await?;
    shopper.arrives_at(MENU).await?;
    world.relay.lets_answers_go();
    shopper.has_the_program().await?;
    shopper.sees(DISH).await
}

pub(crate) async fn going_back_to_a_menu_finds_its_place_again(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.has_a_window_of(390, 844).await?;
    shopper.goes_to(MENU).await?;
    shopper.sees(DISH).await?;
    let scrolled_to = "scrollTo(0, document.documentElement.scrollHeight / 2); return scrollY";
    let before = shopper.asks(scrolled_to, vec![]).await?;
    shopper.asks("document.querySelector('.brand').click()", vec![]).await?;
    shopper.sees(RESTAURANT).await?;
    shopper.driver().back().await?;
    let place =
        async || Ok((shopper.asks("return scrollY", vec![]).await? == before).then_some(()));
    until(&format!("the menu at {before}"), place).await?;
    // A skeleton in place of the menu would be too short for that.
    shopper.settles().await?;
    let after = shopper.asks("return scrollY", vec![]).await?;
    ensure!(after == before, "left at {before}, came back to {after}");
    Ok(())
}

pub(crate) async fn the_shop_can_be_installed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    let cdp = shopper.driver().cdp();
    let found = cdp.send_raw("Page.getInstallabilityErrors", json!({})).await?;
    ensure!(found["installabilityErrors"] == json!([]), "it cannot be installed: {found}");
    let manifest = cdp.send_raw("Page.getAppManifest", json!({})).await?;
    ensure!(manifest["errors"] == json!([]), "the manifest has errors: {manifest}");
    ensure!(manifest["url"].as_str().is_some_and(|url| !url.is_empty()), "no manifest: {manifest}");
    Ok(())
}

/// What the service worker keeps, by path.
const KEPT: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const paths = [];
      for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys())
          paths.push(new URL(request.url).pathname);
      done(paths);
    })();";

async fn keeps(shopper: &Shopper, path: &str) -> Result<()> {
    until(&format!("{path} to be kept"), async || {
        let kept = shopper.driver().execute_async(KEPT, vec![]).await?.json().clone();
        Ok(paths(&kept).contains(&path).then_some(()))
    })
    .await
}

fn paths(kept: &Value) -> Vec<&str> {
    kept.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(crate) async fn the_shop_opens_without_a_network_after_one_visit(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.follows(RESTAURANT).await?;
    shopper.sees(DISH).await?;
    keeps(&shopper, "/").await?;
    keeps(&shopper, MENU).await?;

    shopper.expects_failures_of("127.0.0.1");
    shopper.expects_failures_of("fetching the script");
    shopper.keeps_nothing().await?; // nor what the API said a moment ago
    world.relay.is_cut().await;
    shopper.goes_to("/").await?;
    shopper.sees(STALE).await?;
    shopper.follows(RESTAURANT).await?;
    shopper.sees(DISH).await?;
    shopper.sees(STALE).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.sees("Go to checkout").await?;
    // A page that cannot be shown says so.
    shopper.goes_to("/orders/0190163d-8694-739b-aea5-966c26f8ad91").await?;
    shopper.no_trouble().await?;
    let kept = shopper.driver().execute_async(KEPT, vec![]).await?.json().clone();
    let forbidden = ["/api", "/config.json", "/cognito", "/live"];
    for path in paths(&kept) {
        let is_forbidden = forbidden.iter().any(|it| path.starts_with(it));
        ensure!(!is_forbidden, "{path} is kept");
    }

    world.relay.is_mended().await?;
    shopper.goes_to(MENU).await?;
    shopper.no_longer_sees(STALE).await?;
    shopper.sees("Go to checkout").await
}

pub(crate) async fn an_open_page_survives_two_deployments(stage: Stage) -> Result<()> {
    let site = stage.folder().join("site");
    deploy(&site, '0')?;
    let world = stage.world_with(Tempo::brisk(), &site).await?;
    let shopper = stage.shopper(&world).await?;
    keeps(&shopper, "/").await?;
    shopper.reloads().await?; // from now on, the service worker answers
    shopper.follows(RESTAURANT).await?;
    shopper.presses(&format!("Add {DISH}")).await?;

    for version in ['1', '2'] {
        deploy(&site, version)?;
        world.backend.has_the_page(&site.join("index.html"))?;
        world.backend.sells(around_the_clock).await?;
        let update = "const done = arguments[arguments.length - 1];
            navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => done(true));";
        shopper.driver().execute_async(update, vec![]).await?;
        shopper.sees("New version").await.with_context(|| format!("version {version}"))?;
        if version == '1' {
            shopper.presses("Later").await?;
            shopper.no_longer_sees("New version").await?;
        }
    }

    // Its files are no longer on the server.
    shopper.follows_link_to("/checkout").await?;
    shopper.sees("Sign in").await?;
    shopper.has("form").await?;
    shopper.no_trouble().await?;
    shopper.presses("Reload").await?;
    let newest = async || {
        let script = "return document.querySelector('script[data-wasm]').dataset.wasm";
        let name = shopper.asks(script, vec![]).await?;
        Ok(name.as_str().is_some_and(|name| name.contains(".22222222")).then_some(()))
    };
    until("the newest version", newest).await?;
    shopper.has_the_program().await?;
    shopper.no_longer_sees("New version").await?;
    shopper.no_trouble().await
}

/// Deploys the page anew, with names that begin with eight of `version`, and without the files of before.
fn deploy(folder: &Path, version: char) -> Result<()> {
    let original = path_from_env("TIFFIN_SITE")?;
    let _ = std::fs::remove_dir_all(folder); // none at first
    let start = version.to_string().repeat(8);
    let hash = |name: &str| {
        let hash = name.split('.').find(|it| it.len() == 16)?;
        Some((hash.to_owned(), format!("{start}{}", hash.get(8..)?)))
    };
    let files: Vec<_> = WalkDir::new(&original).into_iter().collect::<Result<_, _>>()?;
    let names: Vec<_> = files.iter().map(|it| it.file_name().to_string_lossy()).collect();
    let hashes: Vec<_> = names.iter().filter_map(|name| hash(name)).collect();
    let renamed =
        |text: &str| hashes.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    for file in files.iter().filter(|it| it.file_type().is_file()) {
        let path = file.path().strip_prefix(&original)?.display().to_string();
        if path.ends_with(".br") {
            continue;
        }
        let bytes = std::fs::read(file.path())?;
        let target = folder.join(renamed(&path));
        std::fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => renamed(&text).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        std::fs::write(target, bytes)?;
    }
    Ok(())
}
