//! What happens on a train, on an old laptop, in a bad minute.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use ops::dev::cloud::DEMO_OWNER;
use serde_json::json;
use shared::Status;

use crate::counter::{BOARD, cook, signs_in, who_orders};
use crate::deliveries;
use crate::support::backend::Tempo;
use crate::support::{Shopper, Stage, scripts, until, until_within};

pub(crate) async fn a_reload_mid_way_loses_nothing(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "reload@example.com").await?;
    shopper.orders().await?;
    shopper.sees_status(Status::Accepted).await?;
    shopper.reloads().await?;
    shopper.sees_status(Status::PickedUp).await?;
    shopper.reloads().await?;
    shopper.sees_status(Status::Delivered).await
}

pub(crate) async fn a_backend_that_is_killed_mid_way_loses_nothing(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "killed@example.com").await?;
    shopper.expects_failures_of("/api/");
    shopper.expects_failures_of("/live");
    shopper.expects_failures_of("/cognito");
    shopper.orders().await?;
    shopper.sees_status(Status::Accepted).await?;
    world.backend.is_killed()?;
    shopper.sees("Reconnecting").await?;
    world.backend.starts_again().await?;
    world.relay.leads_to(world.backend.edge()).await;
    shopper.sees_status(Status::Delivered).await?;
    shopper.goes_to("/orders").await?;
    shopper.has(".connection.live").await?;
    one_order(&shopper).await
}

pub(crate) async fn a_tab_from_before_a_fresh_start_signs_out_and_keeps_its_cart(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "before@example.com").await?;
    shopper.is_ready_to_order().await?;
    shopper.expects_failures_of("/api/");
    shopper.expects_failures_of("/live");
    shopper.expects_failures_of("/cognito");
    world.backend.is_killed()?;
    world.backend.starts_afresh().await?;
    world.relay.leads_to(world.backend.edge()).await;
    shopper.submits("Place order").await?;
    shopper.sees("Your session expired").await?;
    shopper.sees("Sign in to order").await?;
    shopper.sees("Rajma chawal").await?;
    shopper.signs_up(&world.backend, "after@example.com").await?;
    shopper.goes_to("/checkout").await?;
    shopper
        .types_an_address()
        .await
        .context("the address went with the session it was typed in")?;
    shopper.submits("Place order").await.context("the basket is still there")?;
    shopper.is_at_an_order().await.map(drop)
}

pub(crate) async fn ten_seconds_without_network_are_caught_up(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "tunnel@example.com").await?;
    shopper.expects_failures_of("/api/");
    shopper.expects_failures_of("/live");
    shopper.orders().await?;
    shopper.sees_status(Status::Placed).await?;
    shopper.sees("Live").await?;
    world.relay.is_cut().await;
    shopper.sees("Reconnecting").await?;
    // Not a wait for something: the ten seconds are the trouble.
    tokio::time::sleep(Duration::from_secs(10)).await;
    ensure!(shopper.status().await? == "Placed", "nothing can have been heard");
    world.relay.is_mended().await?;
    shopper.sees_status(Status::Delivered).await
}

pub(crate) async fn a_lost_answer_and_a_reload_make_one_order(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "lost@example.com").await?;
    shopper.expects_failures_of("/api/orders/");
    shopper.is_ready_to_order().await?;
    world.relay.loses_answers(true);
    shopper.submits("Place order").await?;
    until("an answer to be lost", async || Ok((world.relay.lost() > 0).then_some(()))).await?;
    shopper.reloads().await?;
    world.relay.loses_answers(false);
    shopper.is_at_an_order().await?;
    shopper.sees_status(Status::Delivered).await?;
    shopper.goes_to("/orders").await?;
    one_order(&shopper).await
}

