//! The draft of a menu: whose it is, in which tabs, and what becomes of what was under way when its page was left.

use anyhow::{Context, Result, ensure};
use ops::dev::cloud::{DEMO_OWNER, DEMO_PASSWORD};
use serde_json::{Value, json};

use crate::counter::{BOARD, invites, who_joins};
use crate::menus::{MENU, PICTURE, PRICE, at_the_menu, at_the_menu_with, publishes, sees_typed};
use crate::support::backend::Tempo;
use crate::support::shopper::PASSWORD;
use crate::support::{Shopper, Stage, scripts, until};

/// A browser in which pictures do not arrive until they are released.
fn holds_pictures() -> [String; 1] {
    [scripts::holds_back("POST", "/pictures")]
}

/// Chooses a picture of the page's own for the dish that is open, which is on its way then.
async fn sends_picture(owner: &Shopper, name: &str) -> Result<()> {
    let picture = std::fs::canonicalize(format!("../../frontend/assets/{name}"))?;
    owner.chooses_file(PICTURE, &picture).await?;
    owner.sees("A picture is being uploaded.").await
}

async fn lets_go(owner: &Shopper) -> Result<()> {
    until("something that is held back", async || {
        let held = owner.asks("return window.held", vec![]).await?;
        Ok((held.as_u64() > Some(0)).then_some(()))
    })
    .await?;
    owner.asks("window.release()", vec![]).await?;
    Ok(())
}

pub(crate) async fn a_picture_on_its_way_reaches_its_dish_also_if_the_page_is_left(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu_with(&stage, &world, &holds_pictures()).await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.presses("Garlic naan").await?;
    sends_picture(&owner, "icon-512.png").await?;
    owner.cannot_press("Publish").await?;
    // Closed, and elsewhere on the menu.
    owner.presses("Garlic naan").await?;
    owner.presses("Move up: Garlic naan").await?;
    lets_go(&owner).await?;
    let sent = ".menu-dish-picture img[src^='/pictures/'][src$='.jpg']";
    owner.has(sent).await?;
    publishes(&owner, "Garlic naan: picture changed").await?;
    // Nothing else was changed before the page is left.
    owner.asks("window.hold()", vec![]).await?;
    owner.presses("Jalebi").await?;
    sends_picture(&owner, "icon-maskable.png").await?;
    owner.follows("Orders").await?;
    owner.arrives_at(BOARD).await?;
    lets_go(&owner).await?;
    owner.settles().await?;
    owner.no_trouble().await?;
    owner.follows("Menu").await?;
    owner.arrives_at(MENU).await?;
    owner.sees("You have changes that aren’t published.").await?;
    publishes(&owner, "Jalebi: picture changed").await
}

pub(crate) async fn a_picture_that_is_refused_after_its_dish_was_closed_says_so(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu_with(&stage, &world, &holds_pictures()).await?;
    let text = stage.folder().join("script.jpg");
    std::fs::write(&text, "<script>alert(1)</script>")?;
    owner.presses("Garlic naan").await?;
    owner.chooses_file(PICTURE, &text).await?;
    owner.sees("A picture is being uploaded.").await?;
    owner.presses("Garlic naan").await?;
    owner.expects_failures_of("/pictures/");
    lets_go(&owner).await?;
    owner.sees("Garlic naan: Choose a JPEG, PNG or WebP picture.").await?;
    owner.sees("Everything is published.").await?;
    owner.presses("Garlic naan").await?;
    owner.sees("Choose a JPEG, PNG or WebP picture.").await?;
    owner.no_longer_sees("Garlic naan: Choose").await
}

/// How many drafts of menus the browser keeps.
async fn drafts(owner: &Shopper) -> Result<Value> {
    let script =
        "return Object.keys(localStorage).filter((it) => it.startsWith('tiffin.menu.')).length";
    owner.asks(script, vec![]).await
}

pub(crate) async fn a_look_at_the_menu_leaves_no_draft(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (owner, other) = (at_the_menu(&stage, &world).await?, at_the_menu(&stage, &world).await?);
    owner.presses("Garlic naan").await?;
    owner.sees("Replace picture").await?;
    owner.presses("Garlic naan").await?;
    owner.presses("Preview").await?;
    owner.sees("This is what customers will see.").await?;
    owner.presses("Back to editing").await?;
    // What is typed and taken back leaves none either.
    owner.types(PRICE, "85").await?;
    until("a draft", async || Ok((drafts(&owner).await? == json!(1)).then_some(()))).await?;
    owner.types(PRICE, "80.00").await?;
    owner.sees("Everything is published.").await?;
    owner.follows("Orders").await?;
    owner.arrives_at(BOARD).await?;
    ensure!(drafts(&owner).await? == json!(0), "there is a draft of what nobody typed");
    other.types(PRICE, "95").await?;
    publishes(&other, "Garlic naan: ₹80.00 → ₹95.00").await?;
    owner.follows("Menu").await?;
    owner.sees("Everything is published.").await?;
    sees_typed(&owner, PRICE, "95.00").await
}

