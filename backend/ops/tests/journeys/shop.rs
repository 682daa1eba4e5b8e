//! Finding, choosing, ordering with all that belongs to it, following, and one's account: each on
//! a phone and on a desktop.

use anyhow::{Context as _, Result, ensure};
use ops::catalog::Catalog;
use serde_json::json;
use shared::hours::{Span, Weekday};
use shared::menu::Restaurant;
use shared::{Amount, Status};

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, PASSWORD, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until};

/// A phone, and a desktop.
const SIZES: [(&str, u32, u32); 2] = [("phone", 390, 844), ("desktop", 1280, 800)];

/// Lets the same happen on a phone and on a desktop, each to somebody new.
async fn on_both(
    stage: &Stage,
    world: &World,
    happens: impl AsyncFn(&Shopper, &str) -> Result<()>,
) -> Result<()> {
    for (name, width, height) in SIZES {
        let shopper = stage.shopper(world).await?;
        shopper.has_a_window_of(width, height).await?;
        let email = format!("{name}@example.com");
        happens(&shopper, &email).await.with_context(|| format!("on a {name}"))?;
    }
    Ok(())
}

pub(crate) fn restaurant<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut Restaurant {
    let mut all = catalog.restaurants.iter_mut().map(|entry| &mut entry.restaurant);
    all.find(|restaurant| restaurant.card.restaurant_id.as_ref() == id).unwrap()
}

/// A dish has another price, or none is sold any more.
fn reprice(catalog: &mut Catalog, name: &str, price: Option<Amount>) {
    for section in &mut restaurant(catalog, "raat-rani-dhaba").sections {
        match price {
            None => section.dishes.retain(|dish| dish.name != name),
            Some(price) => {
                let of_name = section.dishes.iter_mut().filter(|dish| dish.name == name);
                of_name.for_each(|dish| dish.price = price);
            }
        }
    }
}

pub(crate) async fn a_dish_is_found_by_its_name_and_by_what_it_is(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    on_both(&stage, &world, async |shopper, _| {
        shopper.types("Search restaurants and dishes", "creme").await?;
        shopper.sees("Crème de la Crumb").await?;
        shopper.no_longer_sees("Golden Dosa").await?;
        shopper.types("Search restaurants and dishes", "MASALA DOSA").await?;
        shopper.sees("Matching dish: Masala dosa").await?;
        until("the address to follow what is typed", async || {
            Ok(shopper.address().await?.to_lowercase().contains("masala").then_some(()))
        })
        .await?;
        shopper.reloads().await?;
        shopper
            .sees("Matching dish: Masala dosa")
            .await
            .context("the address keeps what was looked for")?;
        shopper.no_longer_sees("Crème de la Crumb").await?;
        shopper.types("Search restaurants and dishes", "no such thing").await?;
        shopper.sees("No matches for “no such thing”").await?;
        shopper.presses("Show all restaurants").await?;
        shopper.sees("Crème de la Crumb").await?;
        shopper.presses("Vegan").await?;
        shopper.chooses("Cuisine", "South Indian").await?;
        shopper.no_longer_sees("Crème de la Crumb").await?;
        shopper.sees("Golden Dosa").await?;
        shopper.chooses("Sort by", "Price").await?;
        let address = shopper.address().await?;
        ensure!(address == "/?cuisine=South%20Indian&diet=vegan&sort=price", "{address}");
        shopper.follows("Golden Dosa").await?;
        shopper.sees("Masala dosa").await
    })
    .await
}

pub(crate) async fn a_closed_restaurant_says_when_it_opens_and_sells_nothing(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    on_both(&stage, &world, async |shopper, _| {
        shopper.keeps_nothing().await?;
        world.backend.sells(around_the_clock).await?;
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(&format!("Add {DISH}")).await?;
        world
            .backend
            .sells(|catalog| {
                around_the_clock(catalog);
                // A minute in a week, and not one of the next days or the last ones.
                let days = i64::try_from(now_in_days()).unwrap_or_default();
                let far = usize::try_from((days + 3 + 3) % 7).unwrap_or_default();
                let span = Span { day: Weekday::ALL[far], opens: 60, closes: 61 };
                restaurant(catalog, "raat-rani-dhaba").card.hours.spans = vec![span];
            })
            .await?;
        shopper.goes_to("/").await?;
        shopper.sees("Closed · opens").await?;
        shopper.presses("Open now").await?;
        shopper.no_longer_sees(RESTAURANT).await?;
        shopper.goes_to("/checkout").await?;
        shopper.sees(&format!("{RESTAURANT} opens")).await?;
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(DISH).await?;
        shopper.cannot_press("Opens").await
    })
    .await
}

