//! Using the shop by the keyboard: every form sent with Enter, fields typed in as people and
//! browsers do, and the browser's Back button wherever the focus is.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use shared::Status;
use thirtyfour::prelude::Key;

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, PASSWORD, RESTAURANT};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, until};

/// The page of [`RESTAURANT`].
const MENU: &str = "/r/raat-rani-dhaba";
const STREET: &str = "Asha Rao · 4 Mango Lane";

pub(crate) async fn every_form_is_sent_with_enter(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "keys@example.com";
    signs_up(&shopper, &world, email).await?;
    signs_out(&shopper).await?;

    shopper.goes_to("/sign-in").await?;
    shopper.types_by_keyboard("Email", email).await?;
    shopper.types_by_keyboard("Password", PASSWORD).await?;
    sends(&shopper, "Account").await.context("the form to sign in")?;
    signs_out(&shopper).await?;

    shopper.goes_to("/forgot").await?;
    shopper.types_by_keyboard("Email", email).await?;
    sends(&shopper, "Choose a new password").await.context("the form of a forgotten password")?;
    let code = world.backend.code_in_mail(email, 2).await?;
    shopper.types_by_keyboard("Confirmation code", &code).await?;
    shopper.types_by_keyboard("New password", "four white swans").await?;
    sends(&shopper, "Account").await.context("the form of a new password")?;

    chooses_a_dish(&shopper).await?;
    orders(&shopper).await?;

    shopper.goes_to("/account").await?;
    shopper.tabs_to("Add address").await?;
    shopper.presses_enter().await?;
    types_an_address(&shopper).await?;
    sends(&shopper, STREET).await.context("the form of an address")
}

pub(crate) async fn an_order_is_made_and_followed_in_firefox(stage: Stage) -> Result<()> {
    an_order_is_made_and_followed(stage).await
}

pub(crate) async fn an_order_is_made_and_followed_in_webkit(stage: Stage) -> Result<()> {
    an_order_is_made_and_followed(stage).await
}

/// What every engine has to be able to do, with all forms sent by Enter.
async fn an_order_is_made_and_followed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::brisk()).await?;
    let shopper = stage.shopper(&world).await?;
    signs_up(&shopper, &world, "engine@example.com").await?;
    shopper.goes_to("/").await?;
    shopper.follows(RESTAURANT).await?;
    chooses_a_dish_here(&shopper).await?;
    orders(&shopper).await?;
    for status in [Status::Accepted, Status::PickedUp, Status::Delivered] {
        shopper.sees_status(status).await?;
    }
    for _ in 0..2 {
        shopper.goes_back().await?;
        shopper.settles().await?;
        shopper.no_trouble().await.context("after the Back button")?;
    }
    shopper.follows_link_to("/orders").await.context("the page still works")?;
    shopper.sees("Past orders").await?;
    shopper.sees(RESTAURANT).await?;
    ensure!(shopper.counts_orders().await? == 1, "one order was placed");
    shopper.no_trouble().await
}

pub(crate) async fn escape_closes_a_dialog_and_gives_the_focus_back(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.tabs_to("Masala dosa").await?;
    shopper.presses_enter().await?;
    shopper.has("dialog[open]").await?;
    shopper.tabs_to("Add to basket").await.context("the focus stays in the dialog")?;
    shopper.presses_escape().await?;
    shopper.sees_focus_on("Masala dosa").await?;
    let open = shopper.asks("return !!document.querySelector('dialog[open]')", vec![]).await?;
    ensure!(open == json!(false), "the dialog is closed");
    shopper.no_trouble().await
}

pub(crate) async fn the_focus_stays_where_a_basket_is_changed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/r/golden-dosa").await?;
    for dish in ["Ghee roast dosa", "Onion uttapam", "Medu vada"] {
        shopper.tabs_to(&format!("Add {dish}")).await?;
        shopper.presses_enter().await?;
        shopper.sees_focus_on(&format!("Add {dish}")).await?;
    }
    shopper.goes_to_checkout().await?;
    shopper.tabs_to("Add one").await.context("the first line's button")?;
    for count in ["2", "3"] {
        shopper.presses_enter().await?;
        quantity_is(&shopper, count).await?;
        shopper.sees_focus_on("Add one").await?;
    }
    shopper.tabs_back_to("Remove one").await?;
    for count in ["2", "1"] {
        shopper.presses_enter().await?;
        quantity_is(&shopper, count).await?;
    }
    // The same button, which now removes the line.
    shopper.sees_focus_on("Remove Ghee roast dosa").await?;
    shopper.presses_enter().await?;
    shopper.sees("Ghee roast dosa removed").await?;
    focus_is_in(&shopper, ".cart-lines li:first-child").await.context("a line was removed")?;
    shopper.tabs_to("Remove Medu vada").await?;
    shopper.presses_enter().await?;
    shopper.sees("Medu vada removed").await?;
    focus_is_in(&shopper, ".cart-lines li:last-child")
        .await
        .context("the last line was removed")?;
    shopper.tabs_to("Undo").await?;
    shopper.presses_enter().await?;
    shopper.no_longer_sees("Medu vada removed").await?;
    shopper.sees("Medu vada").await?;
    let last = ".cart-lines li:last-child .cart-dish button";
    focus_is_in(&shopper, last).await.context("Undo puts the last line back")?;
    for dish in ["Onion uttapam", "Medu vada"] {
        shopper.tabs_to(&format!("Remove {dish}")).await?;
        shopper.presses_enter().await?;
        shopper.sees(&format!("{dish} removed")).await?;
    }
    shopper.sees("Your basket is empty").await?;
    focus_is_in(&shopper, "#main").await.context("the basket is empty")?;
    shopper.tabs_to("Undo").await?;
    shopper.presses_enter().await?;
    shopper.sees("Medu vada").await?;
    focus_is_in(&shopper, last).await.context("Undo puts the only line back")?;
    shopper.no_trouble().await
}

