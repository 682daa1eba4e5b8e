//! The wire, frozen: every event, request, reply and push beside the JSON that stands for it.
//!
//! A file under `tests/wire/` changes only when a contract does, and then the change is seen in
//! the diff. `UPDATE_WIRE=1 cargo test -p shared` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fmt::Debug, fs, path::PathBuf};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::{
    Amount, Command, EventName, Fact, Order, OrderEvent, OrderRequest, Reason, Status, Timestamp,
    Until,
    api::{
        Acceptance, Account, AddressInput, AddressRecord, Addresses, Board, Courier, CustomerPhone,
        Deliveries, Delivery, DeliveryAreasRequest, DeliveryChanged, DeliveryReply, Happened,
        HoursRequest, Invitation, InvitationPreview, InvitationRequest, LONGEST_SHIFT, LegalPage,
        LegalSection, LiveTicket, MAX_BODY_BYTES, Member, Membership, Memberships, NewInvitation,
        Offer, OrderSummary, Orders, PageName, People, Problem, ProblemType, Quote, QuoteRequest,
        RestaurantDelivery, RestaurantHours, Restaurants, Shift, ShiftRecord, ShiftRequest,
        SiteConfig, Sum, SummaryLine, Ticket, account_path, address_path, board_path, cancel_path,
        commands_path, courier_ticket_path, deliveries_path, delivery_commands_path, delivery_path,
        hours_path, invitation_path, invitations_path, member_path, order_path, orders_path,
        page_path, people_path, restaurant_path, shift_path, staff_ticket_path, ticket_path,
    },
    area::DeliveryArea,
    availability::{
        Availability, AvailabilityChange, Busy, MenuItem, PausedFor, SoldOut, SoldOutFor,
    },
    event::{Envelope, EventError, Incoming},
    hours::{OpeningHours, OpeningTime, Weekday},
    live::{FromBrowser, ToBrowser, ToStaff},
    menu::{Card, Pause, Restaurant},
    order::{Applied, Basket, ChosenOption, Quantity, Step},
    price::bill,
    staff::{Actor, Collected, CommandRequest, PaidBy, Role},
};

const ORDER: &str = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a";
const USER: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";
const ADDRESS: &str = "0197f0a3-5b1c-7d2e-8f40-112233445566";
const NOW: Timestamp = Timestamp::from_millis(1_795_450_090_791);

/// The value is written as the file says, and the file is read as the value.
fn frozen<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let path = PathBuf::from(format!("tests/wire/{name}.json"));
    let written = serde_json::to_value(value).unwrap();
    if std::env::var_os("UPDATE_WIRE").is_some() {
        fs::write(&path, format!("{written:#}\n")).unwrap();
    }
    let file =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(
        written,
        serde_json::from_str::<Value>(&file).unwrap(),
        "{name} is written differently"
    );
    assert_eq!(&serde_json::from_str::<T>(&file).unwrap(), value, "{name} is read differently");
}

fn parse<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn fact(status: Status, sequence: u32) -> Fact {
    Fact {
        order_id: ORDER.parse().unwrap(),
        order_status: status,
        user_id: USER.parse().unwrap(),
        restaurant_id: Some(card().restaurant_id),
        sequence,
        ready_at: None,
        occurred_at: NOW,
        expected_at: None,
        latest_at: None,
        reason: None,
    }
}

fn restaurant() -> Restaurant {
    parse(json!({
        "card": card(),
        "address": "12 Lamb Lane, London E8", "phone": "020 7946 0001",
        "tax": {"name": "VAT", "basis_points": 2000, "included": true},
        "sections": [{"section_id": "dosas", "name": "Dosas", "dishes": [{
            "dish_id": "masala-dosa", "name": "Masala dosa", "description": "Crisp, with spiced potato.",
            "price": 750, "diet": ["vegan"], "allergens": ["mustard"], "art": "/art/0a1b.svg", "sold_out": false,
            "options": [{"group_id": "size", "name": "Size", "at_least": 1, "at_most": 1, "choices": [
                {"choice_id": "regular", "name": "Regular", "price": 0},
                {"choice_id": "large", "name": "Large", "price": 200}]}]}]}],
    }))
}

fn card() -> Card {
    parse(json!({
        "restaurant_id": "golden-dosa", "name": "Golden Dosa", "description": "South Indian, all day.",
        "cuisines": ["South Indian"], "city": "London", "country": "GB", "price_level": 1, "currency": "GBP", "delivery_fee": 250,
        "minimum_order": 800, "preparation_minutes": 18, "travel_minutes": 12, "art": "/art/9f8e.svg",
        "hours": {"time_zone": "Europe/London", "spans": [{"day": "friday", "opens": 1020, "closes": 1500}]},
        "dishes": [{"dish_id": "masala-dosa", "name": "Masala dosa", "diet": ["vegan"]}],
    }))
}

/// Open on Fridays, but not at Christmas, and longer on New Year's Eve.
fn hours() -> OpeningHours {
    parse(json!({
        "time_zone": "Europe/London", "spans": [{"day": "friday", "opens": 1020, "closes": 1500}],
        "exceptions": [
            {"from": "2026-12-25", "to": "2026-12-26", "note": "Christmas"},
            {"from": "2026-12-31", "to": "2026-12-31", "times": [{"opens": 1020, "closes": 1560}]}],
    }))
}

fn areas() -> Vec<DeliveryArea> {
    parse(json!([
        {"postcodes": ["N1", "E8"], "delivery_fee": 150, "minimum_order": 1500},
        {"postcodes": ["N1 5"], "delivery_fee": 50, "minimum_order": 0}]))
}

fn where_it_delivers() -> RestaurantDelivery {
    RestaurantDelivery::of(&card(), 2, areas())
}

fn request() -> OrderRequest {
    parse(json!({
        "restaurant_id": "golden-dosa",
        "lines": [{"dish_id": "masala-dosa", "quantity": 2, "options": [{"group_id": "size", "choice_id": "large"}], "note": "Extra crisp."}],
        "address": {"name": "Asha", "street": "1 Mill Row", "unit": "Flat 3", "city": "London", "postcode": "N1 5TB", "phone": "020 7946 0000"},
        "note": "Ring twice.",
        "tip": 150,
        "expected_total": 2300,
    }))
}

