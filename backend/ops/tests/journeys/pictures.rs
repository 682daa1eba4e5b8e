//! Pictures of the pages, for people to look at: phone and desktop, light and dark.

use anyhow::{Context, Result};
use serde_json::json;
use shared::Status;

use crate::support::backend::Tempo;
use crate::support::{Shopper, Stage, told};

const SIZES: [(&str, u32, u32); 2] = [("phone", 390, 844), ("desktop", 1280, 800)];
const SCHEMES: [&str; 2] = ["light", "dark"];

pub(crate) async fn the_pages_have_their_pictures_taken(stage: Stage) -> Result<()> {
    let world = stage.world(Tempo { accept_seconds: 0, pace: "0.01".to_owned() }).await?;
    let shopper = stage.shopper(&world).await?;
    shopper.sees("Raat Rani Dhaba").await?;
    pictures(&shopper, "home").await?;
    shopper.goes_to("/r/golden-dosa").await?;
    shopper.sees("Masala dosa").await?;
    pictures(&shopper, "menu").await?;
    shopper.presses("Masala dosa").await?;
    shopper.sees("On the side").await?;
    pictures(&shopper, "dish").await?;
    shopper.goes_to("/sign-up").await?;
    shopper.sees("Create your account").await?;
    pictures(&shopper, "sign-up").await?;
    shopper.goes_to("/nowhere").await?;
    shopper.sees("There is nothing here").await?;
    pictures(&shopper, "nowhere").await?;
    shopper.signs_up(&world.backend, "pictures@example.com").await?;
    shopper.goes_to("/orders").await?;
    shopper.sees("No orders yet").await?;
    pictures(&shopper, "no-orders").await?;
    shopper.is_ready_to_order().await?;
    pictures(&shopper, "checkout").await?;
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    shopper.sees_status(Status::Accepted).await?;
    pictures(&shopper, "order").await?;
    shopper.goes_to("/orders").await?;
    shopper.sees("Under way").await?;
    pictures(&shopper, "orders").await
}

/// Takes the page as it stands, at every size and in both schemes.
async fn pictures(shopper: &Shopper, name: &str) -> Result<()> {
    let folder = told("TIFFIN_SCREENSHOTS")?;
    std::fs::create_dir_all(&folder).context("the folder for pictures cannot be made")?;
    let cdp = shopper.driver().cdp();
    for (size, width, height) in SIZES {
        for scheme in SCHEMES {
            let screen = json!({
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
            });
            cdp.send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
            let feature = json!({"name": "prefers-color-scheme", "value": scheme});
            cdp.send_raw("Emulation.setEmulatedMedia", json!({"features": [feature]})).await?;
            settled(shopper).await?;
            let file = folder.join(format!("{name}-{size}-{scheme}.png"));
            shopper.driver().screenshot(&file).await?;
        }
    }
    cdp.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    cdp.send_raw("Emulation.setEmulatedMedia", json!({"features": []})).await?;
    Ok(())
}

/// Waits for the pictures in view and for animations to end.
async fn settled(shopper: &Shopper) -> Result<()> {
    let script = "const done = arguments[arguments.length - 1];
        const images = [...document.images].filter(i => i.loading !== 'lazy' || i.getBoundingClientRect().top < innerHeight);
        const finite = document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity);
        Promise.allSettled([...images.map(i => i.decode()), ...finite.map(a => a.finished)])
          .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
    shopper.driver().execute_async(script, vec![]).await?;
    Ok(())
}
