//! The first staff of a restaurant, whom nobody could have invited.

use aws_local::time::now_ms;
use serde_json::{Value, json};
use shared::UserId;
use shared::api::Membership;
use shared::staff::Role;

/// What makes somebody staff of a restaurant, whatever they were there: the value of `TransactItems` in a call
/// of DynamoDB's `TransactWriteItems`, on the table of people of that name. It writes what
/// `backend/src/store/people/members.rs` reads: the person's item, the restaurant's, and who are owners. A shift
/// of theirs goes on.
///
/// It does not look whether an owner is made something else who is the only one.
#[must_use]
pub fn transact_items(table: &str, user: UserId, membership: &Membership) -> Value {
    let Membership { restaurant_id, role, name } = membership;
    let of_restaurant = format!("restaurant#{restaurant_id}");
    let update = |partition: &str, item: String| {
        json!({"Update": {
            "TableName": table,
            "Key": {"user_id": {"S": partition}, "item": {"S": item}},
            "UpdateExpression":
                "SET #role = :role, #name = :name, since = if_not_exists(since, :now)",
            "ExpressionAttributeNames": {"#role": "role", "#name": "name"},
            "ExpressionAttributeValues": {
                ":role": {"S": role}, ":name": {"S": name}, ":now": {"N": now_ms().to_string()},
            },
        }})
    };
    let owners = if *role == Role::Owner { "ADD owners :them" } else { "DELETE owners :them" };
    json!([
        update(&user.to_string(), format!("staff#{restaurant_id}")),
        update(&of_restaurant, format!("member#{user}")),
        {"Update": {
            "TableName": table,
            "Key": {"user_id": {"S": of_restaurant}, "item": {"S": "owners"}},
            "UpdateExpression": owners,
            "ExpressionAttributeValues": {":them": {"SS": [user]}},
        }},
    ])
}
