//! The office: a menu is edited, looked at, published and brought back, and what customers see of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::{DEMO_OWNER, DEMO_PASSWORD};
use serde_json::json;

use crate::counter::{BOARD, invites, network, signs_in, who_joins};
use crate::support::backend::Tempo;
use crate::support::shopper::PASSWORD;
use crate::support::stage::World;
use crate::support::{Shopper, Stage, scripts, until, until_within};

/// The editor of the restaurant of the demo staff, and the menu as its customers see it.
const MENU: &str = "/counter/raat-rani-dhaba/menu";
const SHOP: &str = "/r/raat-rani-dhaba";
/// The label of a price in the list.
const PRICE: &str = "Price: Garlic naan";
/// The field of the picture of the dish that is open.
const PICTURE: &str = "input[type=file][id^=picture-]";
/// The longest that a menu comes from the edge's and the browser's caches.
const CACHED: Duration = Duration::from_secs(40);

/// An owner in front of the editor.
async fn at_the_menu(stage: &Stage, world: &World) -> Result<Shopper> {
    at_the_menu_with(stage, world, &[]).await
}

/// An owner in front of the editor, in a browser that runs these scripts first.
async fn at_the_menu_with(stage: &Stage, world: &World, scripts: &[String]) -> Result<Shopper> {
    let owner = stage.shopper_elsewhere(world).await?;
    for script in scripts {
        owner.runs_first(script.as_str()).await?;
    }
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.goes_to(MENU).await?;
    owner.sees("Everything is published.").await?;
    Ok(owner)
}

/// Publishes what is typed, having been shown this change.
async fn publishes(owner: &Shopper, change: &str) -> Result<()> {
    owner.presses("Publish").await?;
    owner.sees("Publish this menu?").await?;
    owner.sees(change).await?;
    owner.presses("Publish").await?;
    owner.sees("Published. Customers see the menu within a minute.").await
}

/// Sees this on the restaurant's menu, which may come from a cache for a while.
async fn sees_on_the_menu(customer: &Shopper, text: &str) -> Result<()> {
    until_within(CACHED, &format!("“{text}” on the menu"), async || {
        customer.goes_to(SHOP).await?;
        Ok(customer.shows(text).await?.then_some(()))
    })
    .await
}

/// Sees this in the field of that label.
async fn sees_typed(owner: &Shopper, label: &str, text: &str) -> Result<()> {
    until(&format!("“{text}” in “{label}”"), async || {
        let found = owner.property_of(label, "value").await?;
        ensure!(found == json!(text), "it is {found}");
        Ok(Some(()))
    })
    .await
}

pub(crate) async fn a_price_is_changed_by_keyboard_and_the_next_order_costs_it(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.is_ready_to_order().await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.tabs_to("Menu").await?;
    owner.presses_enter().await?;
    owner.arrives_at(MENU).await?;
    owner.types_by_keyboard("Price: Rajma chawal", "245,5").await?;
    owner.sees("You have changes that aren’t published.").await?;
    owner.tabs_to("Publish").await?;
    owner.presses_enter().await?;
    owner.sees("Publish this menu?").await?;
    owner.sees("Rajma chawal: ₹210.00 → ₹245.50").await?;
    owner.tabs_to("Publish").await?;
    owner.presses_enter().await?;
    owner.sees("Published.").await?;
    customer.expects_failures_of("/api/orders/");
    customer.submits("Place order").await?;
    customer.sees("price").await.context("the order costs something else now")?;
    customer.sees("₹245.50").await?;
    customer.presses("Order at the new price").await?;
    customer.is_at_an_order().await?;
    customer.sees("₹245.50").await?;
    sees_on_the_menu(&customer, "₹245.50").await
}

