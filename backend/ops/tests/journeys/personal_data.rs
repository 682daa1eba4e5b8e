//! What belongs to one customer is not shown to the next: whatever ends a session, and however an
//! open page learns of that.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::support::backend::Tempo;
use crate::support::shopper::{DISH, PASSWORD};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until};

const FIRST: &str = "first@example.com";
const SECOND: &str = "second@example.com";

pub(crate) async fn an_expired_session_leaves_nothing_behind(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    is_at_the_checkout(&shopper, &world).await?;
    for part in ["/api/", "/live", "/cognito"] {
        shopper.expects_failures_of(part);
    }
    world.backend.is_killed()?;
    world.backend.starts_afresh().await?;
    world.relay.leads_to(world.backend.edge()).await;
    shopper.follows_link_to("/orders").await?;
    shopper.sees("Your session expired").await?;
    nothing_is_left(&shopper).await
}

pub(crate) async fn another_account_in_another_tab_sees_nothing_of_the_first(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, SECOND).await?;
    signs_out(&shopper).await?;
    is_at_the_checkout(&shopper, &world).await?;
    let first = shopper.tab().await?;
    let second = shopper.opens_tab("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await?;
    let forms = [shopper.opens_tab("/sign-in").await?, shopper.opens_tab("/sign-in").await?];
    shopper.turns_to(&second).await?;
    shopper.signs_in(SECOND, PASSWORD).await?;
    shopper.turns_to(&first).await?;
    no_field_is_filled(&shopper).await?;
    shopper.follows("Account").await?;
    shopper.sees(SECOND).await?;
    nothing_is_left(&shopper).await?;
    // Without signing out first: the form is there since nobody was signed in.
    shopper.turns_to(&forms[0]).await?;
    shopper.signs_in_here(FIRST, PASSWORD).await?;
    shopper.goes_to("/checkout").await?;
    shopper.types_an_address().await?;
    shopper.turns_to(&first).await?;
    shopper.goes_to("/checkout").await?;
    shopper.sees("Place order").await?;
    shopper.turns_to(&forms[1]).await?;
    shopper.signs_in_here(SECOND, PASSWORD).await?;
    shopper.turns_to(&first).await?;
    nothing_is_left(&shopper).await.context("signed in without signing out")
}

pub(crate) async fn an_account_deleted_in_another_tab_leaves_nothing_behind(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    is_at_the_checkout(&shopper, &world).await?;
    let first = shopper.tab().await?;
    shopper.opens_tab("/account").await?;
    shopper.presses("Delete account").await?;
    shopper.presses("Delete account").await?;
    shopper.sees("Account deleted.").await?;
    shopper.turns_to(&first).await?;
    shopper.sees("Sign in to order").await?;
    nothing_is_left(&shopper).await
}

pub(crate) async fn a_page_that_is_shown_again_notices_that_the_session_has_ended(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    is_at_the_checkout(&shopper, &world).await?;
    // No event tells a page of its own changes, as none reaches a page in the cache.
    let script =
        "for (const key of ['tiffin.session', 'tiffin.details']) localStorage.removeItem(key);
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));";
    shopper.asks(script, vec![]).await?;
    shopper.sees("Sign in to order").await?;
    nothing_is_left(&shopper).await
}

