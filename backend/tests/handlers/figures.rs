//! What a restaurant took and what happened to its orders, as who leads it sees it.

use serde_json::{Value, json};
use shared::{
    OrderId, Timestamp, UserId,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, Fault, Pace, START, World, clock, detailed_order_request, http, kind, now,
    numbered_order, order_request, pass, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const DAY: &str = "GET /api/staff/{restaurant_id}/days/{date}";
const FOUND: &str = "GET /api/staff/{restaurant_id}/history";
const HISTORY: &str = "GET /api/staff/{restaurant_id}/orders/{order_id}/history";
const REPORT: &str = "GET /api/staff/{restaurant_id}/reports";
const ORDERS_CSV: &str = "GET /api/staff/{restaurant_id}/reports/orders.csv";
const DISHES_CSV: &str = "GET /api/staff/{restaurant_id}/reports/dishes.csv";
const ROUTES: [&str; 6] = [DAY, FOUND, HISTORY, REPORT, ORDERS_CSV, DISHES_CSV];
const PHONE: &str = "POST /api/staff/{restaurant_id}/orders/{order_id}/phone";
/// The day on which every test begins, 16:08 by the restaurant's clock.
const TODAY: &str = "2026-11-23";
const HOUR: i64 = 3_600;

/// Who leads the restaurant.
fn boss() -> UserId {
    "22222222-2222-4222-8222-222222222222".parse().unwrap()
}

/// Who brings its orders.
fn ben() -> UserId {
    "33333333-3333-4333-8333-333333333333".parse().unwrap()
}

/// A restaurant where nobody is simulated and that takes as long as it says.
async fn led_by(role: Role) -> World {
    let world = World::new(Pace { pace: "1", ..AT_ONCE });
    world.list(&json!({"kitchen": "silent"}));
    world.employs(boss(), RESTAURANT, role).await;
    world.employs(ben(), RESTAURANT, Role::Courier).await;
    world
}

async fn asks(world: &World, route: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let parameters = [&[("restaurant_id", RESTAURANT)], more].concat();
    world.call(route, Some(boss()), &parameters, "").await
}

async fn is_told(world: &World, route: &str, more: &[(&str, &str)]) -> Value {
    let (status, reply) = asks(world, route, more).await;
    assert_eq!(status, 200, "{route}: {reply}");
    reply
}

/// A whole answer, with its headers and its body as text.
async fn file(world: &World, route: &str, from: &str, to: &str) -> Value {
    let parameters = [("restaurant_id", RESTAURANT), ("from", from), ("to", to)];
    let reply = world.api.handle(http(route, Some(boss()), &parameters, ""), clock()).await;
    reply.unwrap()
}

async fn places(world: &World, number: u8, request: &Value) {
    let (status, reply) = world.place(user(), numbered_order(number), request).await;
    assert_eq!(status, 201, "{reply}");
}

/// Whoever leads the restaurant makes these commands, one after another.
async fn makes(world: &World, number: u8, commands: &[Value]) {
    for command in commands {
        let (order, mut command) = (numbered_order(number), command.clone());
        let step = world.item(order).await.order.sequence;
        command["command_id"] =
            json!(format!("0197f0a3-5b1c-7d2e-8f40-11223344{number:02x}{step:02x}"));
        let (status, reply) = world.sends_command(boss(), RESTAURANT, order, &command).await;
        assert_eq!(status, 200, "{command}: {reply}");
    }
}

fn accept() -> Value {
    json!({"action": "accept", "minutes": 25})
}

fn hand_over() -> Value {
    json!({"action": "hand_over"})
}

/// A day with an order that was delivered and paid, one that was declined, one that was cancelled, one that
/// failed, one that was delivered late and one that is under way and late: 24.00 each, of which 20.50 are
/// for dishes.
async fn a_mixed_day(role: Role) -> World {
    let world = led_by(role).await;
    for number in 1..=6 {
        places(&world, number, &detailed_order_request()).await;
        pass(1);
    }
    let assign = json!({"action": "assign", "courier": ben()});
    let paid = json!({"method": "cash", "amount": 2_350});
    let deliver = json!({"action": "deliver", "collected": paid});
    makes(&world, 1, &[accept(), assign, hand_over(), deliver]).await;
    makes(&world, 2, &[json!({"action": "decline", "reason": {"code": "too_busy"}})]).await;
    assert_eq!(world.cancel(user(), numbered_order(3)).await.0, 200);
    let fail = json!({"action": "fail", "reason": {"code": "nobody_there"}});
    makes(&world, 4, &[accept(), hand_over(), fail]).await;
    makes(&world, 5, &[accept(), hand_over()]).await;
    makes(&world, 6, &[accept()]).await;
    pass(3 * HOUR);
    makes(&world, 5, &[json!({"action": "deliver"})]).await;
    world
}

#[tokio::test]
async fn a_day_says_how_each_order_went_and_adds_them_up() {
    let world = a_mixed_day(Role::Owner).await;
    let day = is_told(&world, DAY, &[("date", "today")]).await;
    assert_eq!((&day["date"], &day["today"]), (&json!(TODAY), &json!(TODAY)));
    let cash = json!({"method": "cash", "orders": 1, "amount": 2_350, "currency": "GBP"});
    let takings = json!([{
        "currency": "GBP", "total": 4_800, "dishes": 4_100, "tips": 200, "difference": -50,
        "unstated": 2_400, "collected": [cash],
        "couriers": [
            {"courier": "An", "collected": [cash], "tips": 100, "unstated": 0},
            {"collected": [], "tips": 100, "unstated": 2_400},
        ],
    }]);
    let figures = json!({
        "orders": 6, "delivered": 2, "declined": 1, "cancelled": 1, "failed": 1, "under_way": 1,
        "late": 2, "takings": takings,
    });
    assert_eq!(day["figures"], figures);
    let rows = day["orders"].as_array().unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let code = row["reason"]["code"].as_str().unwrap_or_default();
            (row["status"].as_str().unwrap(), row["is_late"] == true, code)
        })
        .collect();
    let expected = [
        ("order_accepted", true, ""),
        ("order_delivered", true, ""),
        ("order_failed", false, "nobody_there"),
        ("order_cancelled", false, "by_customer"),
        ("order_rejected", false, "too_busy"),
        ("order_delivered", false, ""),
    ];
    assert_eq!(told, expected, "newest first");
    let first = json!({
        "order_id": numbered_order(1), "placed_at": START, "status": "order_delivered",
        "total": 2_400, "currency": "GBP", "courier": "An", "is_late": false,
        "collected": {"method": "cash", "amount": 2_350}, "ended_at": START.plus_seconds(6),
    });
    assert_eq!(rows[5], first);
    assert_eq!(rows[0].get("ended_at"), None);
    let named = is_told(&world, DAY, &[("date", TODAY)]).await;
    assert_eq!(named, day);
    let before = is_told(&world, DAY, &[("date", "2026-11-22")]).await;
    assert_eq!((&before["figures"]["orders"], &before["orders"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_report_has_each_day_and_each_dish() {
    let world = a_mixed_day(Role::Manager).await;
    now(START.plus_seconds(24 * HOUR));
    places(&world, 7, &order_request()).await;
    makes(&world, 7, &[accept(), hand_over(), json!({"action": "deliver"})]).await;
    let period = [("from", "2026-11-22"), ("to", "2026-11-24")];
    let report = is_told(&world, REPORT, &period).await;
    assert_eq!((&report["from"], &report["to"]), (&json!("2026-11-22"), &json!("2026-11-24")));
    let orders: Vec<_> =
        report["days"].as_array().unwrap().iter().map(|day| &day["figures"]["orders"]).collect();
    assert_eq!(orders, [&json!(0), &json!(6), &json!(1)]);
    assert_eq!(report["figures"]["takings"][0]["total"], 4_800 + 2_150);
    let dish = |id: &str, name: &str, quantity: u32, takings: u32| {
        json!({
            "dish_id": id, "name": name, "quantity": quantity, "takings": takings, "currency": "GBP",
        })
    };
    let dishes = [dish("masala-dosa", "Masala dosa", 6, 5_700), dish("chai", "Chai", 2, 300)];
    assert_eq!(report["dishes"], json!(dishes));
    assert_eq!(report["days"][2]["dishes"], json!([dish("masala-dosa", "Masala dosa", 2, 1_900)]));
}

#[tokio::test]
async fn a_file_is_saved_under_a_name_and_has_a_row_for_each() {
    let world = a_mixed_day(Role::Owner).await;
    let orders = file(&world, ORDERS_CSV, "2026-11-01", TODAY).await;
    let headers = json!({
        "content-type": "text/csv; charset=utf-8", "cache-control": "no-store",
        "content-disposition": "attachment; filename=\"orders-golden-dosa-2026-11-01-2026-11-23.csv\"",
    });
    assert_eq!((&orders["statusCode"], &orders["headers"]), (&json!(200), &headers));
    let rows: Vec<_> = orders["body"].as_str().unwrap().split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 1 + 6);
    let first = format!(
        "\"#010101\",\"{}\",\"2026-11-23T16:08:10+00:00\",\"delivered\",\"2026-11-23T16:08:16+00:00\",\
         \"no\",\"\",\"An\",20.50,2.50,3.83,\"yes\",1.00,24.00,\"cash\",23.50,-0.50,\"GBP\"",
        numbered_order(1)
    );
    assert_eq!(rows[1], first);
    assert!(rows[2].contains(",\"Too busy\","), "as Today says it: {}", rows[2]);
    let dishes = file(&world, DISHES_CSV, TODAY, TODAY).await;
    let expected = "\"Date\",\"Dish\",\"Dish ID\",\"Quantity\",\"Takings\",\"Currency\"\r\n\
        \"2026-11-23\",\"Masala dosa\",\"masala-dosa\",4,38.00,\"GBP\"\r\n\
        \"2026-11-23\",\"Chai\",\"chai\",2,3.00,\"GBP\"\r\n";
    assert_eq!(dishes["body"], expected);
}

#[tokio::test]
async fn the_history_says_who_did_what_and_what_was_promised() {
    let world = led_by(Role::Manager).await;
    places(&world, 1, &detailed_order_request()).await;
    pass(60);
    let delay = json!({"action": "delay", "minutes": 10, "reason": {"code": "no_courier"}});
    let assign = json!({"action": "assign", "courier": ben()});
    makes(&world, 1, &[accept(), delay, assign]).await;
    let order = numbered_order(1).to_string();
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order)];
    assert_eq!(world.call(PHONE, Some(boss()), &parameters, "").await.0, 200);
    let history = is_told(&world, HISTORY, &[("order_id", &order)]).await;
    let (at, actor) = (START.plus_seconds(60), json!({"role": "manager", "name": "An"}));
    let ready = at.plus_seconds(25 * 60);
    let events = json!([
        {"event": "order_placed", "at": START, "actor": {"role": "customer"}},
        {"event": "order_accepted", "at": at, "actor": actor, "ready_at": ready},
        {
            "event": "order_delayed", "at": at, "actor": actor, "reason": {"code": "no_courier"},
            "ready_at": ready.plus_seconds(600), "expected_at": ready.plus_seconds((10 + 12) * 60),
        },
        {"event": "order_claimed", "at": at, "actor": actor, "courier": "An"},
    ]);
    assert_eq!(history["events"], events);
    assert_eq!(history["phone_shown"], json!([{"at": at, "actor": actor}]));
    let mut bill = world.item(numbered_order(1)).await.order.basket.unwrap().bill;
    assert_eq!((bill.total.minor(), bill.tip.minor()), (2_400, 100));
    bill.lines.iter_mut().for_each(|line| line.note = None);
    assert_eq!(history["bill"], json!(bill));
    assert_eq!(history["bill"]["lines"][1]["options"][0]["name"], "Large");
    let latest = world.item(numbered_order(1)).await.order.latest_at;
    assert_eq!(history["latest_at"], json!(latest));
    // A device without a network says when it was pressed.
    pass(60);
    let pressed = clock().plus_seconds(-45);
    let command = json!({"action": "hand_over", "pressed_at": pressed, "name": "Asha"});
    makes(&world, 1, &[json!({"action": "ready"}), command]).await;
    let history = is_told(&world, HISTORY, &[("order_id", &order)]).await;
    let last = json!({
        "event": "order_picked_up", "at": clock(), "pressed_at": pressed,
        "actor": {"role": "manager", "name": "Asha"},
    });
    assert_eq!(history["events"][5], last);
}