pub(crate) async fn a_new_dish_is_kept_through_a_reload_looked_at_and_published(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.presses("Add dish").await?;
    owner.sees_focus_on("Name").await?;
    owner.types("Name", "Gulab jamun").await?;
    owner.types("Description", "Warm.").await?;
    owner.ticks("Vegetarian").await?;
    owner.ticks("Milk").await?;
    owner.presses("Add options").await?;
    owner.sees_focus_on("What customers choose").await?;
    owner.types("What customers choose", "How many").await?;
    owner.types("Choice", "Two").await?;
    owner.presses("Publish").await?;
    owner.sees("Enter a price, such as 7.50.").await?;
    owner.types("Price: Gulab jamun", "90").await?;
    owner.reloads().await?;
    owner.sees("You have changes that aren’t published.").await?;
    owner.presses("Gulab jamun").await?;
    sees_typed(&owner, "Description", "Warm.").await?;
    sees_typed(&owner, "Price: Gulab jamun", "90").await?;
    owner.presses("Preview").await?;
    owner.sees("This is what customers will see.").await?;
    owner.presses("Gulab jamun").await?;
    owner.sees("Contains milk").await?;
    owner.sees("How many").await?;
    owner.presses_escape().await?;
    owner.presses("Back to editing").await?;
    publishes(&owner, "New: Gulab jamun, ₹90.00").await?;
    let customer = stage.shopper(&world).await?;
    sees_on_the_menu(&customer, "Gulab jamun").await?;
    customer.presses("Add Gulab jamun").await?;
    customer.sees("How many").await?;
    customer.presses("Add to basket").await?;
    customer.sees("₹90.00").await?;
    // Removed by mistake, and then on purpose.
    owner.presses("Remove: Gulab jamun").await?;
    owner.sees("Gulab jamun removed.").await?;
    owner.presses("Undo").await?;
    owner.sees("Gulab jamun").await?;
    owner.presses("Remove: Gulab jamun").await?;
    publishes(&owner, "Removed: Gulab jamun").await?;
    until_within(CACHED, "a menu without the dish", async || {
        customer.goes_to(SHOP).await?;
        Ok((!customer.shows("Warm.").await?).then_some(()))
    })
    .await
}

pub(crate) async fn two_managers_edit_one_menu_and_both_are_shown(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (first, second) = (at_the_menu(&stage, &world).await?, at_the_menu(&stage, &world).await?);
    first.types(PRICE, "85").await?;
    second.types(PRICE, "95").await?;
    second.types("Price: Jalebi", "150").await?;
    publishes(&first, "Garlic naan: ₹80.00 → ₹85.00").await?;
    second.expects_failures_of("/menu");
    second.presses("Publish").await?;
    second.presses("Publish").await?;
    second.sees("Someone else published a menu").await?;
    second.sees("Garlic naan: ₹85.00 → ₹95.00").await?;
    second.sees_focus_on("Use theirs").await?;
    second.reloads().await?;
    second.sees("Someone else published a menu").await.context("after a reload, too")?;
    sees_typed(&second, PRICE, "95").await.context("nothing typed is lost")?;
    second.presses("Keep mine").await?;
    publishes(&second, "Jalebi: ₹140.00 → ₹150.00").await?;
    first.types(PRICE, "90").await?;
    first.expects_failures_of("/menu");
    first.presses("Publish").await?;
    first.presses("Publish").await?;
    first.sees("Garlic naan: ₹95.00 → ₹90.00").await?;
    first.presses("See theirs").await?;
    first.sees("This is their menu, which customers see now.").await?;
    first.sees("₹95.00").await?;
    first.presses("Back to editing").await?;
    first.presses("Use theirs").await?;
    first.sees("Use their menu?").await?;
    first.presses("Cancel").await?;
    sees_typed(&first, PRICE, "90").await?;
    first.presses("Use theirs").await?;
    first.presses("Use theirs").await?;
    first.sees("Everything is published.").await?;
    sees_typed(&first, PRICE, "95.00").await
}

pub(crate) async fn an_earlier_menu_is_brought_back(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.types(PRICE, "99").await?;
    publishes(&owner, "Garlic naan: ₹80.00 → ₹99.00").await?;
    owner.tabs_to("Earlier menus").await?;
    owner.presses_enter().await?;
    owner.sees("Published now").await?;
    owner.sees("Noor").await?;
    owner.types(PRICE, "98").await?;
    owner.presses("Bring back: The menu Tiffin was set up with").await?;
    owner.sees("Replace your changes?").await?;
    owner.presses("Cancel").await?;
    sees_typed(&owner, PRICE, "98").await?;
    owner.presses("Bring back: The menu Tiffin was set up with").await?;
    owner.presses("Replace").await?;
    owner.sees("This is the earlier menu.").await?;
    sees_typed(&owner, PRICE, "80.00").await?;
    publishes(&owner, "Garlic naan: ₹99.00 → ₹80.00").await
}