fn order() -> Order {
    let request = request();
    Order {
        order_id: ORDER.parse().unwrap(),
        status: Status::Placed,
        sequence: 1,
        timeline: vec![Step { status: Status::Placed, at: NOW }],
        placed_at: NOW,
        accept_by: NOW.plus_seconds(600),
        expected_at: Some(NOW.plus_seconds(1_800)),
        latest_at: Some(NOW.plus_seconds(2_700)),
        ready_at: None,
        seen_at: None,
        claimed_at: None,
        nearby_at: None,
        at_door_at: None,
        delay: None,
        reason: None,
        basket: Some(Basket {
            restaurant_id: request.restaurant_id,
            restaurant_name: "Golden Dosa".to_owned(),
            restaurant_phone: restaurant().phone,
            bill: bill(&restaurant(), &request.lines, request.tip).unwrap(),
            address: Some(request.address),
            note: request.note,
            payment: request.payment,
        }),
    }
}

fn collected() -> Collected {
    Collected { method: PaidBy::Cash, amount: Amount::new(2_300) }
}

fn delivery() -> Delivery {
    let basket = order().basket.unwrap();
    Delivery {
        order_id: ORDER.parse().unwrap(),
        status: Status::PickedUp,
        sequence: 4,
        ready_at: Some(NOW.plus_seconds(1_080)),
        expected_at: Some(NOW.plus_seconds(1_800)),
        dishes: 2,
        to_collect: basket.bill.total,
        currency: basket.bill.currency,
        tip: basket.bill.tip,
        address: basket.address,
        note: basket.note,
        claimed_at: NOW,
        nearby_at: Some(NOW.plus_seconds(1_500)),
        at_door_at: None,
        ended_at: None,
        reason: None,
        collected: None,
    }
}

/// The sequence in the file of an event, which stays as it is when there are more events.
const fn sequence(name: EventName, number: u32) -> u32 {
    match name {
        EventName::PickedUp => 3,
        EventName::Delivered => 4,
        EventName::Rejected => 5,
        EventName::Cancelled => 6,
        _ => number,
    }
}

#[test]
fn every_event_is_frozen() {
    for (number, name) in (1..).zip(EventName::ALL) {
        let allowed = Status::ALL.into_iter().find(|status| status.after(name).is_some());
        let status = name.status().or(allowed).unwrap();
        let mut fact = fact(status, sequence(name, number));
        let has_times = matches!(name, EventName::Accepted | EventName::Delayed);
        fact.ready_at = has_times.then(|| NOW.plus_seconds(1_200));
        fact.expected_at = has_times.then(|| NOW.plus_seconds(1_800));
        fact.latest_at = has_times.then(|| NOW.plus_seconds(2_700));
        fact.reason = match name {
            EventName::Rejected | EventName::Delayed => Some(Reason::TooBusy),
            EventName::Cancelled => Some(Reason::NotAnswered { within_seconds: 600 }),
            EventName::Failed => Some(Reason::NobodyThere),
            EventName::Released => Some(Reason::Accident),
            _ => None,
        };
        let event = OrderEvent { name, fact };
        frozen(&format!("event_{}", name.name()), &event);
        frozen(&format!("push_staff_{}", name.name()), &ToStaff::from(&event));
        // A customer's page knows the restaurant from the order.
        let fact = Fact { restaurant_id: None, ..event.fact };
        let event = OrderEvent { name, fact };
        frozen(&format!("push_{}", name.name()), &ToBrowser::OrderEvent { event });
    }
}

#[test]
fn every_reason_is_frozen() {
    let reasons = [
        Reason::ByCustomer,
        Reason::NotAnswered { within_seconds: 600 },
        Reason::Closed,
        Reason::TooBusy,
        Reason::ItemUnavailable { dish_id: None },
        Reason::ItemUnavailable { dish_id: Some("masala-dosa".parse().unwrap()) },
        Reason::CustomerCalled,
        Reason::NoCourier,
        Reason::NobodyThere,
        Reason::Refused,
        Reason::WrongAddress,
        Reason::Accident,
        Reason::Other,
    ];
    frozen("reasons", &reasons.to_vec());
}

#[test]
fn every_command_is_frozen() {
    let commands = [
        Command::See,
        Command::Accept { minutes: None },
        Command::Accept { minutes: Some(25) },
        Command::Decline { reason: Reason::TooBusy },
        Command::Delay { minutes: 10, reason: Reason::TooBusy },
        Command::Ready,
        Command::Cancel { reason: Reason::CustomerCalled },
        Command::HandOver,
        Command::Deliver { collected: None },
        Command::Fail { reason: Reason::NobodyThere },
        Command::Claim,
        Command::Assign { courier: USER.parse().unwrap() },
        Command::Release { reason: Reason::Accident },
        Command::Nearby,
        Command::Arrive,
        Command::Deliver { collected: Some(collected()) },
    ];
    frozen("commands", &commands.to_vec());
    let request = CommandRequest {
        command_id: ADDRESS.parse().unwrap(),
        name: Some("Asha".parse().unwrap()),
        pressed_at: None,
        command: Command::Accept { minutes: Some(25) },
    };
    frozen("request_command", &request);
    let delivered = CommandRequest {
        name: None,
        pressed_at: Some(NOW.plus_seconds(-90)),
        command: Command::Deliver { collected: Some(collected()) },
        ..request
    };
    frozen("request_command_of_courier", &delivered);
    frozen("request_shift", &ShiftRequest { on: true });
    let actors = [
        Actor { role: Role::Kitchen.into(), name: Some("Asha".parse().unwrap()) },
        Actor::ROBOT,
        Actor::CUSTOMER,
        Actor::DEADLINE,
    ];
    frozen("actors", &actors.to_vec());
}

#[test]
fn a_command_that_cannot_be_says_what_is_wrong_with_it() {
    let refused = |command: Command| command.check().unwrap_err().to_string();
    for minutes in [0, 181] {
        let text = format!("must be 1 to 180 minutes, and is {minutes}");
        assert_eq!(refused(Command::Accept { minutes: Some(minutes) }), text);
        assert_eq!(refused(Command::Delay { minutes, reason: Reason::TooBusy }), text);
    }
    assert_eq!(
        refused(Command::Cancel { reason: Reason::ByCustomer }),
        "is not a reason for order_cancelled"
    );
    assert_eq!(
        refused(Command::Decline { reason: Reason::Unknown }),
        "is not a reason for order_rejected"
    );
    for amount in [-1, 100_000_001] {
        let collected = Collected { amount: Amount::new(amount), ..collected() };
        assert_eq!(
            refused(Command::Deliver { collected: Some(collected) }),
            "must be 0 to 100000000, in minor units"
        );
    }
    assert_eq!(
        refused(Command::Release { reason: Reason::NobodyThere }),
        "is not a reason for order_released"
    );
    assert_eq!(Command::Deliver { collected: Some(collected()) }.check(), Ok(()));
    assert_eq!(Command::Accept { minutes: Some(180) }.check(), Ok(()));
    assert_eq!(Command::Fail { reason: Reason::Other }.check(), Ok(()));
}