async fn quantity_is(shopper: &Shopper, count: &str) -> Result<()> {
    until(&format!("a quantity of {count}"), async || {
        let script = "return document.querySelector('.cart-lines output').innerText";
        Ok((shopper.asks(script, vec![]).await? == json!(count)).then_some(()))
    })
    .await
}

/// Sees the focus on what a CSS selector finds, or in it; still there after all is done.
async fn focus_is_in(shopper: &Shopper, selector: &str) -> Result<()> {
    let script = "return !!document.activeElement?.closest(arguments[0])";
    let look = async || {
        let there = shopper.asks(script, vec![json!(selector)]).await?;
        let on = shopper.asks("return document.activeElement?.outerHTML.slice(0, 90)", vec![]);
        ensure!(there == json!(true), "it is on {}", on.await?);
        Ok(Some(()))
    };
    until(&format!("the focus to be in {selector}"), look).await?;
    shopper.settles().await?;
    look().await.map(drop)
}

pub(crate) async fn the_focus_returns_when_a_dialog_is_closed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::new(29, "1")).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/r/golden-dosa").await?;
    for close in ["Close", "Add to basket"] {
        shopper.tabs_to("Masala dosa").await?;
        shopper.presses_enter().await?;
        shopper.has("dialog[open]").await?;
        shopper.tabs_to(close).await?;
        shopper.presses_enter().await?;
        closed(&shopper).await?;
        shopper.sees_focus_on("Masala dosa").await.with_context(|| close.to_owned())?;
    }
    shopper.goes_to(MENU).await?;
    for close in ["Keep basket", "Close", "Start new basket"] {
        shopper.tabs_to(&format!("Add {DISH}")).await?;
        shopper.presses_enter().await?;
        shopper.sees("Your basket has items from Golden Dosa").await?;
        shopper.tabs_to(close).await?;
        shopper.presses_enter().await?;
        closed(&shopper).await?;
        let name = format!("Add {DISH}");
        shopper.sees_focus_on(&name).await.with_context(|| close.to_owned())?;
    }
    shopper.signs_in(ops::dev::cloud::DEMO_EMAIL, ops::dev::cloud::DEMO_PASSWORD).await?;
    shopper.goes_to("/checkout").await?;
    shopper.types_an_address().await?;
    shopper.tabs_to(&format!("Edit {DISH}")).await?;
    shopper.presses_enter().await?;
    shopper.has("dialog[open]").await?;
    shopper.presses_escape().await?;
    closed(&shopper).await?;
    shopper.sees_focus_on(&format!("Edit {DISH}")).await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    for close in ["Keep order", "Close"] {
        shopper.tabs_to("Cancel order (free)").await?;
        shopper.presses_enter().await?;
        shopper.sees("Cancel this order?").await?;
        shopper.tabs_to(close).await?;
        shopper.presses_enter().await?;
        closed(&shopper).await?;
        shopper.sees_focus_on("Cancel order (free)").await.with_context(|| close.to_owned())?;
    }
    shopper.goes_to("/account").await?;
    for (button, close) in [("Change email", "Close"), ("Delete account", "Keep account")] {
        shopper.tabs_to(button).await?;
        shopper.presses_enter().await?;
        shopper.has("dialog[open]").await?;
        shopper.tabs_to(close).await?;
        shopper.presses_enter().await?;
        closed(&shopper).await?;
        shopper.sees_focus_on(button).await.with_context(|| close.to_owned())?;
    }
    shopper.tabs_to("Download my data").await?;
    shopper.presses_enter().await?;
    shopper.settles().await?;
    shopper.sees_focus_on("Download my data").await?;
    shopper.no_trouble().await
}

