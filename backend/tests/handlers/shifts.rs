//! When somebody delivers, and what they have brought and collected.

use serde_json::{Value, json};
use shared::{
    Timestamp, UserId,
    api::{ADDRESS_AFTERWARDS, LONGEST_SHIFT},
    staff::Role,
};

use crate::{
    couriers::{
        RESTAURANT, accepts, action, assign, because, cory, dana, delivered, does, fresh,
        in_kitchen, kim, manager, mira, sends, staffed,
    },
    support::{Fault, World, clock, kind, numbered_order, pass, pass_millis},
};

async fn changes(world: &World, who: UserId, on: bool) -> Value {
    let (status, shift) = world.changes_shift(who, RESTAURANT, on).await;
    assert_eq!(status, 200, "{shift}");
    assert_eq!(world.shift(who, RESTAURANT).await, (200, shift.clone()));
    shift
}

async fn shift_of(world: &World, who: UserId) -> Value {
    let (status, shift) = world.shift(who, RESTAURANT).await;
    assert_eq!(status, 200, "{shift}");
    shift
}

/// The orders that are listed, by their numbers.
fn ended(shift: &Value) -> Vec<u8> {
    let ids = shift["ended"].as_array().unwrap().iter().map(|it| it["order_id"].clone());
    ids.map(|id| (0..=u8::MAX).find(|number| json!(numbered_order(*number)) == id).unwrap())
        .collect()
}

/// Somebody brings an order to the end.
async fn brings(world: &World, who: UserId, number: u8, end: Value) {
    accepts(world, numbered_order(number)).await;
    for step in [action("claim"), action("hand_over"), end] {
        does(world, who, numbered_order(number), step).await;
    }
}

/// Who is on shift, by the board.
async fn couriers(world: &World) -> Vec<(String, Value)> {
    let parameters = [("restaurant_id", RESTAURANT)];
    let route = "GET /api/staff/{restaurant_id}/orders";
    let (status, board) = world.call(route, Some(kim()), &parameters, "").await;
    assert_eq!(status, 200, "{board}");
    let couriers = board["couriers"].as_array().unwrap().iter();
    let named = |it: &Value| {
        let until = it.get("on_shift_until").cloned().unwrap_or_default();
        (it["name"].as_str().unwrap().to_owned(), until)
    };
    couriers.map(named).collect()
}

fn until(from: Timestamp) -> Value {
    json!(from.plus_millis(LONGEST_SHIFT))
}

#[tokio::test]
async fn a_shift_begins_and_ends_when_its_courier_says() {
    let world = staffed().await;
    let none = json!({"ended": [], "sums": []});
    assert_eq!(shift_of(&world, cory()).await, none);
    assert_eq!(changes(&world, cory(), false).await, none, "there is none to end");
    let began = clock();
    let on = json!({"began_at": began, "ends_at": until(began), "ended": [], "sums": []});
    assert_eq!(changes(&world, cory(), true).await, on);
    pass(60);
    assert_eq!(changes(&world, cory(), true).await, on, "it is on");
    let ended = clock();
    let over = json!({"began_at": began, "ends_at": ended, "ended": [], "sums": []});
    assert_eq!(changes(&world, cory(), false).await, over);
    pass(60);
    assert_eq!(changes(&world, cory(), false).await, over, "it has ended");
    assert_eq!(changes(&world, cory(), true).await["began_at"], json!(clock()));
}

#[tokio::test]
async fn a_shift_that_nobody_ends_ends_by_itself() {
    let world = staffed().await;
    let began = clock();
    changes(&world, cory(), true).await;
    pass_millis(LONGEST_SHIFT - 1);
    assert!(world.deliveries(cory(), RESTAURANT).await.1.get("on_shift_until").is_some());
    pass_millis(1);
    assert_eq!(world.deliveries(cory(), RESTAURANT).await.1, json!({"offers": [], "claimed": []}));
    assert_eq!(shift_of(&world, cory()).await["ends_at"], until(began));
    assert_eq!(changes(&world, cory(), false).await["ends_at"], until(began), "as it was");
    assert_eq!(changes(&world, cory(), true).await["began_at"], json!(clock()));
}

