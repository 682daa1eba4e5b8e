//! Finding a restaurant and a dish: words as people type them, filters, and what is open by the
//! server's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use ops::catalog::Catalog;
use serde_json::json;
use shared::hours::{DAY, Span, Weekday};
use shared::menu::{Diet, Restaurant};

use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, RESTAURANT};
use crate::support::{Shopper, Stage, scripts, until};

const SEARCH: &str = "Search restaurants and dishes";
/// The page of [`RESTAURANT`].
const MENU: &str = "/r/raat-rani-dhaba";
/// A time zone without summer time, and its minutes ahead of UTC.
const ZONE: (&str, i64) = ("Asia/Kolkata", 330);

pub(crate) async fn what_people_type_is_found(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world
        .backend
        .sells(|catalog| {
            around_the_clock(catalog);
            rename(catalog, "golden-dosa", "Lemon rice", "Shepherd’s rice");
        })
        .await?;
    let shopper = stage.shopper(&world).await?;
    for (typed, found, not_found) in [
        ("burgr", "Night Owl Burgers", "Golden Dosa"),
        ("piza", "Slow Fuse Pizza", "Golden Dosa"),
        ("shepherd's rice", "Matching dish: Shepherd’s rice", "Slow Fuse Pizza"),
        ("shepherd’s rice", "Matching dish: Shepherd’s rice", "Slow Fuse Pizza"),
        ("vegan dosa", "Golden Dosa", "Slow Fuse Pizza"),
    ] {
        finds(&shopper, typed, found, not_found).await?;
    }
    shopper.types(SEARCH, "vegan").await?;
    shopper.no_longer_sees("Crème de la Crumb").await.context("it sells nothing vegan")?;
    shopper.sees("Masala dosa").await.context("a dish that is vegan")?;
    shopper.types(SEARCH, "masala dosa").await?;
    shopper.follows("Masala dosa").await?;
    shopper.has("dialog[open]").await?;
    shopper.sees("On the side").await?;
    shopper.presses("Add to basket").await?;
    shopper.sees("From Golden Dosa").await?;
    shopper.no_trouble().await
}

pub(crate) async fn letters_are_found_in_every_form(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    for (typed, found, not_found) in [
        ("Ｄｏｓａ", "Golden Dosa", "Slow Fuse Pizza"),
        ("creme BRULEE", "Matching dish: Crème brûlée", "Golden Dosa"),
        ("cre\u{300}me", "Crème de la Crumb", "Golden Dosa"),
        ("pho bo", "Matching dish: Phở bò", "Golden Dosa"),
        ("पनीर", "पनीर टिक्का", "Golden Dosa"),
    ] {
        finds(&shopper, typed, found, not_found).await?;
    }
    shopper.no_trouble().await
}

/// Looks for words; sees one thing, and another no longer.
async fn finds(shopper: &Shopper, typed: &str, found: &str, not_found: &str) -> Result<()> {
    let look = async {
        shopper.types(SEARCH, typed).await?;
        shopper.no_longer_sees(not_found).await?;
        shopper.sees(found).await
    };
    look.await.with_context(|| format!("typed “{typed}”"))
}

pub(crate) async fn closed_restaurants_come_after_open_ones(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world
        .backend
        .sells(|catalog| {
            around_the_clock(catalog);
            for entry in catalog.restaurants.iter_mut().step_by(2) {
                entry.restaurant.card.hours.spans.clear();
            }
        })
        .await?;
    let shopper = stage.shopper(&world).await?;
    let script = "return Array.from(document.querySelectorAll('.restaurants article'),
        (card) => card.classList.contains('closed'))";
    for query in ["", "?sort=name", "?sort=fee", "?sort=price", "?q=vegetarian"] {
        shopper.goes_to(&format!("/{query}")).await?;
        until(&format!("open ones before closed ones at /{query}"), async || {
            let closed: Vec<bool> = shopper.driver().execute(script, vec![]).await?.convert()?;
            let both = closed.contains(&true) && closed.contains(&false);
            ensure!(both && closed.is_sorted(), "closed are {closed:?}");
            Ok(Some(()))
        })
        .await?;
    }
    shopper.no_trouble().await
}

