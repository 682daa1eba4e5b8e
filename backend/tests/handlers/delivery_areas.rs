//! Where a restaurant delivers, as its office sets it, and what a cart costs there.

use serde_json::{Value, json};
use shared::{
    UserId,
    area::DeliveryArea,
    menu::Restaurant,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, World, accepting, kind, numbered_order, order_request, restaurant, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const READ: &str = "GET /api/staff/{restaurant_id}/delivery";
const SET: &str = "PUT /api/staff/{restaurant_id}/delivery";

/// A restaurant in that country, or in none that is known, with a manager. It charges 2.50 for bringing dishes of at
/// least 7.00, anywhere.
async fn managed_in(country: Option<&str>) -> World {
    let mut restaurant = restaurant();
    restaurant.card.country = country.map(|country| country.parse().unwrap());
    managed_as(restaurant).await
}

async fn managed_as(restaurant: Restaurant) -> World {
    let world = World::new(AT_ONCE);
    world.list_as(restaurant, &accepting());
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    world
}

async fn managed() -> World {
    managed_in(Some("GB")).await
}

async fn read(world: &World) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, areas) = world.call(READ, Some(somebody_else()), &parameters, "").await;
    assert_eq!(status, 200, "{areas}");
    areas
}

async fn sets(world: &World, who: UserId, areas: &Value) -> (u16, Value) {
    let parameters = [("restaurant_id", RESTAURANT)];
    world.call(SET, Some(who), &parameters, &areas.to_string()).await
}

async fn are_set(world: &World, areas: Value) -> Value {
    let (status, reply) = sets(world, somebody_else(), &areas).await;
    assert_eq!(status, 200, "{areas}: {reply}");
    reply
}

fn area(postcodes: &[&str], fee: i64, minimum: i64) -> Value {
    json!({"postcodes": postcodes, "delivery_fee": fee, "minimum_order": minimum})
}

/// An area, and a smaller one within it.
fn usual(version: u32) -> Value {
    let areas = [area(&["N1", "E2"], 150, 1_500), area(&["N1 5"], 50, 0)];
    json!({"version": version, "areas": areas})
}

fn only(postcode: &str) -> Value {
    json!({"version": 0, "areas": [area(&[postcode], 100, 0)]})
}

/// What the menu and the list of restaurants say of the areas.
async fn public(world: &World) -> [Value; 2] {
    let parameters = [("restaurant_id", RESTAURANT)];
    let menu = world.call("GET /api/restaurants/{restaurant_id}", None, &parameters, "").await.1;
    let list = world.call("GET /api/restaurants", None, &[], "").await.1;
    [menu["card"]["areas"].clone(), list["restaurants"][0]["areas"].clone()]
}

async fn quote(world: &World, postcode: Option<&str>) -> (u16, Value) {
    let mut cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
    if let Some(postcode) = postcode {
        cart["postcode"] = json!(postcode);
    }
    world.call("POST /api/quotes", None, &[], &cart.to_string()).await
}

/// The fee, the total, and what is missing to the smallest order.
async fn priced(world: &World, postcode: Option<&str>) -> [i64; 3] {
    priced_if(world, postcode, false).await
}

/// The same; whether it depends on a postcode.
async fn priced_if(world: &World, postcode: Option<&str>, depends: bool) -> [i64; 3] {
    let (status, quote) = quote(world, postcode).await;
    assert_eq!(status, 200, "{postcode:?}: {quote}");
    assert_eq!(quote["depends_on_postcode"], depends, "{postcode:?}: {quote}");
    let [fee, total] = ["delivery_fee", "total"].map(|name| quote["bill"][name].as_i64().unwrap());
    [fee, total, quote["missing"].as_i64().unwrap()]
}

async fn orders(world: &World, number: u8, postcode: &str, total: i64) -> (u16, Value) {
    let mut request = order_request();
    request["address"]["postcode"] = json!(postcode);
    request["expected_total"] = json!(total);
    world.place(user(), numbered_order(number), &request).await
}

#[tokio::test]
async fn the_catalogs_areas_hold_until_the_office_sets_others() {
    let mut restaurant = restaurant();
    restaurant.card.country = Some("GB".parse().unwrap());
    let own: DeliveryArea = serde_json::from_value(area(&["E8"], 200, 900)).unwrap();
    restaurant.card.areas = vec![own];
    let world = managed_as(restaurant).await;
    let of = |version: u32, areas: &Value| {
        json!({"version": version, "country": "GB", "currency": "GBP", "delivery_fee": 250,
            "minimum_order": 700, "areas": areas})
    };
    let own = json!([area(&["E8"], 200, 900)]);
    assert_eq!(read(&world).await, of(0, &own));
    assert_eq!(public(&world).await, [own.clone(), own]);
    let reply = are_set(&world, usual(0)).await;
    let areas = usual(0)["areas"].clone();
    assert_eq!((&reply, &read(&world).await), (&of(1, &areas), &of(1, &areas)));
    assert_eq!(public(&world).await, [areas.clone(), areas]);
    let reply = are_set(&world, json!({"version": 1, "areas": []})).await;
    assert_eq!(reply, of(2, &json!([])));
    assert_eq!(public(&world).await, [Value::Null, Value::Null], "anywhere, as it was before");
}

