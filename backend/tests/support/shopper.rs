//! What a customer does.

use serde_json::{Value, json};
use shared::{
    OrderId, UserId,
    api::{LegalPage, Member, PageName},
    hours::{DAY, Span, Weekday},
    menu::Restaurant,
    staff::Role,
};

use super::{Call, Fault, World};

/// The seed's order.
pub const ORDER: &str = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a";
/// The seed's customer.
pub const USER: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";

/// The seed's customer.
pub fn user() -> UserId {
    USER.parse().unwrap()
}

/// Another customer.
pub fn somebody_else() -> UserId {
    "11111111-1111-4111-8111-111111111111".parse().unwrap()
}

/// The seed's order.
pub fn order() -> OrderId {
    ORDER.parse().unwrap()
}

/// One of many orders.
pub fn numbered_order(number: u8) -> OrderId {
    OrderId::new(super::START, [number; 10])
}

/// The seed's event, by which another channel places an order: its detail.
pub fn placed_elsewhere() -> Value {
    json!({"order_id": ORDER, "order_status": "order_placed", "user_id": USER})
}

/// A restaurant with three dishes, open around the clock.
pub fn restaurant() -> Restaurant {
    let dish = |id: &str, name: &str, price: u32, more: Value| {
        let mut dish = json!({"dish_id": id, "name": name, "description": "Good.", "price": price, "art": "/art/0.svg"});
        dish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        dish
    };
    let sizes = json!([{"choice_id": "regular", "name": "Regular", "price": 0}, {"choice_id": "large", "name": "Large", "price": 200}]);
    serde_json::from_value(json!({
        "card": {
            "restaurant_id": "golden-dosa", "name": "Golden Dosa", "description": "South Indian.",
            "cuisines": ["South Indian"], "price_level": 1, "currency": "GBP", "delivery_fee": 250, "minimum_order": 700,
            "preparation_minutes": 18, "travel_minutes": 12, "art": "/art/1.svg",
            "hours": {"time_zone": "Europe/London", "spans": around_the_clock()},
        },
        "address": "12 Lamb Lane",
        "tax": {"name": "VAT", "basis_points": 2000, "included": true},
        "sections": [{"section_id": "dosas", "name": "Dosas", "dishes": [
            dish("masala-dosa", "Masala dosa", 750, json!({"options": [
                {"group_id": "size", "name": "Size", "at_least": 1, "at_most": 1, "choices": sizes}]})),
            dish("chai", "Chai", 150, json!({})),
            dish("halwa", "Halwa", 400, json!({"sold_out": true})),
        ]}],
    }))
    .unwrap()
}

fn around_the_clock() -> Vec<Span> {
    Weekday::ALL.map(|day| Span { day, opens: 0, closes: DAY }).into()
}

/// An order of two large dosas: 2 × 9.50 + 2.50.
pub fn order_request() -> Value {
    json!({
        "restaurant_id": "golden-dosa",
        "lines": [{"dish_id": "masala-dosa", "quantity": 2, "options": [{"group_id": "size", "choice_id": "large"}]}],
        "address": {"name": "Asha", "street": "1 Mill Row", "city": "London", "postcode": "N1 5TB"},
        "note": "Ring twice.",
        "expected_total": 2150,
    })
}

/// An order with everything that a customer may say of themselves: 1.50 + 2 × 9.50 + 2.50 and a tip
/// of 1.00.
pub fn detailed_order_request() -> Value {
    let mut request = order_request();
    request["address"]["phone"] = json!("020 7946 0000");
    request["address"]["unit"] = json!("Flat 3");
    request["lines"] = json!([{"dish_id": "chai", "quantity": 1}, request["lines"][0]]);
    request["lines"][1]["note"] = json!("Extra crisp.");
    request["tip"] = json!(100);
    request["expected_total"] = json!(2400);
    request
}

/// A kitchen that takes every order.
pub fn accepting() -> Value {
    json!({"kitchen": "accepts"})
}

/// The restaurant as `cargo dev catalog load` writes it: items of the catalog table.
pub fn catalog_items(kitchen: &Value) -> Vec<Value> {
    items_of(restaurant(), kitchen)
}

