use shared::Timestamp;

use super::*;

fn id(number: u8) -> OrderId {
    OrderId::new(Timestamp::from_millis(1_000), [number; 10])
}

fn place(name: &str) -> RestaurantId {
    name.parse().unwrap()
}

fn line(dish: &str, count: u8) -> OrderLine {
    OrderLine {
        dish_id: dish.parse().unwrap(),
        quantity: count.try_into().unwrap(),
        options: Vec::new(),
        note: None,
    }
}

fn dosa_menu() -> Restaurant {
    let text = include_str!("../../../../shared/tests/wire/reply_restaurant.json");
    serde_json::from_str(text).unwrap()
}

fn large(mut line: OrderLine) -> OrderLine {
    line.options = vec![shared::order::ChosenOption {
        group_id: "size".parse().unwrap(),
        choice_id: "large".parse().unwrap(),
    }];
    line
}

#[test]
fn the_same_dish_joins_its_line_and_another_choice_does_not() {
    let mut cart = Cart::new(id(1));
    let at = place("golden-dosa");
    assert_eq!(cart.add(&at, line("masala-dosa", 1)), Added::Yes);
    assert_eq!(cart.add(&at, line("masala-dosa", 2)), Added::Yes);
    assert_eq!(cart.add(&at, large(line("masala-dosa", 1))), Added::Yes);
    assert_eq!((cart.lines.len(), cart.count()), (2, 4));
    assert_eq!(cart.count_of(&at, &"masala-dosa".parse().unwrap()), 4);
    assert_eq!(cart.count_of(&place("other"), &"masala-dosa".parse().unwrap()), 0);
}

#[test]
fn a_line_has_at_most_99_and_a_cart_at_most_50_lines() {
    let mut cart = Cart::new(id(1));
    let at = place("golden-dosa");
    cart.add(&at, line("masala-dosa", 99));
    assert_eq!(cart.add(&at, line("masala-dosa", 1)), Added::Full);
    assert_eq!(cart.lines[0].quantity, Quantity::MAX);
    for dish in 1..50 {
        assert_eq!(cart.add(&at, line(&format!("dish-{dish}"), 1)), Added::Yes);
    }
    assert_eq!(cart.add(&at, line("one-more", 1)), Added::Full);
}

#[test]
fn adding_from_another_restaurant_asks_first() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), line("masala-dosa", 1));
    assert_eq!(cart.add(&place("tres-molinos"), line("taco", 1)), Added::OtherRestaurant);
    assert_eq!(cart.count(), 1);
    cart.start_over(&place("tres-molinos"), vec![line("taco", 2)]);
    assert_eq!(cart.restaurant_id, Some(place("tres-molinos")));
    assert_eq!((cart.count(), cart.order_id), (2, id(1)), "the id stays until it is answered");
}

#[test]
fn quantities_change_within_1_to_99() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), line("masala-dosa", 1));
    cart.set_quantity(0, 100);
    assert_eq!(cart.count(), 1);
    cart.set_quantity(0, 99);
    assert_eq!(cart.count(), 99);
    cart.set_quantity(7, 1);
    cart.set_quantity(0, 0);
    assert_eq!(cart.count(), 99);
}

#[test]
fn a_line_that_was_taken_out_can_be_put_back_where_it_was() {
    let mut cart = Cart::new(id(1));
    for dish in ["one", "two", "three"] {
        cart.add(&place("golden-dosa"), line(dish, 1));
    }
    let before = cart.clone();
    for number in 0..3 {
        let removed = cart.remove(number).unwrap();
        assert_eq!(cart.count(), 2);
        cart.restore(removed);
        assert_eq!(cart, before);
    }
    assert_eq!(cart.remove(3), None);
}

#[test]
fn the_last_line_takes_the_restaurant_with_it_and_another_ones_dishes_keep_it_out() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), line("masala-dosa", 1));
    let removed = cart.remove(0).unwrap();
    assert!(cart.is_empty() && cart.restaurant_id.is_none());
    cart.add(&place("tres-molinos"), line("taco", 1));
    cart.restore(removed);
    assert_eq!((cart.count(), cart.restaurant_id), (1, Some(place("tres-molinos"))));
}

#[test]
fn an_edited_line_stays_in_its_place_or_joins_its_twin() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), line("masala-dosa", 1));
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
    let noted = OrderLine { note: "Crisp".parse().ok(), ..line("masala-dosa", 2) };
    assert_eq!(cart.replace(0, noted.clone()), Added::Yes);
    assert_eq!(cart.lines, [noted.clone(), large(line("masala-dosa", 1))]);
    assert_eq!(cart.replace(1, noted.clone()), Added::Yes);
    assert_eq!(cart.lines, [OrderLine { quantity: 4.try_into().unwrap(), ..noted }]);
}

