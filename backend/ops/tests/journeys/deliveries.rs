//! Couriers: staff who claim what a kitchen cooks and bring it, on phones of their own.

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::DEMO_OWNER;
use serde_json::json;
use shared::Status;

use crate::counter::{
    BOARD, cook, hears, invites, network, notes, number, signs_in, signs_in_to, starts_shift,
    who_joins, who_orders,
};
use crate::support::backend::{Tempo, around_the_clock};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, scripts, until};

/// The page of the demo restaurant's couriers.
const DELIVERIES: &str = "/counter/raat-rani-dhaba/deliveries";
/// The page of a courier of several restaurants.
pub(crate) const ALL: &str = "/counter/deliveries";
/// The demo restaurant's courier, called Cory.
const COURIER: &str = "courier@tiffin.example";
/// Where the customers here live.
const STREET: &str = "4 Mango Lane";

/// The courier in front of their page, on a phone, off shift.
pub(crate) async fn signed_in(stage: &Stage, world: &World) -> Result<Shopper> {
    let courier = stage.shopper_elsewhere(world).await?;
    courier.runs_first(scripts::COUNTS_SOUNDS).await?;
    courier.has_a_window_of(390, 844).await?;
    signs_in_to(&courier, COURIER, DELIVERIES).await?;
    Ok(courier)
}

/// The courier who has started their shift.
pub(crate) async fn on_shift(stage: &Stage, world: &World) -> Result<Shopper> {
    let courier = signed_in(stage, world).await?;
    courier.presses("Start shift").await?;
    courier.sees("On shift until").await?;
    courier.sees("No orders waiting").await?;
    Ok(courier)
}

/// A kitchen, the courier and a customer whose order is being cooked and who has claimed it; the order's path.
async fn claimed(stage: &Stage, world: &World) -> Result<(Shopper, Shopper, Shopper, String)> {
    let cook = cook(stage, world).await?;
    let courier = on_shift(stage, world).await?;
    let (customer, order) = who_orders(stage, world).await?;
    cook.presses("Accept").await?;
    courier.presses("Claim").await?;
    courier.sees(STREET).await?;
    Ok((cook, courier, customer, order))
}

/// The same with the order on its way.
async fn on_the_way(stage: &Stage, world: &World) -> Result<(Shopper, Shopper, Shopper, String)> {
    let (cook, courier, customer, order) = claimed(stage, world).await?;
    courier.presses("Picked up").await?;
    customer.sees_status(Status::PickedUp).await?;
    Ok((cook, courier, customer, order))
}

/// Waits until what has the focus has an id that begins so.
async fn focus_is_on(courier: &Shopper, id: &str) -> Result<()> {
    let script = "return document.activeElement.id.startsWith(arguments[0])";
    until(&format!("the focus to be on #{id}"), async || {
        Ok((courier.asks(script, vec![json!(id)]).await? == json!(true)).then_some(()))
    })
    .await
}

pub(crate) async fn a_courier_brings_an_order_and_counts_the_cash(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let courier = on_shift(&stage, &world).await?;
    let (customer, order) = who_orders(&stage, &world).await?;
    let quiet = notes(&courier).await?;
    cook.presses("Accept").await?;
    courier.sees(&number(&order)).await?;
    until("a soft tone", async || Ok((notes(&courier).await? > quiet).then_some(()))).await?;
    cook.sees("No courier yet").await?;
    ensure!(!courier.shows(STREET).await?, "before the claim, the address is nobody's");
    courier.presses("Claim").await?;
    courier.sees(STREET).await?;
    courier.sees("to collect").await?;
    courier.sees("To pick up · ").await.context("how many dishes")?;
    crate::layout::fits(&courier).await?;
    cook.sees("Cory will bring it").await?;
    customer.sees("A courier will pick it up").await?;
    cook.presses("Ready").await?;
    courier.sees("Ready now").await?;
    courier.presses("Picked up").await?;
    customer.sees_status(Status::PickedUp).await?;
    let map = "return document.querySelector('a.delivery-place').href";
    let map = courier.asks(map, vec![]).await?;
    ensure!(map.as_str().is_some_and(|map| map.contains("4%20Mango%20Lane")), "no map: {map}");
    courier.presses("I’m nearby").await?;
    customer.sees("Your courier is nearby").await?;
    courier.presses("At the door").await?;
    customer.sees("Your courier is at the door").await?;
    cook.sees("Cory is at the door").await?;
    courier.presses("Delivered").await?;
    courier.presses("Cash").await?;
    customer.sees_status(Status::Delivered).await?;
    customer.no_longer_sees("Your courier is at the door").await?;
    cook.sees("Nothing on its way").await?;
    courier.sees("You have no deliveries").await?;
    courier.presses("End shift").await?;
    courier.sees("End your shift?").await?;
    courier.presses("End shift").await?;
    courier.sees("You’re off shift").await?;
    courier.sees("Your last shift").await?;
    courier.sees("· 1 order").await.context("what was collected")?;
    courier.sees(&number(&order)).await.context("what was delivered")?;
    courier.sees(STREET).await.context("where to, for two hours")
}

