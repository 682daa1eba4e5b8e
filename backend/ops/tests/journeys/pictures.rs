//! Pictures of every page in every state it has, for people to look at: phone and desktop, light
//! and dark; and axe's word on each that nothing keeps anybody from using it.

mod office;

use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use ops::catalog::Catalog;
use ops::dev::cloud::{DEMO_COOK, DEMO_OWNER, DEMO_PASSWORD};
use serde_json::json;
use shared::Status;

use crate::counter::{BOARD, invites, signs_in, who_is_invited, who_orders};
use crate::support::backend::{Tempo, around_the_clock};
use crate::support::shopper::{DISH, PASSWORD};
use crate::support::stage::World;
use crate::support::{Shopper, Stage, path_from_env, scripts};
use crate::{counter, deliveries};

pub(crate) use self::office::{
    the_delivery_areas_have_their_pictures_taken, the_team_has_its_pictures_taken,
};

/// What is said of a page that could not be fetched anew.
const STALE: &str = "Prices and availability may have changed.";

/// The name of a window, its width and its height in CSS pixels.
type Size = (&'static str, u32, u32);

const SIZES: [Size; 2] = [("phone", 390, 844), ("desktop", 1280, 800)];
const COUNTER_SIZES: [Size; 2] = [("phone", 390, 844), ("tablet", 1024, 768)];
/// The narrowest and the widest window in which everything has to fit.
const WIDTHS: [u32; 2] = [320, 1920];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The person who takes the pictures.
struct Photographer {
    shopper: Shopper,
    sizes: [Size; 2],
    folder: PathBuf,
    axe: String,
    /// What is wrong with what was taken so far: all of it is told at once.
    findings: Mutex<Vec<String>>,
}

pub(crate) async fn the_pages_have_their_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::new(1, "0.01")).await?;
    world.backend.sells(around_the_clock).await?;
    let shopper = stage.shopper_elsewhere(&world).await?;
    shopper.runs_first(scripts::WEATHER).await?;
    shopper.keeps_nothing().await?;
    let photographer = Photographer::new(shopper, SIZES)?;
    photographer.finding(&world).await.context("finding")?;
    photographer.signing_in(&world).await.context("signing in")?;
    photographer.ordering(&world).await.context("ordering")?;
    photographer.following().await.context("following")?;
    photographer.account().await.context("the account")?;
    photographer.has_found_nothing()
}

pub(crate) async fn the_counter_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let cook = stage.shopper_elsewhere(&world).await?;
    let photographer = Photographer::new(cook.clone(), COUNTER_SIZES)?;
    photographer.at("/counter", "Sign in to the counter", "counter-sign-in").await?;
    cook.types("Email", DEMO_COOK).await?;
    cook.types("Password", DEMO_PASSWORD).await?;
    cook.submits("Sign in").await?;
    photographer.now("No new orders", "counter-empty").await?;
    cook.presses("Start shift").await?;
    photographer.now("Did you hear the chime?", "counter-chime").await?;
    cook.presses("Yes").await?;
    let customer = stage.shopper(&world).await?;
    customer.signs_up(&world.backend, "album@example.com").await?;
    customer.orders().await?;
    customer.goes_to("/r/raat-rani-dhaba").await?;
    for dish in [DISH, DISH, "Garlic naan"] {
        customer.presses(&format!("Add {dish}")).await?;
    }
    customer.goes_to_checkout().await?;
    customer.types("Note for the restaurant or courier", "Please ring twice.").await?;
    customer.submits("Place order").await?;
    photographer.now("2 new orders", "counter-new").await?;
    cook.presses("Decline").await?;
    photographer.now("Choose a reason", "counter-decline").await?;
    cook.presses("Too busy").await?;
    photographer.now("Declining", "counter-undo").await?;
    cook.presses("Undo").await?;
    cook.presses("Silence").await?;
    cook.presses("Accept").await?;
    cook.sees("Ready in").await?;
    photographer.now("Ready in", "counter-cooking").await?;
    cook.presses("Delay").await?;
    photographer.now("10 min later", "counter-delay").await?;
    cook.presses("10 min later").await?;
    cook.presses("Ready").await?;
    cook.presses("Handed over").await?;
    photographer.now("On the way", "counter-handed-over").await?;
    cook.presses("Not delivered").await?;
    photographer.now("Choose what happened", "counter-not-delivered").await?;
    cook.presses("Close").await?;
    customer.presses("Cancel order (free)").await?;
    customer.presses("Cancel order").await?;
    photographer.now("Cancelled by the customer", "counter-cancelled").await?;
    cook.presses("Menu and pause").await?;
    photographer.now("Pause orders", "counter-availability").await?;
    cook.presses("30 min").await?;
    cook.presses("+ 20 min").await?;
    cook.presses(&format!("Sold out: {DISH}")).await?;
    cook.presses("Until tomorrow").await?;
    cook.sees("Sold out until").await?;
    photographer.now("Resume orders", "counter-availability-set").await?;
    cook.presses("Close").await?;
    photographer.now("1 item sold out", "counter-paused").await?;
    photographer.at("/counter/golden-dosa", "You’re not on this team", "counter-foreign").await?;
    photographer.has_found_nothing()?;
    let owner = stage.shopper_elsewhere(&world).await?;
    let photographer = Photographer::new(owner.clone(), COUNTER_SIZES)?;
    signs_in(&owner, DEMO_OWNER).await?;
    let hours = "/counter/raat-rani-dhaba/hours";
    photographer.at(hours, "Special days", "counter-hours").await?;
    owner.presses("Add special day").await?;
    owner.presses("Add hours: Special day").await?;
    owner.submits("Save hours").await?;
    photographer.now("Enter a time.", "counter-hours-wrong").await?;
    photographer.has_found_nothing()
}