#[test]
fn a_tip_follows_the_price_of_the_dishes() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
    cart.set_tip(10);
    let bill = cart.bill(&dosa_menu()).unwrap();
    assert_eq!((bill.subtotal, bill.tip), (Amount::new(950), Amount::new(95)));
    cart.set_quantity(0, 2);
    assert_eq!(cart.bill(&dosa_menu()).unwrap().tip, Amount::new(190));
}

#[test]
fn a_tip_that_does_not_divide_evenly_is_rounded_down() {
    for (subtotal, percent, expected) in
        [(955, 10, 95), (333, 15, 49), (1, 99, 0), (199, 50, 99), (7, 100, 7), (7, 0, 0)]
    {
        let tip = tip(Amount::new(subtotal), percent);
        assert_eq!(tip, Amount::new(expected), "{percent} % of {subtotal}");
    }
}

#[test]
fn what_is_no_longer_sold_leaves_the_cart() {
    let mut cart = Cart::new(id(1));
    let at = place("golden-dosa");
    cart.add(&at, large(line("masala-dosa", 1)));
    cart.add(&at, line("masala-dosa", 1));
    cart.add(&at, line("yesterdays-special", 1));
    let gone = ["masala-dosa", "yesterdays-special"].map(|dish| dish.parse().unwrap());
    assert_eq!(cart.keep_what_exists(&dosa_menu()), gone, "a size must be chosen now");
    assert_eq!(cart.lines, [large(line("masala-dosa", 1))]);
    assert_eq!(cart.keep_what_exists(&dosa_menu()), []);
}

#[test]
fn what_has_left_the_menu_keeps_the_name_that_it_had_there() {
    let mut menu = dosa_menu();
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
    let known = DishNames::default().updated(&cart, &menu);
    let name = menu.dish(&"masala-dosa".parse().unwrap()).unwrap().name.clone();
    menu.sections.clear();
    let known = known.updated(&cart, &menu);
    let mut gone = cart.keep_what_exists(&menu);
    assert_eq!(known.of(&gone, Some(&menu)), Some(vec![name.clone()]));
    assert_eq!(known.of(&[gone[0].clone(), gone[0].clone()], None), Some(vec![name.clone()]));
    let two: DishNames = serde_json::from_str(r#"[["idli", "Idli"], ["vada", "Vada"]]"#).unwrap();
    let lines = ["idli", "vada", "idli"].map(|dish| dish.parse().unwrap());
    assert_eq!(two.of(&lines, None), Some(vec!["Idli".to_owned(), "Vada".to_owned()]));
    assert_eq!(
        DishNames::default().of(&gone, Some(&menu)),
        None,
        "of a cart of an earlier version"
    );
    assert_eq!(DishNames::default().of(&gone, Some(&dosa_menu())), Some(vec![name]), "sold out");
    gone.push("yesterdays-special".parse().unwrap());
    assert_eq!(known.of(&gone, None), None);
    assert_eq!(known.updated(&cart, &menu), DishNames::default(), "it is not in the cart");
}

#[test]
fn the_id_changes_only_when_the_order_exists_or_another_is_wanted() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), line("masala-dosa", 1));
    cart.sent = true;
    cart.set_quantity(0, 2);
    assert_eq!((cart.order_id, cart.sent), (id(1), false), "another cart than the one sent");
    cart.start_another_order(id(2));
    assert_eq!((cart.order_id, cart.count()), (id(2), 2));
    let lines = cart.lines.clone();
    cart.placed(id(9), &lines, id(3));
    assert_eq!(cart.order_id, id(2), "another tab has seen to it");
    cart.placed(id(2), &[line("masala-dosa", 1)], id(3));
    assert_eq!((cart.order_id, cart.count()), (id(3), 1), "added in another tab meanwhile");
    let lines = cart.lines.clone();
    cart.set_tip(10);
    cart.placed(id(3), &lines, id(4));
    assert_eq!(cart, Cart::new(id(4)), "the tip was that order's");
}

#[test]
fn what_was_ordered_is_ordered_again_without_what_is_no_longer_sold() {
    let menu = dosa_menu();
    let lines = [large(line("masala-dosa", 2))];
    let mut then = price::bill(&menu, &lines, Amount::ZERO).unwrap();
    let mut special = then.lines[0].clone();
    special.dish_id = "yesterdays-special".parse().unwrap();
    special.name = "Yesterday’s special".to_owned();
    then.lines.push(special);
    let (again, gone) = reorder(&menu, &then);
    assert_eq!(
        (again.as_slice(), gone.as_slice()),
        (&lines[..], &["Yesterday’s special".to_owned()][..])
    );
}

