use shared::{Status, staff::Role};

use super::{
    super::taps::tests::{delivered, delivery, handed_over, order},
    *,
};

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn member(restaurant: &str) -> Membership {
    Membership {
        restaurant_id: restaurant.parse().unwrap(),
        role: Role::Courier,
        name: "Cory".parse().unwrap(),
    }
}

/// A list of offers with the moments at which they are ready, and of what is claimed.
fn list(until: Option<i64>, offers: &[(u8, i64)], claimed: &[(u8, i64)]) -> Deliveries {
    let file = include_str!("../../../../shared/tests/wire/reply_deliveries.json");
    let first = serde_json::from_str::<Deliveries>(file).unwrap().offers.remove(0);
    let offer = |(number, ready): &(u8, i64)| Offer {
        order_id: order(*number),
        ready_at: Some(Timestamp::from_millis(*ready)),
        ..first.clone()
    };
    let claim = |(number, at): &(u8, i64)| Delivery {
        claimed_at: Timestamp::from_millis(*at),
        ..delivery(*number, Status::Ready, 3)
    };
    Deliveries {
        on_shift_until: until.map(Timestamp::from_millis),
        offers: offers.iter().map(offer).collect(),
        claimed: claimed.iter().map(claim).collect(),
    }
}

/// Two of which nothing is known yet.
fn unknown() -> Workplaces {
    Workplaces::new(vec![member("golden-dosa"), member("raat")])
}

fn two(dosa: Deliveries, raat: Deliveries) -> Workplaces {
    let mut places = unknown();
    for (restaurant, list) in [("golden-dosa", dosa), ("raat", raat)] {
        places.get_mut(&restaurant.parse().unwrap()).unwrap().take_list(list, 0, NOW);
    }
    places
}

#[test]
fn what_waits_is_one_list_by_when_it_is_ready_and_each_order_knows_its_restaurant() {
    let places = two(
        list(Some(9_000), &[(1, 100), (2, 300)], &[(5, 20)]),
        list(Some(8_000), &[(3, 200)], &[(4, 10)]),
    );
    let offered: Vec<_> = places.offers(NOW).iter().map(|it| it.order_id).collect();
    assert_eq!(offered, [order(1), order(3), order(2)]);
    let claimed: Vec<_> = places.claimed().iter().map(|it| it.order_id).collect();
    assert_eq!(claimed, [order(4), order(5)]);
    for (number, restaurant) in [(1, "golden-dosa"), (3, "raat"), (4, "raat")] {
        let place = places.with_order(order(number)).unwrap();
        assert_eq!(place.member, member(restaurant), "{number}");
    }
    assert_eq!(places.with_order(order(6)), None);
    assert!(places.get(order(4)).is_some() && places.get(order(1)).is_none());
}

#[test]
fn a_shift_is_on_until_the_first_one_ends_and_what_is_left_is_named() {
    let places = two(list(Some(9_000), &[], &[]), list(Some(8_000), &[], &[]));
    assert_eq!(places.on_shift_until(NOW), Some(Timestamp::from_millis(8_000)));
    assert_eq!(places.names_by_shift(false, NOW), "");
    // Where it could not be begun is what is begun again.
    let places = two(list(Some(9_000), &[], &[]), list(None, &[], &[]));
    assert_eq!(places.on_shift_until(NOW), Some(Timestamp::from_millis(9_000)));
    assert_eq!(places.names_by_shift(false, NOW), "raat");
    assert_eq!(places.names_by_shift(true, NOW), "golden-dosa");
    assert_eq!(names(places.to_change(true, NOW)), "raat");
    assert_eq!(names(places.to_change(false, NOW)), "golden-dosa");
    let places = two(list(None, &[], &[]), list(None, &[], &[]));
    assert_eq!(places.on_shift_until(NOW), None);
    assert_eq!(places.names_by_shift(false, NOW), "golden-dosa, raat");
}

#[test]
fn a_shift_that_may_be_on_is_ended_too() {
    let mut places = unknown();
    let dosa = places.get_mut(&"golden-dosa".parse().unwrap()).unwrap();
    dosa.take_list(list(Some(9_000), &[], &[]), 0, NOW);
    places.get_mut(&"raat".parse().unwrap()).unwrap().failure = Some(ApiError::NoAnswer);
    assert_eq!(places.names_by_shift(false, NOW), "", "nothing is known of the other one");
    assert_eq!(names(places.to_change(false, NOW)), "golden-dosa, raat");
    assert_eq!(names(places.to_change(true, NOW)), "raat");
    places.get_mut(&"raat".parse().unwrap()).unwrap().set_shift(None);
    assert_eq!(places.names_by_shift(false, NOW), "raat", "it has answered that it is off");
    assert_eq!(names(places.to_change(false, NOW)), "golden-dosa");
}