pub(crate) async fn three_browsers_go_from_the_invitations_to_the_door(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Team").await?;
    let path = invites(&owner, &world, "an@example.com", "Kitchen").await?;
    let cook = who_joins(&stage, &world, &path, "an@example.com", "An", BOARD).await?;
    let path = invites(&owner, &world, "ravi@example.com", "Courier").await?;
    let courier = who_joins(&stage, &world, &path, "ravi@example.com", "Ravi", DELIVERIES).await?;
    cook.has_a_window_of(1024, 768).await?;
    starts_shift(&cook).await?;
    courier.has_a_window_of(390, 844).await?;
    courier.presses("Start shift").await?;
    courier.sees("No orders waiting").await?;
    let customer = stage.shopper(&world).await?;
    customer.has_a_window_of(390, 844).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    let order = customer.orders().await?;
    hears(&cook).await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await?;
    courier.presses("Claim").await?;
    cook.sees("Ravi will bring it").await?;
    cook.presses("Ready").await?;
    courier.presses("Picked up").await?;
    customer.sees_status(Status::PickedUp).await?;
    courier.presses("Delivered").await?;
    courier.presses("Card").await?;
    customer.sees_status(Status::Delivered).await?;
    cook.sees("Nothing on its way").await?;
    owner.goes_to(&format!("{BOARD}{order}")).await?;
    for who in ["Placed · Customer", "Accepted · An (Kitchen)", "Delivered · Ravi (Courier)"] {
        owner.sees(who).await?;
    }
    owner.sees("Card").await
}

pub(crate) async fn a_courier_is_shown_no_order_of_the_kitchen(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (_customer, order) = who_orders(&stage, &world).await?;
    let courier = signed_in(&stage, &world).await?;
    for page in ["", "/people"] {
        courier.goes_to(&format!("{BOARD}{page}")).await?;
        courier.arrives_at(DELIVERIES).await.context("they are led to their own page")?;
    }
    courier.sees("You’re off shift").await?;
    ensure!(!courier.shows("This tablet is silent").await?, "a phone is no tablet of the kitchen");
    courier.presses("Start shift").await?;
    courier.sees("No orders waiting").await?;
    ensure!(!courier.shows(&number(&order)).await?, "an order that nobody has accepted");
    Ok(())
}

pub(crate) async fn what_a_courier_taps_in_a_lift_is_kept_and_sent(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (_cook, courier, customer, _) = on_the_way(&stage, &world).await?;
    courier.expects_failures_of("/api/");
    courier.expects_failures_of("/live");
    // Only what is sent gets no answer, so that the page can be loaded again.
    let cdp = courier.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let block = |urls: &[&str]| json!({ "urls": urls });
    cdp.send_raw("Network.setBlockedURLs", block(&["*/commands"])).await?;
    courier.presses("I’m nearby").await?;
    courier.sees("the customer knows you’re nearby").await.context("as if it were done")?;
    courier.sees("Waiting for a connection").await?;
    courier.reloads().await?;
    courier.sees("Waiting for a connection").await.context("it is kept")?;
    ensure!(!customer.shows("Your courier is nearby").await?, "it was not sent");
    cdp.send_raw("Network.setBlockedURLs", block(&[])).await?;
    customer.sees("Your courier is nearby").await?;
    courier.no_longer_sees("Waiting for a connection").await?;
    network(&courier, false).await?;
    courier.sees("Offline since").await?;
    courier.presses("This shift").await?;
    courier.sees("Your shift’s totals didn’t load.").await?;
    courier.presses("At the door").await?;
    courier.presses("Delivered").await?;
    courier.presses("Cash").await?;
    courier.sees("Delivered · Cash").await?;
    courier.sees("Waiting for a connection").await?;
    network(&courier, true).await?;
    customer.sees_status(Status::Delivered).await?;
    courier.sees("You have no deliveries").await?;
    courier.sees("· 1 order").await.context("they load once there is a connection")?;
    courier.no_longer_sees("totals didn’t load").await
}

