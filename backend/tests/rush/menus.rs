//! The restaurant's two managers, who publish another menu at the same moment again and again, and a customer who
//! reads and orders meanwhile.

use futures_util::future;
use serde_json::{Value, json};
use shared::OrderId;
use tokio::sync::Mutex;

use crate::{
    laptop::{Customer, Laptop, eventually},
    support::{Number, kind, number_of_bill, number_of_page, numbered_menu, order_by, version_of},
};

const MENU: &str = "/api/staff/golden-dosa/menu";
const PAGE: &str = "/api/restaurants/golden-dosa";

/// The managers, and what they have published.
pub(super) struct Office {
    managers: [Customer; 2],
    /// Which menu each version is; of two that are published one after the other, the second replaces the first.
    versions: Mutex<Vec<Number>>,
}

impl Office {
    pub(super) async fn of(laptop: &Laptop) -> Self {
        let managers =
            [laptop.customer("mira@example.com").await, laptop.customer("nils@example.com").await];
        for manager in &managers {
            laptop.has_manager(manager).await;
        }
        Self { managers, versions: Mutex::new(vec![0]) }
    }

    /// Both publish another menu in the place of the same one: one menu is published, and the other manager is
    /// shown which.
    pub(super) async fn publishes(&self) {
        let mut versions = self.versions.lock().await;
        let replaced = u32::try_from(versions.len()).unwrap() - 1;
        let [left, right] = &self.managers;
        let numbers = [2 * replaced + 1, 2 * replaced + 2];
        let answers =
            future::join(publish(left, replaced, numbers[0]), publish(right, replaced, numbers[1]));
        let (number, published, refused) = match answers.await {
            ((200, menu), (412, refused)) => (numbers[0], menu, refused),
            ((412, refused), (200, menu)) => (numbers[1], menu, refused),
            answers => panic!("in the place of {replaced}: {answers:?}"),
        };
        assert_eq!(version_of(&published), (replaced + 1, number));
        assert_eq!(kind(&refused), "menu-changed");
        assert_eq!(refused["current"], published);
        versions.push(number);
    }

    /// Every version is the menu that it was when it was published.
    pub(super) async fn check_versions(&self) {
        let versions = self.versions.lock().await;
        for (version, number) in (0..).zip(versions.iter()) {
            let path = format!("{MENU}/versions/{version}");
            let menu = get(&self.managers[0], &path).await;
            assert_eq!(version_of(&menu), (version, *number));
        }
        let last = get(&self.managers[1], MENU).await;
        assert_eq!(version_of(&last).0 as usize, versions.len() - 1);
        assert!(versions.len() > 1, "nothing was published");
    }
}

async fn get(who: &Customer, path: &str) -> Value {
    eventually(path, async || {
        let (status, answer) = who.try_request("GET", path, None).await?;
        assert!(matches!(status, 200 | 500..), "{status} {answer}");
        (status == 200).then_some(answer)
    })
    .await
}

/// Publishes a menu in the place of that version, again and again until there is an answer that counts.
async fn publish(manager: &Customer, replaced: u32, number: Number) -> (u16, Value) {
    let if_match = format!("\"{replaced}\"");
    let body = json!({"sections": numbered_menu(number)}).to_string();
    eventually("an answer to a menu", async || {
        let sent = manager.try_replace(MENU, &if_match, body.clone()).await;
        let (status, answer) = sent?;
        assert!(matches!(status, 200 | 412 | 500..), "{status} {answer}");
        matches!(status, 200 | 412).then_some((status, answer))
    })
    .await
}

/// A customer reads the menu and orders by its prices; if they have changed meanwhile, by those that the refusal
/// names.
pub(super) async fn is_placed(customer: &Customer, order_id: OrderId) {
    let mut request = order_by(number_of_page(&get(customer, PAGE).await));
    let path = format!("/api/orders/{order_id}");
    let order = eventually("an order to be taken", async || {
        let sent = customer.try_request("PUT", &path, Some(request.to_string()));
        let (status, answer) = sent.await?;
        if kind(&answer) == "price-changed" {
            assert_ne!(answer["bill"]["total"], request["expected_total"], "{answer}");
            request = order_by(number_of_bill(&answer["bill"]));
            return None;
        }
        assert!(matches!(status, 200 | 201 | 429 | 500..), "{status} {answer}");
        matches!(status, 200 | 201).then_some(answer)
    })
    .await;
    let bill = &order["basket"]["bill"];
    number_of_bill(bill);
    assert_eq!(bill["total"], request["expected_total"], "{order}");
}
