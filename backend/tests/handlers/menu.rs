//! The menu of a restaurant, as its office publishes it, and what customers see of it.

use std::sync::{Arc, Mutex};

use backend::runtime::telemetry::Process;
use serde_json::{Value, json};
use shared::{
    UserId,
    api::{MAX_BODY_BYTES, MAX_MENU_BODY_BYTES, MAX_MENU_BYTES},
    menu::{Section, file},
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, Fault, World, accepting, clock, http, kind, numbered_order, order_request, pass,
    restaurant, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const READ: &str = "GET /api/staff/{restaurant_id}/menu";
const PUBLISH: &str = "PUT /api/staff/{restaurant_id}/menu";
const VERSIONS: &str = "GET /api/staff/{restaurant_id}/menu/versions";
const VERSION: &str = "GET /api/staff/{restaurant_id}/menu/versions/{version}";
const FILE: &str = "GET /api/staff/{restaurant_id}/menu/file";
const READ_FILE: &str = "POST /api/staff/{restaurant_id}/menu/file";

/// A restaurant with a manager, An. A large dosa costs 9.50, and halwa is sold out by the catalog.
async fn managed() -> World {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    world
}

/// The menu of the catalog, as the office is shown it.
fn catalogs() -> Value {
    let mut sections = serde_json::to_value(restaurant().sections).unwrap();
    sections[0]["dishes"][2]["sold_out"] = json!(false);
    sections
}

/// The same with another price of a dosa.
fn with_price(price: u32) -> Value {
    let mut sections = catalogs();
    sections[0]["dishes"][0]["price"] = json!(price);
    sections
}

/// A menu of one dish, which the catalog does not have.
fn other() -> Value {
    json!([{"section_id": "sweets", "name": "Sweets", "dishes": [{
        "dish_id": "kulfi", "name": "Kulfi", "description": "", "price": 800, "diet": ["vegetarian"],
        "allergens": ["milk"], "art": "", "sold_out": false, "options": [], "keywords": ["ice cream"]}]}])
}

async fn get(world: &World, route: &str, parameters: &[(&str, &str)]) -> Value {
    let parameters = [&[("restaurant_id", RESTAURANT)], parameters].concat();
    let (status, reply) = world.call(route, Some(somebody_else()), &parameters, "").await;
    assert_eq!(status, 200, "{route}: {reply}");
    reply
}

async fn sends(world: &World, who: UserId, if_match: Option<&str>, body: &str) -> (u16, Value) {
    world.publishes(who, RESTAURANT, if_match, body).await
}

async fn publishes(world: &World, who: UserId, version: u32, sections: &Value) -> (u16, Value) {
    let body = json!({"sections": sections}).to_string();
    sends(world, who, Some(&format!("\"{version}\"")), &body).await
}

async fn is_published(world: &World, version: u32, sections: &Value) -> Value {
    let (status, reply) = publishes(world, somebody_else(), version, sections).await;
    assert_eq!(status, 200, "{reply}");
    reply
}

async fn page(world: &World) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    world.call("GET /api/restaurants/{restaurant_id}", None, &parameters, "").await.1
}

async fn card(world: &World) -> Value {
    let list = world.call("GET /api/restaurants", None, &[], "").await.1;
    list["restaurants"][0].clone()
}

/// The ids of the dishes on a card.
fn dishes(card: &Value) -> Vec<&str> {
    let dishes = card["dishes"].as_array().unwrap().iter();
    dishes.map(|dish| dish["dish_id"].as_str().unwrap()).collect()
}

async fn quote(world: &World, lines: &Value) -> (u16, Value) {
    let cart = json!({"restaurant_id": RESTAURANT, "lines": lines});
    world.call("POST /api/quotes", None, &[], &cart.to_string()).await
}

async fn imports(world: &World, text: &str) -> (u16, Value) {
    let parameters = [("restaurant_id", RESTAURANT)];
    let body = json!({"text": text}).to_string();
    world.call(READ_FILE, Some(somebody_else()), &parameters, &body).await
}