pub(crate) async fn a_couriers_page_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let courier = deliveries::signed_in(&stage, &world).await?;
    let photographer = Photographer::new(courier.clone(), COUNTER_SIZES)?;
    photographer.now("You’re off shift", "courier-off-shift").await?;
    courier.presses("Start shift").await?;
    photographer.now("No orders waiting", "courier-empty").await?;
    let cook = counter::cook(&stage, &world).await?;
    let customer = stage.shopper(&world).await?;
    customer.signs_up(&world.backend, "album@example.com").await?;
    customer.is_ready_to_order().await?;
    customer.types("Note for the restaurant or courier", "Please ring twice.").await?;
    customer.submits("Place order").await?;
    cook.presses("Accept").await?;
    photographer.now("Claim", "courier-offer").await?;
    courier.presses("Claim").await?;
    photographer.now("Picked up", "courier-claimed").await?;
    courier.presses("Give back").await?;
    photographer.now("I have too many orders", "courier-give-back").await?;
    courier.presses("Close").await?;
    courier.presses("Picked up").await?;
    photographer.now("On the way", "courier-carried").await?;
    courier.presses("At the door").await?;
    photographer.now("At the door since", "courier-at-door").await?;
    courier.presses("Couldn’t deliver").await?;
    photographer.now("Nobody there", "courier-not-delivered").await?;
    courier.presses("Close").await?;
    courier.presses("Delivered").await?;
    photographer.now("Another amount", "courier-collect").await?;
    courier.presses("Another amount").await?;
    photographer.now("Amount collected", "courier-another-amount").await?;
    courier.presses("Card").await?;
    photographer.now("Enter an amount", "courier-amount-wrong").await?;
    courier.types("Amount collected", "12").await?;
    courier.presses("Card").await?;
    photographer.now("If the customer paid", "courier-amount-unusual").await?;
    courier.presses("Card").await?;
    courier.presses("This shift").await?;
    photographer.now("1 order", "courier-shift").await?;
    photographer.has_found_nothing()
}

pub(crate) async fn the_page_of_all_deliveries_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    world.backend.sells(around_the_clock).await?;
    let (_owner, courier) = deliveries::of_two(&stage, &world).await?;
    let photographer = Photographer::new(courier.clone(), COUNTER_SIZES)?;
    photographer.at(deliveries::ALL, "You’re off shift", "all-deliveries-off-shift").await?;
    courier.presses("Start shift").await?;
    photographer.now("No orders waiting", "all-deliveries-empty").await?;
    let cook = counter::cook(&stage, &world).await?;
    let (customer, _) = who_orders(&stage, &world).await?;
    cook.presses("Accept").await?;
    photographer.now("Claim", "all-deliveries-offer").await?;
    courier.presses("Claim").await?;
    photographer.now("Picked up", "all-deliveries-claimed").await?;
    courier.presses("Picked up").await?;
    courier.presses("Delivered").await?;
    courier.presses("Cash").await?;
    customer.sees_status(Status::Delivered).await?;
    courier.presses("This shift").await?;
    photographer.now("1 order", "all-deliveries-shift").await?;
    photographer.has_found_nothing()
}

