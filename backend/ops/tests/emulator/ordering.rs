//! People order from a shop that was deployed, and from one that is being updated.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use shared::Status;
use uuid::Uuid;

use crate::browser::driver::{Driver, Engine};
use crate::browser::shopper::{PASSWORD, RESTAURANT, Shopper};
use crate::support::customer::{Customer, Socket, new_order_id};
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

/// Nobody is simulated: an owner is made and invites a cook and a courier, who take orders to their customer, and
/// leads the restaurant from the office.
pub(crate) async fn a_kitchen_of_people_takes_an_order_to_its_customer(
    emulator: &Emulator,
) -> Result<()> {
    let people = Deployment { more: " --autopilot off".to_owned(), ..Deployment::of("kitchen")? };
    let stack = emulator.deploys(&people).await?;
    let asha = emulator.customer("asha@example.com").await?;
    let owner = emulator.verified(&stack, "owner@example.com").await?;
    let (cook, courier) = (
        emulator.verified(&stack, "an@example.com").await?,
        emulator.verified(&stack, "ravi@example.com").await?,
    );
    let owns = "staff owner owner@example.com --stack kitchen --restaurant raat-rani-dhaba";
    emulator.types(owns).await?.succeeded()?;
    joins(&owner, &cook, "an@example.com", "kitchen").await?;
    joins(&owner, &courier, "ravi@example.com", "courier").await?;

    let mut tablet = cook.listen_for("raat-rani-dhaba").await;
    let order = new_order_id(1);
    ensure!(asha.place(order, &emulator.order_request().await?).await.0 == 201);
    while !tablet.hear_text().await.contains("order_placed") {}
    for action in ["see", "accept", "ready", "hand_over", "deliver"] {
        commands(&cook, &format!("orders/{order}"), json!({"action": action})).await?;
    }
    ensure!(asha.ended(order).await["status"] == "order_delivered");
    a_courier_brings_an_order(emulator, &asha, &cook, &courier).await?;
    an_owner_leads(&owner).await?;

    let pause = json!({"change": "pause", "lasts": "hour"});
    says(&cook, "POST", "availability", Some(pause)).await?;
    let (status, problem) = asha.place(new_order_id(3), &emulator.order_request().await?).await;
    ensure!(
        status == 409 && problem["type"] == "urn:tiffin:problem:restaurant-closed",
        "{problem}"
    );
    let removed = of(&format!("people/{}", cook.user_id()));
    ensure!(owner.request("DELETE", &removed, None).await.0 == 204);
    ensure!(cook.request("GET", &of("orders"), None).await.0 == 404);
    Ok(())
}

/// An address of the restaurant's staff.
fn of(what: &str) -> String {
    format!("/api/staff/raat-rani-dhaba/{what}")
}

/// A request of staff, which is answered as it should be.
async fn says(who: &Customer, method: &str, what: &str, body: Option<Value>) -> Result<Value> {
    let (status, reply) = who.request(method, &of(what), body.map(|it| it.to_string())).await;
    ensure!(matches!(status, 200 | 201), "{method} {what}: {status} {reply}");
    Ok(reply)
}

/// Somebody is invited, and joins.
async fn joins(owner: &Customer, who: &Customer, email: &str, role: &str) -> Result<()> {
    let invited = json!({"email": email, "role": role, "name": role});
    let invitation = says(owner, "POST", "invitations", Some(invited)).await?;
    let accept = json!({"invitation": invitation["token"]}).to_string();
    let mut by_id_token = who.clone();
    by_id_token.access_token = who.id_token.clone();
    let (status, member) = by_id_token.request("POST", "/api/memberships", Some(accept)).await;
    ensure!(status == 201, "{status} {member}");
    Ok(())
}

/// Somebody does something to an order, by a command with a new id.
async fn commands(who: &Customer, order: &str, mut command: Value) -> Result<Value> {
    command["command_id"] = json!(Uuid::now_v7().to_string());
    says(who, "POST", &format!("{order}/commands"), Some(command)).await
}

async fn a_courier_brings_an_order(
    emulator: &Emulator,
    asha: &Customer,
    cook: &Customer,
    courier: &Customer,
) -> Result<()> {
    says(courier, "POST", "shift", Some(json!({"on": true}))).await?;
    let order = new_order_id(2);
    ensure!(asha.place(order, &emulator.order_request().await?).await.0 == 201);
    commands(cook, &format!("orders/{order}"), json!({"action": "accept"})).await?;
    let offered = says(courier, "GET", "deliveries", None).await?;
    ensure!(offered["offers"][0]["order_id"] == json!(order.to_string()), "{offered}");
    ensure!(!offered.to_string().contains("street"), "before the claim: {offered}");
    let path = format!("deliveries/{order}");
    let claimed = commands(courier, &path, json!({"action": "claim"})).await?;
    ensure!(claimed["delivery"]["address"]["street"].is_string(), "{claimed}");
    for command in [
        json!({"action": "hand_over"}),
        json!({"action": "arrive"}),
        json!({"action": "deliver", "collected": {"method": "cash", "amount": 61_250}}),
    ] {
        commands(courier, &path, command).await?;
    }
    ensure!(asha.ended(order).await["status"] == "order_delivered");
    let shift = says(courier, "GET", "shift", None).await?;
    ensure!(shift.to_string().contains("61250"), "{shift}");
    Ok(())
}

/// The day's figures, other hours, and another menu.
async fn an_owner_leads(owner: &Customer) -> Result<()> {
    let day = says(owner, "GET", "days/today", None).await?;
    ensure!(day["figures"]["delivered"] == 2, "{day}");
    let hours = says(owner, "GET", "hours", None).await?;
    let wanted = json!({"version": hours["version"], "spans": hours["hours"]["spans"],
        "exceptions": [{"from": "2099-12-25", "to": "2099-12-25"}]});
    says(owner, "PUT", "hours", Some(wanted)).await?;
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
