//! What is refused, and that it is said where a person looks: beside the field, which has the focus.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::support::backend::Tempo;
use crate::support::shopper::PASSWORD;
use crate::support::{Shopper, Stage, until};

const OTHER_PASSWORD: &str = "four white swans";

pub(crate) async fn signing_in_says_what_is_wrong(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "sign-in@example.com";
    shopper.signs_up(&world.backend, email).await?;
    signs_out(&shopper).await?;
    shopper.goes_to("/sign-in?next=%2Faccount").await?;
    shopper.submits("Sign in").await?;
    shopper.sees_error("Email", "Enter your email.").await?;
    shopper.sees_error("Password", "Enter your password.").await?;
    shopper.sees_focus_on("Email").await?;
    shopper.corrects("Email", "nobody").await?;
    shopper.corrects("Password", "not this one").await?;
    shopper.submits("Sign in").await?;
    shopper.sees_error("Email", "Enter a valid email address.").await?;
    shopper.corrects("Email", email).await?;
    shopper.expects_failures_of("/cognito");
    shopper.submits("Sign in").await?;
    shopper.sees_error("Password", "Incorrect email or password.").await?;
    shopper.sees_focus_on("Password").await?;
    shopper.corrects("Password", PASSWORD).await?;
    shopper.submits("Sign in").await?;
    shopper.arrives_at("/account").await?;
    shopper.goes_back().await?;
    shopper.arrives_at("/").await.context("the page to sign in is left behind")?;
    for (page, next) in [("/sign-in?next=%2Forders", "/orders"), ("/sign-up", "/")] {
        shopper.goes_to(page).await?;
        shopper.arrives_at(next).await.context("who is signed in is not asked to")?;
    }
    shopper.no_trouble().await
}

pub(crate) async fn signing_up_says_what_is_wrong(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "sign-up@example.com";
    shopper.signs_up(&world.backend, email).await?;
    signs_out(&shopper).await?;
    shopper.expects_failures_of("/cognito");
    shopper.goes_to("/sign-up?next=%2Fcheckout").await?;
    shopper.submits("Create account").await?;
    shopper.sees_error("Email", "Enter your email.").await?;
    shopper.sees_error("Password", "Enter your password.").await?;
    shopper.corrects("Email", email).await?;
    for (password, error) in [
        ("7 signs", "Use at least 8 characters."),
        (" spaces around ", "Passwords can’t start or end with a space."),
    ] {
        shopper.corrects("Password", password).await?;
        shopper.submits("Create account").await?;
        shopper.sees_error("Password", error).await?;
        shopper.sees_focus_on("Password").await?;
    }
    shopper.corrects("Password", OTHER_PASSWORD).await?;
    shopper.submits("Create account").await?;
    shopper.sees_error("Email", "You already have an account. Sign in").await?;
    shopper.sees_focus_on("Email").await?;
    shopper.sees_no_error("Password").await?;
    let way_on = "//*[@id=\"email-hint\"]//a";
    ensure!(shopper.reads(way_on).await? == "Sign in", "the way on is a link");
    shopper.tabs_to("Sign in").await?;
    shopper.presses_enter().await?;
    shopper.sees("Welcome back").await?;
    let address = shopper.address().await?;
    let wanted = "/sign-in?email=sign-up%40example.com&next=%2Fcheckout";
    ensure!(address == wanted, "the link leads to {address}");
    let typed = shopper.property_of("Email", "value").await?;
    ensure!(typed == json!(email), "what was typed is {typed}");
    shopper.goes_back().await?;
    shopper.sees("Create your account").await?;
    shopper.types("Password", OTHER_PASSWORD).await?;
    shopper.corrects("Email", "someone.else@example.com").await?;
    shopper.submits("Create account").await?;
    shopper.sees("Check your email").await?;
    shopper.no_trouble().await
}