pub(crate) async fn the_office_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let owner = stage.shopper_elsewhere(&world).await?;
    let photographer = Photographer::new(owner.clone(), COUNTER_SIZES)?;
    signs_in(&owner, DEMO_OWNER).await?;
    let (_customer, order) = who_orders(&stage, &world).await?;
    for button in ["Accept", "Ready", "Handed over", "Delivered"] {
        owner.presses(button).await?;
    }
    owner.sees("Nothing on its way").await?;
    photographer.at(&format!("{BOARD}/day"), "Takings", "office-day").await?;
    let empty = format!("{BOARD}/day?date=2026-01-01");
    photographer.at(&empty, "Nobody ordered on this day", "office-day-empty").await?;
    let unknown = format!("{BOARD}/day?code=abcdef");
    photographer.at(&unknown, "No order found", "office-nothing-found").await?;
    photographer.at(&format!("{BOARD}{order}"), "Phone number shown to", "office-order").await?;
    photographer.has_found_nothing()
}

pub(crate) async fn the_menus_editor_has_its_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo::people()).await?;
    let (owner, other) =
        (stage.shopper_elsewhere(&world).await?, stage.shopper_elsewhere(&world).await?);
    let photographer = Photographer::new(owner.clone(), COUNTER_SIZES)?;
    for owner in [&owner, &other] {
        signs_in(owner, DEMO_OWNER).await?;
    }
    let path = format!("{BOARD}/menu");
    photographer.at(&path, "Everything is published", "menu-editor").await?;
    owner.presses("मसाला चाय").await?;
    photographer.now("What customers choose", "menu-editor-dish").await?;
    owner.types("Name", " ").await?;
    owner.types("Price: Garlic naan", "cheap").await?;
    owner.presses("Publish").await?;
    photographer.now("Some fields need attention", "menu-editor-wrong").await?;
    owner.types("Price: Garlic naan", "85").await?;
    // The dish with the next mistake is opened.
    owner.presses("Publish").await?;
    owner.sees_focus_on("Name").await?;
    owner.types("Name", "Masala chai").await?;
    owner.presses("Remove: Jalebi").await?;
    photographer.now("Jalebi removed", "menu-editor-removed").await?;
    owner.presses("Preview").await?;
    photographer.now("This is what customers will see", "menu-editor-preview").await?;
    owner.presses("Publish").await?;
    photographer.now("Publish this menu?", "menu-editor-publish").await?;
    other.goes_to(&path).await?;
    other.types("Price: Garlic naan", "90").await?;
    other.presses("Publish").await?;
    other.presses("Publish").await?;
    other.sees("Published.").await?;
    owner.expects_failures_of("/menu");
    owner.presses("Publish").await?;
    photographer.now("Someone else published a menu", "menu-editor-conflict").await?;
    owner.presses("Use theirs").await?;
    photographer.now("Use their menu?", "menu-editor-use-theirs").await?;
    owner.presses("Use theirs").await?;
    owner.tabs_to("Earlier menus").await?;
    owner.presses_enter().await?;
    photographer.now("Published now", "menu-editor-versions").await?;
    photographer.has_found_nothing()
}

fn every_other_closed(catalog: &mut Catalog) {
    around_the_clock(catalog);
    for entry in catalog.restaurants.iter_mut().step_by(2) {
        entry.restaurant.card.hours.spans.clear();
    }
}

impl Photographer {
    /// Somebody who takes every page at these sizes.
    fn new(shopper: Shopper, sizes: [Size; 2]) -> Result<Self> {
        let folder = path_from_env("TIFFIN_SCREENSHOTS")?;
        std::fs::create_dir_all(&folder).context("the folder for pictures cannot be made")?;
        let axe = path_from_env("TIFFIN_AXE")?;
        let axe = std::fs::read_to_string(axe).context("axe cannot be read")?;
        Ok(Self { shopper, sizes, folder, axe, findings: Mutex::default() })
    }