#[tokio::test]
async fn two_devices_that_begin_a_shift_at_once_begin_one() {
    let world = staffed().await;
    world.aws.takes_turns(true);
    let both = [true, true, true].map(|on| world.changes_shift(cory(), RESTAURANT, on));
    let replies = futures_util::future::join_all(both).await;
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(replies[0].0, 200, "{replies:?}");
}

#[tokio::test]
async fn a_shift_sums_up_what_was_collected_in_it() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    brings(&world, cory(), 1, delivered(2_400)).await;
    changes(&world, cory(), false).await;
    pass(60);
    changes(&world, cory(), true).await;
    for (number, end) in [
        (2, delivered(2_400)),
        (3, delivered(2_350)),
        (4, json!({"action": "deliver", "collected": {"method": "card", "amount": 2_400}})),
        (5, because("fail", "refused")),
    ] {
        pass(60);
        brings(&world, cory(), number, end).await;
    }
    accepts(&world, numbered_order(6)).await;
    assert_eq!(manager(&world, numbered_order(6), assign(dana())).await.0, 200);
    for step in [action("hand_over"), delivered(2_400)] {
        does(&world, dana(), numbered_order(6), step).await;
    }
    // What the restaurant ends, and what it delivers without a word of the money.
    for (number, ends) in [(7, because("cancel", "too_busy")), (8, action("hand_over"))] {
        pass(60);
        accepts(&world, numbered_order(number)).await;
        does(&world, cory(), numbered_order(number), action("claim")).await;
        in_kitchen(&world, numbered_order(number), ends).await;
    }
    in_kitchen(&world, numbered_order(8), action("deliver")).await;
    // Released and on its way.
    accepts(&world, numbered_order(9)).await;
    does(&world, cory(), numbered_order(9), action("claim")).await;
    let shift = shift_of(&world, cory()).await;
    assert_eq!(ended(&shift), [8, 7, 5, 4, 3, 2], "the last first: {shift}");
    let sums = json!([
        {"method": "cash", "orders": 2, "amount": 4_750, "currency": "GBP"},
        {"method": "card", "orders": 1, "amount": 2_400, "currency": "GBP"},
    ]);
    assert_eq!(shift["sums"], sums);
    assert_eq!(shift["ended"][2]["reason"]["code"], "refused");
    assert_eq!(ended(&shift_of(&world, dana()).await), [6], "a shift that began with it");
}

/// What is collected after the end is in the courier's pocket all the same.
#[tokio::test]
async fn what_was_claimed_in_a_shift_and_ends_after_it_is_of_it() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    for number in [1, 2] {
        accepts(&world, numbered_order(number)).await;
    }
    does(&world, cory(), numbered_order(1), action("claim")).await;
    pass(60);
    changes(&world, cory(), false).await;
    pass(60);
    assert_eq!(manager(&world, numbered_order(2), assign(cory())).await.0, 200);
    for number in [1, 2] {
        let before = shift_of(&world, cory()).await;
        pass(1);
        does(&world, cory(), numbered_order(number), action("hand_over")).await;
        does(&world, cory(), numbered_order(number), delivered(2_400)).await;
        let shift = shift_of(&world, cory()).await;
        assert_eq!((ended(&shift), &shift["sums"][0]["amount"]), (vec![number], &json!(2_400)));
        let is_same = shift["began_at"] == before["began_at"];
        assert_eq!(is_same, number == 1, "what was assigned after the shift begins another");
    }
}

/// Assigned to somebody who is off shift: what they collect is in the sums of a shift nonetheless.
#[tokio::test]
async fn who_brings_an_order_off_shift_is_on_shift_from_then_on() {
    let world = staffed().await;
    let order = numbered_order(1);
    accepts(&world, order).await;
    assert_eq!(manager(&world, order, assign(cory())).await.0, 200);
    assert_eq!(shift_of(&world, cory()).await.get("began_at"), None);
    pass(60);
    let picked_up = fresh(action("hand_over"));
    let began = clock();
    let hands_over =
        async || world.sends_delivery_command(cory(), RESTAURANT, order, &picked_up).await;
    assert_eq!(hands_over().await.0, 200);
    assert_eq!(shift_of(&world, cory()).await["began_at"], json!(began));
    assert_eq!(couriers(&world).await[0].1, until(began));
    pass(60);
    assert_eq!(hands_over().await.0, 200, "sent again");
    does(&world, cory(), order, delivered(2_400)).await;
    let shift = shift_of(&world, cory()).await;
    assert_eq!(shift["began_at"], json!(began), "{shift}");
    assert_eq!((ended(&shift), &shift["sums"][0]["amount"]), (vec![1], &json!(2_400)));
    let over = changes(&world, cory(), false).await;
    assert_eq!(hands_over().await.0, 200, "sent again much later");
    assert_eq!(shift_of(&world, cory()).await, over);
}

