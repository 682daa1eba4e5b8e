//! Who is staff of a restaurant: invited, accepted, removed, and never without an owner.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use serde_json::{Value, json};
use shared::{
    RestaurantId, UserId,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, Fault, World, accepting, clock, http, kind, pass, somebody_else, user, with_id_token,
};

const RESTAURANT: &str = "golden-dosa";
const PEOPLE: &str = "GET /api/staff/{restaurant_id}/people";
const INVITE: &str = "POST /api/staff/{restaurant_id}/invitations";
const WITHDRAW: &str = "DELETE /api/staff/{restaurant_id}/invitations/{invitation_id}";
const REMOVE: &str = "DELETE /api/staff/{restaurant_id}/people/{user_id}";
const ACCEPT: &str = "POST /api/memberships";
const BOARD: &str = "GET /api/staff/{restaurant_id}/orders";
const EMAIL: &str = "an@example.com";
const HOURS: i64 = 3_600;

/// The owner of the restaurant.
fn owner() -> UserId {
    user()
}

fn numbered_user(number: u8) -> UserId {
    format!("22222222-2222-4222-8222-2222222222{number:02}").parse().unwrap()
}

/// Whoever is invited.
fn cook() -> UserId {
    numbered_user(0)
}

async fn owned() -> World {
    let world = World::new(AT_ONCE);
    world.employs(owner(), RESTAURANT, Role::Owner).await;
    world
}

fn a_cook() -> Value {
    json!({"email": EMAIL, "role": "kitchen", "name": "An"})
}

/// The invitation that the owner has just made, with its token.
async fn invitation(world: &World, request: &Value) -> Value {
    let (status, invitation) = world.invites(owner(), RESTAURANT, request).await;
    assert_eq!(status, 201, "{invitation}");
    invitation
}

fn acceptance(invitation: &Value) -> Value {
    json!({"invitation": invitation["token"]})
}

async fn people(world: &World) -> Value {
    let parameters = [("restaurant_id", RESTAURANT)];
    let (status, people) = world.call(PEOPLE, Some(owner()), &parameters, "").await;
    assert_eq!(status, 200, "{people}");
    people
}

/// What somebody is in the restaurant, by both items of the table, which agree.
async fn role_of(world: &World, who: UserId) -> Option<Role> {
    let restaurant: RestaurantId = RESTAURANT.parse().unwrap();
    let staff = world.api.people.staff(&restaurant).await.unwrap();
    let mut members = staff.members.into_iter().map(|colleague| colleague.member);
    let member = members.find(|member| member.user_id == who);
    let membership = world.api.people.membership(who, &restaurant).await.unwrap();
    let told = member.map(|member| (member.role, member.name));
    assert_eq!(membership.map(|it| (it.role, it.name)), told, "both items are the same");
    told.map(|(role, _)| role)
}