pub(crate) async fn a_code_may_be_wrong_sent_again_or_typed_with_spaces(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "code@example.com";
    asks_for_an_account(&shopper, email).await?;
    let first = world.backend.code_for(email).await?;
    shopper.expects_failures_of("/cognito");
    shopper.submits("Confirm").await?;
    shopper.sees_error("Confirmation code", "Enter the code.").await?;
    shopper.sees_focus_on("Confirmation code").await?;
    let wrong = if first == "123456" { "654321" } else { "123456" };
    shopper.corrects("Confirmation code", wrong).await?;
    shopper.submits("Confirm").await?;
    shopper.sees_error("Confirmation code", "Incorrect code. Try again.").await?;
    shopper.sees_focus_on("Confirmation code").await?;
    shopper.presses("Resend code").await?;
    shopper.sees("New code sent.").await?;
    let code = world.backend.code_in_mail(email, 2).await?;
    let (start, end) = code.split_at(3);
    shopper.corrects("Confirmation code", &format!(" {start} - {end} ")).await?;
    shopper.submits("Confirm").await?;
    shopper.sees("Account").await?;
    shopper.goes_back().await?;
    shopper.settles().await?;
    shopper
        .arrives_at("/")
        .await
        .context("neither the code's page nor the one before comes back")?;
    shopper.no_trouble().await
}

pub(crate) async fn a_new_password_has_to_be_good_enough(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "reset@example.com";
    shopper.signs_up(&world.backend, email).await?;
    signs_out(&shopper).await?;
    shopper.expects_failures_of("/cognito");
    shopper.goes_to("/forgot").await?;
    for (typed, error) in [
        ("", "Enter your email."),
        ("reset@example", "Enter a valid email address."),
        ("reset example.com", "Enter a valid email address."),
    ] {
        shopper.types("Email", typed).await?;
        shopper.submits("Send code").await?;
        shopper.sees_error("Email", error).await.with_context(|| format!("for “{typed}”"))?;
        shopper.sees_focus_on("Email").await?;
    }
    shopper.corrects("Email", email).await?;
    shopper.submits("Send code").await?;
    shopper.sees("Choose a new password").await?;
    shopper.sees_focus_on("Confirmation code").await?;
    shopper.submits("Save and sign in").await?;
    shopper.sees_error("Confirmation code", "Enter the code.").await?;
    shopper.sees_error("New password", "Enter your password.").await?;
    let code = world.backend.code_in_mail(email, 2).await?;
    shopper.corrects("Confirmation code", &code).await?;
    shopper.corrects("New password", "7 signs").await?;
    shopper.submits("Save and sign in").await?;
    shopper.sees_error("New password", "Use at least 8 characters.").await?;
    shopper.sees_focus_on("New password").await?;
    shopper.corrects("New password", OTHER_PASSWORD).await?;
    shopper.submits("Save and sign in").await?;
    shopper.sees("Account").await?;
    shopper.no_trouble().await
}

pub(crate) async fn an_account_is_confirmed_though_its_password_is_forgotten(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let email = "unconfirmed@example.com";
    let shopper = stage.shopper(&world).await?;
    asks_for_an_account(&shopper, email).await?;
    let code = world.backend.code_for(email).await?;
    shopper.expects_failures_of("/cognito");
    shopper.goes_to("/sign-in").await?;
    shopper.follows("Forgot password?").await?;
    shopper.types("Email", email).await?;
    shopper.submits("Send code").await?;
    shopper.sees("Choose a new password").await?;
    shopper.follows("Haven’t confirmed your email yet? Enter your code").await?;
    shopper.arrives_at("/confirm").await?;
    shopper.types("Email", email).await?;
    shopper.types("Confirmation code", &code).await?;
    shopper.submits("Confirm").await?;
    shopper.sees("Email confirmed. Sign in to continue.").await?;
    let known = shopper.property_of("Email", "value").await?;
    ensure!(known == json!(email), "the address is filled in, and not {known}");
    shopper.follows("Forgot password?").await?;
    shopper.types("Email", email).await?;
    shopper.submits("Send code").await?;
    shopper.sees("Choose a new password").await?;
    let code = world.backend.code_in_mail(email, 2).await?;
    shopper.types("Confirmation code", &code).await?;
    shopper.types("New password", OTHER_PASSWORD).await?;
    shopper.submits("Save and sign in").await?;
    shopper.sees("Account").await?;
    signs_out(&shopper).await?;
    shopper.signs_in(email, OTHER_PASSWORD).await?;
    shopper.no_trouble().await
}