async fn closed(shopper: &Shopper) -> Result<()> {
    until("the dialog to be closed", async || {
        let open = shopper.asks("return !!document.querySelector('dialog[open]')", vec![]).await?;
        Ok((open == json!(false)).then_some(()))
    })
    .await
}

pub(crate) async fn back_while_a_field_has_the_focus_leads_back(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;

    shopper.follows("Sign in").await?;
    leaves(&shopper, "Email", "/", RESTAURANT).await?;
    shopper.follows("Sign in").await?;
    shopper.follows("Create account").await?;
    leaves(&shopper, "Password", "/sign-in", "Welcome back").await?;
    shopper.follows("Forgot password?").await?;
    leaves(&shopper, "Email", "/sign-in", "Welcome back").await?;
    shopper.follows("Create account").await?;
    shopper.types_by_keyboard("Email", "back@example.com").await?;
    shopper.types_by_keyboard("Password", PASSWORD).await?;
    sends(&shopper, "Check your email").await?;
    leaves(&shopper, "Confirmation code", "/sign-in", "Welcome back").await?;

    shopper.signs_in(ops::dev::cloud::DEMO_EMAIL, ops::dev::cloud::DEMO_PASSWORD).await?;
    shopper.goes_to(MENU).await?;
    shopper.follows("All restaurants").await?;
    leaves(&shopper, "Search restaurants and dishes", MENU, DISH).await?;
    shopper.presses(&format!("Add {DISH}")).await?;
    shopper.goes_to_checkout().await?;
    leaves(&shopper, "Name", MENU, DISH).await.context("the checkout")?;
    shopper.follows("All restaurants").await?;
    shopper.follows("Golden Dosa").await?;
    shopper.presses("Masala dosa").await?;
    // Back closes a dish, and leaves the restaurant only after that.
    let dosa = "/r/golden-dosa";
    leaves(&shopper, "Add a note for the restaurant", dosa, "Idli").await.context("a dish")?;
    shopper.follows("Account").await?;
    shopper.presses("Add address").await?;
    leaves(&shopper, "Name", dosa, "Idli").await.context("an address")?;

    shopper.goes_to("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await?;
    // The second step of a forgotten password leads back to the first, also after a reload.
    shopper.goes_to("/sign-in?next=%2Fcheckout").await?;
    shopper.follows("Forgot password?").await?;
    for reloads in [false, true] {
        shopper.types_by_keyboard("Email", ops::dev::cloud::DEMO_EMAIL).await?;
        sends(&shopper, "Choose a new password").await?;
        shopper.sees_focus_on("Confirmation code").await?;
        if reloads {
            shopper.reloads().await?;
        }
        leaves(&shopper, "New password", "/forgot", "Reset password").await?;
        shopper.sees_focus_on("Email").await?;
        let typed = value_of(&shopper, "email").await?;
        ensure!(typed == ops::dev::cloud::DEMO_EMAIL, "what was typed is “{typed}”");
        let address = shopper.address().await?;
        ensure!(address == "/forgot?next=%2Fcheckout", "it is {address}");
    }
    shopper.goes_back().await?;
    shopper.arrives_at("/sign-in").await
}

pub(crate) async fn a_space_typed_in_an_email_keeps_the_caret(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/sign-in").await?;
    shopper.types_by_keyboard("Email", "asha@example.com").await?;
    shopper.presses_key(Key::Home).await?;
    for _ in 0.."asha".len() {
        shopper.presses_key(Key::Right).await?;
    }
    shopper.types_on(" x").await?;
    let typed = value_of(&shopper, "email").await?;
    ensure!(typed == "asha x@example.com", "the caret went elsewhere: {typed}");
    for _ in 0.." x".len() {
        shopper.presses_key(Key::Backspace).await?;
    }
    let typed = value_of(&shopper, "email").await?;
    ensure!(typed == "asha@example.com", "the caret went elsewhere: {typed}");
    shopper.no_trouble().await
}

pub(crate) async fn what_a_browser_fills_in_is_accepted(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/sign-in").await?;
    shopper.tabs_to("Password").await?;
    // As some browsers and password managers do: a value, a `change` event and no `input` event.
    let script = "
        for (const [id, value] of Object.entries(arguments[0])) {
            const field = document.getElementById(id);
            field.value = value;
            field.dispatchEvent(new Event('change', { bubbles: true }));
        }";
    let filled = json!({
        "email": ops::dev::cloud::DEMO_EMAIL,
        "password": ops::dev::cloud::DEMO_PASSWORD,
    });
    shopper.asks(script, vec![filled]).await?;
    sends(&shopper, "Account").await
}

pub(crate) async fn an_email_address_may_have_an_international_domain(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to("/sign-up").await?;
    shopper.types("Email", "asha@exämple.com").await?;
    shopper.types("Password", PASSWORD).await?;
    shopper.submits("Create account").await?;
    shopper.sees("Check your email").await?;
    // The browser may hand the domain out as it is typed or as it is in the DNS.
    let code = tokio::select! {
        code = world.backend.code_for("asha@exämple.com") => code?,
        code = world.backend.code_for("asha@xn--exmple-cua.com") => code?,
    };
    shopper.types("Confirmation code", &code).await?;
    shopper.submits("Confirm").await?;
    shopper.sees("Account").await
}

pub(crate) async fn a_password_is_sent_as_it_is_typed(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    let recorder = "{ const real = window.fetch.bind(window);
        window.sent = [];
        window.fetch = async (request, options) => {
            const copy = new Request(request, options);
            window.sent.push(await copy.clone().text());
            return real(copy);
        }; }";
    shopper.runs_first(recorder).await?;
    shopper.expects_failures_of("/cognito");
    let password = format!("  {} ", ops::dev::cloud::DEMO_PASSWORD);
    shopper.goes_to("/sign-in").await?;
    shopper.types_by_keyboard("Email", ops::dev::cloud::DEMO_EMAIL).await?;
    shopper.types_by_keyboard("Password", &password).await?;
    shopper.presses_enter().await?;
    until("the password to be sent", async || {
        let sent = shopper.asks("return window.sent", vec![]).await?;
        let sent = sent.as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut bodies = sent.filter_map(|body| serde_json::from_str::<Value>(body).ok());
        let found =
            bodies.find_map(|body| body["AuthParameters"]["PASSWORD"].as_str().map(String::from));
        found
            .map(|sent| {
                ensure!(sent == password, "typed “{password}”, and “{sent}” was sent");
                Ok(())
            })
            .transpose()
    })
    .await?;
    shopper.sees("Incorrect email or password").await?;
    shopper.no_trouble().await
}