/// Days since 1970-01-01, which was a Thursday.
fn now_in_days() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap_or_default().as_secs() / 86_400
}

pub(crate) async fn a_line_is_chosen_changed_taken_out_and_put_back(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    on_both(&stage, &world, async |shopper, _| {
        shopper.goes_to("/r/golden-dosa").await?;
        shopper.presses("Masala dosa").await?;
        shopper.ticks("Another bowl of sambar").await?;
        shopper.types("Add a note for the restaurant (optional)", "Extra crisp, please").await?;
        shopper.presses("Add to basket").await?;
        shopper.goes_to_checkout().await?;
        shopper.sees("Another bowl of sambar").await?;
        shopper.sees("Extra crisp, please").await?;
        shopper.presses("Edit Masala dosa").await?;
        shopper.ticks("Another bowl of sambar").await?;
        shopper.types("Add a note for the restaurant (optional)", "Not too crisp").await?;
        shopper.presses("Update").await?;
        shopper.sees("Not too crisp").await?;
        shopper.no_longer_sees("Another bowl of sambar").await?;
        shopper.presses("Remove Masala dosa").await?;
        shopper.sees("Masala dosa removed").await?;
        shopper.presses("Undo").await?;
        shopper.sees("Not too crisp").await?;
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(&format!("Add {DISH}")).await?;
        shopper.sees("Your basket has items from").await?;
        shopper.presses("Start new basket").await?;
        shopper.goes_to_checkout().await?;
        shopper.sees(DISH).await?;
        shopper.no_longer_sees("Masala dosa").await
    })
    .await
}

pub(crate) async fn the_checkout_checks_each_field_and_asks_again_when_a_price_changes(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    on_both(&stage, &world, async |shopper, email| {
        world.backend.sells(|_| ()).await?;
        shopper.signs_up(&world.backend, email).await?;
        shopper.is_ready_to_order().await?;
        shopper.types("Name", " ").await?;
        shopper.leaves_the_field().await?;
        shopper.sees("Enter your name").await?;
        shopper.types("Name", "Asha Rao").await?;
        shopper.no_longer_sees("Enter your name").await?;
        world
            .backend
            .sells_behind_the_cache(|catalog| reprice(catalog, DISH, Some(Amount::new(30_000))))
            .await?;
        // The menu is the one that was fetched before; the quote for another tip is not.
        shopper.presses("10%").await?;
        shopper
            .sees("Price changed from ₹283.50")
            .await
            .context("with a tenth of 210 rupees on top")?;
        // Sending the form is not agreeing.
        shopper.asks("document.getElementById('checkout').requestSubmit()", vec![]).await?;
        shopper.settles().await?;
        ensure!(shopper.path().await? == "/checkout", "ordered at a price that nobody agreed to");
        shopper.presses("Order at the new price").await?;
        shopper.is_at_an_order().await?;
        shopper.sees("₹300.00").await
    })
    .await
}

pub(crate) async fn a_kept_address_is_used_again_changed_and_removed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        shopper.is_ready_to_order().await?;
        shopper.ticks("Save this address").await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.goes_to("/account").await?;
        shopper.sees("Asha Rao · 4 Mango Lane").await?;
        shopper.presses("Edit Asha Rao · 4 Mango Lane").await?;
        shopper.types("Label (optional)", "Home").await?;
        shopper.presses("Save").await?;
        shopper.sees("Home · 4 Mango Lane").await?;
        shopper.presses("Add address").await?;
        shopper.presses("Save").await?;
        shopper.sees("Enter your name").await?;
        shopper.types("Label (optional)", "Work").await?;
        shopper.types("Name", "Asha Rao").await?;
        shopper.types("Street address", "1 Office Road").await?;
        shopper.types("Town or city", "New Delhi").await?;
        shopper.types("Postcode", "110002").await?;
        shopper.presses("Save").await?;
        shopper.sees("Work · 1 Office Road").await?;
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(&format!("Add {DISH}")).await?;
        shopper.goes_to_checkout().await?;
        shopper.presses("Work · 1 Office Road").await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.sees("1 Office Road").await?;
        shopper.goes_to("/account").await?;
        shopper.presses("Remove Work · 1 Office Road").await?;
        shopper.sees("Remove this address?").await?;
        shopper.presses("Remove").await?;
        shopper.no_longer_sees("Work · 1 Office Road").await
    })
    .await
}