#[tokio::test]
async fn nothing_that_figures_tell_says_who_ordered() {
    let world = a_mixed_day(Role::Owner).await;
    let order = numbered_order(6).to_string();
    let parameters = [("restaurant_id", RESTAURANT), ("order_id", &*order)];
    assert_eq!(world.call(PHONE, Some(boss()), &parameters, "").await.0, 200);
    let customer = user().to_string();
    let private = [
        "Mill Row",
        "N1 5TB",
        "London",
        "7946",
        "Flat 3",
        "Asha",
        "Extra crisp",
        "Ring twice",
        &customer,
    ];
    for route in ROUTES {
        let parameters = [
            ("restaurant_id", RESTAURANT),
            ("order_id", &*order),
            ("date", "today"),
            ("code", "010101"),
            ("from", TODAY),
            ("to", TODAY),
        ];
        let event = http(route, Some(boss()), &parameters, "");
        let reply = world.api.handle(event, clock()).await.unwrap();
        assert_eq!(reply["statusCode"], 200, "{route}");
        let body = reply["body"].as_str().unwrap();
        assert!(body.contains("masala") || body.contains("Masala") || body.contains("01010101"));
        for private in private {
            assert!(!body.contains(private), "{route}: {private} in {body}");
        }
        for field in ["\"address\"", "\"phone\"", "\"note\"", "\"user_id\""] {
            assert!(!body.contains(field), "{route}: {field} in {body}");
        }
    }
}