#[tokio::test]
async fn the_catalogs_menu_holds_until_the_office_publishes_another() {
    let world = managed().await;
    let expected = json!({"version": 0, "currency": "GBP", "sections": catalogs()});
    assert_eq!(get(&world, READ, &[]).await, expected);
    assert_eq!(page(&world).await["sections"][0]["dishes"][2]["sold_out"], true);

    let mut sections = with_price(1_000);
    sections[0]["name"] = json!("  Off the griddle ");
    sections[0]["dishes"].as_array_mut().unwrap().truncate(2);
    sections.as_array_mut().unwrap().push(other()[0].clone());
    let reply = is_published(&world, 0, &sections).await;
    sections[0]["name"] = json!("Off the griddle");
    let expected = json!({"version": 1, "currency": "GBP", "sections": sections,
        "published_at": clock(), "published_by": "An"});
    assert_eq!((&reply, &get(&world, READ, &[]).await), (&expected, &expected));

    let menu = page(&world).await;
    assert_eq!(menu["sections"], sections);
    let named = ["masala-dosa", "chai", "kulfi"];
    assert_eq!((dishes(&menu["card"]), dishes(&card(&world).await)), (named.into(), named.into()));
    let kulfi = json!({"dish_id": "kulfi", "name": "Kulfi", "diet": ["vegetarian"],
        "keywords": ["ice cream"]});
    assert_eq!(card(&world).await["dishes"][2], kulfi);
}

#[tokio::test]
async fn a_quote_and_an_order_cost_what_is_published() {
    let world = managed().await;
    is_published(&world, 0, &with_price(1_000)).await;
    let mut request = order_request();
    let (status, quoted) = quote(&world, &request["lines"]).await;
    assert_eq!((status, &quoted["bill"]["total"]), (200, &json!(2 * 1_200 + 250)));
    let (status, problem) = world.place(user(), numbered_order(1), &request).await;
    assert_eq!((status, kind(&problem)), (409, "price-changed"));
    request["expected_total"] = json!(2_650);
    let (status, order) = world.place(user(), numbered_order(1), &request).await;
    assert_eq!((status, &order["basket"]["bill"]["total"]), (201, &json!(2_650)));

    is_published(&world, 1, &other()).await;
    let refused = quote(&world, &request["lines"]).await;
    let placed = world.place(user(), numbered_order(2), &request).await;
    for (status, problem) in [refused, placed] {
        assert_eq!((status, kind(&problem)), (422, "unknown-dish"), "{problem}");
        assert_eq!(problem["field"], "lines[0].dish_id");
        assert!(problem["title"].as_str().unwrap().contains("masala-dosa"), "{problem}");
    }
}

#[tokio::test]
async fn what_has_run_out_is_sold_out_on_a_published_menu_and_in_no_version_of_it() {
    let world = managed().await;
    let route = "POST /api/staff/{restaurant_id}/availability";
    let parameters = [("restaurant_id", RESTAURANT)];
    let large = json!({"group_id": "size", "choice_id": "large"});
    for change in [
        json!({"change": "sell_out", "dish_id": "chai", "lasts": "today"}),
        json!({"change": "sell_out", "dish_id": "masala-dosa", "choice": large, "lasts": "today"}),
    ] {
        let change = change.to_string();
        assert_eq!(world.call(route, Some(somebody_else()), &parameters, &change).await.0, 200);
    }
    let mut sections = with_price(1_000);
    sections[0]["dishes"][0]["sold_out"] = json!(true);
    is_published(&world, 0, &sections).await;
    let sold_out = |menu: &Value| {
        let dishes = menu["sections"][0]["dishes"].as_array().unwrap().clone();
        dishes.iter().map(|dish| dish["sold_out"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sold_out(&get(&world, READ, &[]).await), [false, false, false]);
    assert_eq!(sold_out(&page(&world).await), [false, true, false]);
    let chai = json!([{"dish_id": "chai", "quantity": 5}]);
    assert_eq!(kind(&quote(&world, &chai).await.1), "sold-out");
    assert_eq!(kind(&quote(&world, &order_request()["lines"]).await.1), "invalid-options");
    pass(24 * 3_600);
    let menu = page(&world).await;
    assert_eq!(menu["sections"], get(&world, READ, &[]).await["sections"]);
}

#[tokio::test]
async fn of_two_menus_at_the_same_moment_one_is_published() {
    let world = managed().await;
    world.employs_as("Bo", user(), RESTAURANT, Role::Owner).await;
    let prices = [(somebody_else(), 1_000), (user(), 2_000), (user(), 3_000)];
    let all = prices.map(|(who, price)| {
        let world = &world;
        async move { publishes(world, who, 0, &with_price(price)).await }
    });
    world.aws.takes_turns(true);
    let mut answers = futures_util::future::join_all(all).await;
    world.aws.takes_turns(false);
    answers.sort_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 412, 412]);
    let published = &answers[0].1;
    assert_eq!(get(&world, READ, &[]).await, *published);
    for (_, problem) in &answers[1..] {
        assert_eq!((kind(problem), &problem["current"]), ("menu-changed", published));
    }
    let (status, second) = publishes(&world, user(), 1, &with_price(4_000)).await;
    assert_eq!((status, &second["published_by"]), (200, &json!("Bo")));
}