/// Sends the form that has the focus; sees what comes of it, and that it is no crash.
async fn sends(shopper: &Shopper, text: &str) -> Result<()> {
    shopper.presses_enter().await?;
    shopper.sees(text).await?;
    shopper.no_trouble().await
}

async fn signs_up(shopper: &Shopper, world: &World, email: &str) -> Result<()> {
    shopper.goes_to("/sign-up").await?;
    shopper.types_by_keyboard("Email", email).await?;
    shopper.types_by_keyboard("Password", PASSWORD).await?;
    sends(shopper, "Check your email").await.context("the form to sign up")?;
    let code = world.backend.code_for(email).await?;
    shopper.types_by_keyboard("Confirmation code", &code).await?;
    sends(shopper, "Account").await.context("the form to confirm")
}

async fn signs_out(shopper: &Shopper) -> Result<()> {
    shopper.goes_to("/account").await?;
    shopper.tabs_to("Sign out").await?;
    sends(shopper, "Sign in").await
}

async fn chooses_a_dish(shopper: &Shopper) -> Result<()> {
    shopper.goes_to(MENU).await?;
    chooses_a_dish_here(shopper).await
}

async fn chooses_a_dish_here(shopper: &Shopper) -> Result<()> {
    shopper.tabs_to(&format!("Add {DISH}")).await?;
    shopper.presses_enter().await?;
    shopper.goes_to_checkout().await
}

async fn orders(shopper: &Shopper) -> Result<()> {
    types_an_address(shopper).await?;
    shopper.sees("Place order ·").await.context("the price is known")?;
    shopper.presses_enter().await?;
    shopper.is_at_an_order().await.context("the form of an order")?;
    shopper.no_trouble().await
}

async fn types_an_address(shopper: &Shopper) -> Result<()> {
    shopper.types_by_keyboard("Name", "Asha Rao").await?;
    shopper.types_by_keyboard("Street address", "4 Mango Lane").await?;
    shopper.types_by_keyboard("Postcode", "110001").await?;
    shopper.types_by_keyboard("Town or city", "New Delhi").await
}

/// Types in a field and goes back from there.
async fn leaves(shopper: &Shopper, label: &str, path: &str, text: &str) -> Result<()> {
    shopper.tabs_to(label).await?;
    shopper.types_on("x").await?;
    let on = shopper.focused().await?;
    ensure!(on.contains(label), "typing in “{label}” moved the focus to “{on}”");
    shopper.goes_back().await?;
    let left = async {
        shopper.arrives_at(path).await?;
        shopper.sees(text).await?;
        shopper.settles().await?;
        shopper.no_trouble().await
    };
    left.await.with_context(|| format!("back from “{label}” to {path}"))
}

async fn value_of(shopper: &Shopper, id: &str) -> Result<String> {
    let script = "return document.getElementById(arguments[0]).value";
    Ok(shopper.asks(script, vec![json!(id)]).await?.as_str().unwrap_or_default().to_owned())
}