/// The function may end, or the table fail, after the order was delivered: the request is sent again.
#[tokio::test]
async fn a_shift_that_could_not_begin_with_a_delivery_begins_with_the_next_request() {
    let world = staffed().await;
    let order = numbered_order(1);
    accepts(&world, order).await;
    assert_eq!(manager(&world, order, assign(cory())).await.0, 200);
    in_kitchen(&world, order, action("hand_over")).await;
    let command = fresh(delivered(2_400));
    let sent = async || world.sends_delivery_command(cory(), RESTAURANT, order, &command).await.0;
    world.aws.fate(|call| match call.operation == "TransactWriteItems" {
        true => Fault::Refused,
        false => Fault::None,
    });
    assert!(sent().await >= 500);
    world.aws.fate(|_| Fault::None);
    pass(60);
    assert_eq!(sent().await, 200);
    assert_eq!(ended(&shift_of(&world, cory()).await), [1]);
}

#[tokio::test]
async fn whom_it_was_for_is_gone_some_time_after_it_has_ended() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    brings(&world, cory(), 1, delivered(2_400)).await;
    pass_millis(ADDRESS_AFTERWARDS - 1);
    let told = &shift_of(&world, cory()).await["ended"][0];
    assert_eq!((&told["address"]["name"], &told["note"]), (&json!("Asha"), &json!("Ring twice.")));
    pass_millis(1);
    let told = &shift_of(&world, cory()).await["ended"][0];
    assert_eq!((told.get("address"), told.get("note")), (None, None), "{told}");
    assert_eq!(told["collected"]["amount"], 2_400);
}

/// An order that was on its way for hours when the shift began, and was assigned then.
#[tokio::test]
async fn an_order_of_hours_ago_that_ends_in_a_shift_is_of_it() {
    let world = staffed().await;
    accepts(&world, numbered_order(1)).await;
    pass(7 * 3_600);
    changes(&world, cory(), true).await;
    for step in [action("claim"), action("hand_over"), delivered(2_400)] {
        does(&world, cory(), numbered_order(1), step).await;
    }
    assert_eq!(ended(&shift_of(&world, cory()).await), [1]);
}

#[tokio::test]
async fn the_board_says_who_can_bring_orders() {
    let world = staffed().await;
    let off = |name: &str| (name.to_owned(), Value::Null);
    assert_eq!(couriers(&world).await, [off("Cory"), off("Dana")]);
    let on = until(clock());
    changes(&world, dana(), true).await;
    changes(&world, mira(), true).await;
    let expected = [off("Cory"), ("Dana".to_owned(), on.clone()), ("Mira".to_owned(), on)];
    assert_eq!(couriers(&world).await, expected);
    changes(&world, mira(), false).await;
    assert_eq!(couriers(&world).await.len(), 2);
    pass_millis(LONGEST_SHIFT);
    assert_eq!(couriers(&world).await, [off("Cory"), off("Dana")]);
    // A manager who is a cook now delivers nothing.
    changes(&world, mira(), true).await;
    world.employs_as("Mira", mira(), RESTAURANT, Role::Kitchen).await;
    assert_eq!(couriers(&world).await, [off("Cory"), off("Dana")]);
}

#[tokio::test]
async fn a_shift_ends_with_the_membership() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    assert_eq!(world.removes(mira(), RESTAURANT, cory()).await.0, 204);
    let (status, problem) = world.changes_shift(cory(), RESTAURANT, true).await;
    assert_eq!((status, kind(&problem)), (404, "not-found"));
    world.employs_as("Cory", cory(), RESTAURANT, Role::Courier).await;
    assert_eq!(shift_of(&world, cory()).await, json!({"ended": [], "sums": []}));
    assert_eq!(couriers(&world).await[0], ("Cory".to_owned(), Value::Null));
}