    fn has_found_nothing(self) -> Result<()> {
        let findings = self.findings.into_inner()?;
        ensure!(findings.is_empty(), "not everybody can use:\n{}", findings.join("\n"));
        Ok(())
    }

    async fn finding(&self, world: &World) -> Result<()> {
        self.shopper.goes_to("/").await?;
        // What is in the document is there whatever the weather is.
        self.in_weather("loading", "/", "home-loading", Some("Raat Rani Dhaba")).await?;
        self.in_weather("error", "/", "home-error", Some(STALE)).await?;
        self.in_weather("offline", "/", "home-offline", Some(STALE)).await?;
        self.at("/", "Raat Rani Dhaba", "home").await?;
        self.at("/?q=masala&diet=vegan", "Matching dish", "home-found").await?;
        self.at("/?q=zzz", "No matches for “zzz”", "home-nothing-found").await?;
        world.backend.sells(every_other_closed).await?;
        self.at("/", "Closed", "home-closed").await?;
        self.at("/r/creme-de-la-crumb", "Closed", "menu-closed").await?;
        world.backend.sells(|catalog| catalog.restaurants.clear()).await?;
        self.at("/", "No restaurants yet", "home-empty").await?;
        world.backend.sells(around_the_clock).await?;
        self.in_weather("loading", "/r/golden-dosa", "menu-prerendered", Some("Masala dosa"))
            .await?;
        self.in_weather("offline", "/r/golden-dosa", "menu-offline", Some(STALE)).await?;
        self.shopper.goes_to("/").await?;
        self.has_weather("loading").await?;
        self.shopper.follows("Golden Dosa").await?;
        self.is_loading("menu-loading").await?;
        self.shopper.expects_failures_of("/api/restaurants/");
        self.at("/r/nowhere", "Page not found", "menu-not-found").await?;
        self.at("/r/golden-dosa", "Masala dosa", "menu").await?;
        self.shopper.presses("Masala dosa").await?;
        self.now("On the side", "dish").await?;
        self.at("/nowhere", "Page not found", "nowhere").await?;
        self.at("/checkout", "Your basket is empty", "checkout-empty").await?;
        self.shopper.goes_to("/r/raat-rani-dhaba").await?;
        self.shopper.presses(&format!("Add {DISH}")).await?;
        self.now(DISH, "menu-ordered").await?;
        self.at("/checkout", "Sign in to order", "checkout-signed-out").await?;
        self.at("/orders", "Sign in to see your orders", "orders-signed-out").await?;
        self.at("/account", "Sign in to see", "account-signed-out").await
    }

    async fn signing_in(&self, world: &World) -> Result<()> {
        let shopper = &self.shopper;
        self.at("/sign-up", "Create your account", "sign-up").await?;
        shopper.types("Email", "pictures@example.com").await?;
        shopper.types("Password", PASSWORD).await?;
        shopper.submits("Create account").await?;
        self.now("Check your email", "confirm").await?;
        self.at("/forgot", "Reset password", "forgot").await?;
        self.at("/sign-in", "Welcome back", "sign-in").await?;
        shopper.cannot_sign_in("nobody@example.com", PASSWORD).await?;
        self.takes("sign-in-refused").await?;
        shopper.signs_up(&world.backend, "album@example.com").await?;
        shopper.goes_to("/forgot").await?;
        shopper.types("Email", "album@example.com").await?;
        shopper.submits("Send code").await?;
        self.now("sent a code", "forgot-code").await?;
        self.at("/orders", "No orders yet", "orders-empty").await
    }