#[test]
fn every_request_is_frozen() {
    frozen("request_order", &request());
    let OrderRequest { restaurant_id, lines, address, tip, .. } = request();
    let quote = QuoteRequest { restaurant_id, lines, tip, postcode: None };
    frozen("request_quote", &quote);
    let postcode = Some("N1 5TB".parse().unwrap());
    frozen("request_quote_at", &QuoteRequest { postcode, ..quote });
    frozen("request_address", &AddressInput { label: Some("Home".parse().unwrap()), address });
    frozen("request_ping", &FromBrowser::Ping);
    let OpeningHours { spans, exceptions, .. } = hours();
    frozen("request_delivery_areas", &DeliveryAreasRequest { version: 1, areas: areas() });
    frozen("request_hours", &HoursRequest { version: 1, spans, exceptions });
}

fn membership() -> Membership {
    Membership {
        restaurant_id: "golden-dosa".parse().unwrap(),
        role: Role::Kitchen,
        name: "Asha".parse().unwrap(),
    }
}

#[test]
fn who_is_staff_and_who_is_invited_is_frozen() {
    let request = InvitationRequest {
        email: "Asha@Example.com".parse().unwrap(),
        role: Role::Kitchen,
        name: Some("Asha".parse().unwrap()),
    };
    frozen("request_invitation", &request);
    let InvitationRequest { email, role, name } = request;
    let invitation_id = ADDRESS.parse().unwrap();
    let expires_at = NOW.plus_seconds(Invitation::SECONDS);
    let invitation = Invitation { invitation_id, email, role, name: None, expires_at };
    let token = "q83vEg".repeat(7) + "_";
    let token: shared::api::InvitationToken = token.parse().unwrap();
    let new = NewInvitation {
        invitation: Invitation { name: name.clone(), ..invitation.clone() },
        token: token.clone(),
    };
    frozen("reply_invitation", &new);
    let acceptance = Acceptance { invitation: token, name: name.clone(), preview: false };
    frozen("request_membership", &acceptance);
    let asked = Acceptance { name: None, preview: true, ..acceptance };
    frozen("request_membership_preview", &asked);
    let preview =
        InvitationPreview { restaurant: "Golden Dosa".to_owned(), role, name: name.clone() };
    frozen("reply_invitation_preview", &preview);
    let member = Member {
        user_id: USER.parse().unwrap(),
        role: Role::Owner,
        name: name.unwrap(),
        since: NOW,
    };
    frozen("reply_people", &People { members: vec![member], invitations: vec![invitation] });
}

fn items() -> [MenuItem; 2] {
    let choice =
        ChosenOption { group_id: "size".parse().unwrap(), choice_id: "large".parse().unwrap() };
    [None, Some(choice)].map(|choice| MenuItem { dish_id: "masala-dosa".parse().unwrap(), choice })
}

#[test]
fn what_a_restaurant_cannot_do_is_frozen() {
    let until = [Until::at(NOW.plus_seconds(3_600)), Until::FURTHER_NOTICE];
    let sold_out = items().into_iter().zip(until);
    let availability = Availability {
        sold_out: sold_out
            .map(|(item, until)| {
                let name = item.name_in(&restaurant()).unwrap();
                SoldOut { item, name, until }
            })
            .collect(),
        busy: Some(Busy { minutes: 15, until: until[0] }),
        paused: Some(until[0]),
        pauses_when_unattended: true,
    };
    frozen("reply_availability", &availability);
    frozen("reply_availability_usual", &Availability::default());
    let [dish, choice] = items();
    let changes = [
        AvailabilityChange::SellOut { item: dish, lasts: SoldOutFor::Service },
        AvailabilityChange::SellOut { item: choice.clone(), lasts: SoldOutFor::Today },
        AvailabilityChange::SellOut { item: choice.clone(), lasts: SoldOutFor::FurtherNotice },
        AvailabilityChange::SellAgain { item: choice },
        AvailabilityChange::Busy { minutes: 15, lasts_minutes: 60 },
        AvailabilityChange::NotBusy,
        AvailabilityChange::Pause { lasts: PausedFor::QuarterHour },
        AvailabilityChange::Pause { lasts: PausedFor::HalfHour },
        AvailabilityChange::Pause { lasts: PausedFor::Hour },
        AvailabilityChange::Pause { lasts: PausedFor::Service },
        AvailabilityChange::Pause { lasts: PausedFor::Today },
        AvailabilityChange::Resume,
        AvailabilityChange::PauseWhenUnattended,
        AvailabilityChange::TakeWhenUnattended,
    ];
    frozen("request_availability_changes", &changes.to_vec());
}

