use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    RestaurantId,
    api::{InvitationRequest, NewInvitation},
    staff::{Action, Role},
    text::EmailAddress,
};

use super::super::{api, store::Store, text};
use crate::{
    components::{Alert, Control, Dialog, Dynamic, Field, Values, focus_first_error},
    session::Session,
    state::notices::Notices,
    text::format::date_and_time,
};

/// The form that invites somebody, and the link that it makes.
#[component]
pub fn Invite(restaurant: RestaurantId, refetch: Callback<()>) -> impl IntoView {
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