pub(crate) async fn two_tabs_of_the_menu_are_one_draft(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    let first = owner.tab().await?;
    let second = owner.opens_tab(MENU).await?;
    owner.sees("Everything is published.").await?;
    owner.types(PRICE, "85").await?;
    owner.turns_to(&first).await?;
    sees_typed(&owner, PRICE, "85").await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.turns_to(&second).await?;
    sees_typed(&owner, "Price: Jalebi", "150").await?;
    sees_typed(&owner, PRICE, "85").await?;
    publishes(&owner, "Garlic naan: ₹80.00 → ₹85.00").await?;
    owner.turns_to(&first).await?;
    owner.sees("Everything is published.").await.context("the other tab has published it")?;
    owner.types(PRICE, "86").await?;
    publishes(&owner, "Garlic naan: ₹85.00 → ₹86.00").await?;
    owner.types(PRICE, "87").await?;
    owner.turns_to(&second).await?;
    sees_typed(&owner, PRICE, "87").await?;
    owner.presses("Discard changes").await?;
    owner.presses("Discard changes").await?;
    owner.sees("Everything is published.").await?;
    owner.turns_to(&first).await?;
    owner.sees("Everything is published.").await?;
    sees_typed(&owner, PRICE, "86.00").await
}

/// Signs out at the board, and in as somebody else.
async fn gives_the_tablet_to(tablet: &Shopper, email: &str, password: &str) -> Result<()> {
    tablet.goes_to(BOARD).await?;
    tablet.presses("Sign out").await?;
    tablet.has("input[type=password]").await?;
    tablet.goes_to("/counter").await?;
    tablet.types("Email", email).await?;
    tablet.types("Password", password).await?;
    tablet.submits("Sign in").await?;
    tablet.arrives_at(BOARD).await?;
    tablet.goes_to(MENU).await
}

pub(crate) async fn a_draft_belongs_to_whoever_typed_it(stage: Stage) -> Result<()> {
    const AN: &str = "an@example.com";
    let world = stage.world(Tempo::people()).await?;
    let tablet = at_the_menu(&stage, &world).await?;
    tablet.types(PRICE, "85").await?;
    tablet.sees("You have changes that aren’t published.").await?;
    tablet.goes_to(&format!("{BOARD}/people")).await?;
    let path = invites(&tablet, &world, AN, "Manager").await?;
    who_joins(&stage, &world, &path, AN, "An", BOARD).await?;
    gives_the_tablet_to(&tablet, AN, PASSWORD).await?;
    tablet.sees("Everything is published.").await?;
    sees_typed(&tablet, PRICE, "80.00").await?;
    tablet.types("Price: Jalebi", "150").await?;
    tablet.sees("You have changes that aren’t published.").await?;
    gives_the_tablet_to(&tablet, DEMO_OWNER, DEMO_PASSWORD).await?;
    tablet.sees("You have changes that aren’t published.").await?;
    sees_typed(&tablet, PRICE, "85").await?;
    sees_typed(&tablet, "Price: Jalebi", "140.00").await
}

pub(crate) async fn what_is_typed_after_a_removal_outlives_undoing_it(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = at_the_menu(&stage, &world).await?;
    owner.presses("Remove: Garlic naan").await?;
    owner.sees("Garlic naan removed.").await?;
    owner.types("Price: Jalebi", "150").await?;
    owner.presses("Undo").await?;
    owner.no_longer_sees("Garlic naan removed.").await?;
    sees_typed(&owner, PRICE, "80.00").await?;
    sees_typed(&owner, "Price: Jalebi", "150").await?;
    owner.presses("Publish").await?;
    owner.sees("Jalebi: ₹140.00 → ₹150.00").await?;
    ensure!(!owner.shows("Dishes or sections are in another order").await?, "it is elsewhere now");
    Ok(())
}

pub(crate) async fn the_menu_can_be_left_while_something_of_it_is_fetched(
    stage: Stage,
) -> Result<()> {
    const FILE: &str = "[[sections]]
id = \"breads\"
name = \"Breads\"
[[sections.dishes]]
id = \"garlic-naan\"
name = \"Garlic naan\"
price = \"88.00\"
";
    let world = stage.world(Tempo::people()).await?;
    let file = stage.folder().join("menu.toml");
    std::fs::write(&file, FILE)?;
    for (method, part) in
        [("PUT", "/menu"), ("POST", "/menu/file"), ("GET", "/menu/file"), ("GET", "/versions/0")]
    {
        let scripts = [scripts::holds_back(method, part)];
        let owner = at_the_menu_with(&stage, &world, &scripts).await?;
        match (method, part) {
            ("PUT", _) => {
                owner.types(PRICE, "81").await?;
                owner.presses("Publish").await?;
                owner.presses("Publish").await?;
            }
            (_, "/menu/file") => {
                owner.tabs_to("Menu as a file").await?;
                owner.presses_enter().await?;
                match method {
                    "POST" => owner.chooses_file("#menu-file", &file).await?,
                    _ => owner.presses("Download").await?,
                }
            }
            _ => {
                owner.tabs_to("Earlier menus").await?;
                owner.presses_enter().await?;
                owner.presses("Bring back: The menu Tiffin was set up with").await?;
            }
        }
        owner.settles().await?;
        owner.follows("Orders").await?;
        owner.arrives_at(BOARD).await?;
        lets_go(&owner).await?;
        owner.settles().await?;
        owner.no_trouble().await.with_context(|| format!("{method} {part}"))?;
        owner.follows("Menu").await?;
        owner.arrives_at(MENU).await?;
        owner.reloads().await?;
        owner.sees("Everything is published.").await?;
    }
    Ok(())
}