#[test]
fn every_reply_is_frozen() {
    frozen("reply_restaurants", &Restaurants { restaurants: vec![card()] });
    frozen("reply_restaurant", &restaurant());
    frozen("reply_order", &order());
    frozen(
        "reply_order_placed_elsewhere",
        &Order { basket: None, expected_at: None, latest_at: None, ..order() },
    );
    let summary = OrderSummary {
        order_id: ORDER.parse().unwrap(),
        status: Status::Delivered,
        sequence: 4,
        placed_at: NOW,
        restaurant_name: Some("Golden Dosa".to_owned()),
        total: Some(Amount::new(2_150)),
        currency: Some("GBP".parse().unwrap()),
        dishes: vec![SummaryLine {
            name: "Masala dosa".to_owned(),
            quantity: Quantity::try_from(2).unwrap(),
        }],
        more_dishes: 4,
    };
    frozen("reply_orders", &Orders { orders: vec![summary], cursor: Some("b3JkZXI".to_owned()) });
    let quote = Quote {
        bill: order().basket.unwrap().bill,
        missing: Amount::new(0),
        depends_on_postcode: true,
        open: false,
        opens: Some(OpeningTime {
            day: Weekday::Friday,
            minute: 1_020,
            date: Some("2026-12-25".parse().unwrap()),
        }),
    };
    frozen("reply_quote", &quote);
    let address = AddressRecord {
        address_id: ADDRESS.parse().unwrap(),
        label: None,
        address: request().address,
    };
    frozen("reply_addresses", &Addresses { addresses: vec![address.clone()] });
    let account = Account {
        user_id: USER.parse().unwrap(),
        closed_at: Some(NOW),
        addresses: vec![address],
        memberships: vec![membership()],
        shifts: vec![ShiftRecord {
            restaurant_id: membership().restaurant_id,
            began_at: NOW,
            ends_at: NOW.plus_millis(LONGEST_SHIFT),
        }],
        orders: vec![order()],
        cursor: Some("b3JkZXI".to_owned()),
    };
    frozen("reply_account", &account);
    let page = LegalPage {
        title: "Privacy".to_owned(),
        sections: vec![
            LegalSection { heading: None, paragraphs: vec!["This is a demo.".to_owned()] },
            LegalSection {
                heading: Some("What is stored".to_owned()),
                paragraphs: vec!["Orders.".to_owned(), "Addresses.".to_owned()],
            },
        ],
    };
    frozen("reply_page", &page);
    frozen("reply_memberships", &Memberships { memberships: vec![membership()] });
    frozen("reply_customer_phone", &CustomerPhone { phone: restaurant().phone });
    let pause = Pause {
        until: Until::at(NOW.plus_seconds(1_800)),
        opens: Some(OpeningTime { day: Weekday::Friday, minute: 1_110, date: None }),
    };
    frozen("reply_hours", &RestaurantHours { version: 2, hours: hours() });
    frozen("reply_delivery_areas", &where_it_delivers());
    frozen("reply_card_areas", &Card { areas: areas(), ..card() });
    frozen("reply_card_paused", &Card { pause: Some(pause), ..card() });
    let courier = Courier {
        user_id: USER.parse().unwrap(),
        name: "Ana".parse().unwrap(),
        on_shift_until: Some(NOW.plus_seconds(3_600)),
    };
    let orders = vec![Ticket::of(order(), 18, None).unwrap()];
    frozen("reply_board", &Board { orders, couriers: vec![courier] });
    let offer = Offer {
        order_id: ORDER.parse().unwrap(),
        status: Status::Accepted,
        sequence: 2,
        ready_at: Some(NOW.plus_seconds(1_080)),
        expected_at: Some(NOW.plus_seconds(1_800)),
        district: "N1".to_owned(),
        dishes: 2,
        to_collect: Amount::new(2_300),
        currency: card().currency,
    };
    let deliveries = Deliveries {
        on_shift_until: Some(NOW.plus_seconds(3_600)),
        offers: vec![offer],
        claimed: vec![delivery()],
    };
    frozen("reply_deliveries", &deliveries);
    frozen("reply_delivery", &DeliveryReply { delivery: Some(delivery()) });
    frozen("reply_delivery_gone", &DeliveryReply { delivery: None });
    let ended = Delivery {
        status: Status::Delivered,
        ended_at: Some(NOW),
        collected: Some(collected()),
        ..delivery()
    };
    let sum = Sum {
        method: PaidBy::Cash,
        orders: 1,
        amount: collected().amount,
        currency: card().currency,
    };
    let shift = Shift {
        began_at: Some(NOW.plus_seconds(-3_600)),
        ends_at: Some(NOW),
        ended: vec![ended],
        sums: vec![sum],
    };
    frozen("reply_shift", &shift);
    frozen("reply_live_ticket", &LiveTicket { ticket: "q83vEg".to_owned(), expires_at: NOW });
    frozen("push_pong", &ToBrowser::Pong { now: NOW });
    let problem = Problem::new(ProblemType::MalformedJson, "Send {\"action\":\"ping\"}.");
    frozen("push_problem", &ToBrowser::Problem { problem: problem.clone() });
    // The same to staff, as the function that answers does not ask who they are.
    frozen("push_pong", &ToStaff::Pong { now: NOW });
    frozen("push_problem", &ToStaff::Problem { problem });
    frozen(
        "config",
        &SiteConfig {
            cognito_endpoint: "https://cognito-idp.eu-west-2.amazonaws.com/".to_owned(),
            client_id: "1h57kf5cpq17m0eml12EXAMPLE".to_owned(),
            email_client_id: "2j68lg6dqr28n1fnm23EXAMPLE".to_owned(),
            mailbox: None,
            demo_pace: false,
        },
    );
}

#[test]
fn every_problem_is_frozen() {
    use ProblemType::*;
    let kinds = [
        MalformedJson,
        InvalidField,
        BodyTooLarge,
        NotFound,
        UnknownRestaurant,
        UnknownDish,
        SoldOut,
        InvalidOptions,
        BelowMinimum,
        AboveMaximum,
        RestaurantClosed,
        TooManyAddresses,
        OrderUnderWay,
        AccountClosed,
        PriceChanged,
        OrderAlreadyPlaced,
        OrderIdTaken,
        OrderNotFound,
        TooLateToCancel,
        OrderChanged,
        HoursChanged,
        DeliveryAreasChanged,
        NotDeliveredHere,
        MenuChanged,
        VersionMissing,
        MenuFileWrong,
        WaitAtDoor,
        OffShift,
        LastOwner,
        TooManyInvitations,
        InvitationNotValid,
        InvitationForAnother,
        NotSignedIn,
        Forbidden,
        TooManyConnections,
        TooManyRequests,
        Unavailable,
        Unknown,
    ];
    frozen("problem_types", &kinds.to_vec());
    frozen(
        "problem_field",
        &Problem::new(InvalidField, "must be a whole number from 1 to 99").at("lines[0].quantity"),
    );
    let mut problem = Problem::new(OrderAlreadyPlaced, "This id is another order of yours.");
    problem.order = Some(Box::new(order()));
    frozen("problem_order", &problem);
    let mut problem = Problem::new(RestaurantClosed, "Golden Dosa is closed.");
    problem.opens = Some(Box::new(OpeningTime { day: Weekday::Friday, minute: 1_020, date: None }));
    frozen("problem_closed", &problem);
    let mut problem = Problem::new(OrderUnderWay, "An order of yours is under way.");
    problem.orders = vec![ORDER.parse().unwrap()].into();
    frozen("problem_under_way", &problem);
    let mut problem = Problem::new(LastOwner, "You are the only owner of a restaurant.");
    problem.restaurants = vec!["golden-dosa".parse().unwrap()].into();
    frozen("problem_last_owner", &problem);
    let mut problem = Problem::new(TooManyRequests, "Try again in 50 s.");
    problem.retry_after = Some(50);
    frozen("problem_retry_after", &problem);
    let mut problem = Problem::new(WaitAtDoor, "Wait at the door for some minutes.");
    problem.retry_after = Some(270);
    frozen("problem_wait_at_door", &problem);
    let mut problem = Problem::new(PriceChanged, "The prices have changed.");
    problem.bill = order().basket.map(|basket| Box::new(basket.bill));
    frozen("problem_price_changed", &problem);
    let changed = shared::api::OrderChanged {
        problem: Problem::new(OrderChanged, "The order is no longer what this is for."),
        ticket: Ticket::of(order(), 18, None).unwrap(),
        happened: Happened {
            event: EventName::Accepted,
            at: NOW,
            actor: Actor { role: Role::Kitchen.into(), name: Some("Asha".parse().unwrap()) },
            courier: None,
        },
    };
    frozen("problem_order_changed", &changed);
    let shared::api::OrderChanged { problem, happened, .. } = changed;
    let courier = Some("Cory".parse().unwrap());
    let happened = Happened { event: EventName::Claimed, courier, ..happened };
    frozen("problem_delivery_changed", &DeliveryChanged { problem, happened });
    let changed = shared::api::HoursChanged {
        problem: Problem::new(HoursChanged, "Somebody else has set other hours."),
        current: RestaurantHours { version: 2, hours: hours() },
    };
    frozen("problem_hours_changed", &changed);
    let changed = shared::api::DeliveryAreasChanged {
        problem: Problem::new(DeliveryAreasChanged, "Somebody else has set other areas."),
        current: where_it_delivers(),
    };
    frozen("problem_delivery_areas_changed", &changed);
}