fn items_of(mut restaurant: Restaurant, kitchen: &Value) -> Vec<Value> {
    let id = restaurant.card.restaurant_id.to_string();
    let sections = restaurant.sections.clone();
    for section in &mut restaurant.sections {
        section.dishes.clear();
    }
    let about = serde_json::to_string(&restaurant).unwrap();
    let mut about = json!({"restaurant_id": id, "item": "about", "about": about});
    about.as_object_mut().unwrap().extend(kitchen.as_object().unwrap().clone());
    let card = serde_json::to_string(&restaurant.card).unwrap();
    let mut items = vec![about, json!({"restaurant_id": "cards", "item": id, "card": card})];
    for section in sections {
        items.extend(section.dishes.iter().enumerate().map(|(position, dish)| {
            json!({
                "restaurant_id": id, "item": format!("dish#{}", dish.dish_id), "section_id": section.section_id,
                "position": position, "dish": serde_json::to_string(dish).unwrap(),
            })
        }));
    }
    items
}

impl World {
    /// Writes the restaurant to the catalog.
    pub fn list(&self, kitchen: &Value) {
        self.list_as(restaurant(), kitchen);
    }

    /// Writes it as it is here.
    pub fn list_as(&self, restaurant: Restaurant, kitchen: &Value) {
        for item in items_of(restaurant, kitchen) {
            self.put("CatalogTable", &item);
        }
    }

    /// Writes a text of the shop's own to the catalog, as `cargo dev catalog load` does.
    pub fn publish_page(&self, name: PageName, page: &LegalPage) {
        let page = serde_json::to_string(page).unwrap();
        let item = json!({"restaurant_id": "pages", "item": name.as_str(), "page": page});
        self.put("CatalogTable", &item);
    }