#[tokio::test]
async fn a_cart_is_priced_by_the_area_that_names_the_most_of_its_postcode() {
    let world = managed().await;
    for postcode in [None, Some("N1 5TB"), Some("SW1A 1AA")] {
        assert_eq!(priced(&world, postcode).await, [250, 2_150, 0], "without areas");
    }
    are_set(&world, usual(0)).await;
    assert_eq!(priced_if(&world, None, true).await, [50, 1_950, 0], "the lowest");
    assert_eq!(priced(&world, Some("N1 6AA")).await, [150, 2_050, 0]);
    assert_eq!(priced(&world, Some("n1 5tb")).await, [50, 1_950, 0]);
    let outside = ["SW1A 1AA", "N16 6AA"];
    for postcode in outside {
        let (status, problem) = quote(&world, Some(postcode)).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "not-delivered-here", Some("postcode")));
        let title = problem["title"].as_str().unwrap();
        assert!(title.contains("Golden Dosa") && title.contains(postcode), "{title}");
    }
}

#[tokio::test]
async fn an_order_is_placed_within_an_area_at_its_fee_and_nowhere_else() {
    let world = managed().await;
    are_set(&world, usual(0)).await;
    // It is of no use to know what it costs.
    for total in [2_150, 1] {
        let (status, problem) = orders(&world, 1, "SW1A 1AA", total).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "not-delivered-here", Some("address.postcode")));
        assert!(problem["title"].as_str().unwrap().contains("SW1A 1AA"), "{problem}");
    }
    let (status, problem) = orders(&world, 1, "N1 5TB", 2_150).await;
    assert_eq!((status, kind(&problem)), (409, "price-changed"));
    assert_eq!(problem["bill"]["delivery_fee"], 50);
    for (number, postcode, total) in [(1, "N1 5TB", 1_950), (2, "N1 6AA", 2_050)] {
        let (status, order) = orders(&world, number, postcode, total).await;
        assert_eq!((status, &order["basket"]["bill"]["total"]), (201, &json!(total)), "{order}");
    }
    // Its answer was lost, and meanwhile nothing is delivered there any more.
    are_set(&world, json!({"version": 1, "areas": [area(&["E2"], 0, 0)]})).await;
    assert_eq!(orders(&world, 1, "N1 5TB", 1_950).await.0, 200);
}

#[tokio::test]
async fn dishes_have_to_cost_what_their_area_asks_for() {
    let world = managed().await;
    let areas = [area(&["N1"], 150, 2_000), area(&["E2"], 150, 1_900)];
    are_set(&world, json!({"version": 0, "areas": areas})).await;
    assert_eq!(priced(&world, Some("N1 5TB")).await, [150, 2_050, 100]);
    assert_eq!(priced(&world, Some("E2 8AA")).await, [150, 2_050, 0]);
    assert_eq!(priced_if(&world, None, true).await, [150, 2_050, 0], "no minimum is known");
    let (status, problem) = orders(&world, 1, "N1 5TB", 2_050).await;
    assert_eq!((status, kind(&problem)), (422, "below-minimum"));
    assert!(problem["title"].as_str().unwrap().contains("2000 GBP"), "{problem}");
    assert_eq!(orders(&world, 1, "E2 8AA", 2_050).await.0, 201);
}

#[tokio::test]
async fn british_districts_hold_for_quotes_and_orders_however_a_postcode_is_written() {
    let world = managed().await;
    let areas = [area(&["SW1"], 100, 0), area(&["SW1Y 4", "NW"], 200, 0), area(&["W1A"], 300, 0)];
    are_set(&world, json!({"version": 0, "areas": areas})).await;
    for (number, (postcode, fee)) in (1..).zip([
        ("SW1A 1AA", 100),
        ("sw1y4ab", 200),
        ("SW1Y 5AB", 100),
        ("nw104ab", 200),
        ("W1A 0AX", 300),
    ]) {
        assert_eq!(priced(&world, Some(postcode)).await, [fee, 1_900 + fee, 0], "{postcode}");
        let (status, order) = orders(&world, number, postcode, 1_900 + fee).await;
        assert_eq!(status, 201, "{postcode}: {order}");
    }
    for postcode in ["SW10 0AA", "sw111aa", "W1B 1AA", "N1 5TB", "SW", "110001"] {
        let (status, problem) = quote(&world, Some(postcode)).await;
        assert_eq!((status, kind(&problem)), (422, "not-delivered-here"), "{postcode}");
        let (status, problem) = orders(&world, 9, postcode, 2_000).await;
        assert_eq!((status, kind(&problem)), (422, "not-delivered-here"), "{postcode}");
    }
}