/// A menu as its office is shown it, and what it sends.
#[test]
fn an_edited_menu_is_frozen() {
    use shared::{
        api::{
            FileMistake, MAX_MENU_BODY_BYTES, MAX_MENU_BYTES, MenuChanged, MenuFile, MenuFileWrong,
            MenuRequest, MenuSections, MenuVersion, MenuVersions, RestaurantMenu, menu_file_path,
            menu_path, menu_version_path, menu_versions_path,
        },
        menu::{Section, check},
    };
    let sections: Vec<Section> = check::accepted(restaurant().sections).unwrap();
    let currency = card().currency;
    let menu = RestaurantMenu {
        version: 2,
        currency,
        sections: sections.clone(),
        published_at: Some(NOW),
        published_by: Some("Asha".parse().unwrap()),
    };
    let catalogs =
        RestaurantMenu { version: 0, published_at: None, published_by: None, ..menu.clone() };
    let listed = |menu: &RestaurantMenu| MenuVersion {
        version: menu.version,
        published_at: menu.published_at,
        published_by: menu.published_by.clone(),
        dishes: 1,
    };
    let versions = vec![listed(&menu), listed(&catalogs)];
    frozen("reply_menu", &menu);
    frozen("reply_menu_of_catalog", &catalogs);
    frozen("reply_menu_versions", &MenuVersions { versions, more: false });
    frozen("reply_menu_sections", &MenuSections { sections: sections.clone() });
    frozen("request_menu", &MenuRequest { sections });
    let text = "[[sections]]\nid = \"dosas\"\nname = \"Dosas\"\n".to_owned();
    frozen("menu_file", &MenuFile { text });
    let problem = Problem::new(ProblemType::MenuChanged, "Somebody else has published a menu.");
    frozen("problem_menu_changed", &MenuChanged { problem, current: menu });
    let problem = Problem::new(ProblemType::MenuFileWrong, "The file is not a menu.");
    let mistakes = vec![FileMistake { line: 3, text: "`price` is missing; add it".to_owned() }];
    frozen("problem_menu_file_wrong", &MenuFileWrong { problem, mistakes });

    let restaurant = card().restaurant_id;
    for (path, expected) in [
        (menu_path(&restaurant), "menu"),
        (menu_versions_path(&restaurant, None), "menu/versions"),
        (menu_versions_path(&restaurant, Some(3)), "menu/versions?before=3"),
        (menu_version_path(&restaurant, 2), "menu/versions/2"),
        (menu_file_path(&restaurant), "menu/file"),
    ] {
        assert_eq!(path, format!("/api/staff/golden-dosa/{expected}"));
    }
    assert_eq!((MAX_MENU_BYTES, MAX_MENU_BODY_BYTES), (360_448, 720_896));
    assert_eq!((MenuVersions::PAGE, MenuFileWrong::MAX), (20, 20));
}

#[test]
fn a_picture_on_its_way_is_frozen() {
    use shared::api::{
        Picture, PictureRefusal, PictureRequest, Upload, picture_path, pictures_path,
    };
    let content_type = "image/png".to_owned();
    frozen("request_picture", &PictureRequest { content_type, bytes: 48_213 });
    let upload_id = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a".parse().unwrap();
    let url = "https://uploads.s3.example/golden-dosa/0ff5?X-Amz-Expires=600".to_owned();
    frozen("reply_upload", &Upload { upload_id, url });
    frozen("reply_picture", &Picture { art: "/pictures/00ff.jpg".to_owned() });
    let restaurant = card().restaurant_id;
    assert_eq!(pictures_path(&restaurant), "/api/staff/golden-dosa/pictures");
    let path = picture_path(&restaurant, upload_id);
    assert_eq!(path, format!("/api/staff/golden-dosa/pictures/{upload_id}"));
    for (refusal, field) in [
        (PictureRefusal::OtherType, "content_type"),
        (PictureRefusal::TooLarge, "bytes"),
        (PictureRefusal::Damaged, "content"),
        (PictureRefusal::TooFewPixels, "min_pixels"),
        (PictureRefusal::TooManyPixels, "max_pixels"),
    ] {
        assert_eq!((refusal.field(), PictureRefusal::of(Some(field))), (field, refusal));
    }
    assert_eq!(PictureRefusal::of(Some("of a later version")), PictureRefusal::Damaged);
}

/// RFC 9110, section 15; RFC 6585 for 428 and 429.
#[test]
fn every_problem_has_its_status() {
    use ProblemType::*;
    for (status, kinds) in [
        (400, &[MalformedJson][..]),
        (401, &[NotSignedIn]),
        (403, &[Forbidden, InvitationForAnother]),
        (404, &[NotFound, OrderNotFound, InvitationNotValid]),
        (
            409,
            &[
                RestaurantClosed,
                TooManyAddresses,
                OrderUnderWay,
                AccountClosed,
                PriceChanged,
                OrderAlreadyPlaced,
                OrderIdTaken,
                TooManyConnections,
                TooLateToCancel,
                OrderChanged,
                HoursChanged,
                DeliveryAreasChanged,
                WaitAtDoor,
                OffShift,
                LastOwner,
                TooManyInvitations,
            ],
        ),
        (412, &[MenuChanged]),
        (413, &[BodyTooLarge]),
        (
            422,
            &[
                InvalidField,
                UnknownRestaurant,
                UnknownDish,
                SoldOut,
                InvalidOptions,
                BelowMinimum,
                AboveMaximum,
                NotDeliveredHere,
                MenuFileWrong,
            ],
        ),
        (428, &[VersionMissing]),
        (429, &[TooManyRequests]),
        (500, &[Unknown]),
        (503, &[Unavailable]),
    ] {
        for &kind in kinds {
            let problem = Problem::new(kind, "What is wrong.");
            assert_eq!((problem.status, kind.status()), (status, status), "{kind:?}");
        }
    }
}