/// The ids in the item of the restaurant's owners.
fn owners(world: &World) -> BTreeSet<String> {
    let items = world.aws.items(&world.table("PeopleTable"));
    let owners = items.iter().find(|item| item["item"]["S"] == "owners").unwrap();
    let owners = owners["owners"]["SS"].as_array().into_iter().flatten();
    owners.map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// The restaurant has owners, and they are those of the list.
async fn assert_owned(world: &World, by: &[UserId]) {
    let restaurant: RestaurantId = RESTAURANT.parse().unwrap();
    let staff = world.api.people.staff(&restaurant).await.unwrap();
    let members = staff.members.into_iter().map(|colleague| colleague.member);
    let listed = members.filter(|member| member.role == Role::Owner);
    let listed: BTreeSet<String> = listed.map(|member| member.user_id.to_string()).collect();
    let expected: BTreeSet<String> = by.iter().map(ToString::to_string).collect();
    assert_eq!((&listed, &owners(world)), (&expected, &expected));
}

/// What somebody is told of an invitation before they accept it.
async fn preview(world: &World, who: UserId, email: &str, invitation: &Value) -> (u16, Value) {
    let mut asked = acceptance(invitation);
    asked["preview"] = json!(true);
    world.accepts(who, email, &asked).await
}

#[tokio::test]
async fn who_is_invited_is_told_by_whom_and_as_what_before_they_accept() {
    let world = owned().await;
    world.list(&accepting());
    let new = invitation(&world, &a_cook()).await;
    let told = json!({"restaurant": "Golden Dosa", "role": "kitchen", "name": "An"});
    for _ in 0..2 {
        assert_eq!(preview(&world, cook(), EMAIL, &new).await, (200, told.clone()));
    }
    assert_eq!(role_of(&world, cook()).await, None, "nothing is accepted");
    let nameless = invitation(&world, &json!({"email": EMAIL, "role": "courier"})).await;
    let expected = json!({"restaurant": "Golden Dosa", "role": "courier"});
    assert_eq!(preview(&world, cook(), EMAIL, &nameless).await, (200, expected));

    // What cannot be accepted says what accepting says, and nothing else.
    let mut unknown = new.clone();
    unknown["token"] = json!("A".repeat(43));
    let accepted = invitation(&world, &a_cook()).await;
    assert_eq!(world.accepts(cook(), EMAIL, &acceptance(&accepted)).await.0, 201);
    for (who, email, link, refused) in [
        (cook(), "else@example.com", &new, "invitation-for-another"),
        (cook(), EMAIL, &unknown, "invitation-not-valid"),
        (numbered_user(1), EMAIL, &accepted, "invitation-not-valid"),
    ] {
        let (status, problem) = preview(&world, who, email, link).await;
        assert_eq!(kind(&problem), refused);
        assert_eq!(world.accepts(who, email, &acceptance(link)).await, (status, problem));
    }
    assert_eq!(preview(&world, cook(), EMAIL, &accepted).await, (200, told), "it is theirs");
    let parameters =
        [("restaurant_id", RESTAURANT), ("invitation_id", new["invitation_id"].as_str().unwrap())];
    assert_eq!(world.call(WITHDRAW, Some(owner()), &parameters, "").await.0, 204);
    let (status, problem) = preview(&world, cook(), EMAIL, &new).await;
    assert_eq!((status, kind(&problem)), (404, "invitation-not-valid"), "withdrawn");
    pass(72 * HOURS);
    let (status, problem) = preview(&world, cook(), EMAIL, &nameless).await;
    assert_eq!((status, kind(&problem)), (404, "invitation-not-valid"), "expired");
}

#[tokio::test]
async fn who_accepts_an_invitation_is_staff_with_the_next_request() {
    let world = owned().await;
    let new = invitation(&world, &a_cook()).await;
    let expires_at = clock().plus_seconds(72 * HOURS).millis() / 1_000 * 1_000;
    let listed = json!({
        "invitation_id": new["invitation_id"], "email": EMAIL, "role": "kitchen", "name": "An",
        "expires_at": expires_at,
    });
    let mut shown = new.clone();
    assert!(shown.as_object_mut().unwrap().remove("token").is_some());
    assert_eq!(shown, listed);
    let since = clock();
    let boss = json!({"user_id": owner(), "role": "owner", "name": "An", "since": since});
    assert_eq!(people(&world).await, json!({"members": [boss], "invitations": [listed]}));

    let (status, _) = world.call(BOARD, Some(cook()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 404, "invited is nobody yet");
    pass(60);
    let accepted = world.accepts(cook(), EMAIL, &acceptance(&new)).await;
    let membership = json!({"restaurant_id": RESTAURANT, "role": "kitchen", "name": "An"});
    assert_eq!(accepted, (201, membership.clone()));
    let (status, _) = world.call(BOARD, Some(cook()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 200);
    let (_, memberships) = world.call("GET /api/staff", Some(cook()), &[], "").await;
    assert_eq!(memberships["memberships"], json!([membership]));
    let (_, account) = world.call("GET /api/account", Some(cook()), &[], "").await;
    assert_eq!(account["memberships"], json!([membership]), "it is stored of them");
    let an = json!({"user_id": cook(), "role": "kitchen", "name": "An", "since": clock()});
    assert_eq!(people(&world).await, json!({"members": [boss, an], "invitations": []}));

    // Sent again, it is done already; by anybody else, it is used.
    assert_eq!(world.accepts(cook(), EMAIL, &acceptance(&new)).await, (200, membership));
    let (status, problem) = world.accepts(numbered_user(1), EMAIL, &acceptance(&new)).await;
    assert_eq!((status, kind(&problem)), (404, "invitation-not-valid"));

    assert_eq!(world.removes(owner(), RESTAURANT, cook()).await.0, 204);
    let (status, _) = world.call(BOARD, Some(cook()), &[("restaurant_id", RESTAURANT)], "").await;
    assert_eq!(status, 404, "removed, with the next request");
    let (status, problem) = world.accepts(cook(), EMAIL, &acceptance(&new)).await;
    assert_eq!((status, kind(&problem)), (404, "invitation-not-valid"), "it leads back to nothing");
    assert_eq!(world.removes(owner(), RESTAURANT, cook()).await.0, 204, "and again");
    assert_eq!(role_of(&world, cook()).await, None);
}

#[tokio::test]
async fn the_table_holds_no_token() {
    let world = owned().await;
    let new = invitation(&world, &a_cook()).await;
    let token = new["token"].as_str().unwrap();
    assert_eq!(token.len(), 43);
    let items = world.aws.items(&world.table("PeopleTable"));
    assert!(!json!(items).to_string().contains(token));
    let expiring = items.iter().filter(|item| item.get("expires_at").is_some());
    let seconds = (clock().millis() / 1_000 + 72 * HOURS).to_string();
    let expire: Vec<_> = expiring.map(|item| item["expires_at"]["N"].as_str().unwrap()).collect();
    assert_eq!(expire, [&*seconds, &*seconds], "by the TTL, with what leads to it");
    assert_ne!(invitation(&world, &a_cook()).await["token"], token);
}

#[tokio::test]
async fn an_invitation_is_accepted_once_whoever_is_as_fast() {
    for both in [[cook(), numbered_user(1)], [cook(), cook()]] {
        let world = owned().await;
        let acceptance = acceptance(&invitation(&world, &a_cook()).await);
        world.aws.takes_turns.store(true, Ordering::Relaxed);
        let (first, second) = tokio::join!(
            world.accepts(both[0], EMAIL, &acceptance),
            world.accepts(both[1], EMAIL, &acceptance)
        );
        world.aws.takes_turns.store(false, Ordering::Relaxed);
        let calls = world.aws.calls.lock().unwrap().clone();
        let last: Vec<_> = calls.iter().filter(|it| *it == "TransactWriteItems").collect();
        assert_eq!(last.len(), 4, "the owner, the invitation, and both have come so far");
        let statuses = BTreeSet::from([first.0, second.0]);
        let expected = if both[0] == both[1] { [200, 201] } else { [201, 404] };
        assert_eq!(statuses, expected.into(), "{first:?} {second:?}");
        let roles = [role_of(&world, cook()).await, role_of(&world, numbered_user(1)).await];
        assert_eq!(roles.into_iter().flatten().count(), 1);
    }
}

/// Whoever tries tokens must not learn which exist or existed.
#[tokio::test]
async fn an_invitation_that_cannot_be_accepted_does_not_say_why() {
    let world = owned().await;
    let unknown = json!({"invitation": "A".repeat(43)});
    let used = invitation(&world, &a_cook()).await;
    assert_eq!(world.accepts(numbered_user(9), EMAIL, &acceptance(&used)).await.0, 201);
    let withdrawn = invitation(&world, &a_cook()).await;
    let id = withdrawn["invitation_id"].as_str().unwrap();
    let parameters = [("restaurant_id", RESTAURANT), ("invitation_id", id)];
    for _ in 0..2 {
        assert_eq!(world.call(WITHDRAW, Some(owner()), &parameters, "").await.0, 204);
    }
    // Whoever made it may not invite any more.
    world.employs(somebody_else(), RESTAURANT, Role::Owner).await;
    let (_, of_another) = world.invites(somebody_else(), RESTAURANT, &a_cook()).await;
    assert_eq!(people(&world).await["invitations"].as_array().unwrap().len(), 1);
    assert_eq!(world.removes(owner(), RESTAURANT, somebody_else()).await.0, 204);
    let answer = world.accepts(cook(), EMAIL, &acceptance(&of_another)).await;
    assert_eq!(kind(&answer.1), "invitation-not-valid", "who is removed leaves no way back in");
    // The same for who is something else there, and may not invite.
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    let (_, of_manager) = world.invites(somebody_else(), RESTAURANT, &a_cook()).await;
    world.employs(somebody_else(), RESTAURANT, Role::Kitchen).await;
    let answer = world.accepts(cook(), EMAIL, &acceptance(&of_manager)).await;
    assert_eq!(kind(&answer.1), "invitation-not-valid");
    let expired = invitation(&world, &a_cook()).await;
    assert_eq!(people(&world).await["invitations"].as_array().unwrap().len(), 1);
    pass(72 * HOURS - 1);
    let in_time = world.accepts(numbered_user(1), "else@example.com", &acceptance(&expired)).await;
    assert_eq!(kind(&in_time.1), "invitation-for-another", "it can still be accepted");
    pass(1);
    assert_eq!(people(&world).await["invitations"], json!([]));
    let answers = [
        world.accepts(cook(), EMAIL, &unknown).await,
        world.accepts(cook(), EMAIL, &acceptance(&used)).await,
        world.accepts(cook(), EMAIL, &acceptance(&withdrawn)).await,
        world.accepts(cook(), EMAIL, &acceptance(&of_another)).await,
        world.accepts(cook(), EMAIL, &acceptance(&expired)).await,
        world.accepts(cook(), "else@example.com", &acceptance(&expired)).await,
    ];
    for answer in &answers {
        assert_eq!((answer.0, kind(&answer.1)), (404, "invitation-not-valid"), "{answer:?}");
        assert_eq!(answer, &answers[0]);
    }
    assert_eq!(role_of(&world, cook()).await, None);
}

/// It is read as open, and expires before it is accepted.
#[tokio::test]
async fn an_invitation_that_expires_meanwhile_is_not_accepted() {
    let world = owned().await;
    let new = invitation(&world, &a_cook()).await;
    let restaurant: RestaurantId = RESTAURANT.parse().unwrap();
    let id = new["invitation_id"].as_str().unwrap().parse().unwrap();
    let invited = world.api.people.invitation(&restaurant, id).await.unwrap().unwrap();
    let member = shared::api::Member {
        user_id: cook(),
        role: Role::Kitchen,
        name: "An".parse().unwrap(),
        since: clock(),
    };
    let accepted =
        backend::store::people::Accepted { restaurant: &restaurant, member: &member, before: None };
    let late = clock().plus_seconds(72 * HOURS);
    let refused = world.api.people.accept(&invited, accepted, late).await.unwrap();
    assert_eq!(refused, Err(backend::store::people::NotAccepted::NotValid));
}

#[tokio::test]
async fn an_invitation_is_for_whoever_has_its_address() {
    let world = owned().await;
    let mut request = a_cook();
    request["email"] = json!("  An@Example.com ");
    let new = invitation(&world, &request).await;
    assert_eq!(new["email"], EMAIL);
    for other in ["ann@example.com", "an@example.org"] {
        let (status, problem) = world.accepts(cook(), other, &acceptance(&new)).await;
        assert_eq!((status, kind(&problem)), (403, "invitation-for-another"));
        assert!(!problem.to_string().contains("example"), "{problem}");
    }
    assert_eq!(world.accepts(cook(), "AN@example.COM", &acceptance(&new)).await.0, 201);
}

#[tokio::test]
async fn an_id_token_opens_the_route_of_invitations_and_no_other() {
    let world = owned().await;
    let new = invitation(&world, &a_cook()).await;
    let body = acceptance(&new).to_string();
    let accept = || with_id_token(http(ACCEPT, Some(cook()), &[], &body), EMAIL);
    let but = |claim: &str, value: Value| {
        let mut event = accept();
        event["requestContext"]["authorizer"]["jwt"]["claims"][claim] = value;
        event
    };
    for event in [
        http(ACCEPT, Some(cook()), &[], &body),
        but("token_use", json!("access")),
        but("token_use", Value::Null),
        but("email_verified", json!("false")),
        but("email_verified", Value::Null),
        but("email", Value::Null),
        but("email", json!("nobody")),
    ] {
        let (status, problem) = world.answer(event.clone()).await;
        assert_eq!((status, kind(&problem)), (403, "forbidden"), "{event}");
    }
    assert_eq!(world.answer(http(ACCEPT, None, &[], &body)).await.0, 401);
    assert_eq!(role_of(&world, cook()).await, None);

    let routes: Vec<&str> = crate::support::stack()
        .of_kind("AWS::ApiGatewayV2::Route")
        .filter(|route| route.text("/AuthorizationType") == Some("JWT"))
        .filter_map(|route| route.text("/RouteKey"))
        .filter(|route| *route != ACCEPT)
        .collect();
    assert!(routes.len() > 15, "{routes:?}");
    let parameters = [("restaurant_id", RESTAURANT)];
    for route in routes {
        let event = with_id_token(http(route, Some(owner()), &parameters, "{}"), EMAIL);
        let (status, problem) = world.answer(event).await;
        assert_eq!((status, kind(&problem)), (403, "forbidden"), "{route}");
    }
    // A boolean is a text by the time API Gateway hands it over; as it is in the token, it means the same.
    assert_eq!(world.answer(but("email_verified", json!(true))).await.0, 201);
}

/// Every role, in its own restaurant and elsewhere, and everything that it may do to people or not.
#[tokio::test]
async fn each_role_invites_and_removes_whom_it_may_in_its_own_restaurant_only() {
    let world = owned().await;
    world.employs(somebody_else(), RESTAURANT, Role::Owner).await;
    world.employs(numbered_user(14), "raat", Role::Owner).await;
    let acting = numbered_user(10);
    let target = numbered_user(11);
    let call = async |who: UserId, route, restaurant: &str, more: (&str, &str), body: &str| {
        let parameters = [("restaurant_id", restaurant), more];
        let (status, answer) = world.call(route, Some(who), &parameters, body).await;
        (status, kind(&answer).to_owned())
    };
    let none = ("", "");
    let target_id = target.to_string();
    let removed = ("user_id", &*target_id);
    for role in Role::ALL {
        world.employs(acting, RESTAURANT, role).await;
        let expect = |action: Action, done: u16| match may(role, action) {
            true => (done, String::new()),
            false => (403, "forbidden".to_owned()),
        };
        let read = call(acting, PEOPLE, RESTAURANT, none, "").await;
        assert_eq!(read, expect(Action::ReadPeople, 200), "{role:?}");
        for other in Role::ALL {
            let request = json!({"email": EMAIL, "role": other}).to_string();
            let invited = call(acting, INVITE, RESTAURANT, none, &request).await;
            assert_eq!(invited, expect(Action::Invite(other), 201), "{role:?} invites {other:?}");

            let request = json!({"email": EMAIL, "role": other});
            let new = invitation(&world, &request).await;
            let id = new["invitation_id"].as_str().unwrap();
            let withdrawn = ("invitation_id", id);
            let answer = call(acting, WITHDRAW, RESTAURANT, withdrawn, "").await;
            let expected = expect(Action::Invite(other), 204);
            assert_eq!(answer, expected, "{role:?} withdraws {other:?}");
            let open = people(&world).await["invitations"].to_string();
            assert_eq!(open.contains(id), expected.0 == 403, "{role:?} withdraws {other:?}");

            world.employs(target, RESTAURANT, other).await;
            let answer = call(acting, REMOVE, RESTAURANT, removed, "").await;
            let expected = expect(Action::Remove(other), 204);
            assert_eq!(answer, expected, "{role:?} removes {other:?}");
            let stays = (expected.0 == 403).then_some(other);
            assert_eq!(role_of(&world, target).await, stays, "{role:?} removes {other:?}");
            world.dismisses(target, RESTAURANT).await;

            // What is in no restaurant of theirs is not there, whatever they are elsewhere.
            let foreign = numbered_user(12);
            world.employs(foreign, "raat", role).await;
            for who in [foreign, numbered_user(13)] {
                for restaurant in [RESTAURANT, "nowhere", "No Slug"] {
                    for (route, more) in
                        [(PEOPLE, none), (INVITE, none), (WITHDRAW, withdrawn), (REMOVE, removed)]
                    {
                        let answer = call(who, route, restaurant, more, &request.to_string()).await;
                        let context = format!("{role:?} {route} {restaurant}");
                        assert_eq!(answer, (404, "not-found".to_owned()), "{context}");
                    }
                }
            }
            // An invitation or a member of another restaurant is not there either.
            world.employs(target, RESTAURANT, other).await;
            let new = invitation(&world, &request).await;
            let id = new["invitation_id"].as_str().unwrap();
            for (route, more) in [(WITHDRAW, ("invitation_id", id)), (REMOVE, removed)] {
                let answer = call(foreign, route, "raat", more, "").await;
                assert!(matches!(answer.0, 204 | 403), "{route}");
            }
            assert_eq!(role_of(&world, target).await, Some(other));
            assert!(people(&world).await["invitations"].to_string().contains(id));
            let withdraw = call(owner(), WITHDRAW, RESTAURANT, ("invitation_id", id), "").await;
            assert_eq!(withdraw.0, 204);
            world.dismisses(target, RESTAURANT).await;
            forget_invitations(&world).await;
        }
        // Everyone may go.
        let own_id = acting.to_string();
        let answer = call(acting, REMOVE, RESTAURANT, ("user_id", &own_id), "").await;
        assert_eq!(answer.0, 204, "{role:?}");
        assert_eq!(role_of(&world, acting).await, None);
    }
}

async fn forget_invitations(world: &World) {
    for invitation in people(world).await["invitations"].as_array().unwrap() {
        let id = invitation["invitation_id"].as_str().unwrap();
        let parameters = [("restaurant_id", RESTAURANT), ("invitation_id", id)];
        assert_eq!(world.call(WITHDRAW, Some(owner()), &parameters, "").await.0, 204);
    }
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = owned().await;
    let restaurants = json!([RESTAURANT]);
    let refused = |(status, problem): (u16, Value)| {
        assert_eq!((status, kind(&problem)), (409, "last-owner"), "{problem}");
        assert_eq!(problem["restaurants"], restaurants);
    };
    refused(world.removes(owner(), RESTAURANT, owner()).await);
    let lower = json!({"email": EMAIL, "role": "kitchen", "name": "An"});
    let lower = invitation(&world, &lower).await;
    refused(world.accepts(owner(), EMAIL, &acceptance(&lower)).await);
    refused(world.delete_account().await);
    assert_owned(&world, &[owner()]).await;
    assert_eq!(world.ticket().await.0, 201, "the account is open");
    assert_eq!(people(&world).await["invitations"].as_array().unwrap().len(), 1, "still open");

    // With another owner all of that is possible.
    world.employs(somebody_else(), RESTAURANT, Role::Owner).await;
    assert_owned(&world, &[owner(), somebody_else()]).await;
    let (status, membership) = world.accepts(owner(), EMAIL, &acceptance(&lower)).await;
    assert_eq!((status, &membership["role"]), (201, &json!("kitchen")));
    assert_owned(&world, &[somebody_else()]).await;
    refused(world.removes(somebody_else(), RESTAURANT, somebody_else()).await);
    assert_eq!(world.delete_account().await.0, 204);
    assert_owned(&world, &[somebody_else()]).await;
}

#[tokio::test]
async fn an_invitation_makes_a_member_what_it_says() {
    let world = owned().await;
    world.employs(cook(), RESTAURANT, Role::Kitchen).await;
    for role in ["owner", "manager", "courier", "kitchen"] {
        let new = invitation(&world, &json!({"email": EMAIL, "role": role, "name": "Bo"})).await;
        let (status, membership) = world.accepts(cook(), EMAIL, &acceptance(&new)).await;
        assert_eq!((status, &membership["role"]), (201, &json!(role)));
        assert_eq!(json!(role_of(&world, cook()).await), role);
        let owners: &[UserId] = &[owner(), cook()];
        assert_owned(&world, if role == "owner" { owners } else { &owners[..1] }).await;
    }
}

#[tokio::test]
async fn a_shift_goes_on_in_a_role_that_still_delivers_and_in_no_other() {
    let world = owned().await;
    let accepts = async |role: &str| {
        let new = invitation(&world, &json!({"email": EMAIL, "role": role, "name": "An"})).await;
        assert_eq!(world.accepts(cook(), EMAIL, &acceptance(&new)).await.0, 201, "{role}");
    };
    accepts("courier").await;
    let (_, begun) = world.changes_shift(cook(), RESTAURANT, true).await;
    assert!(begun.get("began_at").is_some(), "{begun}");
    pass(60);
    accepts("manager").await;
    assert_eq!(world.shift(cook(), RESTAURANT).await, (200, begun));
    accepts("kitchen").await;
    accepts("courier").await;
    let (_, shift) = world.shift(cook(), RESTAURANT).await;
    assert_eq!(shift.get("began_at"), None, "{shift}");
}

#[tokio::test]
async fn two_owners_who_remove_each_other_leave_one() {
    let world = owned().await;
    world.employs(somebody_else(), RESTAURANT, Role::Owner).await;
    world.aws.takes_turns.store(true, Ordering::Relaxed);
    let (first, second) = tokio::join!(
        world.removes(owner(), RESTAURANT, somebody_else()),
        world.removes(somebody_else(), RESTAURANT, owner())
    );
    world.aws.takes_turns.store(false, Ordering::Relaxed);
    assert_eq!(BTreeSet::from([first.0, second.0]), [204, 409].into(), "{first:?} {second:?}");
    let left = if first.0 == 204 { owner() } else { somebody_else() };
    assert_owned(&world, &[left]).await;
}

#[tokio::test]
async fn of_two_owners_who_delete_their_accounts_one_stays() {
    let world = owned().await;
    world.employs(somebody_else(), RESTAURANT, Role::Owner).await;
    world.aws.takes_turns.store(true, Ordering::Relaxed);
    let delete = |who| world.call("DELETE /api/account", Some(who), &[], "");
    let (first, second) = tokio::join!(delete(owner()), delete(somebody_else()));
    world.aws.takes_turns.store(false, Ordering::Relaxed);
    assert_eq!(BTreeSet::from([first.0, second.0]), [204, 409].into(), "{first:?} {second:?}");
    let (left, problem) =
        if first.0 == 204 { (somebody_else(), second.1) } else { (owner(), first.1) };
    assert_eq!((kind(&problem), &problem["restaurants"]), ("last-owner", &json!([RESTAURANT])));
    assert_owned(&world, &[left]).await;
    let (_, account) = world.call("GET /api/account", Some(left), &[], "").await;
    assert_eq!(account.get("closed_at"), None, "it is open again");
    assert_eq!(delete(left).await.0, 409, "and so for as long as nobody else is an owner");
}

/// A member becomes an owner while somebody who may remove no owner removes them.
#[tokio::test]
async fn who_is_removed_is_what_they_were_seen_to_be() {
    let world = owned().await;
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    world.employs(cook(), RESTAURANT, Role::Kitchen).await;
    let new = invitation(&world, &json!({"email": EMAIL, "role": "owner", "name": "An"})).await;
    let restaurant: RestaurantId = RESTAURANT.parse().unwrap();
    let people = &world.api.people;
    let seen = people.membership(cook(), &restaurant).await.unwrap().unwrap().role;
    assert_eq!(world.accepts(cook(), EMAIL, &acceptance(&new)).await.0, 201);
    let removed = people.remove_member(cook(), &restaurant, Some(seen)).await.unwrap();
    assert_eq!(removed, Err(backend::store::people::NotChanged::Outdated));
    assert_owned(&world, &[owner(), cook()]).await;
}

#[tokio::test]
async fn a_deleted_account_leaves_no_membership_and_no_invitation_of_its_own() {
    let world = owned().await;
    world.employs(cook(), RESTAURANT, Role::Manager).await;
    world.employs(cook(), "raat", Role::Kitchen).await;
    let (status, own) = world.invites(cook(), RESTAURANT, &a_cook()).await;
    assert_eq!(status, 201);
    let others = invitation(&world, &a_cook()).await;
    let delete = world.call("DELETE /api/account", Some(cook()), &[], "").await;
    assert_eq!(delete.0, 204);
    let items = world.aws.items(&world.table("PeopleTable"));
    for item in &items {
        let text = item.to_string();
        let is_theirs = text.contains(&cook().to_string());
        assert!(!is_theirs || item["item"]["S"] == "closed", "{text}");
        assert!(!text.contains(own["invitation_id"].as_str().unwrap()), "{text}");
    }
    assert!(people(&world).await["invitations"][0]["invitation_id"] == others["invitation_id"]);
    let (status, problem) = world.accepts(cook(), EMAIL, &acceptance(&others)).await;
    assert_eq!((status, kind(&problem)), (409, "account-closed"));
    let (status, problem) = world.invites(cook(), RESTAURANT, &a_cook()).await;
    assert_eq!((status, kind(&problem)), (404, "not-found"));
}

#[tokio::test]
async fn a_restaurant_has_so_many_open_invitations() {
    let world = owned().await;
    for _ in 0..20 {
        pass(1);
        invitation(&world, &a_cook()).await;
    }
    let (status, problem) = world.invites(owner(), RESTAURANT, &a_cook()).await;
    assert_eq!((status, kind(&problem)), (409, "too-many-invitations"));
    let listed = people(&world).await["invitations"].clone();
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|it| &it["invitation_id"]).collect();
    assert!(ids.len() == 20 && ids.is_sorted_by_key(|id| id.as_str()), "by their time");
    // The first one of them has expired.
    pass(72 * HOURS - 19);
    invitation(&world, &a_cook()).await;
    let (status, _) = world.invites(owner(), RESTAURANT, &a_cook()).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn somebody_is_called_what_the_invitation_says_or_else_what_they_say() {
    let world = owned().await;
    let nameless = json!({"email": EMAIL, "role": "kitchen"});
    let mut accept = acceptance(&invitation(&world, &nameless).await);
    let (status, problem) = world.accepts(cook(), EMAIL, &accept).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("name")), "{problem}");
    accept["name"] = json!("Bo");
    assert_eq!(world.accepts(cook(), EMAIL, &accept).await.1["name"], "Bo");
    let mut accept = acceptance(&invitation(&world, &a_cook()).await);
    accept["name"] = json!("Bo");
    assert_eq!(world.accepts(cook(), EMAIL, &accept).await.1["name"], "An");
}

#[tokio::test]
async fn what_is_no_invitation_and_no_acceptance_is_told_what_is_wrong() {
    let world = owned().await;
    let with = |mut request: Value, field: &str, value: Value| {
        request[field] = value;
        request.to_string()
    };
    let invite = |field: &str, value: Value| with(a_cook(), field, value);
    let long = "x".repeat(21);
    let rows = [
        ("{".to_owned(), 400, "malformed-json", None),
        ("[]".to_owned(), 422, "invalid-field", None),
        ("{}".to_owned(), 422, "invalid-field", Some("email")),
        (invite("email", json!("an")), 422, "invalid-field", Some("email")),
        (invite("email", json!("")), 422, "invalid-field", Some("email")),
        (invite("email", json!("a@b@c")), 422, "invalid-field", Some("email")),
        (invite("email", json!("a b@c")), 422, "invalid-field", Some("email")),
        (
            invite("email", json!(format!("{}@c", "x".repeat(253)))),
            422,
            "invalid-field",
            Some("email"),
        ),
        (invite("email", json!(7)), 422, "invalid-field", Some("email")),
        (invite("role", json!("king")), 422, "invalid-field", Some("role")),
        (json!({"email": EMAIL}).to_string(), 422, "invalid-field", Some("role")),
        (invite("name", json!("")), 422, "invalid-field", Some("name")),
        (invite("name", json!(long)), 422, "invalid-field", Some("name")),
        (invite("colour", json!("red")), 422, "invalid-field", Some("colour")),
    ];
    for (body, status, problem, field) in rows {
        let parameters = [("restaurant_id", RESTAURANT)];
        let answer = world.call(INVITE, Some(owner()), &parameters, &body).await;
        assert_eq!((answer.0, kind(&answer.1)), (status, problem), "{body}: {}", answer.1);
        assert_eq!(answer.1["field"].as_str().filter(|it| *it != "."), field, "{body}");
    }
    assert_eq!(people(&world).await["invitations"], json!([]));

    let new = invitation(&world, &json!({"email": EMAIL, "role": "kitchen"})).await;
    let accept = |field: &str, value: Value| with(acceptance(&new), field, value);
    let rows = [
        ("{".to_owned(), 400, "malformed-json", None),
        ("{}".to_owned(), 422, "invalid-field", Some("invitation")),
        (accept("invitation", json!("")), 422, "invalid-field", Some("invitation")),
        (accept("invitation", json!("A".repeat(44))), 422, "invalid-field", Some("invitation")),
        (accept("invitation", json!("+".repeat(43))), 422, "invalid-field", Some("invitation")),
        (accept("invitation", json!(["A"])), 422, "invalid-field", Some("invitation")),
        (accept("name", json!(" ")), 422, "invalid-field", Some("name")),
        (accept("name", json!(long)), 422, "invalid-field", Some("name")),
        (accept("role", json!("owner")), 422, "invalid-field", Some("role")),
    ];
    for (body, status, problem, field) in rows {
        let event = with_id_token(http(ACCEPT, Some(cook()), &[], &body), EMAIL);
        let answer = world.answer(event).await;
        assert_eq!((answer.0, kind(&answer.1)), (status, problem), "{body}: {}", answer.1);
        assert_eq!(answer.1["field"].as_str(), field, "{body}");
    }
    assert_eq!(role_of(&world, cook()).await, None);

    for (route, name) in [(WITHDRAW, "invitation_id"), (REMOVE, "user_id")] {
        let parameters = [("restaurant_id", RESTAURANT), (name, "1")];
        let (status, problem) = world.call(route, Some(owner()), &parameters, "").await;
        assert_eq!((status, problem["field"].as_str()), (422, Some(name)), "{problem}");
    }
}

/// The answer of any one call is lost, or the call itself: sent again, each request is done.
#[tokio::test]
async fn whatever_is_sent_again_is_done_once() {
    for fault in [Fault::Lost, Fault::AnswerLost, Fault::Refused] {
        for number in 0..8 {
            let world = owned().await;
            let new = invitation(&world, &a_cook()).await;
            let strike = || {
                let mut calls = 0;
                world.aws.fate(move |_| {
                    calls += 1;
                    if calls == number + 1 { fault } else { Fault::None }
                });
            };
            let context = format!("{fault:?} at call {number}");
            strike();
            let first = world.accepts(cook(), EMAIL, &acceptance(&new)).await;
            assert!(matches!(first.0, 201 | 200 | 503), "{context}: {first:?}");
            world.aws.calm();
            let again = world.accepts(cook(), EMAIL, &acceptance(&new)).await;
            assert!(matches!(again.0, 200 | 201), "{context}: {again:?}");
            assert_eq!(role_of(&world, cook()).await, Some(Role::Kitchen), "{context}");
            strike();
            let first = world.removes(owner(), RESTAURANT, cook()).await;
            assert!(matches!(first.0, 204 | 503), "{context}: {first:?}");
            world.aws.calm();
            assert_eq!(world.removes(owner(), RESTAURANT, cook()).await.0, 204, "{context}");
            assert_eq!(role_of(&world, cook()).await, None, "{context}");
        }
    }
}

#[tokio::test]
async fn without_a_session_nobody_is_invited_or_removed() {
    let world = owned().await;
    for route in [PEOPLE, INVITE, WITHDRAW, REMOVE, ACCEPT] {
        assert_eq!(world.answer(http(route, None, &[], "{}")).await.0, 401, "{route}");
    }
    // Signed out everywhere, an ID token of before is as good as none.
    let new = invitation(&world, &a_cook()).await;
    let event =
        with_id_token(http(ACCEPT, Some(cook()), &[], &acceptance(&new).to_string()), EMAIL);
    pass(10);
    assert_eq!(world.call("DELETE /api/sessions", Some(cook()), &[], "").await.0, 204);
    assert_eq!(world.answer(event).await.0, 401);
}