#[test]
fn a_cart_survives_being_kept() {
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 3)));
    let kept = serde_json::to_string(&cart).unwrap();
    assert_eq!(serde_json::from_str::<Cart>(&kept).unwrap(), cart);
}
/// Three dishes of one each.
fn three() -> Cart {
    let mut cart = Cart::new(id(1));
    for dish in ["one", "two", "three"] {
        cart.add(&place("golden-dosa"), line(dish, 1));
    }
    cart
}

fn dishes(cart: &Cart) -> Vec<(String, u8)> {
    cart.lines.iter().map(|it| (it.dish_id.to_string(), it.quantity.get())).collect()
}

#[test]
fn a_line_that_was_taken_out_joins_its_twin_of_meanwhile() {
    let mut cart = three();
    let removed = cart.remove(0).unwrap();
    cart.add(&place("golden-dosa"), line("one", 1));
    cart.restore(removed);
    let expected = [("two", 1), ("three", 1), ("one", 2)];
    assert_eq!(dishes(&cart), expected.map(|(dish, count)| (dish.to_owned(), count)));
}

#[test]
fn another_note_is_another_line_and_a_line_is_found_whatever_its_quantity() {
    let mut cart = three();
    let noted = OrderLine { note: "Crisp".parse().ok(), ..line("two", 1) };
    assert_eq!(cart.place_of(&noted), None);
    cart.add(&place("golden-dosa"), noted.clone());
    assert_eq!(cart.lines.len(), 4);
    let place_of = |line: OrderLine| cart.place_of(&line);
    assert_eq!((place_of(line("one", 9)), place_of(line("three", 9))), (Some(0), Some(2)));
    assert_eq!(place_of(OrderLine { quantity: Quantity::MAX, ..noted }), Some(3));
}

#[test]
fn a_cart_that_has_changed_is_not_the_one_that_was_sent() {
    let mut menu = dosa_menu();
    let mut cart = Cart::new(id(1));
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
    cart.sent = true;
    assert_eq!(cart.keep_what_exists(&menu), []);
    assert!(cart.sent, "nothing has gone");
    menu.sections.clear();
    assert_eq!(cart.keep_what_exists(&menu).len(), 1);
    assert_eq!((cart.sent, cart.restaurant_id), (false, None));
}

#[test]
fn an_emptied_cart_is_of_no_restaurant_and_keeps_its_id() {
    let mut cart = three();
    assert_eq!(cart.clear().len(), 3);
    assert_eq!(cart, Cart::new(id(1)));
}

#[test]
fn what_was_ordered_leaves_the_cart_and_what_came_meanwhile_stays() {
    let mut cart = three();
    cart.set_quantity(1, 3);
    cart.placed(id(1), &[line("one", 1), line("two", 2)], id(2));
    let expected = [("two", 1), ("three", 1)];
    assert_eq!(dishes(&cart), expected.map(|(dish, count)| (dish.to_owned(), count)));
    assert_eq!((&cart.restaurant_id, cart.order_id), (&Some(place("golden-dosa")), id(2)));
    cart.lines.truncate(1);
    cart.placed(id(2), &[line("two", 1), line("gone", 1)], id(3));
    assert_eq!(cart, Cart::new(id(3)), "nothing is left");
}

#[test]
fn what_is_sent_is_the_cart_at_the_price_that_was_seen() {
    let mut cart = Cart::new(id(1));
    let address = DeliveryAddress {
        name: "Asha".parse().unwrap(),
        street: "1 Mill Row".parse().unwrap(),
        unit: None,
        city: "London".parse().unwrap(),
        postcode: None,
        phone: None,
    };
    cart.add(&place("golden-dosa"), large(line("masala-dosa", 1)));
    cart.set_tip(10);
    let bill = cart.bill(&dosa_menu()).unwrap();
    let note: Option<Note> = "Ring twice.".parse().ok();
    let request = OrderRequest {
        restaurant_id: place("golden-dosa"),
        lines: vec![large(line("masala-dosa", 1))],
        address: address.clone(),
        note: note.clone(),
        tip: Amount::new(95),
        payment: Payment::OnDelivery,
        expected_total: bill.total,
    };
    assert_eq!(cart.request(address.clone(), note, &bill), Some(request));
    assert_eq!(Cart::new(id(1)).request(address, None, &bill), None);
}