#[tokio::test]
async fn a_menu_that_is_sent_again_is_published_once() {
    let world = managed().await;
    is_published(&world, 0, &with_price(1_000)).await;
    world.aws.fate(|call| match call.operation.as_str() {
        "TransactWriteItems" => Fault::AnswerLost,
        _ => Fault::None,
    });
    let (status, problem) = publishes(&world, somebody_else(), 1, &with_price(2_000)).await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"));
    world.aws.calm();
    pass(30);
    let again = is_published(&world, 1, &with_price(2_000)).await;
    assert_eq!((&again["version"], &again), (&json!(2), &get(&world, READ, &[]).await));
    assert_eq!(get(&world, VERSIONS, &[]).await["versions"].as_array().unwrap().len(), 3);
}

/// Whatever becomes of the request, the page, the list and the versions have one menu.
#[tokio::test]
async fn a_menu_is_published_as_a_whole_or_not_at_all() {
    for fault in [
        Fault::Lost,
        Fault::AnswerLost,
        Fault::Refused,
        Fault::Answer(500, r#"{"__type":"InternalServerError"}"#),
    ] {
        let world = managed().await;
        is_published(&world, 0, &with_price(1_000)).await;
        let writes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&writes);
        world.aws.fate(move |call| {
            let is_write = !["Query", "GetItem"].contains(&call.operation.as_str());
            if is_write && call.body.to_string().contains("kulfi") {
                seen.lock().unwrap().push(call.operation.clone());
                return fault;
            }
            Fault::None
        });
        let (status, problem) = publishes(&world, somebody_else(), 1, &other()).await;
        assert_eq!((status, kind(&problem)), (503, "unavailable"), "{fault:?}: {problem}");
        assert_eq!(*writes.lock().unwrap(), ["TransactWriteItems"], "all is one write");
        world.aws.calm();
        let is_made = fault == Fault::AnswerLost;
        let named = if is_made { vec!["kulfi"] } else { vec!["masala-dosa", "chai", "halwa"] };
        let (menu, current) = (page(&world).await, get(&world, READ, &[]).await);
        assert_eq!(dishes(&menu["card"]), named, "{fault:?}");
        assert_eq!(dishes(&card(&world).await), named, "{fault:?}");
        assert_eq!(
            (&menu["sections"], current["version"].as_u64()),
            (&current["sections"], Some(if is_made { 2 } else { 1 }))
        );
        let versions = get(&world, VERSIONS, &[]).await;
        assert_eq!(versions["versions"][0]["version"], current["version"]);
    }
}