pub(crate) async fn the_checkout_says_which_field_is_wrong(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_up(&world.backend, "fields@example.com").await?;
    shopper.is_ready_to_order().await?;
    let note = "Note for the restaurant or courier";
    for (label, typed, error, right) in [
        ("Phone", "call me", "Enter a valid phone number", "+91 98765 43210"),
        ("Name", "…", "Enter a name with at least one letter", "Asha Rao"),
        ("Name", "", "Enter your name", "Asha Rao"),
        ("Street address", " ", "Enter your street address", "4 Mango Lane"),
        ("Town or city", "", "Enter your town or city", "New Delhi"),
        ("Postcode", "", "Enter your postcode", "110001"),
        (note, &"a".repeat(281), "Maximum 280 characters (281 used)", &"a".repeat(280)),
    ] {
        shopper.types(label, typed).await?;
        shopper.submits("Place order").await?;
        shopper.sees_error(label, error).await?;
        shopper.sees_focus_on(label).await?;
        shopper.corrects(label, right).await?;
    }
    shopper.sees("280 of 280 characters").await?;
    for (label, autocomplete) in [
        ("Name", "name"),
        ("Street address", "address-line1"),
        ("Flat, floor", "address-line2"),
        ("Postcode", "postal-code"),
        ("Town or city", "address-level2"),
        ("Phone", "tel"),
    ] {
        let is = shopper.property_of(label, "autocomplete").await?;
        ensure!(is == json!(autocomplete), "“{label}” is filled in as {is}");
    }
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    shopper.sees("+91 98765 43210").await?;
    shopper.no_trouble().await
}

pub(crate) async fn a_password_can_be_shown_and_hidden(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    for page in ["/sign-in", "/sign-up"] {
        shopper.goes_to(page).await?;
        shopper.types("Password", PASSWORD).await?;
        for (shown, kind) in [("false", "password"), ("true", "text"), ("false", "password")] {
            until(&format!("a field of type {kind} on {page}"), async || {
                let pressed = "return document.querySelector('.reveal').ariaPressed";
                let pressed = shopper.asks(pressed, vec![]).await?;
                let is = shopper.property_of("Password", "type").await?;
                ensure!(pressed == json!(shown), "the button is pressed: {pressed}");
                Ok((is == json!(kind)).then_some(()))
            })
            .await?;
            let typed = shopper.property_of("Password", "value").await?;
            ensure!(typed == json!(PASSWORD), "the field holds {typed}");
            shopper.presses("Show password").await?;
        }
    }
    shopper.no_trouble().await
}

pub(crate) async fn a_password_is_the_same_however_its_accents_are_typed(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "accents@example.com";
    // As some keyboards type it: a letter, and its accent after it.
    shopper.goes_to("/sign-up").await?;
    shopper.types("Email", email).await?;
    shopper.types("Password", "cafe\u{301} au lait").await?;
    shopper.submits("Create account").await?;
    shopper.sees("Check your email").await?;
    shopper.types("Confirmation code", &world.backend.code_for(email).await?).await?;
    shopper.submits("Confirm").await?;
    shopper.sees("Account").await?;
    signs_out(&shopper).await?;
    shopper.expects_failures_of("/cognito");
    shopper.signs_in(email, "caf\u{e9} au lait").await?;
    shopper.no_trouble().await
}

