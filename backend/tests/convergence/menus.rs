//! The restaurant's two managers, who publish menus, and customers who look and order meanwhile.
//!
//! Each menu has a number, by which whoever is shown two halves knows.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future;
use serde_json::{Value, json};
use shared::{OrderId, UserId, staff::Role};

use crate::{
    Case, RESTAURANT,
    support::{
        Number, World, kind, number_of, number_of_bill, number_of_page, numbered_menu, order_by,
        ordered_lines, version_of,
    },
};

const PAGE: &str = "GET /api/restaurants/{restaurant_id}";
const READ: &str = "GET /api/staff/{restaurant_id}/menu";
const VERSION: &str = "GET /api/staff/{restaurant_id}/menu/versions/{version}";

/// What is known of the menus.
#[derive(Default)]
pub(super) struct Menus {
    /// The version that each manager has seen last.
    seen: [u32; 2],
    /// What they have sent.
    sent: Vec<Publication>,
    /// Which menu a version is, as somebody was told.
    versions: BTreeMap<u32, Number>,
    /// Which one the customer was shown last.
    shown: Number,
    /// What the customer has sent under which id.
    requests: BTreeMap<OrderId, Value>,
}

/// What a manager has sent, and what came of it.
#[derive(Clone, Debug)]
struct Publication {
    who: usize,
    /// The version that it is to replace.
    replaces: u32,
    number: Number,
    /// Whether it may have been published though nobody was told.
    is_unknown: bool,
    is_done: bool,
}

fn manager(who: usize) -> UserId {
    format!("66666666-6666-4666-8666-6666666666{who:02}").parse().unwrap()
}

/// Makes them staff.
pub(super) async fn employ(world: &World) {
    for who in 0..2 {
        let name = format!("Manager {who}");
        world.employs_as(&name, manager(who), RESTAURANT, Role::Manager).await;
    }
}

/// `PUT /api/staff/{restaurant_id}/menu`.
async fn send(world: &World, publication: &Publication) -> (u16, Value) {
    let &Publication { who, replaces, number, .. } = publication;
    let if_match = format!("\"{replaces}\"");
    let body = json!({"sections": numbered_menu(number)}).to_string();
    world.publishes(manager(who), RESTAURANT, Some(&if_match), &body).await
}

async fn read_office(world: &World, who: usize) -> (u16, Value) {
    world.call(READ, Some(manager(who)), &[("restaurant_id", RESTAURANT)], "").await
}

/// What a customer is shown one after the other: on the list, on the page, in a quote, and on the list again.
async fn look(world: &World) -> Vec<Number> {
    let mut shown = Vec::new();
    let list = async || world.call("GET /api/restaurants", None, &[], "").await;
    let of_list = |list: &Value| number_of(&list["restaurants"][0]["dishes"]);
    let cart = json!({"restaurant_id": RESTAURANT, "lines": ordered_lines()}).to_string();
    if let (200, list) = list().await {
        shown.push(of_list(&list));
    }
    if let (200, page) = world.call(PAGE, None, &[("restaurant_id", RESTAURANT)], "").await {
        shown.push(number_of_page(&page));
    }
    if let (200, quote) = world.call("POST /api/quotes", None, &[], &cart).await {
        shown.push(number_of_bill(&quote["bill"]));
    }
    if let (200, list) = list().await {
        shown.push(of_list(&list));
    }
    shown
}

impl Menus {
    /// What the customer sends, by the prices that they have seen.
    pub(super) fn order_request(&mut self, order_id: OrderId) -> Value {
        let shown = self.shown;
        self.requests.entry(order_id).or_insert_with(|| order_by(shown)).clone()
    }

    /// A version is one menu, whoever is told of it.
    fn note_version(&mut self, (version, number): (u32, Number)) {
        let known = *self.versions.entry(version).or_insert(number);
        assert_eq!(known, number, "version {version} is two menus");
    }