#[tokio::test]
async fn who_leads_the_restaurant_sees_its_figures_and_nobody_else() {
    let order = numbered_order(1).to_string();
    let parameters = |restaurant: &'static str| {
        [
            ("restaurant_id", restaurant),
            ("order_id", &*order),
            ("date", "today"),
            ("code", "010101"),
            ("from", TODAY),
            ("to", TODAY),
        ]
    };
    for role in Role::ALL {
        let world = led_by(role).await;
        places(&world, 1, &order_request()).await;
        world.employs(boss(), "another", Role::Owner).await;
        for route in ROUTES {
            let expected = if may(role, Action::ReadFigures) { 200 } else { 403 };
            let (status, reply) =
                world.call(route, Some(boss()), &parameters(RESTAURANT), "").await;
            assert_eq!(status, expected, "{role:?} {route}: {reply}");
            for who in [somebody_else(), user()] {
                let (status, problem) =
                    world.call(route, Some(who), &parameters(RESTAURANT), "").await;
                assert_eq!((status, kind(&problem)), (404, "not-found"), "{route}");
            }
            let (status, _) = world.call(route, None, &parameters(RESTAURANT), "").await;
            assert_eq!(status, 401, "{route}");
            // The catalog has no other restaurant, and the order is not of one.
            let (status, problem) =
                world.call(route, Some(boss()), &parameters("another"), "").await;
            let expected = match route {
                HISTORY => (404, "order-not-found"),
                _ => (422, "unknown-restaurant"),
            };
            assert_eq!((status, kind(&problem)), expected, "{route}");
        }
    }
}