pub(crate) async fn an_order_that_is_refused_at_the_door_fails_unless_that_is_undone(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (cook, courier, customer, _) = on_the_way(&stage, &world).await?;
    courier.presses("Couldn’t deliver").await?;
    courier.cannot_press("Nobody there · tap “At the door” first").await?;
    courier.presses("Close").await?;
    courier.presses("At the door").await?;
    customer.sees("Your courier is at the door").await?;
    courier.presses("Couldn’t deliver").await?;
    courier.cannot_press("Nobody there · wait").await?;
    courier.presses("Refused at the door").await?;
    courier.sees("Marking as not delivered").await?;
    courier.presses("Undo").await?;
    courier.no_longer_sees("Marking as not delivered").await?;
    focus_is_on(&courier, "delivery-").await?;
    courier.presses("Couldn’t deliver").await?;
    courier.presses("Refused at the door").await?;
    customer.sees_status(Status::Failed).await?;
    courier.sees("You have no deliveries").await?;
    focus_is_on(&courier, "deliveries-mine").await?;
    courier.presses("This shift").await?;
    courier.sees("Not delivered · Refused at the door").await?;
    cook.sees("Nothing on its way").await
}

pub(crate) async fn an_order_that_is_given_back_is_given_to_somebody_else(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Team").await?;
    let path = invites(&owner, &world, "ravi@example.com", "Courier").await?;
    let ravi = who_joins(&stage, &world, &path, "ravi@example.com", "Ravi", DELIVERIES).await?;
    owner.follows("Orders").await?;
    let (cook, courier, customer, order) = claimed(&stage, &world).await?;
    owner.sees("Cory will bring it").await?;
    courier.presses("Give back").await?;
    courier.presses("Bike or car trouble").await?;
    courier.sees("You have no deliveries").await?;
    focus_is_on(&courier, "deliveries-mine").await?;
    owner.sees("No courier yet").await?;
    owner.presses("Courier").await?;
    owner.sees("Who will bring order").await?;
    owner.presses("Ravi").await?;
    cook.sees("Ravi will bring it").await?;
    ensure!(!cook.shows("Courier").await?, "a cook does not say who brings an order");
    ravi.sees(STREET).await?;
    ravi.sees(&number(&order)).await?;
    ravi.presses("Picked up").await?;
    customer.sees_status(Status::PickedUp).await?;
    owner.sees("Ravi is bringing it").await?;
    // A bicycle breaks on the way.
    owner.presses("Courier").await?;
    owner.presses("Cory").await?;
    ravi.sees("You have no deliveries").await?;
    courier.presses("Delivered").await?;
    courier.presses("Card").await?;
    customer.sees_status(Status::Delivered).await
}

pub(crate) async fn an_order_without_a_courier_rings_at_the_counter(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await?;
    cook.sees("No courier yet").await?;
    ensure!(!cook.shows("1 order has no courier").await?, "there is time yet");
    cook.presses("Ready").await?;
    cook.sees("1 order has no courier").await?;
    hears(&cook).await?;
    cook.reloads().await?;
    cook.sees("1 order has no courier").await.context("as long as it is so")?;
    cook.presses("Silence").await?;
    cook.no_longer_sees("1 order has no courier").await?;
    let courier = signed_in(&stage, &world).await?;
    courier.presses("Start shift").await?;
    courier.presses("Claim").await?;
    cook.sees("Cory will bring it").await?;
    courier.presses("Give back").await?;
    courier.presses("I have too many orders").await?;
    cook.sees("1 order has no courier").await.context("it rings again")
}