#[tokio::test]
async fn a_customer_who_looks_meanwhile_sees_one_menu_or_the_other() {
    let world = managed().await;
    is_published(&world, 0, &with_price(1_000)).await;
    world.aws.takes_turns(true);
    let looks = async {
        let mut seen = Vec::new();
        for _ in 0..12 {
            let menu = page(&world).await;
            let prices: Vec<_> = menu["sections"][0]["dishes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["price"].clone())
                .collect();
            seen.push((prices, dishes(&menu["card"]).join(" ")));
        }
        seen
    };
    let (_, mut seen) = futures_util::future::join(is_published(&world, 1, &other()), looks).await;
    seen.dedup();
    let before = (vec![json!(1_000), json!(150), json!(400)], "masala-dosa chai halwa".to_owned());
    assert_eq!(seen, [before, (vec![json!(800)], "kulfi".to_owned())]);
}

#[tokio::test]
async fn what_is_replaced_is_named_by_its_strong_tag() {
    let world = managed().await;
    is_published(&world, 0, &with_price(1_000)).await;
    let body = json!({"sections": other()}).to_string();
    for if_match in [None, Some(""), Some("*")] {
        let (status, problem) = sends(&world, somebody_else(), if_match, &body).await;
        assert_eq!((status, kind(&problem)), (428, "version-missing"), "{if_match:?}");
    }
    for if_match in ["\"0\"", "\"2\"", "W/\"1\"", "1", "\"01\""] {
        let (status, problem) = sends(&world, somebody_else(), Some(if_match), &body).await;
        assert_eq!((status, kind(&problem)), (412, "menu-changed"), "{if_match}");
        assert_eq!(problem["current"]["version"], 1);
    }
    let tag = async |route: &str, parameters: &[(&str, &str)]| {
        let request = http(route, Some(somebody_else()), parameters, "");
        world.api.handle(request, clock()).await.unwrap()["headers"]["etag"].clone()
    };
    assert_eq!(tag(READ, &[("restaurant_id", RESTAURANT)]).await, "\"1\"");
    let mut request = http(PUBLISH, Some(somebody_else()), &[("restaurant_id", RESTAURANT)], &body);
    request["headers"]["if-match"] = json!("\"9\", \"1\"");
    let reply = world.api.handle(request.clone(), clock()).await.unwrap();
    assert_eq!((&reply["statusCode"], &reply["headers"]["etag"]), (&json!(200), &json!("\"2\"")));
    request["body"] = json!(json!({"sections": catalogs()}).to_string());
    let reply = world.api.handle(request, clock()).await.unwrap();
    assert_eq!((&reply["statusCode"], &reply["headers"]["etag"]), (&json!(412), &json!("\"2\"")));
}

#[tokio::test]
async fn a_menu_that_is_none_is_told_what_is_wrong() {
    let world = managed().await;
    let with = |path: &str, value: Value| {
        let mut sections = catalogs();
        *sections.pointer_mut(path).unwrap() = value;
        json!({"sections": sections})
    };
    let dish = |path: &str, value: Value| with(&format!("/0/dishes/0/{path}"), value);
    let many = vec![other()[0]["dishes"][0].clone(); 301];
    for (body, field) in [
        (json!({}), "sections"),
        (json!({"sections": [], "more": 1}), "more"),
        (json!({"sections": []}), "sections"),
        (
            json!({"sections": vec![json!({"section_id": "a", "name": "A", "dishes": many})]}),
            "sections",
        ),
        (with("/0", json!(["dosas", "Dosas", other()[0]["dishes"]])), "sections[0]"),
        (with("/0/section_id", json!("No Slug")), "sections[0].section_id"),
        (with("/0/name", json!("x".repeat(61))), "sections[0].name"),
        (with("/0/dishes", json!([])), "sections[0].dishes"),
        (with("/0/dishes/1/dish_id", json!("masala-dosa")), "sections[0].dishes[1].dish_id"),
        (dish("name", json!("\u{7}")), "sections[0].dishes[0].name"),
        (dish("price", json!(7.5)), "sections[0].dishes[0].price"),
        (dish("price", json!(-1)), "sections[0].dishes[0].price"),
        (dish("price", json!(100_000_000)), "sections[0].dishes[0].price"),
        (dish("diet", json!(["tasty"])), "sections[0].dishes[0].diet"),
        (dish("art", json!("https://example.com/a.svg")), "sections[0].dishes[0].art"),
        (dish("art", json!("/art/../x.svg")), "sections[0].dishes[0].art"),
        (dish("options/0/at_most", json!(3)), "sections[0].dishes[0].options[0].at_most"),
        (
            dish("options/0/choices/1/choice_id", json!("regular")),
            "sections[0].dishes[0].options[0].choices[1].choice_id",
        ),
    ] {
        let (status, problem) =
            sends(&world, somebody_else(), Some("\"0\""), &body.to_string()).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "invalid-field", Some(field)), "{problem}");
    }
    let (status, problem) = sends(&world, somebody_else(), Some("\"0\""), "{").await;
    assert_eq!((status, kind(&problem)), (400, "malformed-json"));
    assert_eq!(get(&world, READ, &[]).await["version"], 0);
    // A picture that nobody knows yet may be there when a customer looks.
    is_published(&world, 0, &dish("art", json!("/art/0a1b2c.jpg"))["sections"]).await;
}

