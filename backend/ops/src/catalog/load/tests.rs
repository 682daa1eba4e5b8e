use aws_local::cloud::Cloud;
use aws_local::settings::Settings;
use shared::Amount;
use shared::api::PageName;
use shared::area::DeliveryArea;
use shared::menu::Card;

use super::*;
use crate::dev::load::client;

/// The first two restaurants of the demo catalog, and how it may look after a change.
fn catalogs() -> [Catalog; 2] {
    let mut demo = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
    demo.restaurants.truncate(2);
    let mut changed = demo.clone();
    changed.restaurants.remove(0);
    changed.pages.remove(&PageName::Terms);
    changed.pages.get_mut(&PageName::Privacy).unwrap().title = "Yours".to_owned();
    let restaurant = &mut changed.restaurants[0].restaurant;
    let dish = &mut restaurant.sections[0].dishes[0];
    dish.dish_id = "another".parse().unwrap();
    restaurant.card.dishes[0].dish_id = Some(dish.dish_id.clone());
    [demo, changed]
}

/// What is left of items when the first of these changes have been made.
fn apply(mut items: Items, changes: impl IntoIterator<Item = (Key, Option<Item>)>) -> Items {
    for (key, item) in changes {
        match item {
            Some(item) => items.insert(key, item),
            None => items.remove(&key),
        };
    }
    items
}

#[test]
fn a_load_that_was_interrupted_leaves_no_card_without_its_menu_and_is_completed() {
    let [demo, changed] = catalogs().map(|catalog| items(&catalog).unwrap());
    for (before, after) in [(&demo, &changed), (&Items::new(), &demo), (&demo, &Items::new())] {
        let changes = super::changes(before.clone(), after.clone());
        assert!(changes.len() > 5);
        for made in 0..=changes.len() {
            let left = apply(before.clone(), changes[..made].iter().cloned());
            for ((_, id), item) in left.iter().filter(|((partition, _), _)| partition == CARDS) {
                let card: Card = serde_json::from_str(item["card"].as_s().unwrap()).unwrap();
                let dishes = card.dishes.into_iter().filter_map(|dish| dish.dish_id);
                let dishes = dishes.map(|dish_id| format!("dish#{dish_id}"));
                for promised in dishes.chain(["about".to_owned()]) {
                    assert!(left.contains_key(&(id.clone(), promised)), "{id} after {made}");
                }
            }
            for next in [before, after] {
                let changes = super::changes(left.clone(), next.clone());
                assert_eq!(apply(left.clone(), changes), *next, "after {made}");
            }
        }
    }
}

#[test]
fn what_staff_have_said_stays_as_long_as_their_restaurant() {
    let [demo, changed] = catalogs().map(|catalog| items(&catalog).unwrap());
    let id = |at: usize| {
        let cards = demo.keys().filter(|(partition, _)| partition == CARDS);
        cards.map(|(_, id)| id.clone()).nth(at).unwrap()
    };
    let stays = |id: &str| changed.contains_key(&(CARDS.to_owned(), id.to_owned()));
    assert_ne!(stays(&id(0)), stays(&id(1)), "one of the restaurants is gone");
    let said = |id: String| {
        let versions = format!("{MENUS}{id}");
        let versions = ["0000000001", "0000000002"].map(|it| (versions.clone(), it.to_owned()));
        let shown = [AVAILABILITY, HOURS, DELIVERY, MENU].into_iter().flat_map(move |name| {
            [(id.clone(), name.to_owned()), (CARDS.to_owned(), format!("{name}#{id}"))]
        });
        shown.chain(versions)
    };
    let mut before = demo.clone();
    for key in [id(0), id(1)].into_iter().flat_map(said) {
        before.insert(key, Item::new());
    }
    let left = apply(before.clone(), super::changes(before, changed.clone()));
    for id in [id(0), id(1)] {
        for key in said(id.clone()) {
            assert_eq!(left.contains_key(&key), stays(&id), "{key:?}");
        }
    }
}

#[test]
fn a_load_says_whose_hours_stay_and_shows_them() {
    let [demo, changed] = catalogs();
    let [gone, left] = &*demo.restaurants else { panic!("there are two") };
    let ids = [gone, left].map(|entry| entry.restaurant.card.restaurant_id.to_string());
    let mut hours = left.restaurant.card.hours.clone();
    hours.time_zone = "Europe/Nowhere".to_owned();
    hours.spans.truncate(1);
    let item = Item::from([(HOURS.to_owned(), json(&hours).unwrap())]);
    let present =
        ids.clone().map(|id| ((id, HOURS.to_owned()), item.clone())).into_iter().collect();
    let kept = office(&present, &changed).unwrap();
    let hours_kept = BTreeMap::from([(ids[1].clone(), hours.clone())]);
    assert_eq!(kept, Office { hours: hours_kept, ..Office::default() }, "the other is gone");
    let shown = changed.clone().with_office(&kept);
    let shown = &shown.restaurants[0].restaurant.card.hours;
    assert_eq!(shown.spans, hours.spans);
    assert_eq!(shown.time_zone, left.restaurant.card.hours.time_zone);
    let said = Loaded { office: kept, ..Loaded::default() }.to_string();
    assert!(said.ends_with(&format!("set at the counter of {}", ids[1])), "{said}");
    assert!(!Loaded::default().to_string().contains("hours"));
    let unreadable = Item::from([(HOURS.to_owned(), text("{}"))]);
    let present = Items::from([((ids[1].clone(), HOURS.to_owned()), unreadable)]);
    let error = office(&present, &changed).unwrap_err().to_string();
    assert_eq!(error, format!("the hours of {} cannot be read", ids[1]));
}

