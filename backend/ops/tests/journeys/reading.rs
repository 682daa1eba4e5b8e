//! However the page is read: with names of another script, in another locale, in the colours of the
//! reader, on paper.

use anyhow::{Context as _, Result, ensure};
use ops::dev::cloud::{DEMO_EMAIL, DEMO_PASSWORD};
use serde_json::json;

use crate::shop::restaurant;
use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::{Shopper, Stage, until};

/// The page of the restaurant that most of these journeys order from.
const MENU: &str = "/r/raat-rani-dhaba";

pub(crate) async fn names_of_another_script_keep_their_direction_to_themselves(
    stage: Stage,
) -> Result<()> {
    const NAME: &str = "مطعم البيت";
    const FOOD: &str = "كشري";
    let world = stage.world(Tempo::at_once()).await?;
    let change = |catalog: &mut ops::catalog::Catalog| {
        around_the_clock(catalog);
        let restaurant = restaurant(catalog, "raat-rani-dhaba");
        restaurant.card.name = NAME.to_owned();
        let dishes = restaurant.sections.iter_mut().flat_map(|section| &mut section.dishes);
        dishes.filter(|dish| dish.name == DISH).for_each(|dish| dish.name = FOOD.to_owned());
    };
    world.backend.sells(change).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.goes_to("/").await?;
    shopper.types("Search restaurants and dishes", "שקשוקה").await?;
    isolates(&shopper, "No matches for “", "שקשוקה", "”").await?;
    shopper.goes_to(MENU).await?;
    isolates(&shopper, "Add ", FOOD, "").await?;
    shopper.presses(&format!("Add {FOOD}")).await?;
    isolates(&shopper, "", FOOD, " added to your basket.").await?;
    isolates(&shopper, "From ", NAME, "").await?;
    isolates(&shopper, "Quantity of ", FOOD, "").await?;
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.presses("Add Medu vada").await?;
    isolates(&shopper, "Your basket has items from ", NAME, ". Start").await?;
    shopper.presses("Keep basket").await?;
    shopper.goes_to("/checkout").await?;
    for before in ["From ", "Edit ", "Remove "] {
        isolates(&shopper, before, if before == "From " { NAME } else { FOOD }, "").await?;
    }
    shopper.presses(&format!("Remove {FOOD}")).await?;
    isolates(&shopper, "", FOOD, " removed").await?;
    shopper.presses("Undo").await?;
    shopper.types_an_address().await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    isolates(&shopper, "From ", NAME, "").await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    shopper.goes_to("/orders").await?;
    isolates(&shopper, "1× ", FOOD, "").await?;
    isolates(&shopper, "Order again from ", NAME, ", #").await?;
    shopper.no_trouble().await
}

/// Sees or hears a name with these words around it, and between U+2068 and U+2069.
async fn isolates(shopper: &Shopper, before: &str, name: &str, after: &str) -> Result<()> {
    let script = "
        const [plain, isolated] = arguments;
        const labels = Array.from(document.querySelectorAll('[aria-label]'), (e) => e.ariaLabel);
        const all = labels.concat(document.getElementById('main').parentElement.innerText);
        return [all.some((text) => text.includes(isolated)), all.some((text) => text.includes(plain))]";
    let [plain, isolated] =
        [format!("{before}{name}{after}"), format!("{before}\u{2068}{name}\u{2069}{after}")];
    let arguments = vec![json!(plain), json!(isolated)];
    shopper.sees(name).await?;
    until(&format!("“{plain}” with its name isolated"), async || {
        let found = shopper.asks(script, arguments.clone()).await?;
        ensure!(found == json!([true, false]), "isolated, plain: {found}");
        Ok(Some(()))
    })
    .await
}

pub(crate) async fn an_arabic_browser_reads_latin_digits_in_english_text(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    let cdp = shopper.driver().cdp();
    cdp.send_raw("Emulation.setLocaleOverride", json!({"locale": "ar-EG"})).await?;
    let agent = shopper.asks("return navigator.userAgent", vec![]).await?;
    let language = json!({"userAgent": agent, "acceptLanguage": "ar-EG"});
    cdp.send_raw("Emulation.setUserAgentOverride", language).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    let own = "return [navigator.language, new Intl.NumberFormat('ar-EG').format(25),
        new Intl.NumberFormat().format(25)]";
    let own = shopper.asks(own, vec![]).await?;
    ensure!(own == json!(["ar-EG", "٢٥", "٢٥"]), "the browser is not an Arabic one: {own}");
    shopper.goes_to("/").await?;
    reads_latin_digits(&shopper, "Golden Dosa").await?;
    shopper.goes_to(MENU).await?;
    reads_latin_digits(&shopper, "₹210.00").await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.goes_to_checkout().await?;
    shopper.types_an_address().await?;
    reads_latin_digits(&shopper, "Place order · ₹262.50").await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    reads_latin_digits(&shopper, "Order summary").await?;
    shopper.goes_to("/orders").await?;
    reads_latin_digits(&shopper, "₹262.50").await?;
    shopper.no_trouble().await
}