#[tokio::test]
async fn an_order_is_found_by_its_code() {
    let world = led_by(Role::Owner).await;
    for number in [1, 10] {
        places(&world, number, &order_request()).await;
        pass(24 * HOUR);
    }
    let found = async |code: &str| -> Vec<OrderId> {
        let reply = is_told(&world, FOUND, &[("code", code)]).await;
        let orders = reply["orders"].as_array().unwrap().iter();
        orders.map(|order| order["order_id"].as_str().unwrap().parse().unwrap()).collect()
    };
    for code in ["0A0A0A", "#0a0a0a", " 0a0a "] {
        assert_eq!(found(code).await, [numbered_order(10)], "{code}");
    }
    assert_eq!(found("101").await, [numbered_order(1)]);
    assert_eq!(found("0B0B0B").await, []);
    for code in ["", "0a", "masala", "0A0A0A0"] {
        let (status, problem) = asks(&world, FOUND, &[("code", code)]).await;
        assert_eq!((status, &problem["field"]), (422, &json!("code")), "{code}: {problem}");
    }
    // The first was placed on the first of 31 days, and is older the day after.
    now(START.plus_seconds(30 * 24 * HOUR));
    assert_eq!(found("010101").await, [numbered_order(1)]);
    now(START.plus_seconds(31 * 24 * HOUR));
    assert_eq!(found("010101").await, []);
    assert_eq!(found("0A0A0A").await, [numbered_order(10)]);
}