pub(crate) async fn a_menu_is_downloaded_changed_and_opened_again(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.tabs_to("Menu as a file").await?;
    owner.presses_enter().await?;
    let (name, text) = owner.downloads("Download").await?;
    ensure!(name == "raat-rani-dhaba-menu.toml", "{name}");
    let wrong = text.replace("\"80.00\"", "\"eighty\"");
    ensure!(wrong != text, "no price of 80.00 in\n{text}");
    let file = stage.folder().join("menu.toml");
    owner.expects_failures_of("/menu/file");
    std::fs::write(&file, wrong)?;
    owner.chooses_file("#menu-file", &file).await?;
    owner.sees("This file isn’t a menu:").await?;
    owner.sees("Line ").await?;
    let dearer = text.replace("\"80.00\"", "\"88.00\"");
    std::fs::write(&file, dearer)?;
    owner.chooses_file("#menu-file", &file).await?;
    owner.sees("This is the menu in the file.").await?;
    sees_typed(&owner, PRICE, "88.00").await?;
    publishes(&owner, "Garlic naan: ₹80.00 → ₹88.00").await
}

pub(crate) async fn a_menu_that_is_wrong_says_so_and_what_was_typed_stays(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.presses("Garlic naan").await?;
    owner.types("Name", " ").await?;
    owner.ticks("Gluten-free").await?;
    // What a field or a button is called follows the name that is typed.
    let price = "Price: New dish";
    owner.types(price, "cheap").await?;
    owner.presses("Publish").await?;
    owner.sees("Some fields need attention.").await?;
    owner.sees_error(price, "Enter a price, such as 7.50.").await?;
    owner.sees_error("Name", "Enter a text.").await?;
    owner.sees("The allergens of this dish say otherwise.").await?;
    owner.corrects(price, "85").await?;
    owner.corrects("Name", "Garlic naan").await?;
    owner.has("[aria-label='Remove: Garlic naan']").await?;
    owner.ticks("Gluten-free").await?;
    owner.expects_failures_of("/api/");
    owner.expects_failures_of("/live");
    network(&owner, false).await?;
    owner.presses("Publish").await?;
    owner.presses("Publish").await?;
    owner.sees("Your changes are kept on this device.").await?;
    network(&owner, true).await?;
    owner.reloads().await?;
    sees_typed(&owner, PRICE, "85").await?;
    owner.presses("Discard changes").await?;
    owner.sees("Discard your changes?").await?;
    owner.presses("Discard changes").await?;
    owner.sees("Everything is published.").await?;
    sees_typed(&owner, PRICE, "80.00").await
}

pub(crate) async fn a_picture_is_sent_and_customers_see_it(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.presses("Garlic naan").await?;
    owner.sees("Replace picture").await?;
    let text = stage.folder().join("script.jpg");
    std::fs::write(&text, "<script>alert(1)</script>")?;
    owner.expects_failures_of("/pictures/");
    owner.chooses_file(PICTURE, &text).await?;
    owner.sees("Choose a JPEG, PNG or WebP picture.").await?;
    let picture = std::fs::canonicalize("../../frontend/assets/icon-512.png")?;
    owner.chooses_file(PICTURE, &picture).await?;
    let sent = ".menu-picture img[src^='/pictures/'][src$='.jpg']";
    owner.has(sent).await?;
    publishes(&owner, "Garlic naan: picture changed").await?;
    let customer = stage.shopper(&world).await?;
    until_within(CACHED, "the picture on the menu", async || {
        customer.goes_to(SHOP).await?;
        let loaded = "return [...document.querySelectorAll('.dish img')]
            .some((it) => it.src.includes('/pictures/') && it.complete && it.naturalWidth > 300)";
        Ok((customer.asks(loaded, vec![]).await? == json!(true)).then_some(()))
    })
    .await
}

/// A browser in which pictures do not arrive until they are released.
fn holds_pictures() -> [String; 1] {
    [scripts::holds_back("POST", "/pictures")]
}

/// Chooses a picture of the page's own for the dish that is open, which is on its way then.
async fn sends_picture(owner: &Shopper, name: &str) -> Result<()> {
    let picture = std::fs::canonicalize(format!("../../frontend/assets/{name}"))?;
    owner.chooses_file(PICTURE, &picture).await?;
    owner.sees("A picture is being uploaded.").await
}

async fn lets_go(owner: &Shopper) -> Result<()> {
    until("something that is held back", async || {
        let held = owner.asks("return window.held", vec![]).await?;
        Ok((held.as_u64() > Some(0)).then_some(()))
    })
    .await?;
    owner.asks("window.release()", vec![]).await?;
    Ok(())
}