/// Sees a text, numbers, and none in Arabic or Persian digits.
async fn reads_latin_digits(shopper: &Shopper, text: &str) -> Result<()> {
    shopper.sees(text).await?;
    shopper.settles().await?;
    let script = "const text = document.body.innerText;
        return [/[0-9]/.test(text), text.match(/.{0,20}[\\u0660-\\u0669\\u06f0-\\u06f9].{0,20}/)?.[0] ?? '']";
    let digits = shopper.asks(script, vec![]).await?;
    ensure!(digits == json!([true, ""]), "digits, and those of another script: {digits}");
    Ok(())
}

pub(crate) async fn forced_colours_leave_icons_and_what_is_chosen_in_sight(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    let forced = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    shopper.driver().cdp().send_raw("Emulation.setEmulatedMedia", forced).await?;
    shopper.goes_to("/").await?;
    shopper.sees("Golden Dosa").await?;
    let active = "return matchMedia('(forced-colors: active)').matches";
    ensure!(shopper.asks(active, vec![]).await? == json!(true), "colours are not forced");
    shopper.presses("Vegan").await?;
    shopper.has(".chip[aria-pressed=true]").await?;
    icons_are_in_sight(&shopper).await.context("the restaurants")?;
    // Colours alone would not do: a forced theme may have two.
    let borders = "const width = (pressed) => parseFloat(getComputedStyle(
            document.querySelector(`.chip[aria-pressed=${pressed}]`)).borderTopWidth);
        return width(true) - width(false)";
    let more = shopper.asks(borders, vec![]).await?.as_f64().unwrap_or_default();
    ensure!(more >= 1.0, "the border of a pressed chip is {more} pixels wider than another's");
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.presses("Add Medu vada").await?;
    icons_are_in_sight(&shopper).await.context("a menu")?;
    shopper.goes_to("/checkout").await?;
    shopper.sees("Medu vada").await?;
    icons_are_in_sight(&shopper).await.context("the checkout")?;
    shopper.goes_to("/sign-in").await?;
    shopper.sees("Welcome back").await?;
    icons_are_in_sight(&shopper).await.context("a password that can be shown")?;
    shopper.no_trouble().await
}

/// Sees that every icon, which is a background behind a mask, has another colour than what is
/// behind it.
async fn icons_are_in_sight(shopper: &Shopper) -> Result<()> {
    let script = "
        const clear = (colour) => colour === 'transparent' || /^rgba.*, 0\\)$/.test(colour);
        const of = (e) => getComputedStyle(e).backgroundColor;
        const behind = (e) => {
            for (let o = e.parentElement; o; o = o.parentElement) if (!clear(of(o))) return of(o);
            return 'rgb(255, 255, 255)';
        };
        const icons = Array.from(document.querySelectorAll('.icon'))
            .filter((e) => e.getClientRects().length);
        const lost = icons.filter((e) => clear(of(e)) || of(e) === behind(e));
        return [icons.length, lost.map((e) => `${e.className} ${of(e)} on ${behind(e)}`).slice(0, 5)]";
    shopper.settles().await?;
    let (icons, lost): (u32, Vec<String>) =
        serde_json::from_value(shopper.asks(script, vec![]).await?)?;
    ensure!(icons > 1, "the page has {icons} icons");
    ensure!(lost.is_empty(), "icons that cannot be seen: {}", lost.join(", "));
    Ok(())
}

pub(crate) async fn what_is_printed_of_an_order_is_its_receipt(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    // A basket with something in it has a bar at the bottom of every page.
    shopper.has_a_window_of(390, 844).await?;
    shopper.orders().await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    shopper.presses("Order again").await?;
    shopper.sees("Delivery details").await?;
    shopper.goes_back().await?;
    for text in ["Order summary", "My orders", "View basket", "Print receipt", "Privacy"] {
        shopper.sees(text).await.context("on a screen")?;
    }
    let print = json!({"media": "print"});
    shopper.driver().cdp().send_raw("Emulation.setEmulatedMedia", print).await?;
    shopper.settles().await?;
    for text in [DISH, "1×", "₹210.00", "Total", "₹262.50", "4 Mango Lane", RESTAURANT] {
        ensure!(shopper.shows(text).await?, "“{text}” is not printed");
    }
    let script = "const all = 'header.top, footer, button, .button, .cart-bar, .back, .stages';
        return Array.from(document.querySelectorAll(all))
            .filter((e) => e.getClientRects().length).map((e) => e.outerHTML.slice(0, 60))";
    let printed = shopper.asks(script, vec![]).await?;
    ensure!(printed == json!([]), "what belongs to a screen is printed: {printed}");
    for text in ["My orders", "View basket", "Print receipt", "Privacy"] {
        ensure!(!shopper.shows(text).await?, "“{text}” is printed");
    }
    shopper.no_trouble().await
}
