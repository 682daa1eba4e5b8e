use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use shared::{
    api::{Acceptance, InvitationPreview, InvitationToken},
    staff::StaffName,
};

use super::{api, text};
use crate::{
    components::{
        Alert, Dynamic, Empty, Fetched, Field, Skeleton, Values, focus_first_error, set_title,
    },
    http::ApiError,
    session::Session,
};

/// Where the token is while somebody makes an account or signs in: in no address that a server sees.
const KEY: &str = "tiffin.invitation";

/// The token that the address names behind `#`, or did before somebody signed in.
fn token() -> Option<InvitationToken> {
    let hash = window().location().hash().unwrap_or_default();
    let storage = window().session_storage().ok().flatten();
    match hash.trim_start_matches('#').parse::<InvitationToken>() {
        Ok(token) => Some(token),
        Err(_) => storage?.get_item(KEY).ok()??.parse().ok(),
    }
}

/// Keeps the token of the address for after the sign-in; called where somebody has to sign in.
pub(super) fn keep_token() {
    let hash = window().location().hash().unwrap_or_default();
    if let (Ok(token), Ok(Some(storage))) =
        (hash.trim_start_matches('#').parse::<InvitationToken>(), window().session_storage())
    {
        let _ = storage.set_item(KEY, token.as_ref());
    }
}

/// An invitation can be accepted once.
fn forget_token() {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.remove_item(KEY);
    }
}

/// Accepts the invitation that the address names behind `#`, where no server sees it.
#[component]
pub fn JoinPage() -> impl IntoView {
    set_title(text::JOIN);
    // Anew for each: the whole link can be pasted after a part of it.
    let hash = use_location().hash;
    move || {
        hash.track();
        view! { <Join /> }
    }
}

#[component]
fn Join() -> impl IntoView {
    let session = expect_context::<Session>();
    let Some(token) = token() else {
        return view! {
            <div class="page narrow">
                <h1>{text::TITLE}</h1>
                <Empty heading=text::LINK_WRONG hint=text::LINK_WRONG_HINT />
            </div>
        }
        .into_any();
    };
    let asked = token.clone();
    let preview = LocalResource::new(move || {
        let asked = asked.clone();
        async move {
            match api::preview(session, asked).await {
                Err(error) if text::is_invitation_refused(&error) => Ok(Err(error)),
                other => other.map(Ok),
            }
        }
    });
    let show = move |preview: Result<InvitationPreview, ApiError>| match preview {
        Ok(preview) => view! { <InvitationForm token=token.clone() preview /> }.into_any(),
        Err(error) => view! { <Alert text=text::join_error(&error) /> }.into_any(),
    };
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=3 within="stack" /> };
    view! {
        <div class="page narrow">
            <h1>{text::JOIN}</h1>
            <p>{text::signed_in_as(&session.email_now().unwrap_or_default())}</p>
            <p><OtherAccount /></p>
            <Fetched resource=preview skeleton let:preview>
                {show(preview)}
            </Fetched>
        </div>
    }
    .into_any()
}

/// Leads to the account that was invited.
#[component]
fn OtherAccount() -> impl IntoView {
    let session = expect_context::<Session>();
    view! {
        <button type="button" class="quiet" on:click=move |_| session.sign_out()>
            {text::OTHER_ACCOUNT}
        </button>
    }
}

/// What somebody is invited as, and the form that accepts it; it asks for a name if the invitation has none.
#[component]
fn InvitationForm(token: InvitationToken, preview: InvitationPreview) -> impl IntoView {
    let session = expect_context::<Session>();
    let InvitationPreview { restaurant, role, name: given } = preview;
    let navigate = use_navigate();
    let (name_error, failure) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let (sending, joined) = (RwSignal::new(false), RwSignal::new(None::<String>));
    // Belongs to this page: whoever has left it meanwhile is not taken anywhere.
    Effect::new(move || {
        if let Some(path) = joined.get() {
            navigate(&path, NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let needs_name = given.is_none();
    let submit = move |event: SubmitEvent| {
        let values = Values::of(&event);
        let name = needs_name.then(|| values.text("join-name").parse::<StaffName>()).transpose();
        name_error.set(name.as_ref().err().map(|_| text::NAME_WRONG.to_owned()));
        let Ok(name) = name else { return focus_first_error() };
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let acceptance = Acceptance { invitation: token.clone(), name, preview: false };
        spawn_local(async move {
            let answer = api::accept(session, &acceptance).await;
            sending.set(false);
            match answer {
                Ok(member) => {
                    forget_token();
                    joined.set(Some(text::start_path(&member)));
                }
                Err(error) => failure.set(Some(text::join_error(&error))),
            }
        });
    };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
    let name = match given {
        Some(name) => view! { <p>{text::name_in_team(name.as_ref())}</p> }.into_any(),
        None => view! {
            <Field
                id="join-name"
                label=text::YOUR_NAME
                hint=Signal::stored(text::YOUR_NAME_HINT.to_owned())
                error=name_error
                on_input=Callback::new(move |_| name_error.set(None))
            />
        }
        .into_any(),
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <h2>{text::invitation_title(&restaurant, role)}</h2>
            {name}
            <Dynamic view=failed />
            <div class="actions">
                <button
                    type="submit"
                    class="button"
                    aria-disabled=move || sending.get().to_string()
                >
                    {text::JOIN_BUTTON}
                </button>
            </div>
        </form>
    }
}