/// A menu whose sections have so many bytes as JSON.
fn large(bytes: usize) -> Vec<Section> {
    let menu = |longer: usize| -> Vec<Section> {
        let dish = |at: usize| {
            // A letter of two bytes in place of one.
            let wide = longer.saturating_sub(at * 300).min(300);
            json!({"dish_id": format!("dish-{at}"), "name": "é".repeat(80),
                "description": "é".repeat(wide) + &"d".repeat(300 - wide),
                "price": 100, "art": "", "keywords": vec!["k".repeat(40); 9]})
        };
        let dishes: Vec<_> = (0..300).map(dish).collect();
        let sections = json!([{"section_id": "all", "name": "All", "dishes": dishes}]);
        serde_json::from_value(sections).unwrap()
    };
    let least = serde_json::to_string(&menu(0)).unwrap().len();
    let sections = menu(bytes - least);
    assert_eq!(serde_json::to_string(&sections).unwrap().len(), bytes);
    sections
}

#[tokio::test]
async fn a_menu_may_be_larger_than_other_bodies() {
    let world = managed().await;
    let body = json!({"sections": large(MAX_MENU_BYTES)}).to_string();
    let body = format!("{body}{}", " ".repeat(MAX_MENU_BODY_BYTES - body.len()));
    let (status, reply) = sends(&world, somebody_else(), Some("\"0\""), &body).await;
    assert_eq!((status, &reply["version"]), (200, &json!(1)), "{}", reply["title"]);
    assert_eq!(card(&world).await["dishes"].as_array().unwrap().len(), 300);
    let (status, problem) =
        sends(&world, somebody_else(), Some("\"1\""), &format!("{body} ")).await;
    assert_eq!((status, kind(&problem)), (413, "body-too-large"));
    let text = "#".repeat(MAX_BODY_BYTES);
    assert_eq!(kind(&imports(&world, &text).await.1), "menu-file-wrong");
    assert_eq!(imports(&world, &"#".repeat(MAX_MENU_BODY_BYTES)).await.0, 413);
    let hours = "PUT /api/staff/{restaurant_id}/hours";
    let parameters = [("restaurant_id", RESTAURANT)];
    assert_eq!(world.call(hours, Some(somebody_else()), &parameters, &text).await.0, 400);
    let text = format!("{text} ");
    assert_eq!(world.call(hours, Some(somebody_else()), &parameters, &text).await.0, 413);
}

#[tokio::test]
async fn a_menu_that_is_too_large_is_refused_by_name_and_so_is_a_file_of_it() {
    let world = managed().await;
    let sections = large(MAX_MENU_BYTES + 1);
    let body = json!({"sections": sections}).to_string();
    let (status, problem) = sends(&world, somebody_else(), Some("\"0\""), &body).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("sections")));
    assert!(problem["title"].as_str().unwrap().contains("360448 bytes"), "{problem}");
    let pounds = "GBP".parse().unwrap();
    let (status, problem) = imports(&world, &file::write(&sections, pounds).unwrap()).await;
    assert_eq!((status, kind(&problem)), (422, "menu-file-wrong"), "{problem}");
    let mistake = problem["mistakes"][0]["text"].as_str().unwrap();
    assert!(mistake.contains("360448 bytes"), "{mistake}");
    // What the office has downloaded can be opened again.
    let sections = large(MAX_MENU_BYTES);
    let file = file::write(&sections, pounds).unwrap();
    assert_eq!(imports(&world, &file).await, (200, json!({"sections": sections})));
}