#[tokio::test]
async fn elsewhere_a_postcode_is_in_the_area_that_it_begins_as() {
    let world = managed_in(Some("IN")).await;
    let areas = [area(&["110"], 100, 0), area(&["1100"], 50, 0)];
    are_set(&world, json!({"version": 0, "areas": areas})).await;
    assert_eq!(priced(&world, Some("110 001")).await, [50, 1_950, 0]);
    assert_eq!(priced(&world, Some("110101")).await, [100, 2_000, 0]);
    assert_eq!(orders(&world, 1, "110001", 1_950).await.0, 201);
    assert_eq!(quote(&world, Some("201301")).await.0, 422);
    let twice = json!({"version": 1, "areas": [area(&["110 001", "110001"], 0, 0)]});
    let (status, problem) = sets(&world, somebody_else(), &twice).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("areas[0].postcodes")));
    assert!(problem["title"].as_str().unwrap().contains("has 110001 twice"), "{problem}");
}

#[tokio::test]
async fn a_restaurant_without_areas_delivers_anywhere_for_its_fee() {
    let world = managed().await;
    assert_eq!(orders(&world, 1, "SW1A 1AA", 2_150).await.0, 201);
    assert_eq!(public(&world).await, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn where_addresses_have_no_postcodes_there_are_no_areas() {
    let world = managed_in(Some("HK")).await;
    let (status, problem) = sets(&world, somebody_else(), &usual(0)).await;
    let got = (status, kind(&problem), problem["field"].as_str());
    assert_eq!(got, (422, "invalid-field", Some("areas")));
    let title = problem["title"].as_str().unwrap();
    assert!(title.ends_with("where this restaurant is, addresses have no postcodes."), "{title}");
    assert_eq!(read(&world).await["version"], 0);
    assert_eq!(are_set(&world, json!({"version": 0, "areas": []})).await["version"], 1);
    let mut request = order_request();
    request["address"].as_object_mut().unwrap().remove("postcode");
    assert_eq!(world.place(user(), numbered_order(1), &request).await.0, 201);
    let world = managed_in(None).await;
    assert_eq!(are_set(&world, usual(0)).await["version"], 1);
}

#[tokio::test]
async fn of_two_who_change_the_areas_the_second_is_shown_what_the_first_has_set() {
    let world = managed().await;
    world.employs(user(), RESTAURANT, Role::Owner).await;
    let first = are_set(&world, usual(0)).await;
    for version in [0, 2, 7] {
        let other = json!({"version": version, "areas": []});
        let (status, problem) = sets(&world, user(), &other).await;
        assert_eq!((status, kind(&problem)), (409, "delivery-areas-changed"), "{version}");
        assert_eq!(problem["current"], first);
    }
    assert_eq!(read(&world).await, first, "nothing is changed");
    let (status, second) = sets(&world, user(), &json!({"version": 1, "areas": []})).await;
    assert_eq!((status, &second["version"]), (200, &json!(2)));
}

#[tokio::test]
async fn of_changes_at_the_same_moment_one_is_made() {
    let world = managed().await;
    let all = ["N1", "E2", "E8"].map(|postcode| {
        let world = &world;
        async move { sets(world, somebody_else(), &only(postcode)).await }
    });
    let mut answers = futures_util::future::join_all(all).await;
    answers.sort_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 409, 409]);
    assert_eq!(read(&world).await, answers[0].1);
    assert!(answers[1..].iter().all(|(_, problem)| problem["current"] == answers[0].1));
}

#[tokio::test]
async fn a_change_that_is_sent_again_is_made_once() {
    let world = managed().await;
    let first = are_set(&world, only("N1 5")).await;
    assert_eq!(are_set(&world, only("N1 5")).await, first);
}

