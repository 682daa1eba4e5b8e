//! The office: a menu is edited, looked at, published and brought back, and what customers see of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::DEMO_OWNER;
use serde_json::json;

use crate::counter::{network, signs_in};
use crate::support::backend::Tempo;
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until, until_within};

/// The editor of the restaurant of the demo staff, and the menu as its customers see it.
pub(crate) const MENU: &str = "/counter/raat-rani-dhaba/menu";
const SHOP: &str = "/r/raat-rani-dhaba";
/// The label of a price in the list.
pub(crate) const PRICE: &str = "Price: Garlic naan";
/// The field of the picture of the dish that is open.
pub(crate) const PICTURE: &str = "input[type=file][id^=picture-]";
/// The longest that a menu comes from the edge's and the browser's caches.
const CACHED: Duration = Duration::from_secs(40);

/// An owner in front of the editor.
pub(crate) async fn at_the_menu(stage: &Stage, world: &World) -> Result<Shopper> {
    at_the_menu_with(stage, world, &[]).await
}

/// An owner in front of the editor, in a browser that runs these scripts first.
pub(crate) async fn at_the_menu_with(
    stage: &Stage,
    world: &World,
    scripts: &[String],
) -> Result<Shopper> {
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
pub(crate) async fn publishes(owner: &Shopper, change: &str) -> Result<()> {
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
pub(crate) async fn sees_typed(owner: &Shopper, label: &str, text: &str) -> Result<()> {
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
    owner.goes_back().await?;
    owner.sees("Add section").await.context("Back leads to the fields")?;
    owner.arrives_at(MENU).await?;
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
    owner.presses("Remove: Jalebi").await?;
    owner.sees("Jalebi removed.").await?;
    owner.presses("Undo").await?;
    owner.sees("Gulab jamun removed.").await?;
    owner.presses("Undo").await?;
    owner.sees("Everything is published.").await?;
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
    first.presses("Garlic naan").await?;
    first.ticks("Sesame").await?;
    publishes(&first, "Garlic naan: ₹80.00 → ₹85.00").await?;
    second.expects_failures_of("/menu");
    second.presses("Publish").await?;
    second.presses("Publish").await?;
    second.sees("Someone else published a menu").await?;
    second.sees("Garlic naan: ₹85.00 → ₹95.00").await?;
    second.sees("Garlic naan: − sesame").await.context("no allergen is dropped unnamed")?;
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
    owner.sees_error("Name", "Enter a name.").await?;
    owner.sees_error("Gluten-free", "This doesn’t match the dish’s allergens.").await?;
    owner.corrects(price, "85").await?;
    owner.corrects("Name", "Garlic naan").await?;
    owner.has("[aria-label='Remove: Garlic naan']").await?;
    owner.ticks("Gluten-free").await?;
    owner.sees_no_error("Gluten-free").await?;
    owner.no_longer_sees("Some fields need attention.").await?;
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