/// An EventBridge invocation around a detail.
fn invocation(detail_type: &str, detail: Value) -> Value {
    json!({
        "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "detail-type": detail_type,
        "source": "custom.food_app", "account": "123456789012", "time": "2026-11-23T16:48:10Z",
        "region": "eu-west-2", "resources": [], "detail": detail,
    })
}

fn read(value: Value) -> Result<Incoming, EventError> {
    parse::<Envelope>(value).read()
}

#[test]
fn the_seeds_three_fields_place_an_order_from_elsewhere() {
    let seed = json!({"order_id": ORDER, "order_status": "order_placed", "user_id": USER});
    let Incoming::PlacedElsewhere(placed) = read(invocation("order_placed", seed.clone())).unwrap()
    else {
        panic!("not taken for an order from elsewhere");
    };
    assert_eq!(
        (placed.order_id.to_string(), placed.user_id.to_string()),
        (ORDER.to_owned(), USER.to_owned())
    );
    assert_eq!(placed.time, "2026-11-23T16:48:10Z");

    // Another channel's name of its restaurant is none of ours.
    let mut elsewhere = seed.clone();
    elsewhere["restaurant_id"] = json!("Joe's Diner, SW1");
    assert_eq!(
        read(invocation("order_placed", elsewhere)),
        read(invocation("order_placed", seed.clone()))
    );

    let mut replayed = invocation("order_placed", seed);
    replayed["replay-name"] = json!("july");
    assert_eq!(read(replayed), Ok(Incoming::Replayed));
}

#[test]
fn our_own_events_come_back_as_they_went() {
    for (number, name) in (1..).zip(EventName::ALL) {
        let allowed = Status::ALL.into_iter().find(|status| status.after(name).is_some());
        let status = name.status().or(allowed).unwrap();
        let event = OrderEvent { name, fact: fact(status, number) };
        let wire = serde_json::to_value(&event).unwrap();
        let invoked = invocation(name.name(), wire["detail"].clone());
        assert_eq!(read(invoked), Ok(Incoming::Event(event)));
    }
}

#[test]
fn an_event_that_contradicts_itself_is_poison() {
    let detail = |status: Status, number| serde_json::to_value(fact(status, number)).unwrap();
    assert_eq!(
        read(invocation("order_accepted", detail(Status::Delivered, 2))),
        Err(EventError::Contradiction {
            detail_type: "order_accepted",
            order_status: "order_delivered"
        })
    );
    assert_eq!(
        read(invocation("order_seen", detail(Status::Delivered, 5))),
        Err(EventError::Contradiction {
            detail_type: "order_seen",
            order_status: "order_delivered"
        })
    );
    assert_eq!(
        read(invocation("order_placed", detail(Status::Placed, 2))),
        Err(EventError::Sequence(2))
    );
    assert_eq!(
        read(invocation("order_accepted", detail(Status::Accepted, 1))),
        Err(EventError::Sequence(1))
    );
    assert_eq!(
        read(invocation("order_placed", detail(Status::Placed, 0))),
        Err(EventError::Sequence(0))
    );
    let seed = json!({"order_id": ORDER, "order_status": "order_accepted", "user_id": USER});
    assert_eq!(read(invocation("order_accepted", seed.clone())), Err(EventError::NoSequence));
    let mut timeless = seed;
    timeless["sequence"] = json!(2);
    assert_eq!(read(invocation("order_accepted", timeless)), Err(EventError::NoTime));
}

#[test]
fn a_detail_that_is_no_order_says_what_is_wrong_with_it() {
    let error = |value| serde_json::from_value::<Envelope>(value).unwrap_err().to_string();
    let detail = serde_json::to_value(fact(Status::Accepted, 2)).unwrap();
    assert!(
        error(invocation("order_eaten", detail))
            .contains("“order_eaten” is not one of our events: order_placed, "),
        "names the known ones"
    );
    assert!(error(invocation("order_placed", json!({"order_id": "7"}))).contains("must be a UUID"));
    let null = json!({"order_id": ORDER, "order_status": "order_placed", "user_id": USER, "sequence": null});
    assert!(error(invocation("order_placed", null)).contains("invalid type: null"));
}

#[test]
fn a_request_with_an_unknown_field_is_refused_and_a_reply_with_one_is_read() {
    let mut wanted = serde_json::to_value(request()).unwrap();
    wanted["mood"] = json!("hungry");
    let error = serde_json::from_value::<OrderRequest>(wanted).unwrap_err().to_string();
    assert!(error.contains("`mood`"), "{error}");
    let mut reply = serde_json::to_value(order()).unwrap();
    reply["mood"] = json!("hungry");
    assert_eq!(parse::<Order>(reply), order());
}

#[test]
fn a_quantity_that_is_none_says_what_it_must_be() {
    for bad in [json!(0), json!(100), json!(-1), json!(1.5), json!("2"), json!(300)] {
        let error = serde_json::from_value::<Quantity>(bad).unwrap_err().to_string();
        assert!(error.ends_with("expected a whole number from 1 to 99"), "{error}");
    }
    for good in [1, 99] {
        assert_eq!(parse::<Quantity>(json!(good)).get(), good);
    }
}