#[test]
fn a_load_says_whose_areas_stay_and_shows_them() {
    let [demo, mut changed] = catalogs();
    let ids = demo.restaurants.iter().map(|entry| entry.restaurant.card.restaurant_id.clone());
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    let area = |postcode: &str| DeliveryArea {
        postcodes: vec![postcode.parse().unwrap()],
        delivery_fee: Amount::new(150),
        minimum_order: Amount::ZERO,
    };
    changed.restaurants[0].restaurant.card.areas = vec![area("N1")];
    for areas in [vec![area("E8")], Vec::new()] {
        let item = Item::from([(DELIVERY.to_owned(), json(&areas).unwrap())]);
        let present = ids.iter().map(|id| ((id.clone(), DELIVERY.to_owned()), item.clone()));
        let kept = office(&present.collect(), &changed).unwrap();
        let left = BTreeMap::from([(ids[1].clone(), areas.clone())]);
        assert_eq!(kept, Office { areas: left, ..Office::default() }, "the other is gone");
        let shown = changed.clone().with_office(&kept);
        assert_eq!(shown.restaurants[0].restaurant.card.areas, areas);
        let said = Loaded { office: kept, ..Loaded::default() }.to_string();
        let end = format!("the delivery areas stay that were set at the counter of {}", ids[1]);
        assert!(said.ends_with(&end), "{said}");
    }
    assert!(!Loaded::default().to_string().contains("areas"));
}

#[test]
fn a_load_says_whose_menu_stays_and_shows_it() {
    let [demo, changed] = catalogs();
    let [gone, left] = &*demo.restaurants else { panic!("there are two") };
    let ids = [gone, left].map(|entry| entry.restaurant.card.restaurant_id.to_string());
    let mut sections = left.restaurant.sections.clone();
    sections.truncate(1);
    sections[0].dishes.truncate(1);
    let item = Item::from([(MENU.to_owned(), json(&sections).unwrap())]);
    let present = ids.clone().map(|id| ((id, MENU.to_owned()), item.clone())).into_iter().collect();
    let kept = office(&present, &changed).unwrap();
    let menus = BTreeMap::from([(ids[1].clone(), sections.clone())]);
    assert_eq!(kept, Office { menus, ..Office::default() });
    let shown = changed.clone().with_office(&kept);
    let shown = &shown.restaurants[0].restaurant;
    assert_eq!(shown.sections, sections);
    let named: Vec<_> = shown.card.dishes.iter().map(|dish| dish.name.clone()).collect();
    assert_eq!(named, [sections[0].dishes[0].name.clone()]);
    let said = Loaded { office: kept, ..Loaded::default() }.to_string();
    assert!(said.ends_with(&format!("published at the counter of {}", ids[1])), "{said}");
    assert!(!Loaded::default().to_string().contains("menu"));
}

#[tokio::test]
async fn the_table_holds_the_catalog_and_nothing_else() {
    // No function is called.
    let settings = Settings::new("../template.yaml", "/bin/false");
    let cloud = Cloud::start(settings).await.unwrap();
    let client = client(&cloud.endpoint()).await;
    let table = &cloud.stack().outputs["CatalogTableName"];
    let catalogs = catalogs();
    for catalog in &catalogs {
        load(&client, table, catalog).await.unwrap();
        assert_eq!(read(&client, table).await.unwrap(), items(catalog).unwrap());
    }
    let again = load(&client, table, &catalogs[1]).await.unwrap();
    let unchanged = items(&catalogs[1]).unwrap().len();
    assert_eq!(again, Loaded { unchanged, ..Loaded::default() });
    // What the office has published stays until its restaurant is gone.
    let entry = &catalogs[1].restaurants[0].restaurant;
    let id = entry.card.restaurant_id.to_string();
    let published = [
        (id.clone(), "menu".to_owned(), json(&entry.sections).unwrap()),
        (CARDS.to_owned(), format!("menu#{id}"), json(&entry.card.dishes).unwrap()),
        (format!("menus#{id}"), "0000000001".to_owned(), json(&entry.sections).unwrap()),
    ];
    for (partition, item, document) in published {
        let put = client.put_item().table_name(table).item("menu", document);
        let put = put.item("restaurant_id", text(partition)).item("item", text(item));
        put.send().await.unwrap();
    }
    let again = load(&client, table, &catalogs[1]).await.unwrap();
    assert_eq!((again.written, again.deleted, again.unchanged), (0, 0, unchanged));
    assert_eq!(again.office.menus.keys().collect::<Vec<_>>(), [&id]);
    let gone = load(&client, table, &Catalog::default()).await.unwrap();
    assert_eq!((gone.deleted, gone.office), (unchanged + 3, Office::default()));
    cloud.stop().await;
}
