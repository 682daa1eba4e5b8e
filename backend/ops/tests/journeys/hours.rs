//! The office: when a restaurant is open, and what customers see of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::DEMO_OWNER;
use serde_json::json;

use crate::counter::{network, signs_in};
use crate::support::backend::Tempo;
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until, until_within};

/// The page of the restaurant of the demo staff.
const HOURS: &str = "/counter/raat-rani-dhaba/hours";
const NOTE: &str = "Note for customers";

/// An owner in front of the board.
async fn owner(stage: &Stage, world: &World) -> Result<Shopper> {
    let owner = stage.shopper_elsewhere(world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    Ok(owner)
}

/// An owner in front of the hours.
async fn at_the_hours(stage: &Stage, world: &World) -> Result<Shopper> {
    let owner = owner(stage, world).await?;
    owner.goes_to(HOURS).await?;
    owner.sees("Special days").await?;
    Ok(owner)
}

/// Picks the restaurant's today as the first day and tomorrow as the last; a driver cannot open the browser's
/// calendar.
async fn picks_today_and_tomorrow(owner: &Shopper) -> Result<()> {
    let script = "const fields = document.querySelectorAll('input[type=date]');
        const today = new Date().toLocaleDateString('en-CA', { timeZone: 'Asia/Kolkata' });
        const day = new Date(today + 'T00:00Z');
        for (const field of fields) {
            field.value = day.toISOString().slice(0, 10);
            field.dispatchEvent(new Event('input', { bubbles: true }));
            day.setUTCDate(day.getUTCDate() + 1);
        }";
    owner.asks(script, vec![]).await.map(drop)
}

/// Sees this note on the only special day.
async fn sees_note(owner: &Shopper, note: &str) -> Result<()> {
    until(&format!("the note “{note}”"), async || {
        let found = owner.property_of(NOTE, "value").await?;
        ensure!(found == json!(note), "it is {found}");
        Ok(Some(()))
    })
    .await
}

/// It is closed for today and tomorrow, in case that midnight passes meanwhile.
pub(crate) async fn an_owner_closes_for_a_day_and_the_shop_takes_no_orders(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.is_ready_to_order().await?;
    let owner = owner(&stage, &world).await?;
    owner.tabs_to("Opening hours").await?;
    owner.presses_enter().await?;
    owner.arrives_at(HOURS).await?;
    owner.tabs_to("Add special day").await?;
    owner.presses_enter().await?;
    owner.sees_focus_on("First day").await?;
    owner.tabs_to("Save hours").await?;
    owner.presses_enter().await?;
    owner.sees_error("First day", "Enter a date.").await.context("nothing closes by accident")?;
    picks_today_and_tomorrow(&owner).await?;
    owner.sees("You have changes that aren’t saved.").await?;
    owner.types_by_keyboard(NOTE, "Diwali").await?;
    owner.presses_enter().await?;
    owner.sees("Hours saved").await?;
    customer.expects_failures_of("/api/orders/");
    customer.expects_failures_of("/api/quotes");
    customer.submits("Place order").await?;
    customer.sees(&format!("{RESTAURANT} opens")).await?;
    // A menu may come from the edge's cache for a while.
    let is_closed = async || {
        customer.goes_to("/r/raat-rani-dhaba").await?;
        Ok(customer.shows("Closed · opens").await?.then_some(()))
    };
    until_within(Duration::from_secs(40), "the menu to say that it is closed", is_closed).await?;
    customer.sees("Closed from ").await?;
    customer.sees(" · Diwali").await?;
    customer.presses(DISH).await?;
    customer.cannot_press("Opens").await?;
    customer.presses("Close").await?;
    owner.presses("Remove special day").await?;
    owner.sees_focus_on("Add special day").await?;
    owner.tabs_to("Save hours").await?;
    owner.presses_enter().await?;
    owner.sees("Hours saved").await?;
    customer.goes_to("/checkout").await?;
    customer.submits("Place order").await?;
    customer.is_at_an_order().await.map(drop)
}

pub(crate) async fn what_another_owner_has_set_is_shown_before_it_is_replaced(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (first, second) =
        (at_the_hours(&stage, &world).await?, at_the_hours(&stage, &world).await?);
    for (owner, note) in [(&first, "Diwali"), (&second, "Holi")] {
        owner.presses("Add special day").await?;
        picks_today_and_tomorrow(owner).await?;
        owner.types(NOTE, note).await?;
    }
    first.submits("Save hours").await?;
    first.sees("Hours saved").await?;
    second.expects_failures_of("/hours");
    second.submits("Save hours").await?;
    second.sees("Someone else changed the hours").await?;
    second.sees("· Diwali").await?;
    second.sees_focus_on("Use these").await?;
    second.reloads().await?;
    second.sees("Someone else changed the hours").await.context("after a reload, too")?;
    sees_note(&second, "Holi").await.context("nothing typed is lost")?;
    second.presses("Keep mine").await?;
    second.submits("Save hours").await?;
    second.sees("Hours saved").await?;
    first.types(NOTE, "Christmas").await?;
    first.expects_failures_of("/hours");
    first.submits("Save hours").await?;
    first.sees("· Holi").await?;
    first.presses("Use these").await?;
    first.sees("Discard your changes?").await?;
    first.presses("Discard changes").await?;
    first.no_longer_sees("Someone else changed the hours").await?;
    sees_note(&first, "Holi").await
}

pub(crate) async fn hours_that_are_wrong_say_so_and_what_was_typed_stays(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_hours(&stage, &world).await?;
    owner.presses("Add hours: Monday").await?;
    owner.submits("Save hours").await?;
    owner.sees("Enter a time.").await?;
    let focused = async || {
        let on = owner.asks("return document.activeElement.id", vec![]).await?;
        Ok((on == json!("opens-0-1")).then_some(()))
    };
    until("the first field that is wrong to have the focus", focused).await?;
    // The restaurant is open around the clock: an empty row has nothing that could be read.
    owner.asks("document.getElementById('remove-0-1').click()", vec![]).await?;
    owner.no_longer_sees("Enter a time.").await?;
    owner.presses("Add special day").await?;
    picks_today_and_tomorrow(&owner).await?;
    owner.types(NOTE, "Diwali").await?;
    owner.expects_failures_of("/api/");
    owner.expects_failures_of("/live");
    network(&owner, false).await?;
    owner.submits("Save hours").await?;
    owner.sees("Your changes are kept on this device.").await?;
    network(&owner, true).await?;
    owner.reloads().await?;
    owner.sees("You have changes that aren’t saved.").await?;
    sees_note(&owner, "Diwali").await?;
    owner.presses("Discard changes").await?;
    owner.sees("Discard your changes?").await?;
    owner.presses("Discard changes").await?;
    owner.no_longer_sees("You have changes that aren’t saved.").await?;
    owner.no_longer_sees("First day").await
}

pub(crate) async fn a_look_at_the_hours_leaves_no_draft(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_hours(&stage, &world).await?;
    let drafts = async |expected: u32| {
        let script = "return Object.keys(localStorage).filter((it) => it.startsWith('tiffin.hours.')).length";
        until(&format!("{expected} drafts"), async || {
            let found = owner.asks(script, vec![]).await?;
            ensure!(found == json!(expected), "there are {found}");
            Ok(Some(()))
        })
        .await
    };
    owner.presses("Add hours: Monday").await?;
    drafts(1).await?;
    owner.sees("You have changes that aren’t saved.").await?;
    owner.asks("document.getElementById('remove-0-1').click()", vec![]).await?;
    drafts(0).await?;
    owner.submits("Save hours").await?;
    owner.sees("Hours saved").await?;
    drafts(0).await
}