pub(crate) async fn a_page_from_the_back_forward_cache_notices_that_the_session_has_ended(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    is_at_the_checkout(&shopper, &world).await?;
    shopper.asks("window.isTheSamePage = true", vec![]).await?;
    let first = shopper.tab().await?;
    let elsewhere = format!("http://localhost:{}/config.json", world.relay.near().port());
    shopper.expects_failures_of("/favicon.ico");
    shopper.driver().goto(elsewhere).await?;
    shopper.opens_tab("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await?;
    shopper.turns_to(&first).await?;
    shopper.goes_back().await?;
    shopper.sees("Sign in to order").await?;
    let same = shopper.asks("return window.isTheSamePage === true", vec![]).await?;
    ensure!(same == json!(true), "the page was loaded anew: it was not in the cache");
    nothing_is_left(&shopper).await
}

/// The first customer has ordered once, and is about to order again: the address is typed.
async fn is_at_the_checkout(shopper: &Shopper, world: &World) -> Result<()> {
    shopper.signs_up(&world.backend, FIRST).await?;
    shopper.orders().await?;
    shopper.is_ready_to_order().await?;
    shopper.types("Phone", "+91 98765 43210").await?;
    shopper.types("Note for the restaurant or courier", "The door is blue").await?;
    shopper.leaves_the_field().await
}

async fn signs_out(shopper: &Shopper) -> Result<()> {
    shopper.goes_to("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await
}

async fn no_field_is_filled(shopper: &Shopper) -> Result<()> {
    let script = "const ids = ['name', 'street', 'unit', 'postcode', 'city', 'phone', 'note'];
        return ids.map((id) => document.getElementById(id)?.value).filter((it) => it);";
    until("nothing that was typed to be left", async || {
        let left = shopper.asks(script, vec![]).await?;
        ensure!(left == json!([]), "there is {left}");
        Ok(Some(()))
    })
    .await
}

/// Sees nothing of the first customer: in the fields, on the account's page, among the orders, in
/// what the browser keeps.
async fn nothing_is_left(shopper: &Shopper) -> Result<()> {
    no_field_is_filled(shopper).await?;
    for path in ["/account", "/orders"] {
        stays_and_goes_to(shopper, path).await?;
        shopper.settles().await?;
        for part in [FIRST, "Asha Rao", "4 Mango Lane", DISH, "98765", "The door is blue"] {
            // The basket stays, and is named outside of the page.
            let script = "return document.getElementById('main').innerText.includes(arguments[0])";
            let shown = shopper.asks(script, vec![json!(part)]).await?;
            ensure!(shown == json!(false), "{path} shows “{part}”");
        }
    }
    let kept =
        shopper.asks("return JSON.stringify({ ...localStorage, ...sessionStorage })", vec![]);
    let kept = kept.await?;
    let kept = kept.as_str().unwrap_or_default();
    for part in [FIRST, "Asha Rao", "4 Mango Lane", "98765", "The door is blue"] {
        ensure!(!kept.contains(part), "the browser keeps “{part}”: {kept}");
    }
    stays_and_goes_to(shopper, "/checkout").await?;
    shopper.sees("Checkout").await?;
    shopper.settles().await?;
    no_field_is_filled(shopper).await.context("back at the checkout")?;
    shopper.no_trouble().await
}

/// Goes to a page as a link does: the program stays, with all that it knows.
async fn stays_and_goes_to(shopper: &Shopper, path: &str) -> Result<()> {
    let go = "history.pushState({}, '', arguments[0]);
        window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));";
    shopper.asks(go, vec![json!(path)]).await?;
    shopper.arrives_at(path).await
}

pub(crate) async fn an_order_that_is_sent_again_stays_its_customers(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, SECOND).await?;
    signs_out(&shopper).await?;
    let first = shopper.tab().await?;
    let form = shopper.opens_tab("/sign-in").await?;
    shopper.turns_to(&first).await?;
    is_at_the_checkout(&shopper, &world).await?;
    shopper.expects_failures_of("/api/");
    world.relay.refuses(Some("PUT /api/orders/"));
    shopper.submits("Place order").await?;
    shopper.sees("Still trying").await?;
    shopper.turns_to(&form).await?;
    shopper.signs_in_here(SECOND, PASSWORD).await?;
    world.relay.refuses(None);
    shopper.turns_to(&first).await?;
    shopper.no_longer_sees("Still trying").await?;
    shopper.settles().await?;
    shopper.goes_to("/orders").await?;
    shopper.sees("No orders yet").await.context("it is not the other customer's order")?;
    shopper.goes_to("/account").await?;
    shopper.sees("No saved addresses").await?;
    nothing_is_left(&shopper).await
}

pub(crate) async fn a_late_answer_is_not_shown_to_the_next_customer(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, SECOND).await?;
    signs_out(&shopper).await?;
    is_at_the_checkout(&shopper, &world).await?;
    let first = shopper.tab().await?;
    world.relay.holds_answers_to("PUT /api/orders/");
    shopper.submits("Place order").await?;
    world.relay.is_holding().await?;
    let second = shopper.opens_tab("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await?;
    world.relay.lets_answers_go();
    shopper.turns_to(&first).await?;
    shopper.settles().await?;
    shopper.turns_to(&second).await?;
    shopper.signs_in(SECOND, PASSWORD).await?;
    shopper.turns_to(&first).await?;
    shopper.follows_link_to("/orders").await?;
    shopper.sees("No orders yet").await?;
    nothing_is_left(&shopper).await
}