#[tokio::test]
async fn areas_that_are_none_are_told_what_is_wrong() {
    let world = managed().await;
    let with = |path: &str, value: Value| {
        let mut areas = usual(0);
        *areas.pointer_mut(path).unwrap() = value;
        areas
    };
    let many: Vec<_> = (0..31).map(|at| area(&[&format!("N{at}")], 0, 0)).collect();
    let postcodes: Vec<_> = (0..201).map(|at| format!("E{at}")).collect();
    for (areas, field) in [
        (json!({"areas": []}), "version"),
        (json!({"version": 0}), "areas"),
        (json!({"version": 0, "areas": [], "zones": []}), "zones"),
        (with("/version", json!(-1)), "version"),
        (with("/areas/1", json!({"postcodes": ["N1 5"]})), "areas[1].delivery_fee"),
        (with("/areas/1/postcodes", json!([])), "areas[1].postcodes"),
        (with("/areas/1/postcodes", json!(["E2"])), "areas[1].postcodes"),
        (with("/areas/1/postcodes", json!(["e2"])), "areas[1].postcodes[0]"),
        (with("/areas/0/postcodes", json!(["N1", "N1"])), "areas[0].postcodes"),
        (with("/areas/0/postcodes", json!(["N1 5TB", "N15TB"])), "areas[0].postcodes"),
        (with("/areas/1/postcodes", json!(["N2", "SW1Y4"])), "areas[1].postcodes"),
        (with("/areas/1/postcodes", json!(["110001"])), "areas[1].postcodes"),
        (with("/areas/0/postcodes/1", json!(" ")), "areas[0].postcodes[1]"),
        (with("/areas/0/postcodes/1", json!("É2")), "areas[0].postcodes[1]"),
        (with("/areas/0/postcodes/1", json!("")), "areas[0].postcodes[1]"),
        (with("/areas/0/postcodes/1", json!("1234567890123")), "areas[0].postcodes[1]"),
        (with("/areas/0/postcodes", json!(postcodes)), "areas"),
        (with("/areas/0/delivery_fee", json!(-1)), "areas[0].delivery_fee"),
        (with("/areas/0/delivery_fee", json!(1.5)), "areas[0].delivery_fee"),
        (with("/areas/1/minimum_order", json!(10_000_000)), "areas[1].minimum_order"),
        (with("/areas", json!(many)), "areas"),
    ] {
        let (status, problem) = sets(&world, somebody_else(), &areas).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "invalid-field", Some(field)), "{areas}: {problem}");
    }
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, problem) = world.call(SET, Some(somebody_else()), &parameters, "{").await;
    assert_eq!((status, kind(&problem)), (400, "malformed-json"));
    assert_eq!(read(&world).await["version"], 0);
    let (status, problem) = quote(&world, Some("N1 5TB and more of it")).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("postcode")), "{problem}");
}

#[tokio::test]
async fn only_who_may_set_the_areas_reads_and_sets_them_and_only_of_their_restaurant() {
    let areas = usual(0);
    for role in Role::ALL {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.employs(somebody_else(), RESTAURANT, role).await;
        let expected = if may(role, Action::SetDelivery) { 200 } else { 403 };
        assert_eq!(expected == 200, matches!(role, Role::Owner | Role::Manager));
        let parameters = [("restaurant_id", RESTAURANT)];
        let (status, _) = world.call(READ, Some(somebody_else()), &parameters, "").await;
        assert_eq!(status, expected, "{role:?}");
        assert_eq!(sets(&world, somebody_else(), &areas).await.0, expected, "{role:?}");
        assert_eq!(sets(&world, user(), &areas).await.0, 404, "{role:?}");
        for route in [READ, SET] {
            for restaurant in ["raat", "nowhere", "No Slug"] {
                let parameters = [("restaurant_id", restaurant)];
                let body = areas.to_string();
                let (status, _) =
                    world.call(route, Some(somebody_else()), &parameters, &body).await;
                assert_eq!(status, 404, "{role:?} {route} {restaurant}");
            }
        }
    }
}

/// How a postcode begins, or what looks like one, may be in another area than where the order goes.
#[tokio::test]
async fn an_order_names_a_whole_postcode_where_there_are_areas() {
    let world = managed().await;
    assert_eq!(orders(&world, 8, "W1", 2_150).await.0, 201, "without areas, any");
    are_set(&world, only("W1")).await;
    for typed in ["W1", "W1 5"] {
        assert_eq!(quote(&world, Some(typed)).await.0, 200, "{typed}: as much as is typed");
        let (status, problem) = orders(&world, 1, typed, 2_000).await;
        let got = (status, kind(&problem), problem["field"].as_str());
        assert_eq!(got, (422, "invalid-field", Some("address.postcode")), "{typed}: {problem}");
    }
    for wide in ["W1\u{ff10} 5AA", "W1\u{660} 5AA"] {
        let (status, problem) = quote(&world, Some(wide)).await;
        assert_eq!((status, kind(&problem)), (422, "not-delivered-here"), "{wide}: {problem}");
        assert_eq!(orders(&world, 1, wide, 2_000).await.0, 422, "{wide}");
    }
    assert_eq!(orders(&world, 1, "w15aa", 2_000).await.0, 201);
}