    fn put(&self, table: &str, item: &Value) {
        let table = super::stack().get(table).unwrap().physical_id.clone();
        let item: aws_sdk_item::Item = item
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), aws_sdk_item::attribute(value)))
            .collect();
        self.aws.put_item(&table, &Value::Object(item));
    }

    /// `PUT /api/orders/{order_id}`.
    pub async fn place(&self, user: UserId, order_id: OrderId, request: &Value) -> (u16, Value) {
        let (id, body) = (order_id.to_string(), request.to_string());
        self.call("PUT /api/orders/{order_id}", Some(user), &[("order_id", &id)], &body).await
    }

    /// `POST /api/orders/{order_id}/cancel`.
    pub async fn cancel(&self, user: UserId, order_id: OrderId) -> (u16, Value) {
        let id = order_id.to_string();
        self.call("POST /api/orders/{order_id}/cancel", Some(user), &[("order_id", &id)], "").await
    }

    /// `POST /api/live-tickets`, as the seed's customer.
    pub async fn ticket(&self) -> (u16, Value) {
        self.call("POST /api/live-tickets", Some(user()), &[], "").await
    }

    /// `PUT /api/addresses/{address_id}`, as the seed's customer.
    pub async fn save_address(&self, address_id: &str, body: &Value) -> (u16, Value) {
        let route = "PUT /api/addresses/{address_id}";
        let parameters = [("address_id", address_id)];
        self.call(route, Some(user()), &parameters, &body.to_string()).await
    }

    /// Makes somebody staff of a restaurant, called An.
    pub async fn employs(&self, who: UserId, restaurant: &str, role: Role) {
        self.employs_as("An", who, restaurant, role).await;
    }

    /// Makes somebody staff of a restaurant, called that.
    pub async fn employs_as(&self, name: &str, who: UserId, restaurant: &str, role: Role) {
        let name = name.parse().unwrap();
        let member = Member { user_id: who, role, name, since: super::clock() };
        let made = self.api.people.set_member(&restaurant.parse().unwrap(), &member).await;
        made.unwrap().unwrap();
    }

    /// Ends that.
    pub async fn dismisses(&self, who: UserId, restaurant: &str) {
        let restaurant = restaurant.parse().unwrap();
        self.api.people.remove_member(who, &restaurant, None).await.unwrap().unwrap();
    }

    /// `POST /api/staff/{restaurant_id}/invitations`.
    pub async fn invites(&self, who: UserId, restaurant: &str, request: &Value) -> (u16, Value) {
        let route = "POST /api/staff/{restaurant_id}/invitations";
        let parameters = [("restaurant_id", restaurant)];
        self.call(route, Some(who), &parameters, &request.to_string()).await
    }

    /// `POST /api/memberships` by whoever has that address.
    pub async fn accepts(&self, who: UserId, email: &str, acceptance: &Value) -> (u16, Value) {
        let event = super::http("POST /api/memberships", Some(who), &[], &acceptance.to_string());
        self.answer(super::with_id_token(event, email)).await
    }

    /// `DELETE /api/staff/{restaurant_id}/people/{user_id}`.
    pub async fn removes(&self, who: UserId, restaurant: &str, whom: UserId) -> (u16, Value) {
        let route = "DELETE /api/staff/{restaurant_id}/people/{user_id}";
        let whom = whom.to_string();
        let parameters = [("restaurant_id", restaurant), ("user_id", &*whom)];
        self.call(route, Some(who), &parameters, "").await
    }

    /// `POST /api/staff/{restaurant_id}/orders/{order_id}/commands`.
    pub async fn sends_command(
        &self,
        who: UserId,
        restaurant: &str,
        order_id: OrderId,
        command: &Value,
    ) -> (u16, Value) {
        let route = "POST /api/staff/{restaurant_id}/orders/{order_id}/commands";
        self.sends_to_order(route, (who, restaurant, order_id), command).await
    }

    /// `POST /api/staff/{restaurant_id}/deliveries/{order_id}/commands`.
    pub async fn sends_delivery_command(
        &self,
        who: UserId,
        restaurant: &str,
        order_id: OrderId,
        command: &Value,
    ) -> (u16, Value) {
        let route = "POST /api/staff/{restaurant_id}/deliveries/{order_id}/commands";
        self.sends_to_order(route, (who, restaurant, order_id), command).await
    }

    async fn sends_to_order(
        &self,
        route: &str,
        (who, restaurant, order_id): (UserId, &str, OrderId),
        command: &Value,
    ) -> (u16, Value) {
        let order_id = order_id.to_string();
        let parameters = [("restaurant_id", restaurant), ("order_id", &*order_id)];
        self.call(route, Some(who), &parameters, &command.to_string()).await
    }

    /// `GET /api/staff/{restaurant_id}/deliveries`.
    pub async fn deliveries(&self, who: UserId, restaurant: &str) -> (u16, Value) {
        let route = "GET /api/staff/{restaurant_id}/deliveries";
        self.call(route, Some(who), &[("restaurant_id", restaurant)], "").await
    }

    /// `POST /api/staff/{restaurant_id}/shift`.
    pub async fn changes_shift(&self, who: UserId, restaurant: &str, on: bool) -> (u16, Value) {
        let route = "POST /api/staff/{restaurant_id}/shift";
        let body = json!({"on": on}).to_string();
        self.call(route, Some(who), &[("restaurant_id", restaurant)], &body).await
    }

    /// `GET /api/staff/{restaurant_id}/shift`.
    pub async fn shift(&self, who: UserId, restaurant: &str) -> (u16, Value) {
        let route = "GET /api/staff/{restaurant_id}/shift";
        self.call(route, Some(who), &[("restaurant_id", restaurant)], "").await
    }

    /// `PUT /api/staff/{restaurant_id}/menu` with that `If-Match`, if any.
    pub async fn publishes(
        &self,
        who: UserId,
        restaurant: &str,
        if_match: Option<&str>,
        body: &str,
    ) -> (u16, Value) {
        let route = "PUT /api/staff/{restaurant_id}/menu";
        let mut request = super::http(route, Some(who), &[("restaurant_id", restaurant)], body);
        if let Some(if_match) = if_match {
            request["headers"]["if-match"] = json!(if_match);
        }
        self.answer(request).await
    }

    /// `DELETE /api/account`, as the seed's customer.
    pub async fn delete_account(&self) -> (u16, Value) {
        self.call("DELETE /api/account", Some(user()), &[], "").await
    }

    /// Has these calls refused from now on.
    pub fn refuse(&self, is_refused: impl Fn(&Call) -> bool + Send + 'static) {
        self.aws.fate(move |call| if is_refused(call) { Fault::Refused } else { Fault::None });
    }
}

mod aws_sdk_item {
    use serde_json::{Value, json};

    pub(super) type Item = serde_json::Map<String, Value>;

    pub(super) fn attribute(value: &Value) -> Value {
        match value {
            Value::String(text) => json!({"S": text}),
            Value::Number(number) => json!({"N": number.to_string()}),
            other => panic!("{other} is in no catalog"),
        }
    }
}
