mod invite;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    RestaurantId, Status,
    api::{Invitation, Member, People, Ticket},
    staff::Action,
};

use self::invite::Invite;
use super::{
    api, head::OfficeNav, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text,
};
use crate::{
    components::{Confirm, Dynamic, Fetched, KeyedRows, Skeleton, set_title},
    http::ApiError,
    session::Session,
    state::{connection::Connection, fetch::Fetch, notices::Notices},
    text::format::when,
};

/// Who is staff of a restaurant, who is invited, and inviting somebody.
#[component]
pub fn PeoplePage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::ReadOrders page=|_| view! { <Team /> }.into_any() /> }
}

#[component]
fn Team() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::PEOPLE);
    let restaurant = store.restaurant().filter(|_| store.may(Action::ReadPeople));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let people = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { api::people(session, &restaurant).await }
    });
    let refetch = Callback::new(move |()| people.refetch());
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=4 within="stack" /> };
    let shown = StoredValue::new(restaurant.clone());
    view! {
        <div class="page narrow stack">
            <OfficeNav />
            <h1>{text::PEOPLE}</h1>
            <Fetched resource=people skeleton let:people>
                <Lists people restaurant=shown.get_value() refetch />
            </Fetched>
            <Invite restaurant refetch />
        </div>
    }
    .into_any()
}

#[component]
fn Lists(people: People, restaurant: RestaurantId, refetch: Callback<()>) -> impl IntoView {
    let people = RwSignal::new(people);
    fetch_when_resumed(restaurant.clone(), people);
    let of = restaurant.clone();
    let member = move |member: &Member| {
        let (restaurant, member) = (of.clone(), member.clone());
        let key = format!("{} {} {}", member.user_id, text::role(member.role), member.name);
        let row = move || {
            let (restaurant, member) = (restaurant.clone(), member.clone());
            view! { <MemberRow member restaurant refetch /> }
        };
        (key, ViewFn::from(row))
    };
    let members = Signal::derive(move || {
        people.with(|people| people.members.iter().map(&member).collect::<Vec<_>>())
    });
    let is_waiting = Memo::new(move |_| people.with(|people| !people.invitations.is_empty()));
    let open = move || {
        let restaurant = restaurant.clone();
        is_waiting.get().then(|| view! { <Invitations people restaurant refetch /> })
    };
    view! {
        <section class="panel">
            <h2>{text::TEAM}</h2>
            <ul class="menu-list">
                <KeyedRows rows=members />
            </ul>
        </section>
        <Dynamic view=open />
    }
}

/// Who is invited.
#[component]
fn Invitations(
    people: RwSignal<People>,
    restaurant: RestaurantId,
    refetch: Callback<()>,
) -> impl IntoView {
    let invitation = move |invitation: &Invitation| {
        let (restaurant, invitation) = (restaurant.clone(), invitation.clone());
        let key = invitation.invitation_id.to_string();
        let row = move || {
            let (restaurant, invitation) = (restaurant.clone(), invitation.clone());
            view! { <InvitationRow invitation restaurant refetch /> }
        };
        (key, ViewFn::from(row))
    };
    let rows = Signal::derive(move || {
        people.with(|people| people.invitations.iter().map(&invitation).collect::<Vec<_>>())
    });
    view! {
        <section class="panel">
            <h2>{text::INVITED}</h2>
            <ul class="menu-list">
                <KeyedRows rows />
            </ul>
        </section>
    }
}

/// Fetches again when the page is online or visible again: an invitation may have been accepted meanwhile. What
/// cannot be fetched stays as it was, and so does each row that is as before.
fn fetch_when_resumed(restaurant: RestaurantId, people: RwSignal<People>) {
    let (session, connection) = (expect_context::<Session>(), expect_context::<Connection>());
    Effect::watch(
        move || connection.resumed(),
        move |_, _, _| {
            let restaurant = restaurant.clone();
            spawn_local(async move {
                let Ok(fetched) = api::people(session, &restaurant).await else { return };
                if people.try_with_untracked(|shown| *shown != fetched) == Some(true) {
                    people.set(fetched);
                }
            });
        },
        false,
    );
}

/// A row with a button that removes what it is of.
#[component]
fn Row(
    name: String,
    details: String,
    button: &'static str,
    /// Whether whoever is signed in may do that.
    may: bool,
    #[prop(into)] press: Callback<()>,
) -> impl IntoView {
    let label = text::named(button, &name);
    let button = may.then(|| {
        view! {
            <button
                type="button"
                class="quiet danger"
                aria-label=label
                on:click=move |_| press.run(())
            >
                {button}
            </button>
        }
    });
    view! {
        <li class="item-row">
            <span class="item-name">{name}</span>
            <span>{details}</span>
            {button}
        </li>
    }
}

/// Notifies if a change of who is staff was refused, and fetches the list again.
fn show_result(notices: Notices, refetch: Callback<()>, answer: Result<(), ApiError>) {
    if let Err(error) = answer {
        notices.notify(text::people_error(&error));
    }
    refetch.try_run(());
}

#[component]
fn MemberRow(member: Member, restaurant: RestaurantId, refetch: Callback<()>) -> impl IntoView {
    let store = expect_context::<Store>();
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let asking = RwSignal::new(false);
    let Member { user_id, role, name, .. } = member;
    let courier = StoredValue::new(name.clone());
    let name = name.as_ref().to_owned();
    let question = text::remove_title(&name);
    // What has not been picked up waits for another courier by itself.
    let carries = move |ticket: &&Ticket| {
        ticket.status == Status::PickedUp
            && courier.with_value(|name| ticket.courier.as_ref() == Some(name))
    };
    let carried = move || store.with(|board| board.tickets().filter(carries).count());
    let remove = Callback::new(move |()| {
        let restaurant = restaurant.clone();
        spawn_local(async move {
            show_result(notices, refetch, api::remove(session, &restaurant, user_id).await);
        });
    });
    let dialog = move || {
        let title = asking.get().then(|| question.clone())?;
        let hint = text::remove_hint(untrack(carried));
        let (yes, no) = (text::REMOVE_MEMBER, crate::text::CANCEL);
        let on_close = move |()| asking.set(false);
        Some(view! { <Confirm title hint yes no danger=true on_yes=remove on_close /> })
    };
    view! {
        <Row
            name
            details=text::role(role).to_owned()
            button=text::REMOVE_MEMBER
            may=untrack(|| store.may(Action::Remove(role)))
            press=move |()| asking.set(true)
        />
        <Dynamic view=dialog />
    }
}

#[component]
fn InvitationRow(
    invitation: Invitation,
    restaurant: RestaurantId,
    refetch: Callback<()>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let Invitation { invitation_id, email, role, expires_at, .. } = invitation;
    let withdraw = move |()| {
        let restaurant = restaurant.clone();
        spawn_local(async move {
            show_result(notices, refetch, api::withdraw(session, &restaurant, invitation_id).await);
        });
    };
    let details = text::invited_as(role, &when(expires_at));
    let may = untrack(|| store.may(Action::Invite(role)));
    view! {
        <Row name=email.as_ref().to_owned() details button=text::WITHDRAW may press=withdraw />
    }
}