pub(crate) async fn a_customer_pays_another_amount(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (_cook, courier, customer, _) = on_the_way(&stage, &world).await?;
    courier.presses("Delivered").await?;
    courier.presses("Cash").await?;
    courier.sees("Marking as delivered, paid in cash").await?;
    courier.presses("Undo").await?;
    courier.no_longer_sees("Marking as delivered").await?;
    courier.presses("Delivered").await?;
    courier.presses("Another amount").await?;
    courier.types("Amount collected", "a lot").await?;
    courier.presses_enter().await?;
    courier.sees("Enter an amount").await?;
    courier.types("Amount collected", "612,5").await?;
    courier.no_longer_sees("Enter an amount").await.context("another one is typed")?;
    courier.presses_enter().await?;
    courier.sees_focus_on("Cash").await?;
    let twice = "const cash = document.activeElement; cash.click(); cash.click();";
    courier.asks(twice, vec![]).await?;
    courier.sees("If the customer paid").await.context("more than twice what is due")?;
    courier.settles().await?;
    ensure!(!courier.shows("Marking as delivered").await?, "a double tap is no answer");
    courier.presses("Cash").await?;
    courier.sees("Marking as delivered, paid in cash").await?;
    customer.sees_status(Status::Delivered).await?;
    courier.presses("This shift").await?;
    courier.sees("612.50").await
}

pub(crate) async fn a_tap_for_an_order_that_somebody_else_brings_by_now_is_refused(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (_cook, courier, customer, order) = claimed(&stage, &world).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Deliveries").await?;
    // The other one is that of the tablet.
    owner.presses("Start shift: Courier shift").await?;
    owner.sees("On shift until").await?;
    owner.follows("Orders").await?;
    courier.expects_failures_of("/api/");
    courier.expects_failures_of("/live");
    network(&courier, false).await?;
    courier.presses("Picked up").await?;
    courier.presses("I’m nearby").await?;
    courier.presses("Delivered").await?;
    courier.presses("Cash").await?;
    courier.sees("Delivered · Cash").await?;
    courier.sees("Waiting for a connection").await?;
    owner.presses("Courier").await?;
    owner.presses("Noor").await?;
    owner.sees("Noor will bring it").await?;
    network(&courier, true).await?;
    courier.sees(&format!("“Picked up” for order {} wasn’t saved", number(&order))).await?;
    courier.sees("in cash. Tell the restaurant.").await.context("the money that they hold")?;
    courier.sees("You have no deliveries").await?;
    courier.no_longer_sees("Waiting for a connection").await?;
    customer.settles().await?;
    customer.sees_status(Status::Accepted).await
}