#[test]
fn what_a_later_version_says_is_unknown_and_not_an_error() {
    assert_eq!(parse::<Reason>(json!({"code": "eaten_by_dog", "dog": "Rex"})), Reason::Unknown);
    let problem = json!({"type": "urn:tiffin:problem:too-hungry", "title": "Wait.", "status": 418});
    assert_eq!(parse::<Problem>(problem).kind, ProblemType::Unknown);
    // A status between two that are known: the order, the list and the push are read.
    let mut later = serde_json::to_value(order()).unwrap();
    later["status"] = json!("order_tasted");
    later["timeline"][0]["status"] = json!("order_tasted");
    let later: Order = parse(later);
    assert_eq!((later.status, later.timeline[0].status), (Status::Unknown, Status::Unknown));
    assert!(!later.status.is_terminal(), "it is in progress");
    let summary =
        json!({"order_id": ORDER, "status": "order_tasted", "sequence": 3, "placed_at": 1});
    assert_eq!(parse::<OrderSummary>(summary).status, Status::Unknown);
    let mut detail = serde_json::to_value(fact(Status::Accepted, 2)).unwrap();
    detail["order_status"] = json!("order_tasted");
    let event = json!({"detail-type": "order_tasted", "detail": detail});
    let push: ToBrowser = parse(json!({"type": "order_event", "event": event}));
    let ToBrowser::OrderEvent { event } = push else { panic!("{push:?}") };
    assert_eq!((event.status(), event.fact.sequence), (Status::Unknown, 2));
    let mut followed = order();
    assert_eq!(followed.apply(&event), Applied::Gap, "so that it is fetched");
    let push: ToStaff = parse(json!({
        "type": "order_changed", "order_id": ORDER, "event": "order_tasted",
        "status": "order_tasted", "sequence": 2, "occurred_at": 1, "by": "Rex",
    }));
    let ToStaff::OrderChanged { event, status, .. } = push else { panic!("{push:?}") };
    assert_eq!((event, status), (EventName::Unknown, Status::Unknown));
    // On the bus it is refused: a function must not act on what it does not know.
    assert!(
        serde_json::from_value::<Envelope>(invocation("order_tasted", detail.clone())).is_err()
    );
    assert!(matches!(
        read(invocation("order_accepted", detail)),
        Err(EventError::Contradiction { .. })
    ));
}

#[test]
fn what_an_earlier_version_wrote_is_read() {
    // An event that was published before events named their restaurant.
    let mut old = serde_json::to_value(fact(Status::Accepted, 2)).unwrap();
    old.as_object_mut().unwrap().remove("restaurant_id");
    let Ok(Incoming::Event(event)) = read(invocation("order_accepted", old)) else { panic!() };
    assert_eq!(event.fact, Fact { restaurant_id: None, ..fact(Status::Accepted, 2) });
    // A restaurant as it was loaded before it had a town, and its page's order list.
    let mut old = serde_json::to_value(restaurant()).unwrap();
    for (at, field) in [("", "phone"), ("/card", "city"), ("/card", "country")] {
        old.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(field);
    }
    old["card"]["dishes"][0].as_object_mut().unwrap().remove("dish_id");
    let old: Restaurant = parse(old);
    assert_eq!((old.phone, old.card.city.as_str(), old.card.country), (None, "", None));
    assert_eq!(old.card.dishes[0].dish_id, None);
    let summary: OrderSummary = parse(json!({
        "order_id": ORDER, "status": "order_delivered", "sequence": 4, "placed_at": 1,
    }));
    assert_eq!((&summary.dishes, summary.more_dishes), (&Vec::new(), 0));
    let written = serde_json::to_value(&summary).unwrap();
    assert_eq!((written.get("dishes"), written.get("more_dishes")), (None, None));
}

#[test]
fn what_looser_rules_accepted_stays_readable_and_is_not_accepted_again() {
    let address = json!({
        "name": "…", "street": "\u{200b}", "city": "London", "postcode": "\u{200b}", "phone": "call me",
    });
    let request = json!({"label": "\u{200b}", "address": address});
    assert!(serde_json::from_value::<AddressInput>(request).is_err());

    let kept = json!({"address_id": ADDRESS, "label": "\u{200b}", "address": address});
    let AddressRecord { label, address: read, .. } = parse(kept);
    assert_eq!((read.name.as_ref(), read.street.as_ref()), ("…", "\u{200b}"));
    assert_eq!((label, read.phone, read.postcode), (None, None, None));

    let mut kept = serde_json::to_value(order()).unwrap();
    kept["basket"]["address"] = address;
    kept["basket"]["address"]["from_a_later_version"] = json!(1);
    kept["basket"]["note"] = json!("\u{200b}");
    kept["basket"]["restaurant_phone"] = json!("none");
    kept["basket"]["bill"]["lines"][0]["note"] = json!("\u{ad}");
    let basket = parse::<Order>(kept).basket.unwrap();
    assert_eq!(basket.address.unwrap().name.as_ref(), "…");
    assert_eq!(
        (basket.note, basket.restaurant_phone, &basket.bill.lines[0].note),
        (None, None, &None)
    );
}

#[test]
fn an_address_needs_a_name_that_can_be_called_and_a_phone_that_can_be_dialled() {
    let refused = |field: &str, value: &str| {
        let mut wanted = serde_json::to_value(request()).unwrap();
        wanted["address"][field] = json!(value);
        serde_json::from_value::<OrderRequest>(wanted).unwrap_err().to_string()
    };
    assert!(refused("name", "…").contains("a letter or a digit"));
    assert!(refused("phone", "call me").contains("a phone number"));
    assert!(refused("unit", " ").contains("must not be empty"));
    let mut wanted = serde_json::to_value(request()).unwrap();
    for optional in ["unit", "postcode", "phone"] {
        wanted["address"].as_object_mut().unwrap().remove(optional);
    }
    let read: OrderRequest = parse(wanted.clone());
    assert_eq!(serde_json::to_value(read).unwrap(), wanted);
}