#[tokio::test]
async fn days_that_cannot_be_are_refused_by_name() {
    let world = led_by(Role::Owner).await;
    for (from, to, field) in [
        ("", TODAY, "from"),
        (TODAY, "", "to"),
        ("23.11.2026", TODAY, "from"),
        ("2026-02-29", TODAY, "from"),
        (TODAY, "2026-11-24", "to"),
        (TODAY, "9999-12-31", "to"),
        ("2026-11-23", "2026-11-22", "from"),
        ("2026-10-23", TODAY, "from"),
    ] {
        for route in [REPORT, ORDERS_CSV, DISHES_CSV] {
            let (status, problem) = asks(&world, route, &[("from", from), ("to", to)]).await;
            let told = (status, kind(&problem), &problem["field"]);
            assert_eq!(told, (422, "invalid-field", &json!(field)), "{from} {to}: {problem}");
        }
    }
    let most = is_told(&world, REPORT, &[("from", "2026-10-24"), ("to", TODAY)]).await;
    assert_eq!(most["days"].as_array().unwrap().len(), 31);
    for date in ["", "yesterday", "2026-11-24", "9999-12-31", "2026-11-31"] {
        let (status, problem) = asks(&world, DAY, &[("date", date)]).await;
        assert_eq!((status, &problem["field"]), (422, &json!("date")), "{date}: {problem}");
    }
}

/// A day has 25 hours in autumn and 23 in spring, from one midnight of the restaurant's to the next.
#[tokio::test]
async fn a_day_lasts_as_long_as_the_restaurants_clock_says() {
    let world = led_by(Role::Owner).await;
    let autumn = Timestamp::from_millis(1_792_882_800_000); // 2026-10-25, 00:00 in London
    let spring = Timestamp::from_millis(1_774_742_400_000); // 2026-03-29, 00:00 in London
    for (number, date, begins, hours) in
        [(10, "2026-10-25", autumn, 25), (20, "2026-03-29", spring, 23)]
    {
        let ends = begins.plus_seconds(hours * HOUR);
        for (at, number) in
            [begins.plus_millis(-1), begins, ends.plus_millis(-1), ends].into_iter().zip(number..)
        {
            now(at);
            places(&world, number, &order_request()).await;
        }
        now(START);
        let day = is_told(&world, DAY, &[("date", date)]).await;
        let ids: Vec<_> =
            day["orders"].as_array().unwrap().iter().map(|row| &row["order_id"]).collect();
        let expected = [json!(numbered_order(number + 2)), json!(numbered_order(number + 1))];
        assert_eq!(ids, expected.iter().collect::<Vec<_>>(), "{date}");
    }
}

#[tokio::test]
async fn figures_are_whole_or_there_are_none() {
    let world = led_by(Role::Owner).await;
    for number in 1..=120 {
        places(&world, number, &order_request()).await;
    }
    let day = is_told(&world, DAY, &[("date", "today")]).await;
    assert_eq!(day["figures"]["orders"], 120, "more than a batch");
    world.aws.fate(|call| match call.operation.as_str() {
        "BatchGetItem" => Fault::Refused,
        _ => Fault::None,
    });
    for (route, parameters) in
        [(DAY, [("date", "today"), ("", "")]), (REPORT, [("from", TODAY), ("to", TODAY)])]
    {
        assert_eq!(asks(&world, route, &parameters).await.0, 503, "{route}");
    }
}
