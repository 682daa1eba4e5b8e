//! The counter: staff take the orders of customers, in browsers of their own.

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::{DEMO_COOK, DEMO_OWNER, DEMO_PASSWORD};
use serde_json::json;
use shared::Status;

use crate::support::backend::Tempo;
use crate::support::shopper::DISH;
use crate::support::stage::World;
use crate::support::{Shopper, Stage, scripts, until};

/// The board of the restaurant of the demo staff.
pub(crate) const BOARD: &str = "/counter/raat-rani-dhaba";

/// A cook in front of the board, on a tablet, who has started the shift.
pub(crate) async fn cook(stage: &Stage, world: &World) -> Result<Shopper> {
    on_shift(stage, world, DEMO_COOK).await
}

/// Somebody of the demo staff in front of the board, on a tablet, who has started the shift.
pub(crate) async fn on_shift(stage: &Stage, world: &World, email: &str) -> Result<Shopper> {
    let cook = stage.shopper_elsewhere(world).await?;
    cook.runs_first(scripts::COUNTS_SOUNDS).await?;
    cook.has_a_window_of(1024, 768).await?;
    signs_in(&cook, email).await?;
    starts_shift(&cook).await?;
    Ok(cook)
}

/// Starts the shift, and hears the chime.
pub(crate) async fn starts_shift(cook: &Shopper) -> Result<()> {
    cook.sees("This tablet is silent").await?;
    cook.presses("Start shift").await?;
    cook.sees("Did you hear the chime?").await?;
    cook.presses("Yes").await?;
    cook.sees("On shift").await
}

/// Signs in to the board as one of the demo staff.
pub(crate) async fn signs_in(staff: &Shopper, email: &str) -> Result<()> {
    signs_in_to(staff, email, BOARD).await
}

/// Signs in to the counter as one of the demo staff, whom that leads to a page.
pub(crate) async fn signs_in_to(staff: &Shopper, email: &str, page: &str) -> Result<()> {
    staff.goes_to("/counter").await?;
    staff.types("Email", email).await?;
    staff.types("Password", DEMO_PASSWORD).await?;
    staff.submits("Sign in").await?;
    staff.arrives_at(page).await
}

/// Invites an address on the owner's page of the team; the path of the link.
pub(crate) async fn invites(
    owner: &Shopper,
    world: &World,
    email: &str,
    role: &str,
) -> Result<String> {
    owner.types("Email", email).await?;
    owner.chooses("Role", role).await?;
    owner.submits("Create invitation").await?;
    owner.has("svg.qr").await?;
    let link =
        owner.asks("return document.getElementById('invitation-link').value", vec![]).await?;
    let link = link.as_str().context("there is no link")?;
    let path = link.strip_prefix(&world.address()).context("the link leads elsewhere")?;
    owner.presses("Close").await?;
    Ok(path.to_owned())
}

/// Somebody without an account who follows an invitation, over the shop and back, to the page of their role.
pub(crate) async fn who_joins(
    stage: &Stage,
    world: &World,
    path: &str,
    email: &str,
    name: &str,
    page: &str,
) -> Result<Shopper> {
    let invited = who_is_invited(stage, world, path, email).await?;
    invited.types("Your name", name).await?;
    invited.submits("Join").await?;
    invited.arrives_at(page).await?;
    Ok(invited)
}

/// Somebody with a new account in front of their invitation.
pub(crate) async fn who_is_invited(
    stage: &Stage,
    world: &World,
    path: &str,
    email: &str,
) -> Result<Shopper> {
    let invited = stage.shopper_elsewhere(world).await?;
    invited.runs_first(scripts::COUNTS_SOUNDS).await?;
    invited.goes_to(path).await?;
    invited.follows("Create account").await?;
    invited.types("Email", email).await?;
    invited.types("Password", crate::support::shopper::PASSWORD).await?;
    invited.submits("Create account").await?;
    invited.types("Confirmation code", &world.backend.code_for(email).await?).await?;
    invited.submits("Confirm").await?;
    invited.sees("invites you as").await.context("whose team it is, before joining")?;
    Ok(invited)
}