pub(crate) async fn a_courier_works_by_keyboard(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let courier = on_shift(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Accept").await?;
    courier.sees("Claim").await?;
    courier.tabs_to("Claim").await?;
    courier.presses_enter().await?;
    focus_is_on(&courier, "delivery-").await.context("it follows the order")?;
    courier.tabs_to("Picked up").await?;
    courier.presses_enter().await?;
    customer.sees_status(Status::PickedUp).await?;
    focus_is_on(&courier, "delivery-").await?;
    courier.tabs_to("Delivered").await?;
    courier.presses_enter().await?;
    courier.sees("Another amount").await?;
    courier.presses_escape().await?;
    courier.no_longer_sees("Another amount").await?;
    courier.sees_focus_on("Delivered").await?;
    courier.presses_enter().await?;
    courier.tabs_to("Card").await?;
    courier.presses_enter().await?;
    customer.sees_status(Status::Delivered).await?;
    focus_is_on(&courier, "deliveries-mine").await
}

/// The same account is a courier of two restaurants, which are another owner's kitchen and the demo's.
pub(crate) async fn of_two(stage: &Stage, world: &World) -> Result<(Shopper, Shopper)> {
    let owner = stage.shopper_elsewhere(world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    world.backend.gives("golden-dosa", DEMO_OWNER).await?;
    owner.goes_to(&format!("{BOARD}/people")).await?;
    let path = invites(&owner, world, "ravi@example.com", "Courier").await?;
    let courier = who_joins(stage, world, &path, "ravi@example.com", "Ravi", DELIVERIES).await?;
    owner.goes_to("/counter/golden-dosa/people").await?;
    owner.types("Name (optional)", "Ravi").await?;
    let path = invites(&owner, world, "ravi@example.com", "Courier").await?;
    courier.has_a_window_of(390, 844).await?;
    courier.goes_to(&path).await?;
    courier.sees("Golden Dosa invites you as a courier").await?;
    courier.sees("Your team will see you as Ravi").await.context("no name is asked for")?;
    courier.submits("Join").await?;
    courier.arrives_at("/counter/golden-dosa/deliveries").await?;
    owner.goes_to("/counter/golden-dosa").await?;
    Ok((owner, courier))
}

pub(crate) async fn a_courier_of_two_restaurants_brings_an_order_of_each_from_one_page(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    world.backend.sells(around_the_clock).await?;
    let (owner, courier) = of_two(&stage, &world).await?;
    courier.goes_to("/counter").await?;
    courier.arrives_at(ALL).await.context("a courier of several begins there")?;
    courier.follows("Switch restaurant").await?;
    courier.sees("Golden Dosa").await.context("each can be chosen")?;
    courier.follows("All deliveries").await?;
    courier.arrives_at(ALL).await?;
    courier.presses("Start shift").await?;
    courier.sees("On shift until").await?;
    courier.sees("No orders waiting").await?;
    courier.no_longer_sees("Off shift:").await.context("one press is for both")?;

    let cook = cook(&stage, &world).await?;
    let (customer, first) = who_orders(&stage, &world).await?;
    cook.presses("Accept").await?;
    courier.sees(&number(&first)).await?;
    courier.sees("Raat Rani Dhaba").await.context("the card names the restaurant")?;
    courier.sees("7 Mulberry Marg").await.context("and where to pick it up")?;
    customer.goes_to("/r/golden-dosa").await?;
    customer.presses("Add Medu vada").await?;
    customer.presses("Add Ghee roast dosa").await?;
    customer.goes_to_checkout().await?;
    for (field, text) in [
        ("Name", "Asha Rao"),
        ("Street address", "9 Lamb Lane"),
        ("Town or city", "London"),
        ("Postcode", "E8 3PL"),
    ] {
        customer.types(field, text).await?;
    }
    customer.submits("Place order").await?;
    let second = customer.is_at_an_order().await?;
    owner.presses("Accept").await?;
    courier.sees(&number(&second)).await.context("heard on the same connection")?;
    courier.sees("Golden Dosa").await?;
    crate::layout::fits(&courier).await?;

    courier.presses("Claim").await?;
    courier.sees("To pick up").await?;
    courier.tabs_to("Claim").await?;
    courier.presses_enter().await?;
    courier.sees(STREET).await?;
    courier.sees("9 Lamb Lane").await?;
    cook.sees("Ravi will bring it").await?;
    owner.sees("Ravi will bring it").await?;
    courier.presses("Picked up").await?;
    courier.tabs_to("Picked up").await?;
    courier.presses_enter().await?;
    customer.sees_status(Status::PickedUp).await?;
    courier.presses("Delivered").await?;
    courier.presses("Another amount").await?;
    courier.types("Amount collected", "612,5").await?;
    courier.presses("Cash").await?;
    courier.sees("If the customer paid").await?;
    courier.presses("Cash").await?;
    courier.no_longer_sees("612.50").await?;
    courier.tabs_to("Delivered").await?;
    courier.presses_enter().await?;
    courier.tabs_to("Card").await?;
    courier.presses_enter().await?;
    customer.sees_status(Status::Delivered).await?;
    courier.sees("You have no deliveries").await?;
    cook.sees("Nothing on its way").await?;
    owner.sees("Nothing on its way").await?;

    courier.presses("End shift").await?;
    courier.sees("End your shift?").await?;
    courier.presses("End shift").await?;
    courier.sees("You’re off shift").await?;
    for sum in ["Golden Dosa", "Raat Rani Dhaba", "612.50", "Card"] {
        courier.sees(sum).await.context("what was collected for each restaurant")?;
    }
    let sums = "return document.querySelectorAll('.shift-sum').length";
    let sums = courier.asks(sums, vec![]).await?;
    ensure!(sums == 2, "a sum for each restaurant: {sums}");
    Ok(())
}