#[test]
fn what_is_pressed_as_delivered_is_not_left() {
    let claimed = list(Some(9_000), &[], &[(4, 10), (6, 20)]);
    let mut places = two(list(Some(9_000), &[], &[(5, 20)]), claimed);
    let raat = places.get_mut(&"raat".parse().unwrap()).unwrap();
    raat.round.take(order(4), Some(delivery(4, Status::PickedUp, 4)), 1);
    let all = [5, 4, 6].map(order).to_vec();
    assert_eq!(places.unfinished(&Taps::default()), (all, vec![]));
    let left = [5, 6].map(order).to_vec();
    assert_eq!(places.unfinished(&delivered(4)), (left, vec![order(4)]));
}

#[test]
fn where_an_order_is_is_said_until_it_is_picked_up() {
    let mut places = two(list(Some(9_000), &[(1, 100)], &[]), list(None, &[], &[(4, 10)]));
    let none = Taps::default();
    assert_eq!(places.pickup(order(1), &none), None, "not fetched yet");
    places.iter_mut().for_each(|it| it.address = Some(format!("1 Lane, {}", it.name)));
    assert_eq!(places.pickup(order(1), &none), Some("1 Lane, golden-dosa"));
    assert_eq!(places.pickup(order(4), &none), Some("1 Lane, raat"));
    assert_eq!(places.pickup(order(4), &handed_over(4)), None, "pressed and not sent yet");
    let raat = places.get_mut(&"raat".parse().unwrap()).unwrap();
    raat.round.take(order(4), Some(delivery(4, Status::PickedUp, 4)), 1);
    assert_eq!(places.pickup(order(4), &none), None);
    places.remove(&"raat".parse().unwrap());
    assert_eq!(places.pickup(order(1), &none), None, "who has one restaurant knows it");
}

#[test]
fn the_currency_of_a_restaurant_outlives_its_orders() {
    let raat = "raat".parse().unwrap();
    let mut places = two(list(None, &[], &[]), list(None, &[], &[(4, 10)]));
    let expected = places.get(order(4)).map(|it| it.currency);
    let place = places.get_mut(&raat).unwrap();
    place.take_list(list(None, &[], &[]), 1, NOW);
    assert_eq!(places.get(order(4)), None);
    assert!(expected.is_some());
    assert_eq!(places.currency_of(&raat), expected);
    assert_eq!(places.currency_of(&"golden-dosa".parse().unwrap()), None);
}

#[test]
fn all_is_as_old_as_its_oldest_part() {
    let mut places = unknown();
    let at = Timestamp::from_millis;
    for (restaurant, millis, expected) in [("raat", 5, None), ("golden-dosa", 3, Some(at(3)))] {
        places.get_mut(&restaurant.parse().unwrap()).unwrap().fetched_at = Some(at(millis));
        assert_eq!((places.fetched_at(), places.is_loaded()), (expected, expected.is_some()));
    }
    assert_eq!(places.failure(), None);
    places.get_mut(&"raat".parse().unwrap()).unwrap().failure = Some(ApiError::NoAnswer);
    assert_eq!(places.failure(), Some(&ApiError::NoAnswer));
}

#[test]
fn a_restaurant_that_does_not_answer_hides_no_other() {
    let mut places = unknown();
    let raat = places.get_mut(&"raat".parse().unwrap()).unwrap();
    raat.failure = Some(ApiError::NoAnswer);
    assert!(!places.is_loaded(), "the other one is not here yet");
    places.get_mut(&"golden-dosa".parse().unwrap()).unwrap().fetched_at = Some(NOW);
    assert!(places.is_loaded());
}

#[test]
fn the_last_restaurant_stays_for_its_page_says_that_one_is_no_staff() {
    let mut places = two(list(None, &[], &[]), list(None, &[], &[(4, 10)]));
    assert_eq!(places.remove(&"golden-dosa".parse().unwrap()).as_deref(), Some("golden-dosa"));
    assert!(!places.is_several());
    assert_eq!(places.remove(&"raat".parse().unwrap()), None);
    assert!(places.get(order(4)).is_some());
}

#[test]
fn the_first_list_of_each_restaurant_is_no_news() {
    let mut places = two(list(Some(9_000), &[(1, 100)], &[]), list(Some(9_000), &[(3, 200)], &[]));
    let hears = |places: &mut Workplaces| -> Vec<bool> {
        places.iter_mut().map(|it| it.take_new_offers(NOW)).collect()
    };
    assert_eq!(hears(&mut places), [false, false]);
    let raat = places.get_mut(&"raat".parse().unwrap()).unwrap();
    raat.round.take_all(list(Some(9_000), &[(3, 200), (2, 300)], &[]), 1);
    assert_eq!(hears(&mut places), [false, true]);
    assert_eq!(hears(&mut places), [false, false]);
}
