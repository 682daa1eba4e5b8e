//! Whatever people write, and however large they read: everything is inside the window.

use anyhow::{Context as _, Result, ensure};
use ops::dev::cloud::{DEMO_EMAIL, DEMO_PASSWORD};
use serde_json::json;

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::DISH;
use crate::support::{Shopper, Stage, until};

/// A map's link, as people give it for a street, with the most characters there may be.
const MAP: &str = "https://maps.example.com/maps/place/28.6139391,77.2090212/@28.6139391,77.2068325,17z/data=4m5!3m4!1s0x0!8m2!3d28.613939";
/// Names of scripts that break lines otherwise, or are written from right to left.
const NAMES: [&str; 3] = [
    "阿依古丽买买提吐尔逊江阿卜杜热合曼巴图尔迪里木拉提",
    "عبد الرحمن بن محمد الأنصاري",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten",
];

/// What is changed of the browser, and the window's size.
struct Reading {
    name: &'static str,
    width: u32,
    height: u32,
    /// The size of text in CSS pixels that is set in the browser.
    text: u32,
}

const READINGS: [Reading; 3] = [
    Reading { name: "narrow", width: 320, height: 640, text: 16 },
    Reading { name: "large text", width: 390, height: 844, text: 32 },
    Reading { name: "landscape", width: 844, height: 390, text: 16 },
];

pub(crate) async fn long_words_and_large_text_stay_inside_the_window(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    everywhere(&shopper, "/sign-up", "Create your account", "").await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    for (number, name) in NAMES.into_iter().enumerate() {
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(&format!("Add {DISH}")).await?;
        shopper.goes_to_checkout().await?;
        if number == 0 {
            shopper.types("Postcode", "110001").await?;
        } else {
            // The address that was saved before stands in one line.
            shopper.presses("Edit delivery details").await?;
        }
        shopper.types("Name", name).await?;
        shopper.types("Street address", MAP).await?;
        shopper.types("Flat, floor", &"W".repeat(60)).await?;
        shopper.types("Town or city", &"Llanfair".repeat(10)).await?;
        shopper.types("Phone", "+91 98765 43210").await?;
        shopper.types("Note for the restaurant or courier", &"W".repeat(280)).await?;
        everywhere(&shopper, "/checkout", DISH, name).await?;
        shopper.ticks("Save this address").await?;
        shopper.submits("Place order").await?;
        let order = shopper.is_at_an_order().await?;
        everywhere(&shopper, &order, name, name).await?;
    }
    everywhere(&shopper, "/orders", DISH, "").await?;
    everywhere(&shopper, "/account", NAMES[0], "").await?;
    everywhere(&shopper, "/", "Golden Dosa", "").await?;
    everywhere(&shopper, "/r/golden-dosa", "Masala dosa", "").await?;
    everywhere(&shopper, "/r/golden-dosa?dish=masala-dosa", "On the side", "").await?;
    shopper.no_trouble().await
}

/// Sees a page in every way there is to read it.
async fn everywhere(shopper: &Shopper, path: &str, text: &str, what: &str) -> Result<()> {
    for reading in &READINGS {
        let name = reading.name;
        reads_so(shopper, reading).await?;
        shopper.goes_to(path).await?;
        shopper.sees(text).await?;
        shopper.settles().await?;
        fits(shopper).await.with_context(|| format!("{path} {what}, {name}"))?;
    }
    shopper.driver().cdp().send_raw("Page.setFontSizes", font_size(16)).await?;
    shopper.has_a_window_of(1280, 900).await
}

async fn reads_so(shopper: &Shopper, reading: &Reading) -> Result<()> {
    shopper.driver().cdp().send_raw("Page.setFontSizes", font_size(reading.text)).await?;
    shopper.has_a_window_of(reading.width, reading.height).await
}

fn font_size(pixels: u32) -> serde_json::Value {
    json!({"fontSizes": {"standard": pixels, "fixed": pixels}})
}

/// Sees nothing outside of the window: the page cannot be scrolled sideways, and what is cut off
/// can be scrolled to where it is.
pub(crate) async fn fits(shopper: &Shopper) -> Result<()> {
    let script = "const page = document.documentElement, out = [];
        const inside = (e) => {
            for (let o = e.parentElement; o; o = o.parentElement) {
                const { overflowX } = getComputedStyle(o);
                if (overflowX === 'auto' || overflowX === 'scroll') return true;
            }
            return false;
        };
        for (const e of document.querySelectorAll('body *')) {
            const { left, right, width, height } = e.getBoundingClientRect();
            if (width < 2 || height < 2 || e.closest('.visually-hidden, .skip, svg')) continue;
            if ((right > page.clientWidth + 1 || left < -1) && !inside(e))
                out.push(`${e.tagName}.${e.className} ${Math.round(left)}–${Math.round(right)}`);
        }
        if (page.scrollWidth > page.clientWidth) out.unshift(`all is ${page.scrollWidth} wide`);
        return out.slice(0, 6)";
    let out: Vec<String> = shopper.driver().execute(script, vec![]).await?.convert()?;
    ensure!(out.is_empty(), "outside of the window: {}", out.join(", "));
    Ok(())
}

pub(crate) async fn the_button_of_a_dish_is_in_sight_in_every_window(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    for reading in &READINGS {
        reads_so(&shopper, reading).await?;
        shopper.goes_to("/r/golden-dosa").await?;
        shopper.presses("Masala dosa").await?;
        shopper.has("dialog[open]").await?;
        shopper.settles().await?;
        let script = "const button = document.querySelector('dialog[open] .dialog-foot .button');
            const { left, right, top, bottom } = button.getBoundingClientRect();
            const on_top = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth
                && on_top === button";
        until(&format!("the button to be in sight, {}", reading.name), async || {
            Ok((shopper.asks(script, vec![]).await? == json!(true)).then_some(()))
        })
        .await?;
        shopper.presses("Add to basket").await?;
    }
    shopper.no_trouble().await
}
