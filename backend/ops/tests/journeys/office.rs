//! The office: who leads a restaurant looks at its day, finds an order, and downloads the report.

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::{DEMO_COOK, DEMO_OWNER};
use serde_json::json;
use shared::Status;

use crate::counter::{BOARD, number, signs_in, who_orders};
use crate::support::Stage;
use crate::support::backend::Tempo;

pub(crate) async fn an_owner_sees_the_day_finds_an_order_and_downloads_the_report(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    let (customer, order) = who_orders(&stage, &world).await?;
    for (button, status) in [
        ("Accept", Status::Accepted),
        ("Ready", Status::Ready),
        ("Handed over", Status::PickedUp),
        ("Delivered", Status::Delivered),
    ] {
        owner.presses(button).await?;
        customer.sees_status(status).await.context(button)?;
    }
    let (id, code) = (order.trim_start_matches("/orders/"), number(&order));

    owner.follows("Today").await?;
    owner.sees("Takings").await?;
    owner.sees("Payment not recorded").await?;
    owner.sees(&code).await?;
    owner.follows("Previous day").await?;
    owner.sees("Nobody ordered on this day.").await?;
    owner.follows("Next day").await?;
    owner.arrives_at(&format!("{BOARD}/day")).await?;

    owner.types("Order code", "#zz").await?;
    owner.presses_enter().await?;
    owner
        .sees_error("Order code", "Enter 3 to 6 characters of the code: digits and A to F.")
        .await?;
    owner.types("Order code", &code.to_lowercase()).await?;
    owner.presses_enter().await?;
    owner.sees("Orders with").await?;
    owner.follows_link_to(&format!("{BOARD}/orders/{id}")).await?;
    for text in ["Placed · Customer", "Accepted · Noor (Owner)", "Delivered · Noor (Owner)"] {
        owner.sees(text).await?;
    }
    for text in ["Subtotal", "Delivery", "Total"] {
        owner.sees(text).await.context("the order says what it cost")?;
    }
    owner.goes_back().await?;
    owner.sees("Orders with").await?;
    owner.goes_back().await?;

    for (button, name, part) in [
        ("Download orders CSV", "orders-raat-rani-dhaba-", id),
        ("Download dishes CSV", "dishes-raat-rani-dhaba-", "Quantity"),
    ] {
        let (file, text) = owner.downloads(button).await?;
        ensure!(file.starts_with(name) && file.ends_with(".csv"), "{file} is another file");
        ensure!(text.contains(part), "{part} is missing in {file}:\n{text}");
    }
    Ok(())
}

pub(crate) async fn the_day_follows_its_orders_while_it_is_looked_at(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    owner.has_a_window_of(1024, 768).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Today").await?;
    owner.sees("Nobody ordered on this day.").await?;
    owner.sees("Previous day").await?;

    let (customer, order) = who_orders(&stage, &world).await?;
    owner.sees(&number(&order)).await?;
    owner.no_longer_sees("Nobody ordered on this day.").await?;
    // What is typed and what has the focus stays while the orders change.
    owner.tabs_to("Previous day").await?;
    let typed = "document.getElementById('report-from').value = '2026-01-02'";
    owner.asks(typed, vec![]).await?;
    let cook = stage.shopper_elsewhere(&world).await?;
    cook.has_a_window_of(1024, 768).await?;
    signs_in(&cook, DEMO_COOK).await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await?;
    owner.sees("Accepted").await?;
    owner.sees_focus_on("Previous day").await?;
    let from = owner.property_of("From", "value").await?;
    ensure!(from == "2026-01-02", "the period that was typed has become {from}");

    owner.follows("Orders").await?;
    owner.presses("Courier").await?;
    owner.presses("Cory").await?;
    owner.sees("Cory will bring it").await?;
    owner.follows("Today").await?;
    owner.sees("Previous day").await?;
    // Behind another tab it fetches nothing, and when it is looked at again, everything.
    owner.asks(SET_HIDDEN, vec![json!(true)]).await?;
    owner.settles().await?;
    let fetched = owner.asks(FETCHED_DAYS, vec![]).await?;
    cook.presses("Ready").await?;
    customer.sees_status(Status::Ready).await?;
    cook.presses("Handed over").await?;
    customer.sees_status(Status::PickedUp).await?;
    cook.presses("Delivered").await?;
    customer.sees_status(Status::Delivered).await?;
    cook.sees("Nothing on its way").await?;
    ensure!(owner.asks(FETCHED_DAYS, vec![]).await? == fetched, "a hidden page has fetched");
    owner.asks(SET_HIDDEN, vec![json!(false)]).await?;
    owner.sees("Payment not recorded").await?;
    owner.sees("Collected by courier").await
}

/// Tells the page that it is hidden by another tab, or not any more.
const SET_HIDDEN: &str = "const hidden = arguments[0]; \
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden }); \
    document.dispatchEvent(new Event('visibilitychange'))";
/// How often the page has fetched a day.
const FETCHED_DAYS: &str = "return performance.getEntriesByType('resource') \
    .filter(it => new URL(it.name).pathname.includes('/days/')).length";