/// Takes a tablet off the network, or connects it again.
pub(crate) async fn network(of: &Shopper, is_there: bool) -> Result<()> {
    let cdp = of.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let conditions = json!({
        "offline": !is_there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    cdp.send_raw("Network.emulateNetworkConditions", conditions).await?;
    Ok(())
}

/// A customer with an order, whose page is open, and the path of that page.
pub(crate) async fn who_orders(stage: &Stage, world: &World) -> Result<(Shopper, String)> {
    let customer = stage.shopper(world).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    let order = customer.orders().await?;
    Ok((customer, order))
}

/// How many notes a tablet has played.
pub(crate) async fn notes(of: &Shopper) -> Result<i64> {
    of.asks("return window.notes", vec![]).await?.as_i64().context("nobody counts sounds")
}

/// Hears the tablet ring.
pub(crate) async fn hears(cook: &Shopper) -> Result<()> {
    let before = notes(cook).await?;
    until("the tablet to ring", async || Ok((notes(cook).await? > before).then_some(()))).await
}

/// The number of the order of a customer's page, as the ticket has it.
pub(crate) fn number(order: &str) -> String {
    let tail: String = order.chars().skip(order.chars().count() - 6).collect();
    format!("#{}", tail.to_uppercase())
}

pub(crate) async fn a_kitchen_takes_an_order_to_its_customer(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Team").await?;
    let path = invites(&owner, &world, "an@example.com", "Kitchen").await?;
    let cook = who_joins(&stage, &world, &path, "an@example.com", "An", BOARD).await?;
    cook.has_a_window_of(1024, 768).await?;
    starts_shift(&cook).await?;
    let customer = stage.shopper(&world).await?;
    customer.has_a_window_of(390, 844).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.goes_to("/r/raat-rani-dhaba").await?;
    customer.presses("Add Garlic naan").await?;
    let order = customer.orders().await?;
    customer.sees_status(Status::Placed).await?;
    cook.sees("1 new order").await?;
    cook.sees(&number(&order)).await?;
    hears(&cook).await?;
    cook.presses("Silence").await?;
    cook.no_longer_sees("1 new order").await?;
    customer.sees("is looking at your order").await?;
    cook.sees("Contains gluten, milk").await.context("the ticket names the allergens")?;
    for (button, status) in [
        ("Accept", Status::Accepted),
        ("Ready", Status::Ready),
        ("Handed over", Status::PickedUp),
        ("Delivered", Status::Delivered),
    ] {
        cook.presses(button).await?;
        customer.sees_status(status).await.context(button)?;
    }
    cook.sees("Nothing on its way").await?;
    cook.sees("No new orders").await
}

pub(crate) async fn an_order_is_declined_unless_that_is_undone(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Decline").await?;
    cook.presses("Sold out").await?;
    cook.sees("Declining").await?;
    cook.presses("Undo").await?;
    cook.no_longer_sees("Declining").await?;
    cook.presses("Decline").await?;
    cook.presses("Too busy").await?;
    customer.sees_status(Status::Rejected).await?;
    customer.sees("They’re too busy right now").await?;
    cook.sees("No new orders").await
}

pub(crate) async fn a_customer_who_cancels_is_seen_and_heard_at_the_counter(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, order) = who_orders(&stage, &world).await?;
    cook.sees(&number(&order)).await?;
    customer.presses("Cancel order (free)").await?;
    customer.presses("Cancel order").await?;
    cook.sees("Cancelled by the customer").await?;
    cook.presses("Dismiss").await?;
    cook.sees("No new orders").await?;
    cook.reloads().await?;
    cook.sees("No new orders").await
}

pub(crate) async fn what_one_tablet_does_shows_on_the_other(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (first, second) = (cook(&stage, &world).await?, cook(&stage, &world).await?);
    let (customer, order) = who_orders(&stage, &world).await?;
    for tablet in [&first, &second] {
        tablet.sees("1 new order").await?;
    }
    first.presses("Silence").await?;
    second.no_longer_sees("1 new order").await.context("silenced on the other tablet")?;
    first.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await?;
    second.sees("Ready in").await?;
    second.sees(&number(&order)).await
}

pub(crate) async fn a_tablet_says_that_it_is_offline_and_does_nothing_then(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.sees("1 new order").await?;
    cook.expects_failures_of("/api/");
    cook.expects_failures_of("/live");
    network(&cook, false).await?;
    cook.sees("Offline since").await?;
    cook.sees("New orders can’t ring here").await?;
    cook.cannot_press("Accept").await?;
    network(&cook, true).await?;
    cook.sees("Live").await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await
}

pub(crate) async fn a_tablet_that_is_reloaded_says_that_it_is_silent(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    cook.reloads().await?;
    cook.sees("This tablet is silent. Turn on sound").await?;
    who_orders(&stage, &world).await?;
    cook.sees("1 new order").await?;
    cook.presses("Turn on sound").await?;
    cook.presses("Yes").await?;
    hears(&cook).await
}

pub(crate) async fn a_tablet_on_shift_that_did_not_load_is_loaded_again(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    cook.expects_failures_of("counter_bg");
    cook.expects_failures_of("counter-boot");
    let cdp = cook.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let block = |urls: &[&str]| json!({ "urls": urls });
    cdp.send_raw("Network.setBlockedURLs", block(&["*counter_bg*"])).await?;
    cook.asks("location.reload()", vec![]).await?;
    cook.sees_trouble().await?;
    cdp.send_raw("Network.setBlockedURLs", block(&[])).await?;
    cook.sees("No new orders").await.context("it has loaded itself again")
}

pub(crate) async fn a_customers_long_words_stay_in_their_ticket(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let customer = stage.shopper(&world).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.is_ready_to_order().await?;
    customer.types("Note for the restaurant or courier", &"W".repeat(280)).await?;
    customer.submits("Place order").await?;
    cook.sees(&number(&customer.is_at_an_order().await?)).await?;
    let script = "const ticket = document.querySelector('.ticket').getBoundingClientRect();
        const seen = (it) => it.getClientRects().length;
        return [...document.querySelectorAll('.ticket *')].filter(seen).every((it) => {
            const { left, right } = it.getBoundingClientRect();
            return left >= ticket.left - 1 && right <= ticket.right + 1;
        })";
    for (width, height) in [(1024, 768), (390, 844)] {
        cook.has_a_window_of(width, height).await?;
        cook.settles().await?;
        crate::layout::fits(&cook).await?;
        ensure!(cook.asks(script, vec![]).await? == json!(true), "outside of the ticket, {width}");
    }
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await
}

pub(crate) async fn somebody_who_is_not_staff_is_told_so(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let customer = stage.shopper(&world).await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.goes_to("/counter").await?;
    customer.sees("You’re not on a team yet").await?;
    customer.goes_to(BOARD).await?;
    customer.sees("You’re not on this team").await?;
    customer.follows("Your restaurants").await?;
    customer.arrives_at("/counter").await
}

pub(crate) async fn an_owner_invites_a_cook_and_removes_them(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    signs_in(&owner, DEMO_OWNER).await?;
    owner.follows("Team").await?;
    owner.sees("Team members").await?;
    owner.types("Email", "not an address").await?;
    owner.submits("Create invitation").await?;
    owner.sees("Enter a valid email address.").await?;
    let path = invites(&owner, &world, "asha@example.com", "Kitchen").await?;
    owner.sees("asha@example.com").await?;
    let cook = who_joins(&stage, &world, &path, "asha@example.com", "Asha", BOARD).await?;
    cook.sees("No new orders").await?;
    ensure!(!cook.shows("Team").await?, "a cook does not decide who works here");
    // The link has been used.
    let other = stage.shopper_elsewhere(&world).await?;
    other.signs_up(&world.backend, "other@example.com").await?;
    other.expects_failures_of("/api/memberships");
    other.goes_to(&path).await?;
    other.sees("This invitation has been used, withdrawn or has expired").await?;
    // Whoever looks at the page again sees who has joined.
    owner.asks("document.dispatchEvent(new Event('visibilitychange'))", vec![]).await?;
    owner.no_longer_sees("asha@example.com").await?;
    owner.sees("Asha").await?;
    owner.types("Email", DEMO_OWNER).await?;
    owner.submits("Create invitation").await?;
    owner.sees_error("Email", "You’re already on this team.").await?;
    cook.expects_failures_of("/api/");
    cook.expects_failures_of("/live");
    owner.presses("Remove: Asha").await?;
    owner.sees("Remove Asha?").await?;
    owner.presses("Remove").await?;
    owner.no_longer_sees("Asha").await?;
    cook.sees("You’re not on this team").await
}

pub(crate) async fn what_has_run_out_is_not_sold_and_a_pause_takes_no_orders(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let customer = stage.shopper(&world).await?;
    customer.keeps_nothing().await?;
    customer.signs_up(&world.backend, "asha@example.com").await?;
    customer.is_ready_to_order().await?;
    cook.presses("Menu and pause").await?;
    cook.presses("15 min").await?;
    cook.sees("Paused: no new orders until").await?;
    cook.presses("Close").await?;
    customer.expects_failures_of("/api/orders/");
    customer.expects_failures_of("/api/quotes");
    customer.submits("Place order").await?;
    customer.sees("opens").await.context("the shop says when it takes orders again")?;
    cook.presses("Resume orders").await?;
    cook.no_longer_sees("Paused").await?;
    cook.presses("Menu and pause").await?;
    cook.presses(&format!("Sold out: {DISH}")).await?;
    cook.presses("Rest of service").await?;
    cook.sees("Sold out until").await?;
    cook.presses("Close").await?;
    cook.sees("1 item sold out").await?;
    customer.reloads().await?;
    let lost = format!("{DISH} is no longer available");
    customer.sees(&lost).await.context("the basket lost the dish, and says which")?;
    cook.presses("Menu and pause").await?;
    cook.presses(&format!("Back on: {DISH}")).await?;
    cook.no_longer_sees("1 item sold out").await
}

pub(crate) async fn a_customer_hears_of_a_delay_and_of_a_cancellation(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await?;
    cook.presses("Delay").await?;
    cook.presses("20 min later").await?;
    customer.sees("is busy and needs a little longer").await?;
    cook.presses("Cancel order").await?;
    cook.presses("The customer called").await?;
    cook.sees("Cancelling").await?;
    customer.sees_status(Status::Cancelled).await?;
    customer.sees("Cancelled at your request").await?;
    cook.sees("Nothing to cook").await
}

pub(crate) async fn a_kitchen_is_worked_by_keyboard(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.sees("1 new order").await?;
    cook.tabs_to("Decline").await?;
    cook.presses_enter().await?;
    cook.sees("Choose a reason").await?;
    cook.presses_escape().await?;
    cook.no_longer_sees("Choose a reason").await?;
    cook.sees_focus_on("Decline").await?;
    cook.presses_enter().await?;
    cook.tabs_to("Too busy").await?;
    cook.presses_enter().await?;
    cook.sees_focus_on("Undo").await.context("what takes it back has the focus")?;
    cook.presses_enter().await?;
    cook.no_longer_sees("Declining").await?;
    cook.tabs_to("Accept").await?;
    cook.presses_enter().await?;
    customer.sees_status(Status::Accepted).await?;
    let ticket = async || {
        let script = "return document.activeElement.id.startsWith('ticket-')";
        Ok((cook.asks(script, vec![]).await? == json!(true)).then_some(()))
    };
    until("the focus to follow the ticket", ticket).await?;
    cook.tabs_to("Ready").await?;
    cook.presses_enter().await?;
    customer.sees_status(Status::Ready).await
}

pub(crate) async fn a_dish_that_has_run_out_leaves_the_menu_with_the_order(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Decline").await?;
    cook.presses(&format!("Sold out: {DISH}")).await?;
    customer.sees_status(Status::Rejected).await?;
    customer.sees(DISH).await.context("the customer reads which dish")?;
    cook.sees("1 item sold out").await
}

pub(crate) async fn a_dish_is_taken_off_the_menu_from_its_ticket(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Sold out…").await?;
    cook.sees("What’s sold out?").await?;
    cook.presses(&format!("Sold out: {DISH}")).await?;
    cook.presses("Until tomorrow").await?;
    cook.presses("Close").await?;
    cook.sees("1 item sold out").await?;
    // This order can still be cooked.
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await
}

pub(crate) async fn a_tablet_that_slept_shows_and_rings_for_what_came_meanwhile(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = cook(&stage, &world).await?;
    cook.expects_failures_of("/api/");
    cook.expects_failures_of("/live");
    // Nothing reaches it. (By CDP it can be frozen, too, but Chromium draws no frame then for a while after.)
    network(&cook, false).await?;
    let (customer, order) = who_orders(&stage, &world).await?;
    network(&cook, true).await?;
    // What the browser says when somebody wakes the tablet.
    let wakes = "document.dispatchEvent(new Event('visibilitychange'))";
    cook.asks(wakes, vec![]).await?;
    cook.sees(&number(&order)).await?;
    hears(&cook).await?;
    cook.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await
}

pub(crate) async fn a_tablet_rings_on_the_teams_page_too(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = on_shift(&stage, &world, DEMO_OWNER).await?;
    owner.follows("Team").await?;
    owner.sees("Team members").await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    owner.sees("1 new order").await?;
    hears(&owner).await?;
    owner.presses("Silence").await?;
    owner.no_longer_sees("1 new order").await?;
    owner.follows("Orders (1 new)").await?;
    owner.presses("Accept").await?;
    customer.sees_status(Status::Accepted).await
}