pub(crate) async fn a_password_is_changed_by_the_current_one(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let email = "password@example.com";
    shopper.signs_up(&world.backend, email).await?;
    let other = stage.shopper(&world).await?;
    other.signs_in(email, PASSWORD).await?;
    shopper.goes_to("/account").await?;
    shopper.presses("Change password").await?;
    shopper.presses("Save").await?;
    shopper.sees_error("New password", "Enter your password.").await?;
    shopper.types("New password", "7 signs").await?;
    current(&shopper, "not this one").await?;
    shopper.presses("Save").await?;
    shopper.sees_error("New password", "Use at least 8 characters.").await?;
    shopper.corrects("New password", OTHER_PASSWORD).await?;
    shopper.expects_failures_of("/cognito");
    shopper.presses("Save").await?;
    shopper.sees("Incorrect password.").await?;
    shopper.sees("Change password").await?;
    current(&shopper, PASSWORD).await?;
    shopper.no_longer_sees("Incorrect password.").await?;
    shopper.presses("Save").await?;
    shopper.sees("Password changed.").await?;
    shopper.sees_focus_on("Change password").await?;
    other.expects_failures_of("/cognito");
    other.goes_to("/orders").await?;
    other.sees("Your session expired").await?;
    shopper.goes_to("/account").await?;
    shopper.sees("Signed in as").await.context("in the session that the new password began")?;
    signs_out(&shopper).await?;
    shopper.cannot_sign_in(email, PASSWORD).await?;
    shopper.signs_in(email, OTHER_PASSWORD).await?;
    shopper.no_trouble().await
}

/// Types the password of now in a dialog.
async fn current(shopper: &Shopper, password: &str) -> Result<()> {
    shopper.types("Current password", password).await
}

pub(crate) async fn an_email_address_is_changed_by_a_code(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    let (old, new) = ("old@example.com", "new@example.com");
    shopper.signs_up(&world.backend, new).await?;
    signs_out(&shopper).await?;
    let taken = new;
    let new = "newer@example.com";
    shopper.signs_up(&world.backend, old).await?;
    shopper.goes_to("/account").await?;
    shopper.presses("Change email").await?;
    shopper.submits("Send code").await?;
    shopper.sees_error("New email", "Enter your email.").await?;
    shopper.sees_error("Current password", "Enter your password.").await?;
    let autocomplete = shopper.property_of("Current password", "autocomplete").await?;
    ensure!(autocomplete == json!("current-password"), "it is {autocomplete}");
    current(&shopper, OTHER_PASSWORD).await?;
    shopper.corrects("New email", "new@example").await?;
    shopper.submits("Send code").await?;
    shopper.sees_error("New email", "Enter a valid email address.").await?;
    shopper.corrects("New email", taken).await?;
    shopper.expects_failures_of("/cognito");
    shopper.submits("Send code").await?;
    shopper.sees_error("Current password", "Incorrect password.").await?;
    shopper.corrects("Current password", PASSWORD).await?;
    shopper.submits("Send code").await?;
    shopper.sees_error("New email", "That email belongs to another account.").await?;
    shopper.corrects("New email", new).await?;
    shopper.submits("Send code").await?;
    shopper.sees(&format!("Enter the code we sent to {new}.")).await?;
    shopper.sees_focus_on("Confirmation code").await?;
    world.backend.code_for(new).await?;
    shopper.presses("Resend code").await?;
    shopper.sees("New code sent.").await?;
    let code = world.backend.code_in_mail(new, 2).await?;
    let wrong = if code == "123456" { "654321" } else { "123456" };
    shopper.types("Confirmation code", wrong).await?;
    shopper.submits("Confirm").await?;
    shopper.sees_error("Confirmation code", "Incorrect code. Try again.").await?;
    shopper.corrects("Confirmation code", &code).await?;
    shopper.submits("Confirm").await?;
    shopper.sees("Email changed.").await?;
    shopper.sees(new).await?;
    shopper.sees_focus_on("Change email").await?;
    signs_out(&shopper).await?;
    shopper.cannot_sign_in(old, PASSWORD).await?;
    shopper.signs_in(new, PASSWORD).await?;
    shopper.no_trouble().await
}

async fn asks_for_an_account(shopper: &Shopper, email: &str) -> Result<()> {
    shopper.goes_to("/sign-up").await?;
    shopper.types("Email", email).await?;
    shopper.types("Password", PASSWORD).await?;
    shopper.submits("Create account").await?;
    shopper.sees("Check your email").await
}

async fn signs_out(shopper: &Shopper) -> Result<()> {
    shopper.goes_to("/account").await?;
    shopper.presses("Sign out").await?;
    shopper.arrives_at("/").await?;
    shopper.sees("Sign in").await
}
