//! However the page is read: in another script.

use anyhow::{Result, ensure};
use ops::dev::cloud::{DEMO_EMAIL, DEMO_PASSWORD};
use serde_json::json;

use crate::shop::restaurant;
use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::DISH;
use crate::support::{Shopper, Stage, until};

/// The page of the restaurant that most of these journeys order from.
const MENU: &str = "/r/raat-rani-dhaba";

pub(crate) async fn names_of_another_script_keep_their_direction_to_themselves(
    stage: Stage,
) -> Result<()> {
    const NAME: &str = "مطعم البيت";
    const FOOD: &str = "كشري";
    let world = stage.world(Tempo::at_once()).await?;
    let change = |catalog: &mut ops::catalog::Catalog| {
        around_the_clock(catalog);
        let restaurant = restaurant(catalog, "raat-rani-dhaba");
        restaurant.card.name = NAME.to_owned();
        let dishes = restaurant.sections.iter_mut().flat_map(|section| &mut section.dishes);
        dishes.filter(|dish| dish.name == DISH).for_each(|dish| dish.name = FOOD.to_owned());
    };
    world.backend.sells(change).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.signs_in(DEMO_EMAIL, DEMO_PASSWORD).await?;
    shopper.goes_to("/").await?;
    shopper.types("Search restaurants and dishes", "שקשוקה").await?;
    isolates(&shopper, "No matches for “", "שקשוקה", "”").await?;
    shopper.goes_to(MENU).await?;
    isolates(&shopper, "Add ", FOOD, "").await?;
    shopper.presses(&format!("Add {FOOD}")).await?;
    isolates(&shopper, "", FOOD, " added to your basket.").await?;
    isolates(&shopper, "From ", NAME, "").await?;
    isolates(&shopper, "Quantity of ", FOOD, "").await?;
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.presses("Add Medu vada").await?;
    isolates(&shopper, "Your basket has items from ", NAME, ". Start").await?;
    shopper.presses("Keep basket").await?;
    shopper.goes_to("/checkout").await?;
    for before in ["From ", "Edit ", "Remove "] {
        isolates(&shopper, before, if before == "From " { NAME } else { FOOD }, "").await?;
    }
    shopper.presses(&format!("Remove {FOOD}")).await?;
    isolates(&shopper, "", FOOD, " removed").await?;
    shopper.presses("Undo").await?;
    shopper.types_an_address().await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    isolates(&shopper, "From ", NAME, "").await?;
    shopper.sees("Delivered. Enjoy your meal!").await?;
    shopper.goes_to("/orders").await?;
    isolates(&shopper, "1× ", FOOD, "").await?;
    isolates(&shopper, "Order again from ", NAME, ", #").await?;
    shopper.no_trouble().await
}

/// Sees or hears a name with these words around it, and between U+2068 and U+2069.
async fn isolates(shopper: &Shopper, before: &str, name: &str, after: &str) -> Result<()> {
    let script = "
        const [plain, isolated] = arguments;
        const labels = Array.from(document.querySelectorAll('[aria-label]'), (e) => e.ariaLabel);
        const all = labels.concat(document.getElementById('main').parentElement.innerText);
        return [all.some((text) => text.includes(isolated)), all.some((text) => text.includes(plain))]";
    let [plain, isolated] =
        [format!("{before}{name}{after}"), format!("{before}\u{2068}{name}\u{2069}{after}")];
    let arguments = vec![json!(plain), json!(isolated)];
    shopper.sees(name).await?;
    until(&format!("“{plain}” with its name isolated"), async || {
        let found = shopper.asks(script, arguments.clone()).await?;
        ensure!(found == json!([true, false]), "isolated, plain: {found}");
        Ok(Some(()))
    })
    .await
}