    async fn ordering(&self, world: &World) -> Result<()> {
        let shopper = &self.shopper;
        shopper.is_ready_to_order().await?;
        self.now(DISH, "checkout").await?;
        shopper.types("Name", " ").await?;
        shopper.submits("Place order").await?;
        self.now("Enter your name", "checkout-wrong").await?;
        shopper.types("Name", "Asha Rao").await?;
        shopper.presses(&format!("Edit {DISH}")).await?;
        self.now("Update", "cart-line").await?;
        shopper.presses("Close").await?;
        shopper.goes_to("/r/golden-dosa").await?;
        shopper.presses("Add Onion uttapam").await?;
        self.now("Start a new basket?", "start-over").await?;
        shopper.goes_to("/checkout").await?;
        shopper.presses("10%").await?;
        world
            .backend
            .sells(|catalog| {
                around_the_clock(catalog);
                for entry in &mut catalog.restaurants {
                    entry.restaurant.card.delivery_fee = entry.restaurant.card.minimum_order;
                }
            })
            .await?;
        shopper.expects_failures_of("/api/orders/");
        // The quote for the tip may say so already, and then there is nothing to place.
        tokio::select! {
            told = shopper.sees("The price has changed") => told?,
            placed = shopper.submits("Place order") => placed?,
        }
        self.now("The price has changed", "checkout-price-changed").await?;
        world.backend.sells(around_the_clock).await
    }

    async fn following(&self) -> Result<()> {
        let shopper = &self.shopper;
        shopper.goes_to("/checkout").await?;
        shopper.ticks("Save this address").await?;
        shopper.submits("Place order").await?;
        let order = shopper.is_at_an_order().await?;
        shopper.sees_status(Status::Accepted).await?;
        self.now("is preparing your order", "order").await?;
        shopper.goes_to("/r/hush-dumplings").await?;
        for _ in 0..2 {
            shopper.presses("Add Har gow").await?;
        }
        shopper.goes_to_checkout().await?;
        self.now("doesn’t deliver to", "checkout-not-delivered").await?;
        shopper.presses("Edit delivery details").await?;
        shopper.types("Postcode", "SW1Y 4AA").await?;
        shopper.leaves_the_field().await?;
        shopper.no_longer_sees("doesn’t deliver to").await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.sees_status(Status::Placed).await?;
        self.now("Restaurant has", "order-placed").await?;
        shopper.presses("Cancel order (free)").await?;
        self.now("Cancel this order?", "order-cancel").await?;
        shopper.presses("Cancel order").await?;
        self.now("You cancelled in time", "order-cancelled").await?;
        shopper.goes_to("/r/tres-molinos").await?;
        shopper.presses("Add Tacos de pescado").await?;
        shopper.goes_to_checkout().await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        shopper.sees_status(Status::Rejected).await?;
        self.now("too busy right now", "order-rejected").await?;
        shopper.goes_to(&order).await?;
        shopper.sees_status(Status::Delivered).await?;
        self.now("Enjoy your meal", "order-delivered").await?;
        self.in_weather("loading", &order, "order-loading", None).await?;
        self.in_weather("offline", &order, "order-offline", Some("You’re offline")).await?;
        let unknown = "/orders/0ff5e0c8-7c95-49be-ac84-000000000000";
        self.at(unknown, "Page not found", "order-not-found").await?;
        shopper.goes_to("/r/raat-rani-dhaba").await?;
        shopper.presses(&format!("Add {DISH}")).await?;
        shopper.goes_to_checkout().await?;
        shopper.submits("Place order").await?;
        shopper.is_at_an_order().await?;
        self.at("/orders", "In progress", "orders").await?;
        self.in_weather("loading", "/orders", "orders-loading", None).await?;
        self.in_weather("offline", "/orders", "orders-offline", Some("You’re offline")).await
    }

    async fn account(&self) -> Result<()> {
        let shopper = &self.shopper;
        self.at("/account", "4 Mango Lane", "account").await?;
        shopper.presses("Add address").await?;
        self.now("Label (optional)", "account-address").await?;
        shopper.presses("Close").await?;
        shopper.presses("Change email").await?;
        shopper.submits("Send code").await?;
        self.now("Enter your password.", "account-email").await?;
        shopper.presses("Close").await?;
        shopper.presses("Delete account").await?;
        self.now("Delete your account?", "account-delete").await?;
        self.in_weather("loading", "/account", "account-loading", None).await?;
        self.in_weather("offline", "/account", "account-offline", Some("You’re offline")).await
    }

    /// Goes to an address, waits for what is there, and takes it.
    async fn at(&self, path: &str, wait_for: &str, name: &str) -> Result<()> {
        self.shopper.goes_to(path).await?;
        self.now(wait_for, name).await
    }

