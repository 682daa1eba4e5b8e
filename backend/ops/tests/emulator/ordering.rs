//! People order from a shop that was deployed, and from one that is being updated.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use shared::Status;

use crate::browser::driver::{Driver, Engine};
use crate::browser::shopper::{PASSWORD, RESTAURANT, Shopper};
use crate::support::customer::{Socket, new_order_id};
use crate::support::{Deployment, Emulator};

pub(crate) async fn an_order_is_heard_from_placed_to_delivered(emulator: &Emulator) -> Result<()> {
    emulator.deploys(&Deployment::of("shop")?).await?;
    let asha = emulator.customer("asha@example.com").await?;
    let request = emulator.order_request().await?;
    let ben = emulator.customer("ben@example.com").await?;
    let (mut phone, mut desk) = (asha.listen().await, asha.listen().await);
    let order = new_order_id(1);
    ensure!(asha.place(order, &request).await.0 == 201);
    for socket in [&mut phone, &mut desk] {
        let heard: BTreeSet<_> = socket.hear_out(order).await.into_iter().collect();
        ensure!(heard.contains("order_delivered"), "{heard:?}");
    }
    let placed = asha.ended(order).await;
    let timeline = placed["timeline"].as_array().context("an order has a timeline")?;
    let statuses: Vec<_> = timeline.iter().map(|step| step["status"].as_str()).collect();
    let life = ["order_placed", "order_accepted", "order_picked_up", "order_delivered"];
    ensure!(statuses == life.map(Some), "{placed}");

    ensure!(asha.place(order, &request).await.0 == 200, "the same order, once");
    ensure!(ben.place(order, &request).await.0 == 409, "an id is taken once");
    ensure!(ben.request("GET", &format!("/api/orders/{order}"), None).await.0 == 404);
    let refused = Socket::open(&emulator.shop(), "made-up").await.err();
    ensure!(refused.is_some_and(|status| matches!(status, 401 | 403)), "{refused:?}");
    let mut stranger = asha.clone();
    stranger.access_token = "x.y.z".to_owned();
    ensure!(stranger.request("GET", "/api/orders", None).await.0 == 401);
    ensure!(asha.request("GET", "/api/nothing/here", None).await.0 == 404);
    Ok(())
}

/// Nobody is simulated: an owner is made and invites a cook, who takes an order to its customer.
pub(crate) async fn a_kitchen_of_people_takes_an_order_to_its_customer(
    emulator: &Emulator,
) -> Result<()> {
    let people = Deployment { more: " --autopilot off".to_owned(), ..Deployment::of("kitchen")? };
    let stack = emulator.deploys(&people).await?;
    let asha = emulator.customer("asha@example.com").await?;
    let owner = emulator.verified(&stack, "owner@example.com").await?;
    let cook = emulator.verified(&stack, "an@example.com").await?;
    let owns = "staff owner owner@example.com --stack kitchen --restaurant raat-rani-dhaba";
    emulator.types(owns).await?.succeeded()?;
    let of = |what: &str| format!("/api/staff/raat-rani-dhaba/{what}");
    let invited = json!({"email": "an@example.com", "role": "kitchen", "name": "An"}).to_string();
    let (status, invitation) = owner.request("POST", &of("invitations"), Some(invited)).await;
    ensure!(status == 201, "{status} {invitation}");
    let accept = json!({"invitation": invitation["token"]}).to_string();
    let mut by_id_token = cook.clone();
    by_id_token.access_token = cook.id_token.clone();
    let (status, member) = by_id_token.request("POST", "/api/memberships", Some(accept)).await;
    ensure!(status == 201, "{status} {member}");

    let mut tablet = cook.listen_for("raat-rani-dhaba").await;
    let order = new_order_id(1);
    ensure!(asha.place(order, &emulator.order_request().await?).await.0 == 201);
    while !tablet.hear_text().await.contains("order_placed") {}
    for (number, action) in ["see", "accept", "ready", "hand_over", "deliver"].iter().enumerate() {
        let id = format!("0197f0a3-5b1c-7d2e-8f40-11223344550{number}");
        let command = json!({"action": action, "command_id": id}).to_string();
        let path = of(&format!("orders/{order}/commands"));
        let (status, reply) = cook.request("POST", &path, Some(command)).await;
        ensure!(status == 200, "{action}: {status} {reply}");
    }
    ensure!(asha.ended(order).await["status"] == "order_delivered");
    let pause = json!({"change": "pause", "lasts": "hour"}).to_string();
    let (status, reply) = cook.request("POST", &of("availability"), Some(pause)).await;
    ensure!(status == 200, "{status} {reply}");
    let (status, problem) = asha.place(new_order_id(2), &emulator.order_request().await?).await;
    ensure!(
        status == 409 && problem["type"] == "urn:tiffin:problem:restaurant-closed",
        "{problem}"
    );

    let removed = of(&format!("people/{}", cook.user_id()));
    ensure!(owner.request("DELETE", &removed, None).await.0 == 204);
    ensure!(cook.request("GET", &of("orders"), None).await.0 == 404);
    Ok(())
}

