//! The office's pages of where a restaurant delivers and of its team, and what the shop makes of areas.

use super::*;

const AREA: &str = "Postcodes begin with";
const FEE: &str = "Delivery fee (INR)";

pub(crate) async fn the_delivery_areas_have_their_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let customer = stage.shopper_elsewhere(&world).await?;
    customer.keeps_nothing().await?;
    let shop = Photographer::new(customer.clone(), SIZES)?;
    shop.at("/", "Delivery from", "home-without-postcode").await?;
    customer.types("Deliver to", "ZE1 0AA").await?;
    customer.leaves_the_field().await?;
    shop.now("Doesn’t deliver to ZE1 0AA", "home-not-delivered").await?;
    customer.signs_up(&world.backend, "album@example.com").await?;
    // This page knows of no areas.
    customer.is_ready_to_order().await?;
    let (owner, other) =
        (stage.shopper_elsewhere(&world).await?, stage.shopper_elsewhere(&world).await?);
    let office = Photographer::new(owner.clone(), COUNTER_SIZES)?;
    for owner in [&owner, &other] {
        signs_in(owner, DEMO_OWNER).await?;
    }
    let path = format!("{BOARD}/delivery");
    office.at(&path, "You have no areas", "areas-empty").await?;
    owner.presses("Add area").await?;
    owner.types(FEE, "cheap").await?;
    owner.submits("Save areas").await?;
    office.now("Enter a postcode, or remove this area.", "areas-wrong").await?;
    owner.types(AREA, "122").await?;
    owner.types(FEE, "30").await?;
    office.now("You have changes that aren’t saved.", "areas-filled").await?;
    other.goes_to(&path).await?;
    other.presses("Add area").await?;
    other.types(AREA, "121").await?;
    other.submits("Save areas").await?;
    other.sees("Areas saved.").await?;
    owner.expects_failures_of("/delivery");
    owner.submits("Save areas").await?;
    office.now("Someone else changed the areas", "areas-conflict").await?;
    owner.presses("Keep mine").await?;
    owner.submits("Save areas").await?;
    office.now("Areas saved.", "areas-saved").await?;
    customer.expects_failures_of("/api/");
    customer.submits("Place order").await?;
    shop.now("doesn’t deliver to", "checkout-refused-area").await?;
    office.has_found_nothing()?;
    shop.has_found_nothing()
}

pub(crate) async fn the_team_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    let photographer = Photographer::new(owner.clone(), COUNTER_SIZES)?;
    signs_in(&owner, DEMO_OWNER).await?;
    photographer.at(&format!("{BOARD}/people"), "Team members", "team").await?;
    owner.types("Email", "not an address").await?;
    owner.submits("Create invitation").await?;
    photographer.now("Enter a valid email address.", "team-wrong").await?;
    owner.types("Email", "asha@example.com").await?;
    owner.submits("Create invitation").await?;
    photographer.now("Send this link", "team-invited").await?;
    owner.presses("Close").await?;
    photographer.now("Withdraw", "team-waiting").await?;
    owner.presses("Remove: Cory").await?;
    photographer.now("Remove Cory?", "team-remove").await?;
    photographer.has_found_nothing()?;

    owner.presses("Cancel").await?;
    let path = invites(&owner, &world, "ravi@example.com", "Courier").await?;
    let invited = who_is_invited(&stage, &world, &path, "ravi@example.com").await?;
    let photographer = Photographer::new(invited, COUNTER_SIZES)?;
    photographer.now("invites you as", "join").await?;
    photographer.has_found_nothing()
}