pub(crate) async fn a_clock_ten_minutes_wrong_changes_nothing(stage: Stage) -> Result<()> {
    for minutes in [10, -10] {
        let world = stage.world(Tempo::new(6, "0.001")).await?;
        let shopper = stage.shopper_elsewhere(&world).await?;
        shopper.runs_first(scripts::wrong_clock(minutes)).await?;
        shopper.goes_to("/").await?;
        shopper.signs_up(&world.backend, "clock@example.com").await?;
        shopper.orders().await?;
        shopper.sees_status(Status::Placed).await?;
        shopper.sees("Restaurant has").await?;
        let overdue = shopper.shows("The restaurant is late to confirm").await?;
        ensure!(!overdue, "the countdown follows the server's clock, not the device's");
        shopper.sees_status(Status::Delivered).await?;
    }
    Ok(())
}

pub(crate) async fn every_tap_arrives_once_in_a_storm_of_faults(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let courier = deliveries::on_shift(&stage, &world).await?;
    let (customer, first) = who_orders(&stage, &world).await?;
    let second = customer.orders().await?;
    for somebody in [&cook, &courier, &customer] {
        for path in ["/api/", "/live", "/cognito"] {
            somebody.expects_failures_of(path);
        }
    }
    world.backend.is_killed()?;
    world.backend.starts_again_with(Some(28)).await?;
    world.relay.leads_to(world.backend.edge()).await;
    for order in [&first, &second] {
        customer.goes_to(order).await?;
        sees_within_two_fetches(&cook, "Accept").await?;
        cook.presses("Accept").await?;
        sees_within_two_fetches(&courier, "Claim").await?;
        courier.presses("Claim").await?;
        sees_within_two_fetches(&customer, "A courier will pick it up").await?;
        courier.presses("Picked up").await?;
        status_becomes(&customer, "Picked up").await?;
        courier.presses("I’m nearby").await?;
        courier.presses("At the door").await?;
        courier.presses("Delivered").await?;
        courier.presses("Cash").await?;
        status_becomes(&customer, "Delivered").await?;
        sees_within_two_fetches(&courier, "You have no deliveries").await?;
    }
    courier.no_longer_sees("Waiting for a connection").await?;
    world.backend.is_killed()?;
    world.backend.starts_again_with(None).await?;
    world.relay.leads_to(world.backend.edge()).await;
    courier.presses("This shift").await?;
    courier.sees("· 2 orders").await.context("both are in the sum")?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    for order in [first, second] {
        owner.goes_to(&format!("{BOARD}{order}")).await?;
        owner.sees("Delivered · Cory").await?;
        let said = owner.asks(BY_CORY, vec![]).await?;
        let once = json!(["Claimed", "Picked up", "Nearby", "At the door", "Delivered"]);
        ensure!(said == once, "what the courier did, in their order, each once: {said}");
    }
    Ok(())
}

/// The time of two regular fetches: the first may fail.
const CAUGHT_UP: Duration = Duration::from_millis(2 * shared::live::FETCH_EVERY.unsigned_abs());

/// Sees a text, if not at once, then with one of the next fetches.
async fn sees_within_two_fetches(somebody: &Shopper, text: &str) -> Result<()> {
    let look = async || Ok(somebody.shows(text).await?.then_some(()));
    until_within(CAUGHT_UP, &format!("to see “{text}”"), look).await
}

/// Sees the order at a status, if not at once, then with one of the next fetches.
async fn status_becomes(customer: &Shopper, status: &str) -> Result<()> {
    let look = async || Ok((customer.status().await? == status).then_some(()));
    until_within(CAUGHT_UP, &format!("the order to be “{status}”"), look).await
}

/// What an order's page says that the courier has done.
const BY_CORY: &str = "return [...document.querySelectorAll('ol.menu-list .item-name')] \
    .map(it => it.innerText).filter(it => it.includes('Cory (Courier)')) \
    .map(it => it.split(' · ')[0])";

async fn one_order(shopper: &Shopper) -> Result<()> {
    until("the list of orders", async || Ok((shopper.counts_orders().await? > 0).then_some(())))
        .await?;
    let count = shopper.counts_orders().await?;
    ensure!(count == 1, "one order was placed, and {count} are listed");
    Ok(())
}