pub(crate) async fn an_order_is_cancelled_while_it_is_free_or_ordered_again(
    stage: Stage,
) -> Result<()> {
    let slowly = Tempo::new(29, "0.001");
    let world = stage.world(slowly).await?;
    on_both(&stage, &world, async |shopper, email| {
        world.backend.sells(around_the_clock).await?;
        shopper.signs_up(&world.backend, email).await?;
        shopper.orders().await?;
        shopper.sees("Restaurant has").await?;
        shopper.sees("Estimated arrival").await?;
        let placed = shopper.title().await?;
        ensure!(placed.starts_with("Placed"), "the tab is called “{placed}”");
        shopper.presses("Cancel order (free)").await?;
        shopper.sees("Cancel this order?").await?;
        shopper.presses("Cancel order").await?;
        shopper.sees("You cancelled in time").await?;
        until("the tab to tell", async || {
            Ok(shopper.title().await?.starts_with("Cancelled").then_some(()))
        })
        .await?;
        shopper.presses("Order again").await?;
        shopper.sees("Checkout").await?;
        shopper.sees(DISH).await?;
        shopper.expects_failures_of("/api/quotes"); // the basket may be priced once more
        world.backend.sells_behind_the_cache(|catalog| reprice(catalog, DISH, None)).await?;
        shopper.goes_to("/orders").await?;
        shopper.presses("Order again").await?;
        shopper.sees("None of these items are available any more.").await
    })
    .await
}

pub(crate) async fn a_question_that_the_restaurant_overtakes_says_so(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::new(6, "1")).await?;
    let with_phone = |catalog: &mut Catalog| {
        around_the_clock(catalog);
        restaurant(catalog, "raat-rani-dhaba").phone = "020 7946 0000".parse().ok();
    };
    world.backend.sells(with_phone).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        shopper.orders().await?;
        shopper.presses("Cancel order (free)").await?;
        shopper.sees("Cancel this order?").await?;
        shopper.sees_status(Status::Accepted).await?;
        let alert = "//dialog[@open]//*[@role=\"alert\"]";
        let sentence = "The restaurant has accepted your order, so you can’t cancel it here.";
        until("the question's place to say so", async || {
            let said = shopper.reads(alert).await?;
            ensure!(said.contains(sentence), "it says “{said}”");
            Ok(Some(()))
        })
        .await?;
        shopper.no_longer_sees("Cancel this order?").await?;
        let call = shopper.reads("//dialog[@open]//a[@href=\"tel:02079460000\"]").await?;
        ensure!(call == format!("Call {RESTAURANT}: 020 7946 0000"), "the link says “{call}”");
        shopper.sees_focus_on("Close").await?;
        shopper.presses_enter().await?;
        shopper.no_longer_sees(sentence).await?;
        shopper.settles().await?;
        let on = shopper.asks("return document.activeElement.id", vec![]).await?;
        ensure!(on == json!("main"), "the focus is on {on}");
        shopper.no_trouble().await
    })
    .await
}

pub(crate) async fn a_restaurant_that_rejects_says_why(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        shopper.is_ready_to_order().await?;
        shopper.goes_to("/r/tres-molinos").await?;
        shopper.presses("Add Tacos de pescado").await?;
        shopper.sees("Your basket has items from").await?;
        shopper.presses("Start new basket").await?;
        shopper.goes_to_checkout().await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.sees_status(Status::Rejected).await?;
        shopper.sees("too busy right now").await
    })
    .await
}

pub(crate) async fn an_order_has_a_receipt_help_and_a_way_on(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper
            .runs_first("window.printed = 0; window.print = () => { window.printed += 1; };")
            .await?;
        shopper.signs_up(&world.backend, email).await?;
        shopper.goes_to("/r/tres-molinos").await?;
        for _ in 0..2 {
            shopper.presses("Add Tacos de pescado").await?;
        }
        shopper.goes_to_checkout().await?;
        shopper.types_an_address().await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.sees_status(Status::Rejected).await?;
        nothing_is_live(shopper).await.context("on the page of an order that has ended")?;
        shopper.presses("Print receipt").await?;
        let printed = shopper.asks("return window.printed", vec![]).await?;
        ensure!(printed == json!(1), "it was printed {printed} times");
        shopper.sees("Help").await?;
        let call = shopper.reads("//a[@href=\"tel:02079460163\"]").await?;
        ensure!(call == "Call Tres Molinos: 020 7946 0163", "the link says “{call}”");
        shopper.follows("Find another restaurant").await?;
        shopper.arrives_at("/").await?;
        shopper.sees("Golden Dosa").await?;
        shopper.follows_link_to("/orders").await?;
        shopper.sees("2× Tacos de pescado").await?;
        nothing_is_live(shopper).await.context("in a list of orders that have ended")?;
        for (link, path, text) in
            [("Privacy", "/privacy", "What is stored"), ("Terms", "/terms", "Changing your mind")]
        {
            shopper.follows(link).await?;
            shopper.arrives_at(path).await?;
            shopper.sees(text).await?;
        }
        shopper.no_trouble().await
    })
    .await
}