    /// What has come of a publication.
    fn note(&mut self, publication: Publication, answer: Option<(u16, Value)>) {
        let Publication { who, replaces, number, .. } = publication;
        let is_same = |it: &&mut Publication| it.number == number;
        let at = self.sent.iter_mut().find(is_same);
        let Some(sent) = at else {
            self.sent.push(publication.clone());
            return self.note(publication, answer);
        };
        match answer {
            Some((200, menu)) => {
                sent.is_done = true;
                let published = version_of(&menu);
                assert_eq!(published, (replaces + 1, number), "{publication:?}");
                self.seen[who] = published.0;
                self.note_version(published);
            }
            Some((412, problem)) => {
                assert_eq!(kind(&problem), "menu-changed");
                let current = version_of(&problem["current"]);
                assert_ne!(current.0, replaces, "nobody has published since: {publication:?}");
                assert_ne!(current.1, number, "it is published: {publication:?}");
                self.seen[who] = current.0;
                self.note_version(current);
            }
            Some((503, _)) | None => sent.is_unknown = true,
            Some(other) => panic!("{other:?} for {publication:?}"),
        }
    }
}

impl Case {
    /// A manager publishes or reads, or a customer looks.
    pub(super) async fn change_menu(&mut self) {
        match self.dice.below(5) {
            0 | 1 => self.publish().await,
            2 => self.publish_at_once().await,
            3 => self.read_menu().await,
            _ => self.look().await,
        }
        self.check_menu();
    }

    /// A new publication of a manager's, by the version that they have seen; or one of before.
    fn publication(&mut self, who: usize) -> Publication {
        let Menus { sent, seen, .. } = &self.menus;
        if !sent.is_empty() && self.dice.chance(30) {
            return sent[self.dice.below(sent.len())].clone();
        }
        let number = u32::try_from(sent.len()).unwrap() + 1;
        Publication { who, replaces: seen[who], number, is_unknown: false, is_done: false }
    }

    async fn publish(&mut self) {
        let who = self.dice.below(2);
        let publication = self.publication(who);
        let answer = self.stormy(async |world| send(world, &publication).await).await;
        self.menus.note(publication, answer);
    }

    /// Both managers publish another menu in the place of the same one at the same moment, while a customer
    /// looks: one menu is published, and what is shown is of one or of the other.
    async fn publish_at_once(&mut self) {
        let (before, version) = self.stored();
        let next = u32::try_from(self.menus.sent.len()).unwrap() + 1;
        let new = |who| Publication {
            who,
            replaces: version,
            number: next + u32::try_from(who).unwrap(),
            is_unknown: false,
            is_done: false,
        };
        let publications = [new(0), new(1)];
        self.world.aws.takes_turns(true);
        let answers = self
            .stormy(async |world| {
                let sent = publications.iter().map(|it| send(world, it));
                future::join(future::join_all(sent), look(world)).await
            })
            .await;
        self.world.aws.takes_turns(false);
        let (after, _) = self.stored();
        let Some((answers, mut shown)) = answers else {
            publications.into_iter().for_each(|it| self.menus.note(it, None));
            return;
        };
        shown.dedup();
        let in_order = [before, after].into_iter().filter(|it| shown.contains(it));
        let mut in_order: Vec<Number> = in_order.collect();
        in_order.dedup();
        assert_eq!(shown, in_order, "{before}, then {after}");
        let won = answers.iter().filter(|(status, _)| *status == 200).count();
        if answers.iter().all(|(status, _)| *status != 503) {
            assert_eq!(won, 1, "{answers:?}");
        }
        for (publication, answer) in publications.into_iter().zip(answers) {
            self.menus.note(publication, Some(answer));
        }
    }

    /// A manager reads what is published.
    async fn read_menu(&mut self) {
        let who = self.dice.below(2);
        let answer = self.stormy(async |world| read_office(world, who).await).await;
        let Some((200, menu)) = answer else { return };
        let current = version_of(&menu);
        assert_eq!((current.1, current.0), self.stored());
        self.menus.seen[who] = current.0;
        self.menus.note_version(current);
    }

    /// A customer looks, and orders by that later.
    async fn look(&mut self) {
        let shown = self.stormy(async |world| look(world).await).await;
        let (stored, _) = self.stored();
        for number in shown.into_iter().flatten() {
            assert_eq!(number, stored);
            self.menus.shown = number;
        }
    }