#[test]
fn every_path_is_frozen() {
    let order = ORDER.parse().unwrap();
    for (path, expected) in [
        (restaurant_path(&card().restaurant_id), "/api/restaurants/golden-dosa"),
        (order_path(order), "/api/orders/0ff5e0c8-7c95-49be-ac84-771d47e1d92a"),
        (cancel_path(order), "/api/orders/0ff5e0c8-7c95-49be-ac84-771d47e1d92a/cancel"),
        (board_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/orders"),
        (
            staff_ticket_path(&"golden-dosa".parse().unwrap()),
            "/api/live-tickets?restaurant_id=golden-dosa",
        ),
        (courier_ticket_path(), "/api/live-tickets?purpose=deliveries"),
        (
            ticket_path(&"golden-dosa".parse().unwrap(), order),
            "/api/staff/golden-dosa/orders/0ff5e0c8-7c95-49be-ac84-771d47e1d92a",
        ),
        (
            commands_path(&"golden-dosa".parse().unwrap(), order),
            "/api/staff/golden-dosa/orders/0ff5e0c8-7c95-49be-ac84-771d47e1d92a/commands",
        ),
        (deliveries_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/deliveries"),
        (
            delivery_commands_path(&"golden-dosa".parse().unwrap(), order),
            "/api/staff/golden-dosa/deliveries/0ff5e0c8-7c95-49be-ac84-771d47e1d92a/commands",
        ),
        (shift_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/shift"),
        (hours_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/hours"),
        (delivery_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/delivery"),
        (people_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/people"),
        (
            member_path(&"golden-dosa".parse().unwrap(), USER.parse().unwrap()),
            "/api/staff/golden-dosa/people/68a0f215-8453-45be-a418-5b0b1c94b456",
        ),
        (invitations_path(&"golden-dosa".parse().unwrap()), "/api/staff/golden-dosa/invitations"),
        (
            invitation_path(&"golden-dosa".parse().unwrap(), ADDRESS.parse().unwrap()),
            "/api/staff/golden-dosa/invitations/0197f0a3-5b1c-7d2e-8f40-112233445566",
        ),
        (
            address_path(ADDRESS.parse().unwrap()),
            "/api/addresses/0197f0a3-5b1c-7d2e-8f40-112233445566",
        ),
        (account_path(None), "/api/account"),
        (account_path(Some("1_2")), "/api/account?cursor=1_2"),
        (orders_path(None), "/api/orders"),
        (orders_path(Some("1_2")), "/api/orders?cursor=1_2"),
    ] {
        assert_eq!(path, expected);
    }
    assert_eq!(MAX_BODY_BYTES, 65_536);
}

#[test]
fn a_page_is_found_by_its_name() {
    assert_eq!(page_path(PageName::Privacy), "/api/pages/privacy");
    for name in PageName::ALL {
        assert_eq!(name.as_str().parse(), Ok(name));
    }
    assert!("imprint".parse::<PageName>().is_err());
}

#[test]
fn what_a_restaurant_took_is_frozen() {
    use shared::api::{
        CourierTakings, CsvFile, Day, DishTakings, Figures, FoundOrders, HistoryEvent,
        OrderHistory, OrderRow, PhoneShown, Report, ReportDay, Takings, csv_path, day_path,
        found_orders_path, order_history_path, report_path,
    };
    let date = |text: &str| text.parse::<shared::hours::Date>().unwrap();
    let (order_id, currency) = (ORDER.parse().unwrap(), card().currency);
    let row = OrderRow {
        order_id,
        placed_at: NOW,
        status: Status::Delivered,
        total: Amount::new(2_300),
        currency,
        courier: Some("Ben".parse().unwrap()),
        collected: Some(collected()),
        is_late: true,
        ended_at: Some(NOW.plus_seconds(2_800)),
        reason: None,
    };
    let failed = OrderRow {
        status: Status::Failed,
        courier: None,
        collected: None,
        is_late: false,
        reason: Some(Reason::NobodyThere),
        ..row.clone()
    };
    let under_way =
        OrderRow { status: Status::Ready, ended_at: None, reason: None, ..failed.clone() };
    let sum = Sum { method: PaidBy::Cash, orders: 1, amount: Amount::new(2_300), currency };
    let figures = Figures {
        orders: 3,
        delivered: 1,
        failed: 1,
        under_way: 1,
        late: 1,
        takings: vec![Takings {
            currency,
            total: Amount::new(2_300),
            dishes: Amount::new(1_900),
            tips: Amount::new(150),
            collected: vec![sum],
            difference: Amount::ZERO,
            unstated: Amount::ZERO,
            couriers: vec![CourierTakings {
                courier: row.courier.clone(),
                collected: vec![sum],
                tips: Amount::new(150),
                unstated: Amount::ZERO,
            }],
        }],
        ..Figures::default()
    };
    let orders = vec![under_way, failed, row.clone()];
    let (from, to) = (date("2026-11-22"), date("2026-11-23"));
    let day = Day { date: to, today: to, figures: figures.clone(), orders: orders.clone() };
    frozen("reply_day", &day);
    frozen("reply_found_orders", &FoundOrders { orders });
    let dish = DishTakings {
        dish_id: "masala-dosa".parse().unwrap(),
        name: "Masala dosa".to_owned(),
        quantity: 2,
        takings: Amount::new(1_900),
        currency,
    };
    let days = vec![
        ReportDay { date: from, figures: Figures::default(), dishes: Vec::new() },
        ReportDay { date: to, figures: figures.clone(), dishes: vec![dish.clone()] },
    ];
    frozen("reply_report", &Report { from, to, figures, dishes: vec![dish], days });
    let placed = HistoryEvent {
        event: EventName::Placed,
        at: NOW,
        pressed_at: None,
        actor: Actor::CUSTOMER,
        reason: None,
        courier: None,
        ready_at: None,
        expected_at: None,
    };
    let by = |role: Role| Actor { role: role.into(), name: Some("Asha".parse().unwrap()) };
    let events = vec![
        placed.clone(),
        HistoryEvent {
            event: EventName::Delayed,
            actor: by(Role::Kitchen),
            reason: Some(Reason::TooBusy),
            ready_at: Some(NOW.plus_seconds(1_200)),
            expected_at: Some(NOW.plus_seconds(1_800)),
            ..placed.clone()
        },
        HistoryEvent {
            event: EventName::Claimed,
            actor: by(Role::Courier),
            courier: Some("Ben".parse().unwrap()),
            pressed_at: Some(NOW.plus_seconds(-90)),
            ..placed
        },
    ];
    let wanted = request();
    let mut bill_of_history = bill(&restaurant(), &wanted.lines, wanted.tip).unwrap();
    bill_of_history.lines[0].note = None;
    let history = OrderHistory {
        order: row,
        latest_at: Some(NOW.plus_seconds(2_700)),
        bill: bill_of_history,
        events,
        phone_shown: vec![PhoneShown { at: NOW, actor: by(Role::Manager) }],
    };
    frozen("reply_order_history", &history);

    let restaurant = "golden-dosa".parse().unwrap();
    assert_eq!(
        CsvFile::Orders.file_name(&restaurant, from, to),
        "orders-golden-dosa-2026-11-22-2026-11-23.csv"
    );
    for (path, expected) in [
        (day_path(&restaurant, None), "days/today"),
        (day_path(&restaurant, Some(to)), "days/2026-11-23"),
        (found_orders_path(&restaurant, "E1D92A"), "history?code=E1D92A"),
        (
            order_history_path(&restaurant, order_id),
            "orders/0ff5e0c8-7c95-49be-ac84-771d47e1d92a/history",
        ),
        (report_path(&restaurant, from, to), "reports?from=2026-11-22&to=2026-11-23"),
        (
            csv_path(&restaurant, CsvFile::Orders, from, to),
            "reports/orders.csv?from=2026-11-22&to=2026-11-23",
        ),
        (
            csv_path(&restaurant, CsvFile::Dishes, from, to),
            "reports/dishes.csv?from=2026-11-22&to=2026-11-23",
        ),
    ] {
        assert_eq!(path, format!("/api/staff/golden-dosa/{expected}"));
    }
}