/// Sees that the page does not call itself live.
async fn nothing_is_live(shopper: &Shopper) -> Result<()> {
    let script = "return Array.from(document.querySelectorAll('.connection'))
        .filter((badge) => badge.getClientRects().length).length";
    shopper.settles().await?;
    until("no state of the connection", async || {
        Ok((shopper.asks(script, vec![]).await? == json!(0)).then_some(()))
    })
    .await
}

pub(crate) async fn a_forgotten_password_is_replaced(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        let other = stage.shopper(&world).await?;
        other.signs_in(email, PASSWORD).await?;
        shopper.goes_to("/account").await?;
        shopper.presses("Sign out").await?;
        shopper.follows("Sign in").await?;
        shopper.follows("Forgot password?").await?;
        shopper.types("Email", email).await?;
        shopper.submits("Send code").await?;
        shopper.sees("sent a code").await?;
        let code = world.backend.code_in_mail(email, 2).await?;
        shopper.types("Confirmation code", &code).await?;
        shopper.types("New password", "four white swans").await?;
        shopper.submits("Save and sign in").await?;
        shopper.sees("Account").await?;
        other.expects_failures_of("/cognito");
        other.goes_to("/orders").await?;
        other.sees("Your session expired").await.context("a session of the old password")?;
        shopper.goes_to("/account").await?;
        shopper.presses("Sign out").await?;
        shopper.cannot_sign_in(email, PASSWORD).await
    })
    .await
}

pub(crate) async fn signing_out_everywhere_ends_the_other_browsers_session(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        let (other, another) = (stage.shopper(&world).await?, stage.shopper(&world).await?);
        other.signs_in(email, PASSWORD).await?;
        another.signs_in(email, PASSWORD).await?;
        another.goes_to("/account").await?;
        another.presses("Change password").await?;
        another.types("Current password", PASSWORD).await?;
        another.types("New password", "four white swans").await?;
        shopper.goes_to("/account").await?;
        shopper.presses("Sign out everywhere").await?;
        shopper.sees("Signed out on all devices.").await?;
        other.expects_failures_of("/cognito");
        other.goes_to("/orders").await?;
        other.sees("Your session expired").await?;
        another.expects_failures_of("/cognito");
        another.presses("Save").await?;
        another.sees("Your session expired").await.context("not that the password is wrong")?;
        another.sees("Sign in to see your account").await
    })
    .await
}

pub(crate) async fn an_account_is_downloaded_and_deleted_when_no_order_is_under_way(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    on_both(&stage, &world, async |shopper, email| {
        shopper.signs_up(&world.backend, email).await?;
        let order = shopper.orders().await?;
        shopper.follows("Account").await?;
        shopper.expects_failures_of("/api/account");
        shopper.presses("Delete account").await?;
        shopper.presses("Delete account").await?;
        shopper.sees("You can delete your account once").await?;
        shopper.goes_to(&order).await?;
        shopper.sees_status(Status::Delivered).await?;
        shopper.goes_to("/account").await?;
        let (_, kept) = shopper.downloads("Download my data").await?;
        for part in [email, "4 Mango Lane", DISH] {
            ensure!(kept.contains(part), "{part} is missing in what is kept:\n{kept}");
        }
        shopper.presses("Delete account").await?;
        shopper.presses("Delete account").await?;
        shopper.sees("Account deleted.").await?;
        shopper.cannot_sign_in(email, PASSWORD).await
    })
    .await
}

/// The most bytes that a first visit may receive, headers and the pictures in view included. Of these, 6 kB
/// are the content in the document.
const FIRST_VISIT: u64 = 324_000;

pub(crate) async fn a_first_visit_stays_within_its_budget(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.has_a_window_of(390, 844).await?;
    shopper.goes_to("/").await?;
    shopper.sees(RESTAURANT).await?;
    // Until every picture in view has come.
    let script = "
        const waiting = Array.from(document.images).some((image) =>
            image.getBoundingClientRect().top < innerHeight && !image.complete);
        if (waiting) return 0;
        const all = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
        return all.reduce((sum, entry) => sum + entry.transferSize, 0);";
    let received = until("the first visit to be complete", async || {
        Ok(shopper.asks(script, vec![]).await?.as_u64().filter(|bytes| *bytes > 0))
    })
    .await?;
    println!("    a first visit receives {received} bytes");
    ensure!(received <= FIRST_VISIT, "a first visit receives {received} of {FIRST_VISIT} bytes");
    ensure!(received > 50_000, "{received} bytes cannot be the whole shop");
    Ok(())
}