pub(crate) async fn a_menu_shows_the_dishes_of_a_diet(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let mut counts = Vec::new();
    world
        .backend
        .sells(|catalog| {
            around_the_clock(catalog);
            let restaurant = restaurant(catalog, "raat-rani-dhaba");
            let dishes = || restaurant.sections.iter().flat_map(|section| &section.dishes);
            for (diet, name) in [(Diet::Vegan, "Vegan"), (Diet::GlutenFree, "Gluten-free")] {
                counts.push((name, dishes().filter(|dish| dish.diet.contains(&diet)).count()));
            }
            counts.push(("", dishes().count()));
        })
        .await?;
    let all = counts.pop().context("there are dishes")?.1;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to(MENU).await?;
    let script = "return Array.from(document.querySelectorAll('article.dish'))
        .filter((dish) => dish.getClientRects().length).length";
    let shown = async |count: usize| {
        until(&format!("{count} dishes to be shown"), async || {
            let now = shopper.asks(script, vec![]).await?;
            ensure!(now == json!(count), "there are {now}");
            Ok(Some(()))
        })
        .await
    };
    for (name, count) in counts {
        ensure!(count > 0 && count < all, "{count} of {all} dishes for “{name}” show nothing");
        shopper.presses(name).await?;
        let said = format!("{count} {}", if count == 1 { "dish" } else { "dishes" });
        shopper.sees(&said).await.with_context(|| format!("for “{name}”"))?;
        shown(count).await.with_context(|| format!("for “{name}”"))?;
        shopper.presses(name).await?;
        shown(all).await?;
    }
    shopper.no_trouble().await
}

pub(crate) async fn sort_and_cuisine_are_visible_on_the_narrowest_phone(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.has_a_window_of(320, 640).await?;
    shopper.goes_to("/").await?;
    let script = "return Array.from(document.querySelectorAll('.filters select'), (list) => {
        const { left, right, top, height } = list.getBoundingClientRect();
        const on_top = document.elementFromPoint((left + right) / 2, top + height / 2);
        const name = list.labels[0].querySelector('span').textContent;
        return [name, left >= 0 && right <= 320, on_top === list];
    })";
    until("both lists to be in sight", async || {
        let lists = shopper.asks(script, vec![]).await?;
        let wanted = json!([["Sort by", true, true], ["Cuisine", true, true]]);
        ensure!(lists == wanted, "name, inside the window, on top: {lists}");
        Ok(Some(()))
    })
    .await?;
    shopper.no_trouble().await
}

pub(crate) async fn what_is_open_follows_the_servers_clock(stage: Stage) -> Result<()> {
    for minutes in [300, -300, 3000] {
        let world = stage.world(Tempo::at_once()).await?;
        world
            .backend
            .sells(|catalog| {
                around_the_clock(catalog);
                opens_only_around(restaurant(catalog, "raat-rani-dhaba"), 0);
                opens_only_around(restaurant(catalog, "golden-dosa"), minutes);
            })
            .await?;
        let shopper = stage.shopper_elsewhere(&world).await?;
        shopper.runs_first(scripts::wrong_clock(minutes)).await?;
        shopper.goes_to("/").await?;
        let told = async {
            card_says(&shopper, RESTAURANT, "Open until").await?;
            card_says(&shopper, "Golden Dosa", "Closed · opens").await?;
            shopper.presses("Open now").await?;
            shopper.no_longer_sees("Golden Dosa").await?;
            shopper.goes_to("/r/golden-dosa").await?;
            shopper.presses("Masala dosa").await?;
            shopper.cannot_press("Opens").await?;
            shopper.signs_up(&world.backend, "hours@example.com").await?;
            shopper.goes_to(MENU).await?;
            shopper.presses(&format!("Add {DISH}")).await?;
            shopper.goes_to_checkout().await?;
            shopper.types_an_address().await?;
            shopper.submits("Place order").await?;
            shopper.is_at_an_order().await?;
            shopper.no_trouble().await
        };
        told.await.with_context(|| format!("with a clock {minutes} minutes wrong"))?;
    }
    Ok(())
}

