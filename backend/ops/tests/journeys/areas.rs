//! Where a restaurant delivers: its office sets it, and the shop asks for the postcode and obeys.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::DEMO_OWNER;
use serde_json::json;

use crate::counter::signs_in;
use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until, until_within};

/// The office's page of the restaurant of the demo staff.
const AREAS: &str = "/counter/raat-rani-dhaba/delivery";
/// The field of the first page.
const DELIVER_TO: &str = "Deliver to";
/// The longest that the list or a menu comes from the edge's and the browser's caches.
const CACHED: Duration = Duration::from_secs(40);

/// An owner in front of the areas.
async fn at_the_areas(stage: &Stage, world: &World) -> Result<Shopper> {
    let owner = stage.shopper_elsewhere(world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.goes_to(AREAS).await?;
    owner.sees("Add area").await?;
    Ok(owner)
}

/// Adds an area, and saves it.
async fn delivers_to(owner: &Shopper, postcodes: &str, fee: &str) -> Result<()> {
    owner.presses("Add area").await?;
    owner.types("Postcodes begin with", postcodes).await?;
    owner.types("Delivery fee (INR)", fee).await?;
    owner.submits("Save areas").await?;
    owner.sees("Areas saved.").await
}

/// Sees this on a page of the shop, which may come from a cache for a while.
async fn sees_at(customer: &Shopper, path: &str, text: &str) -> Result<()> {
    until_within(CACHED, &format!("“{text}” at {path}"), async || {
        customer.goes_to(path).await?;
        Ok(customer.shows(text).await?.then_some(()))
    })
    .await
}

pub(crate) async fn an_owner_says_where_they_deliver_and_the_shop_obeys(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.tabs_to("Delivery areas").await?;
    owner.presses_enter().await?;
    owner.arrives_at(AREAS).await?;
    owner.tabs_to("Add area").await?;
    owner.presses_enter().await?;
    owner.sees_focus_on("Postcodes begin with").await?;
    owner.types_on("110, 122").await?;
    owner.types_by_keyboard("Delivery fee (INR)", "30").await?;
    owner.presses_enter().await?;
    owner.sees("Areas saved.").await?;

    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    sees_at(&customer, "/r/raat-rani-dhaba", "Delivery from ₹30.00").await?;
    // Whoever comes by a link says the postcode there.
    customer.types_by_keyboard(DELIVER_TO, "122001").await?;
    customer.presses_enter().await?;
    customer.no_longer_sees("Delivery from").await?;
    customer.sees("₹30.00").await.context("the fee of that postcode")?;
    customer.goes_to("/").await?;
    customer.types_by_keyboard(DELIVER_TO, "201301").await?;
    customer.presses_enter().await?;
    customer.sees("Doesn’t deliver to 201301").await?;
    customer.follows(RESTAURANT).await?;
    customer.sees(&format!("{RESTAURANT} doesn’t deliver to 201301.")).await?;
    customer.presses(&format!("Add {DISH}")).await?;
    customer.goes_to_checkout().await?;
    customer.sees(&format!("{RESTAURANT} doesn’t deliver to 201301.")).await?;
    customer.cannot_press("Place order").await?;
    ensure!(customer.shows("Subtotal").await?, "what the dishes cost is known");
    ensure!(!customer.shows("Total").await?, "what nobody delivers has no fee and no total");
    customer.types_an_address().await?;
    customer.leaves_the_field().await?;
    customer.no_longer_sees("doesn’t deliver").await?;
    customer.sees("₹30.00").await.context("the fee of the area")?;
    customer.sees("Total").await?;
    customer.submits("Place order").await?;
    customer.is_at_an_order().await?;
    customer.sees("₹30.00").await?;
    customer.goes_to("/").await?;
    let typed = customer.asks("return document.getElementById('deliver-to').value", vec![]).await?;
    ensure!(typed == json!("110001"), "it is the checkout's postcode, too: {typed}");
    Ok(())
}

pub(crate) async fn an_order_for_where_nobody_delivers_any_more_is_refused_by_name(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.is_ready_to_order().await?;
    // The page knows of no areas.
    let owner = at_the_areas(&stage, &world).await?;
    delivers_to(&owner, "122", "30").await?;
    customer.expects_failures_of("/api/");
    customer.submits("Place order").await?;
    customer.sees("doesn’t deliver to").await?;
    ensure!(customer.path().await? == "/checkout", "nothing was placed");
    Ok(())
}

pub(crate) async fn areas_that_are_wrong_say_so_and_two_owners_are_shown_both(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (first, second) =
        (at_the_areas(&stage, &world).await?, at_the_areas(&stage, &world).await?);
    second.presses("Add area").await?;
    second.submits("Save areas").await?;
    second.sees("Enter a postcode, or remove this area.").await?;
    second.types("Postcodes begin with", "110 001, 110001").await?;
    second.submits("Save areas").await?;
    second.sees("110001 is listed twice. Remove one.").await?;
    second.types("Postcodes begin with", "122").await?;
    second.types("Delivery fee (INR)", "20").await?;
    second.reloads().await?;
    second.sees("Remove area").await?;
    second.sees("You have changes that aren’t saved.").await?;
    delivers_to(&first, "110", "30").await?;
    second.expects_failures_of("/delivery");
    second.submits("Save areas").await?;
    second.sees("Someone else changed the areas").await?;
    second.sees("110").await?;
    second.presses("Keep mine").await?;
    second.submits("Save areas").await?;
    second.sees("Areas saved.").await?;
    first.reloads().await?;
    first.sees("Remove area").await?;
    let typed = first.property_of("Postcodes begin with", "value").await?;
    ensure!(typed == json!("122"), "{typed}");
    Ok(())
}

/// Sees what a basket says of the delivery fee.
async fn sees_the_fee(customer: &Shopper, name: &str, amount: &str) -> Result<()> {
    until(&format!("{name} {amount}"), async || {
        let fee = customer.reads(&format!("//div[dt=\"{name}\"]/dd")).await?;
        ensure!(fee == amount, "it is {fee}");
        Ok(Some(()))
    })
    .await
}

/// Types a postcode on the first page, and leaves its field.
async fn is_at(customer: &Shopper, postcode: &str) -> Result<()> {
    customer.goes_to("/").await?;
    customer.types(DELIVER_TO, postcode).await?;
    customer.leaves_the_field().await
}

pub(crate) async fn a_postcode_that_is_typed_first_prices_the_basket_and_fills_in_the_address(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.has_a_window_of(1280, 800).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.goes_to("/account").await?;
    for (label, street, postcode) in
        [("Home", "1 Mill Row", "N1 5TB"), ("Work", "2 Pall Mall", "SW1Y 4AB")]
    {
        customer.presses("Add address").await?;
        customer.types("Label (optional)", label).await?;
        customer.types("Name", "Asha Rao").await?;
        customer.types("Street address", street).await?;
        customer.types("Town or city", "London").await?;
        customer.types("Postcode", postcode).await?;
        customer.presses("Save").await?;
        customer.sees(&format!("{label} · {street}")).await?;
    }

    customer.goes_to("/r/hush-dumplings").await?;
    customer.presses("Add Har gow").await?;
    sees_the_fee(&customer, "Delivery from", "£1.60").await?;
    ensure!(!customer.shows("to reach the").await?, "no minimum is known yet");
    is_at(&customer, "sw1y4ab").await?;
    customer.sees("Doesn’t deliver to sw1y4ab").await.context("another restaurant")?;
    customer.goes_to("/checkout").await?;
    until("the saved address of that postcode", async || {
        let address = customer.reads("//div[@class=\"one-line\"]/p").await?;
        ensure!(address.contains("2 Pall Mall"), "it is {address}");
        Ok(Some(()))
    })
    .await?;
    sees_the_fee(&customer, "Delivery", "£1.60").await?;
    customer.sees("to reach the £10 minimum").await?;

    is_at(&customer, "NW10 4AB").await?;
    customer.sees("Doesn’t deliver to NW10 4AB").await?;
    customer.goes_to("/checkout").await?;
    customer.sees("doesn’t deliver to NW10 4AB").await?;
    let typed = customer.property_of("Street address", "value").await?;
    ensure!(typed == json!(""), "the street of another postcode: {typed}");
    let typed = customer.property_of("Name", "value").await?;
    ensure!(typed == json!("Asha Rao"), "the name is kept: {typed}");
    Ok(())
}