#[tokio::test]
async fn every_version_comes_back() {
    let world = managed().await;
    let mut published = vec![get(&world, READ, &[]).await];
    for version in 0..21 {
        pass(60);
        let sections = if version % 2 == 0 { other() } else { with_price(100 + version) };
        published.push(is_published(&world, version, &sections).await);
    }
    for (version, menu) in published.iter().enumerate() {
        assert_eq!(get(&world, VERSION, &[("version", &version.to_string())]).await, *menu);
    }
    let listed = |from: usize, to: usize| {
        let versions = published[from..=to].iter().rev().map(|menu| {
            let dishes = if menu["version"].as_u64().unwrap() % 2 == 1 { 1 } else { 3 };
            let mut listed = menu.clone();
            let fields = listed.as_object_mut().unwrap();
            fields.retain(|name, _| !["sections", "currency"].contains(&&**name));
            fields.insert("dishes".to_owned(), json!(dishes));
            listed
        });
        versions.collect::<Vec<_>>()
    };
    for (before, expected) in [
        (None, json!({"versions": listed(2, 21), "more": true})),
        (Some("21"), json!({"versions": listed(1, 20), "more": true})),
        (Some("20"), json!({"versions": listed(0, 19), "more": false})),
        (Some("2"), json!({"versions": listed(0, 1), "more": false})),
        (Some("1"), json!({"versions": listed(0, 0), "more": false})),
        (Some("0"), json!({"versions": [], "more": false})),
    ] {
        let parameters: Vec<_> = before.map(|before| ("before", before)).into_iter().collect();
        assert_eq!(get(&world, VERSIONS, &parameters).await, expected, "{before:?}");
    }
    let parameters = [("restaurant_id", RESTAURANT)];
    for version in ["22", "-1", "x", "4294967296"] {
        let parameters = [parameters[0], ("version", version)];
        let (status, problem) = world.call(VERSION, Some(somebody_else()), &parameters, "").await;
        assert_eq!((status, kind(&problem)), (404, "not-found"), "{version}");
    }
    let parameters = [parameters[0], ("before", "x")];
    let (status, problem) = world.call(VERSIONS, Some(somebody_else()), &parameters, "").await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("before")));
}

/// DynamoDB ends a page of an answer after 1 MB of items, of which nothing but a few attributes is sent.
#[tokio::test]
async fn versions_of_large_menus_are_listed_by_as_many_queries_as_it_takes() {
    let world = managed().await;
    let body = json!({"sections": large(MAX_MENU_BYTES)}).to_string();
    for version in 0..6 {
        let tag = format!("\"{version}\"");
        assert_eq!(sends(&world, somebody_else(), Some(&tag), &body).await.0, 200);
    }
    let listed = get(&world, VERSIONS, &[]).await;
    let versions = listed["versions"].as_array().unwrap().iter();
    let numbers: Vec<_> = versions.map(|it| it["version"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [6, 5, 4, 3, 2, 1, 0]);
    assert!(listed.to_string().len() < 2_000, "{listed}");
}

#[tokio::test]
async fn a_file_of_the_menu_is_read_as_what_is_published_and_publishes_nothing() {
    let world = managed().await;
    let mut sections = with_price(1_000);
    sections.as_array_mut().unwrap().push(other()[0].clone());
    sections[1]["dishes"][0]["name"] = json!("Kulfi \"malai\" # 1\\2");
    is_published(&world, 0, &sections).await;
    let file = get(&world, FILE, &[]).await;
    let text = file["text"].as_str().unwrap();
    assert!(text.contains("price = \"10.00\"") && text.contains("choose = \"one\""), "{text}");
    let reply = imports(&world, text).await;
    assert_eq!(reply, (200, json!({"sections": sections})));

    // A whole file of a catalog, without pictures: known dishes keep theirs.
    let without: String = text
        .lines()
        .filter(|line| !line.starts_with("picture"))
        .map(|it| format!("{it}\n"))
        .collect();
    assert_ne!(without, text);
    let whole = format!("name = \"Golden Dosa\"\ncurrency = \"GBP\"\n{without}");
    let whole = whole.replace("id = \"chai\"", "id = \"coffee\"").replace("\"10.00\"", "\"11.00\"");
    let (status, read) = imports(&world, &whole).await;
    assert_eq!(status, 200, "{read}");
    let dishes = read["sections"][0]["dishes"].as_array().unwrap();
    let art: Vec<_> = dishes.iter().map(|dish| dish["art"].as_str().unwrap()).collect();
    assert_eq!((art, &dishes[0]["price"]), (vec!["/art/0.svg", "", "/art/0.svg"], &json!(1_100)));
    assert_eq!(get(&world, READ, &[]).await["version"], 1);
}

#[tokio::test]
async fn a_file_that_is_no_menu_is_told_by_line() {
    let world = managed().await;
    let text = "[[sections]]\nid = \"a\"\nname = \"A\"\n[[sections.dishes]]\nid = \"b\"\nname = \"\"\n\
                price = 7\nrice = 1\n";
    let (status, problem) = imports(&world, text).await;
    assert_eq!((status, kind(&problem)), (422, "menu-file-wrong"));
    let lines: Vec<_> = problem["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [6, 7, 8], "{problem}");
    let text = format!("{text}{}", "[[sections]]\n".repeat(100));
    let (_, problem) = imports(&world, &text).await;
    assert_eq!(problem["mistakes"].as_array().unwrap().len(), 20);
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, problem) = world.call(READ_FILE, Some(somebody_else()), &parameters, "{}").await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("text")));
}