/// Sees what the card of a restaurant says about its hours.
async fn card_says(shopper: &Shopper, name: &str, wanted: &str) -> Result<()> {
    let script = "const cards = Array.from(document.querySelectorAll('.restaurants article'));
        const card = cards.find((card) => card.querySelector('h2').innerText.trim() === arguments[0]);
        return card?.querySelector('.restaurant-hours').innerText";
    until(&format!("“{wanted}” on the card of {name}"), async || {
        let said = shopper.asks(script, vec![json!(name)]).await?;
        ensure!(said.as_str().is_some_and(|said| said.starts_with(wanted)), "it says {said}");
        Ok(Some(()))
    })
    .await
}

pub(crate) async fn todays_row_is_marked_in_the_opening_hours(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.goes_to(MENU).await?;
    shopper.sees("Open 24 hours").await?;
    let script = "document.querySelector('details.week').open = true;
        return Array.from(document.querySelectorAll('.week tr[aria-current=date] th'),
            (day) => day.innerText.trim())";
    let before = local_time(0).0;
    let marked = shopper.asks(script, vec![]).await?;
    let after = local_time(0).0; // midnight may have passed
    let is_marked = |day: Weekday| marked == json!([format!("{day:?}")]);
    ensure!(is_marked(before) || is_marked(after), "{marked} is marked on a {after:?}");
    shopper.no_trouble().await
}

fn restaurant<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut Restaurant {
    let mut all = catalog.restaurants.iter_mut().map(|entry| &mut entry.restaurant);
    all.find(|restaurant| restaurant.card.restaurant_id.as_ref() == id).unwrap()
}

/// A dish has another name, on the menu and in the list.
fn rename(catalog: &mut Catalog, id: &str, name: &str, new: &str) {
    let restaurant = restaurant(catalog, id);
    let on_menu = restaurant.sections.iter_mut().flat_map(|section| &mut section.dishes);
    let in_list = restaurant.card.dishes.iter_mut().map(|dish| &mut dish.name);
    let names = on_menu.map(|dish| &mut dish.name).chain(in_list);
    names.filter(|known| *known == name).for_each(|known| *known = new.to_owned());
}

/// A restaurant is open once a week: for half an hour before and after the moment that comes in
/// so many minutes.
fn opens_only_around(restaurant: &mut Restaurant, later: i64) {
    let (day, minute) = local_time(later - 30);
    let hours = &mut restaurant.card.hours;
    hours.time_zone = ZONE.0.to_owned();
    hours.spans = vec![Span { day, opens: minute, closes: minute + 60 }];
}

/// The day and the minute of it in [`ZONE`] in so many minutes.
fn local_time(later: i64) -> (Weekday, u16) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let minutes = i64::try_from(since.as_secs() / 60).unwrap_or_default() + ZONE.1 + later;
    let day = minutes.div_euclid(i64::from(DAY)) + 3; // 1970-01-01 was a Thursday
    let day = usize::try_from(day.rem_euclid(7)).unwrap_or_default();
    let minute = u16::try_from(minutes.rem_euclid(i64::from(DAY))).unwrap_or_default();
    (Weekday::ALL[day], minute)
}

pub(crate) async fn a_restaurant_or_order_that_cannot_exist_is_not_found(
    stage: Stage,
) -> Result<()> {
    let world = stage.world(Tempo::at_once()).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.expects_failures_of("/api/restaurants/");
    for path in ["/r/RAAT-RANI-DHABA", "/r/%20", "/r/no-such-place", "/orders/1"] {
        shopper.goes_to(path).await?;
        shopper.sees("Page not found").await?;
        shopper.settles().await?;
        let headings = "return Array.from(document.querySelectorAll('h1'), (e) => e.textContent)";
        let headings = shopper.asks(headings, vec![]).await?;
        ensure!(headings == json!(["Page not found"]), "the headings of {path} are {headings}");
        let title = shopper.title().await?;
        ensure!(title == "Page not found · Tiffin", "{path} is called “{title}”");
    }
    shopper.follows("Browse restaurants").await?;
    shopper.follows(RESTAURANT).await?;
    shopper.sees(DISH).await?;
    shopper.no_trouble().await
}
