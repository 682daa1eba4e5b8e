//! Ordering, and watching it arrive.

use anyhow::{Context, Result, ensure};
use shared::Status;

use crate::support::backend::Tempo;
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::{Stage, path_from_env};

pub(crate) async fn a_person_signs_up_orders_and_watches_it_arrive(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    // As a visitor would: the cart first, the account when it is asked for.
    shopper.is_ready_to_order().await?;
    shopper.follows("Create account").await?;
    shopper.types("Email", "asha@example.com").await?;
    shopper.types("Password", crate::support::shopper::PASSWORD).await?;
    shopper.submits("Create account").await?;
    shopper.types("Confirmation code", &world.backend.code_for("asha@example.com").await?).await?;
    shopper.submits("Confirm").await?;
    shopper.submits("Place order").await.context("what was typed is still there")?;
    shopper.is_at_an_order().await?;
    for status in [Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered] {
        shopper.sees_status(status).await?;
    }
    shopper.sees("Delivered. Enjoy your meal!").await?;
    let kept = shopper.asks("return JSON.stringify({ ...localStorage })", vec![]).await?;
    ensure!(!kept.to_string().contains(DISH), "of an empty basket nothing is kept: {kept}");
    shopper.goes_to("/orders").await?;
    shopper.sees(RESTAURANT).await?;
    ensure!(shopper.counts_orders().await? == 1, "one order was placed");
    Ok(())
}

pub(crate) async fn two_tabs_both_hear(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "two@example.com").await?;
    let first = shopper.tab().await?;
    let second = shopper.opens_tab("/orders").await?;
    shopper.sees("No orders yet").await?;
    shopper.turns_to(&first).await?;
    let order = shopper.orders().await?;
    shopper.turns_to(&second).await?;
    shopper.sees(RESTAURANT).await.context("the tab with My orders hears of the new one")?;
    shopper.goes_to(&order).await?;
    shopper.sees_status(Status::Delivered).await?;
    shopper.turns_to(&first).await?;
    shopper.sees_status(Status::Delivered).await
}

pub(crate) async fn the_seeds_event_arrives_in_an_open_page(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(ops::dev::cloud::DEMO_EMAIL, ops::dev::cloud::DEMO_PASSWORD).await?;
    shopper.goes_to("/orders").await?;
    shopper.has(".connection.live").await?;
    send_the_seeds_event(&world.backend.endpoint())?;
    shopper.follows("Placed elsewhere").await?;
    shopper.sees("You can track it here").await?;
    shopper.sees_status(Status::Accepted).await?;
    shopper.sees_status(Status::Delivered).await
}

pub(crate) async fn the_window_sends_an_event_and_shows_what_comes_of_it(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/_local/").await?;
    shopper.submits("Send with a fresh id").await?;
    for event in ["order_placed", "order_accepted", "order_picked_up", "order_delivered"] {
        shopper.sees(event).await?;
    }
    Ok(())
}

/// As the workshop's page sends it, with AWS's own command line.
fn send_the_seeds_event(endpoint: &str) -> Result<()> {
    let entries = serde_json::json!([{
        "Source": "custom.food_app",
        "DetailType": "order_placed",
        "Detail": ops::dev::cloud::SEEDS_DETAIL,
        "EventBusName": ops::dev::cloud::STACK,
    }]);
    let mut aws = std::process::Command::new(path_from_env("TIFFIN_AWS")?);
    aws.args(["--endpoint-url", endpoint, "--region", "eu-west-2", "events", "put-events"]);
    aws.args(["--entries", &entries.to_string()]);
    aws.env("AWS_ACCESS_KEY_ID", "owner").env("AWS_SECRET_ACCESS_KEY", "owner");
    let answer = ops::process::output(&mut aws)?;
    ensure!(answer.contains("\"FailedEntryCount\": 0"), "the bus refused the event: {answer}");
    Ok(())
}