pub(crate) async fn a_picture_on_its_way_reaches_its_dish_also_if_the_page_is_left(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu_with(&stage, &world, &holds_pictures()).await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.presses("Garlic naan").await?;
    sends_picture(&owner, "icon-512.png").await?;
    owner.cannot_press("Publish").await?;
    // Closed, and elsewhere on the menu.
    owner.presses("Garlic naan").await?;
    owner.presses("Move up: Garlic naan").await?;
    lets_go(&owner).await?;
    let sent = ".menu-dish-picture img[src^='/pictures/'][src$='.jpg']";
    owner.has(sent).await?;
    publishes(&owner, "Garlic naan: picture changed").await?;
    // Nothing else was changed before the page is left.
    owner.asks("window.hold()", vec![]).await?;
    owner.presses("Jalebi").await?;
    sends_picture(&owner, "icon-maskable.png").await?;
    owner.follows("Back to orders").await?;
    owner.arrives_at(BOARD).await?;
    lets_go(&owner).await?;
    owner.settles().await?;
    owner.no_trouble().await?;
    owner.follows("Menu").await?;
    owner.arrives_at(MENU).await?;
    owner.sees("You have changes that aren’t published.").await?;
    publishes(&owner, "Jalebi: picture changed").await
}

pub(crate) async fn a_picture_that_is_refused_after_its_dish_was_closed_says_so(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu_with(&stage, &world, &holds_pictures()).await?;
    let text = stage.folder().join("script.jpg");
    std::fs::write(&text, "<script>alert(1)</script>")?;
    owner.presses("Garlic naan").await?;
    owner.chooses_file(PICTURE, &text).await?;
    owner.sees("A picture is being uploaded.").await?;
    owner.presses("Garlic naan").await?;
    owner.expects_failures_of("/pictures/");
    lets_go(&owner).await?;
    owner.sees("Garlic naan: Choose a JPEG, PNG or WebP picture.").await?;
    owner.sees("Everything is published.").await?;
    owner.presses("Garlic naan").await?;
    owner.sees("Choose a JPEG, PNG or WebP picture.").await?;
    owner.no_longer_sees("Garlic naan: Choose").await
}

/// How many drafts of menus the browser keeps.
async fn drafts(owner: &Shopper) -> Result<serde_json::Value> {
    let script =
        "return Object.keys(localStorage).filter((it) => it.startsWith('tiffin.menu.')).length";
    owner.asks(script, vec![]).await
}

pub(crate) async fn a_look_at_the_menu_leaves_no_draft(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (owner, other) = (at_the_menu(&stage, &world).await?, at_the_menu(&stage, &world).await?);
    owner.presses("Garlic naan").await?;
    owner.sees("Replace picture").await?;
    owner.presses("Garlic naan").await?;
    owner.presses("Preview").await?;
    owner.sees("This is what customers will see.").await?;
    owner.presses("Back to editing").await?;
    // What is typed and taken back leaves none either.
    owner.types(PRICE, "85").await?;
    until("a draft", async || Ok((drafts(&owner).await? == json!(1)).then_some(()))).await?;
    owner.types(PRICE, "80.00").await?;
    owner.sees("Everything is published.").await?;
    owner.follows("Back to orders").await?;
    owner.arrives_at(BOARD).await?;
    ensure!(drafts(&owner).await? == json!(0), "there is a draft of what nobody typed");
    other.types(PRICE, "95").await?;
    publishes(&other, "Garlic naan: ₹80.00 → ₹95.00").await?;
    owner.follows("Menu").await?;
    owner.sees("Everything is published.").await?;
    sees_typed(&owner, PRICE, "95.00").await
}

pub(crate) async fn two_tabs_of_the_menu_are_one_draft(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    let first = owner.tab().await?;
    let second = owner.opens_tab(MENU).await?;
    owner.sees("Everything is published.").await?;
    owner.types(PRICE, "85").await?;
    owner.turns_to(&first).await?;
    sees_typed(&owner, PRICE, "85").await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.turns_to(&second).await?;
    sees_typed(&owner, "Price: Jalebi", "150").await?;
    sees_typed(&owner, PRICE, "85").await?;
    publishes(&owner, "Garlic naan: ₹80.00 → ₹85.00").await?;
    owner.turns_to(&first).await?;
    owner.sees("Everything is published.").await.context("the other tab has published it")?;
    owner.types(PRICE, "86").await?;
    publishes(&owner, "Garlic naan: ₹85.00 → ₹86.00").await?;
    owner.types(PRICE, "87").await?;
    owner.turns_to(&second).await?;
    sees_typed(&owner, PRICE, "87").await?;
    owner.presses("Discard changes").await?;
    owner.presses("Discard changes").await?;
    owner.sees("Everything is published.").await?;
    owner.turns_to(&first).await?;
    owner.sees("Everything is published.").await?;
    sees_typed(&owner, PRICE, "86.00").await
}