/// Removed between the check and the write: no item is made of somebody who is nobody there.
#[tokio::test]
async fn who_is_removed_meanwhile_begins_no_shift() {
    let world = staffed().await;
    let (aws, people) = (world.aws.clone(), world.table("PeopleTable"));
    world.aws.fate(move |call| {
        if call.operation == "TransactWriteItems" {
            for (partition, item) in [
                (cory().to_string(), format!("staff#{RESTAURANT}")),
                (format!("restaurant#{RESTAURANT}"), format!("member#{}", cory())),
            ] {
                let key = json!({"user_id": {"S": partition}, "item": {"S": item}});
                aws.delete_item(&people, &key);
            }
        }
        Fault::None
    });
    let (status, problem) = world.changes_shift(cory(), RESTAURANT, true).await;
    assert_eq!((status, kind(&problem)), (404, "not-found"), "{problem}");
    let of_them = world.aws.items(&world.table("PeopleTable"));
    assert!(!of_them.iter().any(|item| item.to_string().contains(&cory().to_string())));
}

#[tokio::test]
async fn a_shift_is_in_what_is_stored_of_an_account_and_goes_with_it() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    let (status, account) = world.call("GET /api/account", Some(cory()), &[], "").await;
    let expected =
        json!([{"restaurant_id": RESTAURANT, "began_at": clock(), "ends_at": until(clock())}]);
    assert_eq!((status, &account["shifts"]), (200, &expected), "{account}");
    assert_eq!(world.call("DELETE /api/account", Some(cory()), &[], "").await.0, 204);
    let items = world.aws.items(&world.table("PeopleTable"));
    assert!(items.iter().all(|item| {
        let is_theirs = item.to_string().contains(&cory().to_string());
        !is_theirs || item["item"]["S"] == "closed"
    }));
}

#[tokio::test]
async fn an_order_that_an_earlier_version_has_placed_is_brought_and_in_no_shift() {
    let world = staffed().await;
    changes(&world, cory(), true).await;
    accepts(&world, numbered_order(1)).await;
    world.alter(numbered_order(1), |item| {
        item.as_object_mut().unwrap().remove("restaurant_id");
    });
    for step in [action("claim"), action("hand_over"), delivered(2_400)] {
        does(&world, cory(), numbered_order(1), step).await;
    }
    assert_eq!(ended(&shift_of(&world, cory()).await), Vec::<u8>::new());
}

#[tokio::test]
async fn a_body_that_is_no_shift_is_told_so() {
    let world = staffed().await;
    let route = "POST /api/staff/{restaurant_id}/shift";
    for (body, kind_of, status) in [
        ("{}", "invalid-field", 422),
        ("", "malformed-json", 400),
        (r#"{"on":1}"#, "invalid-field", 422),
    ] {
        let parameters = [("restaurant_id", RESTAURANT)];
        let (found, problem) = world.call(route, Some(cory()), &parameters, body).await;
        assert_eq!((found, kind(&problem)), (status, kind_of), "{body}: {problem}");
    }
    let (status, _) = sends(&world, cory(), numbered_order(9), action("claim")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn who_is_off_shift_claims_nothing() {
    let world = staffed().await;
    let order = numbered_order(1);
    accepts(&world, order).await;
    let claim = fresh(action("claim"));
    let claims = async || world.sends_delivery_command(cory(), RESTAURANT, order, &claim).await;
    let (status, problem) = claims().await;
    assert_eq!((status, kind(&problem)), (409, "off-shift"), "{problem}");
    assert!(!problem.to_string().contains("Mill Row"), "{problem}");
    changes(&world, cory(), true).await;
    assert_eq!(claims().await.0, 200);
    changes(&world, cory(), false).await;
    let (status, reply) = claims().await;
    assert_eq!((status, &reply["delivery"]["status"]), (200, &json!("order_accepted")), "{reply}");
    // What is theirs, they bring.
    for step in [action("hand_over"), delivered(2_400)] {
        does(&world, cory(), order, step).await;
    }
    assert_eq!(ended(&shift_of(&world, cory()).await), [1]);
}