    /// Goes to an address in bad weather.
    async fn in_weather(
        &self,
        weather: &str,
        path: &str,
        name: &str,
        wait_for: Option<&str>,
    ) -> Result<()> {
        self.has_weather(weather).await?;
        self.shopper.goes_to(path).await?;
        match wait_for {
            Some(text) => {
                self.now(text, name).await?;
                self.has_good_weather().await
            }
            None => self.is_loading(name).await,
        }
    }

    async fn has_weather(&self, weather: &str) -> Result<()> {
        let set = "sessionStorage.weather = arguments[0]";
        self.shopper.driver().execute(set, vec![json!(weather)]).await?;
        Ok(())
    }

    async fn has_good_weather(&self) -> Result<()> {
        self.shopper.driver().execute("delete sessionStorage.weather", vec![]).await?;
        Ok(())
    }

    /// Takes the page while something is fetched, which comes then.
    async fn is_loading(&self, name: &str) -> Result<()> {
        self.shopper.has("[aria-busy=true]").await?;
        self.takes(name).await?;
        self.has_good_weather().await
    }

    /// Waits for a text, and takes the page.
    async fn now(&self, wait_for: &str, name: &str) -> Result<()> {
        self.shopper.sees(wait_for).await.with_context(|| format!("for the picture {name}"))?;
        self.takes(name).await
    }

    /// Takes the page as it stands, at every size and in both schemes, and has axe look at it.
    async fn takes(&self, name: &str) -> Result<()> {
        let driver = self.shopper.driver();
        let cdp = driver.cdp();
        for (size, width, height) in self.sizes {
            self.shopper.has_a_window_of(width, height).await?;
            for scheme in SCHEMES {
                let feature = json!({"name": "prefers-color-scheme", "value": scheme});
                cdp.send_raw("Emulation.setEmulatedMedia", json!({"features": [feature]})).await?;
                self.settled().await?;
                let picture = format!("{name}-{size}-{scheme}");
                driver.screenshot(&self.folder.join(format!("{picture}.png"))).await?;
                self.anybody_can_use(&picture).await?;
            }
        }
        for width in WIDTHS {
            self.fits_into(width, name).await?;
        }
        cdp.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        cdp.send_raw("Emulation.setEmulatedMedia", json!({"features": []})).await?;
        Ok(())
    }

    /// Looks whether anything stands out of a window of that width.
    async fn fits_into(&self, width: u32, name: &str) -> Result<()> {
        self.shopper.has_a_window_of(width, 800).await?;
        let script = "const page = document.documentElement;
            return page.scrollWidth > page.clientWidth
              ? [...document.querySelectorAll('body *')]
                  .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1)
                  .map((e) => `${e.tagName}.${e.className}`).slice(0, 5)
              : []";
        let out: Vec<String> = self.shopper.driver().execute(script, vec![]).await?.convert()?;
        if !out.is_empty() {
            let finding = format!("{name} is wider than {width}: {}", out.join(", "));
            self.findings.lock().unwrap().push(finding);
        }
        Ok(())
    }

    /// Has axe look for what keeps people from using the page.
    async fn anybody_can_use(&self, picture: &str) -> Result<()> {
        let driver = self.shopper.driver();
        driver.execute(&self.axe, vec![]).await?;
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] })
              .then((found) => done(found.violations.flatMap((rule) => rule.nodes.map((node) =>
                `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))))
              .catch((error) => done([String(error)]));";
        let found: Vec<String> = driver.execute_async(script, vec![]).await?.convert()?;
        let found = found.into_iter().map(|finding| format!("{picture}: {finding}"));
        self.findings.lock().unwrap().extend(found);
        Ok(())
    }

    /// Waits for the pictures in view and for animations to end.
    async fn settled(&self) -> Result<()> {
        let script = "const done = arguments[arguments.length - 1];
            const images = [...document.images].filter(i => i.getClientRects().length && i.getBoundingClientRect().top < innerHeight);
            // In a closed `details`, an animation does not go on.
            const finite = document.getAnimations().filter(a =>
              a.effect.getComputedTiming().endTime !== Infinity && a.effect.target.checkVisibility());
            Promise.allSettled([...images.map(i => i.decode()), ...finite.map(a => a.finished)])
              .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.shopper.driver().execute_async(script, vec![]).await?;
        Ok(())
    }
}