/// Signs out at the board, and in as somebody else.
async fn gives_the_tablet_to(tablet: &Shopper, email: &str, password: &str) -> Result<()> {
    tablet.goes_to(BOARD).await?;
    tablet.presses("Sign out").await?;
    tablet.has("input[type=password]").await?;
    tablet.goes_to("/counter").await?;
    tablet.types("Email", email).await?;
    tablet.types("Password", password).await?;
    tablet.submits("Sign in").await?;
    tablet.arrives_at(BOARD).await?;
    tablet.goes_to(MENU).await
}

pub(crate) async fn a_draft_belongs_to_whoever_typed_it(stage: Stage) -> Result<()> {
    const AN: &str = "an@example.com";
    let world = stage.world(Tempo::people()).await?;
    let tablet = at_the_menu(&stage, &world).await?;
    tablet.types(PRICE, "85").await?;
    tablet.sees("You have changes that aren’t published.").await?;
    tablet.goes_to(&format!("{BOARD}/people")).await?;
    let path = invites(&tablet, &world, AN, "Manager").await?;
    who_joins(&stage, &world, &path, AN, "An", BOARD).await?;
    gives_the_tablet_to(&tablet, AN, PASSWORD).await?;
    tablet.sees("Everything is published.").await?;
    sees_typed(&tablet, PRICE, "80.00").await?;
    tablet.types("Price: Jalebi", "150").await?;
    tablet.sees("You have changes that aren’t published.").await?;
    gives_the_tablet_to(&tablet, DEMO_OWNER, DEMO_PASSWORD).await?;
    tablet.sees("You have changes that aren’t published.").await?;
    sees_typed(&tablet, PRICE, "85").await?;
    sees_typed(&tablet, "Price: Jalebi", "140.00").await
}

pub(crate) async fn what_is_typed_after_a_removal_outlives_undoing_it(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.presses("Remove: Garlic naan").await?;
    owner.sees("Garlic naan removed.").await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.presses("Undo").await?;
    owner.no_longer_sees("Garlic naan removed.").await?;
    sees_typed(&owner, PRICE, "80.00").await?;
    sees_typed(&owner, "Price: Jalebi", "150").await?;
    owner.presses("Publish").await?;
    owner.sees("Jalebi: ₹140.00 → ₹150.00").await?;
    ensure!(!owner.shows("Dishes or sections are in another order").await?, "it is elsewhere now");
    Ok(())
}

pub(crate) async fn the_menu_can_be_left_while_something_of_it_is_fetched(
    stage: Stage,
) -> Result<()> {
    const FILE: &str = "[[sections]]
id = \"breads\"
name = \"Breads\"
[[sections.dishes]]
id = \"garlic-naan\"
name = \"Garlic naan\"
price = \"88.00\"
";
    let world = stage.world(Tempo::people()).await?;
    let file = stage.folder().join("menu.toml");
    std::fs::write(&file, FILE)?;
    for (method, part) in
        [("PUT", "/menu"), ("POST", "/menu/file"), ("GET", "/menu/file"), ("GET", "/versions/0")]
    {
        let scripts = [scripts::holds_back(method, part)];
        let owner = at_the_menu_with(&stage, &world, &scripts).await?;
        match (method, part) {
            ("PUT", _) => {
                owner.types(PRICE, "81").await?;
                owner.presses("Publish").await?;
                owner.presses("Publish").await?;
            }
            (_, "/menu/file") => {
                owner.tabs_to("Menu as a file").await?;
                owner.presses_enter().await?;
                match method {
                    "POST" => owner.chooses_file("#menu-file", &file).await?,
                    _ => owner.presses("Download").await?,
                }
            }
            _ => {
                owner.tabs_to("Earlier menus").await?;
                owner.presses_enter().await?;
                owner.presses("Bring back: The menu Tiffin was set up with").await?;
            }
        }
        owner.settles().await?;
        owner.follows("Back to orders").await?;
        owner.arrives_at(BOARD).await?;
        lets_go(&owner).await?;
        owner.settles().await?;
        owner.no_trouble().await.with_context(|| format!("{method} {part}"))?;
        owner.follows("Menu").await?;
        owner.sees("Everything is published.").await?;
    }
    Ok(())
}
