//! The routes of a restaurant's people and of invitations.

use gloo_net::http::Method;
use shared::{
    InvitationId, RestaurantId, UserId,
    api::{
        Acceptance, InvitationPreview, InvitationRequest, InvitationToken, MEMBERSHIPS, Membership,
        NewInvitation, People, invitation_path, invitations_path, member_path, people_path,
    },
};

use crate::{
    api::{call, json, signed},
    http::{self, ApiError},
    session::Session,
};

/// Who is staff of the restaurant, and who is invited.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn people(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<People, ApiError> {
    http::parse(&signed(session, Method::GET, &people_path(restaurant), None).await?)
}

/// Invites somebody.
///
/// # Errors
/// Not allowed, too many invitations, a field that is refused, not signed in; no answer, unavailable,
/// outdated.
pub(in crate::counter) async fn invite(
    session: Session,
    restaurant: &RestaurantId,
    request: &InvitationRequest,
) -> Result<NewInvitation, ApiError> {
    let path = invitations_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(request)).await?)
}

/// Withdraws an invitation.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable.
pub(in crate::counter) async fn withdraw(
    session: Session,
    restaurant: &RestaurantId,
    invitation: InvitationId,
) -> Result<(), ApiError> {
    let path = invitation_path(restaurant, invitation);
    signed(session, Method::DELETE, &path, None).await.map(drop)
}

/// Removes somebody from the restaurant's staff.
///
/// # Errors
/// Not allowed, the last owner, not signed in; no answer, unavailable.
pub(in crate::counter) async fn remove(
    session: Session,
    restaurant: &RestaurantId,
    user: UserId,
) -> Result<(), ApiError> {
    signed(session, Method::DELETE, &member_path(restaurant, user), None).await.map(drop)
}

/// Accepts an invitation, as whoever is signed in.
///
/// # Errors
/// Not valid any more, for another address, not signed in; no answer, unavailable, outdated.
pub(in crate::counter) async fn accept(
    session: Session,
    acceptance: &Acceptance,
) -> Result<Membership, ApiError> {
    http::parse(&membership(session, acceptance).await?)
}

/// What an invitation says, to whoever is signed in.
///
/// # Errors
/// As [`accept`].
pub(in crate::counter) async fn preview(
    session: Session,
    invitation: InvitationToken,
) -> Result<InvitationPreview, ApiError> {
    let asked = Acceptance { invitation, name: None, preview: true };
    http::parse(&membership(session, &asked).await?)
}

async fn membership(session: Session, acceptance: &Acceptance) -> Result<String, ApiError> {
    let token = session.id_token().await?;
    call(Method::POST, MEMBERSHIPS, json(acceptance), Some(&token)).await?.into_body()
}