#[tokio::test]
async fn only_who_may_edit_the_menu_sees_and_publishes_it_and_only_of_their_restaurant() {
    let body = json!({"sections": other()}).to_string();
    let file = json!({"text": "[[sections]]"}).to_string();
    let routes = [
        (READ, 200),
        (VERSIONS, 200),
        (VERSION, 200),
        (FILE, 200),
        (READ_FILE, 422),
        (PUBLISH, 200),
    ];
    for role in Role::ALL {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.employs(somebody_else(), RESTAURANT, role).await;
        let allowed = may(role, Action::EditMenu);
        assert_eq!(allowed, matches!(role, Role::Owner | Role::Manager));
        for (route, expected) in routes {
            let call = async |who: UserId, restaurant: &str| {
                let parameters = [("restaurant_id", restaurant), ("version", "0")];
                let body = if route == READ_FILE { &file } else { &body };
                let mut request = http(route, Some(who), &parameters, body);
                request["headers"]["if-match"] = json!("\"0\"");
                world.answer(request).await.0
            };
            let expected = if allowed { expected } else { 403 };
            assert_eq!(call(user(), RESTAURANT).await, 404, "{role:?} {route}");
            for restaurant in ["raat", "nowhere", "No Slug"] {
                assert_eq!(call(somebody_else(), restaurant).await, 404, "{role:?} {route}");
            }
            assert_eq!(call(somebody_else(), RESTAURANT).await, expected, "{role:?} {route}");
        }
    }
}

#[tokio::test]
async fn no_log_has_a_word_of_a_menu() {
    let world = managed().await;
    let lines = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&lines);
    let write = move |line: &str| written.lock().unwrap().push_str(line);
    let process = Arc::new(Process::new("api".to_owned(), "shop".to_owned(), clock, write));
    let mut right = other();
    right[0]["dishes"][0]["name"] = json!("Zzyzx");
    let mut wrong = right.clone();
    wrong[0]["dishes"][0]["price"] = json!("Zzyzx");
    let mut unknown = right.clone();
    unknown[0]["dishes"][0]["diet"] = json!(["Zzyzx"]);
    for sections in [right, wrong, unknown] {
        for (route, body) in [
            (PUBLISH, json!({"sections": sections})),
            (READ_FILE, json!({"text": "Zzyzx"})),
            (READ, Value::Null),
        ] {
            let parameters = [("restaurant_id", RESTAURANT)];
            let mut request = http(route, Some(somebody_else()), &parameters, &body.to_string());
            request["headers"]["if-match"] = json!("\"0\"");
            let answer = process.run("request", world.api.handle(request, clock())).await;
            assert!(answer.is_ok());
        }
    }
    let lines = lines.lock().unwrap();
    assert!(lines.contains("/menu") && !lines.contains("Zzyzx"), "{lines}");
}