    /// What the customer was answered to an order: it is made by one menu, the one that they have seen; or they
    /// are told what it costs by the one that is published.
    pub(super) fn check_price(&mut self, order_id: OrderId, answer: &(u16, Value)) {
        let expected = &self.menus.requests[&order_id]["expected_total"];
        match answer {
            (200 | 201, order) => {
                let bill = &order["basket"]["bill"];
                number_of_bill(bill);
                assert_eq!(bill["total"], *expected, "{order}");
            }
            (409, problem) if kind(problem) == "price-changed" => {
                let number = number_of_bill(&problem["bill"]);
                assert_eq!(
                    (&problem["field"], number),
                    (&json!("expected_total"), self.stored().0)
                );
                assert_ne!(problem["bill"]["total"], *expected, "{problem}");
                self.menus.shown = number;
            }
            _ => {}
        }
    }

    /// Which menu is in the table, and as which version.
    fn stored(&self) -> (Number, u32) {
        match &self.stored_items()[0] {
            Some((number, version)) => (*number, *version),
            None => (0, 0),
        }
    }

    /// The menu in the restaurant's partition, the dishes of the card, and the last version that is kept, each
    /// with its version. They are read past the SDK.
    fn stored_items(&self) -> [Option<(Number, u32)>; 3] {
        let items = self.world.aws.items(&self.world.table("CatalogTable"));
        let read = |item: &Value| {
            let menu: Value = serde_json::from_str(item["menu"]["S"].as_str().unwrap()).unwrap();
            let dishes = menu[0].get("dishes").unwrap_or(&menu);
            (number_of(dishes), item["version"]["N"].as_str().unwrap().parse().unwrap())
        };
        let of = |partition: &str| {
            let menus = items.iter().filter(|item| item["restaurant_id"]["S"] == *partition);
            let menus = menus.filter(|item| item.get("menu").is_some()).map(read);
            menus.max_by_key(|(_, version)| *version)
        };
        [of(RESTAURANT), of("cards"), of(&format!("menus#{RESTAURANT}"))]
    }

    /// Menu, card and what is kept are always of one version.
    fn check_menu(&self) {
        let [own, card, kept] = self.stored_items();
        assert_eq!((own, own), (card, kept), "a menu is published in parts");
    }

    /// The storm is over: each version is the one menu that everybody was told, in the place of the one before,
    /// and was sent once; and what was said to be done is a version.
    pub(super) async fn check_menus(&mut self) {
        self.check_menu();
        let (number, last) = self.stored();
        assert_eq!(look(&self.world).await, [number; 4]);
        for version in 0..=last {
            let text = version.to_string();
            let parameters = [("restaurant_id", RESTAURANT), ("version", &*text)];
            let (status, menu) = self.world.call(VERSION, Some(manager(0)), &parameters, "").await;
            assert_eq!((status, version_of(&menu).0), (200, version), "{menu}");
            self.menus.note_version(version_of(&menu));
        }
        let versions = &self.menus.versions;
        assert_eq!(versions.keys().copied().collect::<Vec<_>>(), Vec::from_iter(0..=last));
        let numbers: BTreeSet<Number> = versions.values().copied().collect();
        assert_eq!(numbers.len(), versions.len(), "one menu is two versions: {versions:?}");
        for publication in &self.menus.sent {
            let is_there = versions.get(&(publication.replaces + 1)) == Some(&publication.number);
            let Publication { is_done, is_unknown, .. } = *publication;
            assert!(is_there || !is_done, "{publication:?}: {versions:?}");
            assert!(is_done || is_unknown || !is_there, "{publication:?}: {versions:?}");
        }
        for order_id in &self.placed {
            let basket = self.world.item(*order_id).await.order.basket.unwrap();
            let bill = serde_json::to_value(basket.bill).unwrap();
            number_of_bill(&bill);
            assert_eq!(bill["total"], self.menus.requests[order_id]["expected_total"]);
        }
    }
}