/// The template of the first release is updated to this one, with orders under way and a page open.
///
/// That page is this version's under other file names, so this shows nothing about the first
/// release's page: after the update it can neither sign somebody up nor change an email address,
/// as `backend/OPERATIONS.md` says, since its user pool client may no longer write addresses.
pub(crate) async fn an_update_loses_nothing_and_an_open_page_goes_on(
    emulator: &Emulator,
) -> Result<()> {
    let now = Deployment::of("moving")?;
    let first = first_release(emulator, &now)?;
    emulator.deploys(&first).await.context("the first release's template")?;
    let asha = emulator.customer("asha@example.com").await?;
    let request = emulator.order_request().await?;
    let waiting: Vec<_> = (1..=5).map(new_order_id).collect();
    for order in &waiting {
        ensure!(asha.place(*order, &request).await.0 == 201);
    }

    let driver = Arc::new(Driver::start(Engine::Chromium).await?);
    let shopper = Shopper::new(driver.browser().await?, driver.engine, emulator.shop());
    shopper.goes_to("/").await?;
    shopper.is_ready_to_order().await?;
    shopper.follows("Create account").await?;
    shopper.types("Email", "browser@example.com").await?;
    shopper.types("Password", PASSWORD).await?;
    shopper.submits("Create account").await?;
    shopper.types("Confirmation code", &emulator.code_for("browser@example.com").await?).await?;
    shopper.submits("Confirm").await?;

    emulator.deploys(&now).await.context("this template")?;

    // The page that was opened before the update places an order and is notified until its end.
    shopper.submits("Place order").await?;
    shopper.is_at_an_order().await?;
    shopper.sees_status(Status::Delivered).await?;
    for order in waiting {
        ensure!(asha.ended(order).await["status"] == "order_delivered", "nothing is lost");
    }
    // Reloaded, it is the page of the update, with everything that was there.
    shopper.goes_to("/orders").await?;
    shopper.sees(RESTAURANT).await?;
    ensure!(shopper.counts_orders().await? == 1);
    shopper.leaves().await
}

/// The template of the first release; this page under other file names, this package in other bytes.
fn first_release(emulator: &Emulator, now: &Deployment) -> Result<Deployment> {
    let template = PathBuf::from("tests/emulator/before.yaml");
    let site = emulator.folder().join("before");
    std::fs::create_dir_all(&site)?;
    for entry in std::fs::read_dir(&now.site)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        match name.as_str() {
            "index.html" | "sw.js" => {
                let page = std::fs::read_to_string(entry.path())?;
                std::fs::write(site.join(&name), page.replace("/shop.", "/shop.0000abcd."))?;
            }
            name if name.starts_with("shop.") => {
                std::fs::copy(
                    entry.path(),
                    site.join(name.replacen("shop.", "shop.0000abcd.", 1)),
                )?;
            }
            name => drop(std::fs::copy(entry.path(), site.join(name))?),
        }
    }
    let package = emulator.folder().join("before.zip");
    crate::support::repack(&now.package, &package)?;
    Ok(Deployment { template: Some(template), site, package, ..now.clone() })
}