pub(crate) async fn a_jump_in_the_history_shows_the_order_of_its_address(
    stage: Stage,
) -> Result<()> {
    let slowly = Tempo::new(29, "1");
    let world = stage.world(slowly).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "jump@example.com").await?;
    shopper.orders().await?;
    let number = async || shopper.reads("//*[contains(@class, 'order-number')]").await;
    let first = number().await?;
    shopper.follows_link_to("/").await?;
    shopper.follows(RESTAURANT).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.goes_to_checkout().await?;
    shopper.types_an_address().await?;
    shopper.submits("Place order").await?;
    let second = shopper.is_at_an_order().await?;
    until("the second order", async || {
        Ok(Some(number().await?).filter(|number| *number != first).map(drop))
    })
    .await?;
    shopper.asks("history.go(-4)", vec![]).await?;
    until("the first order again", async || {
        let path = shopper.path().await?;
        let is_there = path != second && path.starts_with("/orders/");
        Ok((is_there && number().await? == first).then_some(()))
    })
    .await
}

pub(crate) async fn a_second_click_adds_nothing(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.presses("Masala dosa").await?;
    shopper.has("dialog[open] .dialog-foot > button").await?;
    let twice =
        "const add = document.querySelector('.dialog-foot > button'); add.click(); add.click()";
    shopper.asks(twice, vec![]).await?;
    shopper.no_longer_sees("Add to basket").await?;
    let count =
        shopper.asks("return document.querySelector('.cart-lines output').innerText", vec![]);
    let count = count.await?;
    ensure!(count == json!("1"), "two clicks have added {count}");
    shopper.no_trouble().await
}

pub(crate) async fn a_dish_that_was_reloaded_closes_without_a_trace_in_the_history(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    let menu = "/r/golden-dosa";
    // Two clicks are one.
    let close = "const button = document.querySelector('dialog[open] .dialog-close');
        button.click(); button.click()";
    let closes = async || {
        shopper.has("dialog[open]").await?;
        shopper.asks(close, vec![]).await?;
        until("the menu without a dish", async || {
            Ok((shopper.address().await? == menu).then_some(()))
        })
        .await?;
        shopper.settles().await?;
        shopper.arrives_at(menu).await
    };
    shopper.follows("Golden Dosa").await?;
    shopper.presses("Masala dosa").await?;
    shopper.has("dialog[open]").await?;
    shopper.reloads().await?;
    closes().await?;
    shopper.goes_back().await?;
    shopper.arrives_at("/").await.context("one press leads from the menu to where it was found")?;
    for _ in 0..2 {
        shopper.goes_forward().await?;
        shopper.settles().await?;
    }
    closes().await.context("a dish that the Forward button has opened")?;
    shopper.goes_back().await?;
    shopper.arrives_at("/").await?;
    // A link to a dish has no menu before it.
    shopper.goes_to(&format!("{menu}?dish=masala-dosa")).await?;
    closes().await.context("a dish that a link leads to")?;
    shopper.no_trouble().await
}

pub(crate) async fn a_basket_that_another_tab_changes_keeps_its_lines(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/r/golden-dosa").await?;
    for dish in ["Ghee roast dosa", "Medu vada", "Onion uttapam"] {
        shopper.presses(&format!("Add {dish}")).await?;
        shopper.sees(&format!("{dish} added to your basket.")).await?;
    }
    shopper.presses("Edit Medu vada").await?;
    shopper.has("dialog[open]").await?;
    let first = shopper.tab().await?;
    shopper.opens_tab("/checkout").await?;
    shopper.presses("Remove Ghee roast dosa").await?;
    shopper.sees("Ghee roast dosa removed").await?;
    shopper.turns_to(&first).await?;
    shopper.presses("Add one").await?;
    shopper.presses("Update").await?;
    shopper.goes_to("/checkout").await?;
    let script = "return [...document.querySelectorAll('.cart-lines li')].map((line) =>
        line.querySelector('.cart-dish button').innerText + line.querySelector('output').innerText)";
    until("both lines that are left", async || {
        let lines = shopper.asks(script, vec![]).await?;
        ensure!(lines == json!(["Medu vada2", "Onion uttapam1"]), "there are {lines}");
        Ok(Some(()))
    })
    .await
}
