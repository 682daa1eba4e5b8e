use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    RestaurantId, Status,
    api::{Invitation, InvitationRequest, Member, NewInvitation, People, Ticket},
    staff::{Action, Role},
    text::EmailAddress,
};

use super::{
    api, head::OfficeNav, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text,
};
use crate::{
    components::{
        Alert, Confirm, Control, Dialog, Dynamic, Fetched, Field, KeyedRows, Skeleton, Values,
        focus_first_error, set_title,
    },
    http::ApiError,
    session::Session,
    state::{connection::Connection, fetch::Fetch, notices::Notices},
    text::format::{date_and_time, when},
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

/// The form that invites somebody, and the link that it makes.
#[component]
fn Invite(restaurant: RestaurantId, refetch: Callback<()>) -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    let notices = expect_context::<Notices>();
    let (email_error, name_error) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let failure = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let made = RwSignal::new(None::<NewInvitation>);
    let submit = move |event: SubmitEvent| {
        let values = Values::of(&event);
        if sending.get_untracked() {
            return;
        }
        let email = values.text("invite-email").parse();
        let name = Some(values.text("invite-name")).filter(|name| !name.is_empty());
        let name = name.map(|name| name.parse()).transpose();
        email_error.set(email.as_ref().err().map(|_| text::EMAIL_WRONG.to_owned()));
        name_error.set(name.as_ref().err().map(|_| text::NAME_WRONG.to_owned()));
        let (Ok(email), Ok(name)) = (email, name) else { return focus_first_error() };
        if is_own(session, &email) {
            email_error.set(Some(text::ALREADY_MEMBER.to_owned()));
            return focus_first_error();
        }
        let role = text::role_of(&values.text("invite-role"));
        let request = InvitationRequest { email, role, name };
        let restaurant = restaurant.clone();
        sending.set(true);
        spawn_local(async move {
            let answer = api::invite(session, &restaurant, &request).await;
            if sending.try_set(false).is_some() {
                // The page was left meanwhile.
                return notices.notify(match answer {
                    Ok(made) => text::link_not_shown(made.invitation.email.as_ref()),
                    Err(error) => text::people_error(&error),
                });
            }
            match answer {
                Ok(invitation) => {
                    failure.set(None);
                    made.set(Some(invitation));
                }
                Err(error) => failure.set(Some(text::people_error(&error))),
            }
        });
    };
    let link = move || {
        let invitation = made.get()?;
        let on_close = move |()| {
            made.set(None);
            refetch.try_run(());
        };
        Some(view! { <InvitationLink invitation on_close /> })
    };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
    let may = |role: &Role| untrack(|| store.may(Action::Invite(*role)));
    let roles = Role::ALL.into_iter().filter(may).map(|role| {
        view! {
            <option value=text::role(role) selected=role == Role::Kitchen>
                {text::role(role)}
            </option>
        }
    });
    view! {
        <section class="panel">
            <h2>{text::INVITE}</h2>
            <form class="stack" novalidate on:submit=submit>
                <Field
                    id="invite-email"
                    label=text::EMAIL
                    control=Control::Email
                    error=email_error
                    on_input=Callback::new(move |_| email_error.set(None))
                />
                <Field
                    id="invite-name"
                    label=text::NAME
                    hint=Signal::stored(text::NAME_HINT.to_owned())
                    error=name_error
                    on_input=Callback::new(move |_| name_error.set(None))
                />
                <div class="field">
                    <label for="invite-role">{text::ROLE}</label>
                    <select id="invite-role" name="invite-role">
                        {roles.collect_view()}
                    </select>
                </div>
                <Dynamic view=failed />
                <button
                    type="submit"
                    class="button"
                    aria-disabled=move || sending.get().to_string()
                >
                    {text::INVITE_BUTTON}
                </button>
            </form>
            <Dynamic view=link />
        </section>
    }
}

/// Whether an address is that of whoever is signed in, the only one of the team's that the page knows.
fn is_own(session: Session, email: &EmailAddress) -> bool {
    let own = session.email_now();
    own.is_some_and(|own| own.eq_ignore_ascii_case(email.as_ref()))
}

/// The link and its QR code, shown this once.
#[component]
fn InvitationLink(
    invitation: NewInvitation,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let NewInvitation { invitation, token } = invitation;
    let origin = window().location().origin().unwrap_or_default();
    let link = text::join_link(&origin, token.as_ref());
    let code = qr_code(&link).map(|(size, path)| {
        view! {
            <svg
                class="qr"
                viewBox=format!("0 0 {size} {size}")
                role="img"
                aria-label=text::QR_CODE
            >
                <path d=path></path>
            </svg>
        }
    });
    let expires =
        text::link_expires(invitation.email.as_ref(), &date_and_time(invitation.expires_at));
    let copied = RwSignal::new(false);
    let copy = {
        let link = link.clone();
        move |_| {
            copied.set(crate::browser::copy(&link));
        }
    };
    view! {
        <Dialog label=text::LINK_TITLE on_close=on_close>
            <div class="ask">
                <h2>{text::LINK_TITLE}</h2>
                <p>{expires}</p>
                {code}
                <div class="field">
                    <label for="invitation-link">{text::LINK}</label>
                    <input id="invitation-link" readonly=true value=link />
                </div>
                <button type="button" class="button" autofocus=true on:click=copy>
                    {move || if copied.get() { text::COPIED } else { text::COPY }}
                </button>
            </div>
        </Dialog>
    }
}

/// A text as a QR code: its size with the quiet zone, in modules, and the path of the dark ones.
fn qr_code(text: &str) -> Option<(i32, String)> {
    // The quiet zone around it (ISO/IEC 18004, 9.1).
    const MARGIN: i32 = 4;
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let modules = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
    let dark = modules.filter(|&(x, y)| code.get_module(x, y));
    let path = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN)).collect();
    Some((size + 2 * MARGIN, path))
}
