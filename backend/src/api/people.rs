//! `/api/staff/{restaurant_id}/people` and `…/invitations`: who is staff of a restaurant and who is invited;
//! `/api/memberships`: accepting an invitation.
//!
//! An invitation holds as long as whoever made it may invite for its role: who is removed leaves no way
//! back in. Nothing here is counted by [`crate::store::live::Limits`]: nothing is sent to anybody, a
//! restaurant's open invitations are few, and a token of 256 random bits is not found by trying.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{
    InvitationId, RestaurantId, Timestamp, UserId,
    api::{
        Acceptance, Invitation, InvitationPreview, InvitationRequest, InvitationToken, Member,
        Membership, NewInvitation, People, Problem, ProblemType,
    },
    staff::{Action, Actor, Role, StaffName, may},
};

use super::{
    commands::actor,
    concurrently::concurrently,
    request::{Request, invalid},
    response::Response,
    staff::allow,
    state::Api,
};
use crate::{
    metrics,
    runtime::error::Error,
    store::people::{Accepted, Invited, NotAccepted, NotChanged, Staff},
};

impl Api {
    /// Who is staff of the restaurant, and who is invited.
    pub(super) async fn people(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::ReadPeople).await?;
        let Staff { members, invited, unreadable } =
            self.people.staff(&member.restaurant_id).await?;
        metrics::left_out(&unreadable);
        let mut members: Vec<Member> = members.into_iter().map(|it| it.member).collect();
        let invitations = open_invitations(invited, &members, now);
        members.sort_by_key(|member| (member.role, member.since, member.user_id));
        Response::private(200, &People { members, invitations })
    }

    /// Invites somebody. That there are at most [`Invitation::MAX_OPEN`] bounds a list and is no promise:
    /// two new ones at the same moment may both find the last place free.
    pub(super) async fn invite(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        // Who may invite nobody learns nothing of how an invitation is written.
        let member = self.member(request, user, Action::Invite(Role::Courier)).await?;
        let InvitationRequest { email, role, name } = request.json()?;
        allow(&member, Action::Invite(role))?;
        let Staff { members, invited, unreadable } =
            self.people.staff(&member.restaurant_id).await?;
        metrics::left_out(&unreadable);
        let members: Vec<Member> = members.into_iter().map(|it| it.member).collect();
        if open_invitations(invited, &members, now).len() >= Invitation::MAX_OPEN {
            return Err(too_many());
        }
        let invitation_id = InvitationId::new(now, random()?);
        let token = token(random()?)?;
        let expires_at = now.plus_seconds(Invitation::SECONDS);
        let invitation = Invitation { invitation_id, email, role, name, expires_at };
        let invited = Invited::new(invitation, user, &token);
        self.people.put_invitation(&member.restaurant_id, &invited).await?;
        Response::private(201, &NewInvitation { invitation: invited.invitation, token })
    }

    /// Withdraws an invitation; one that is not there is withdrawn already.
    pub(super) async fn withdraw_invitation(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::Invite(Role::Courier)).await?;
        let invitation_id = request.chosen("invitation_id")?;
        let restaurant = &member.restaurant_id;
        if let Some(invited) = self.people.invitation(restaurant, invitation_id).await? {
            allow(&member, Action::Invite(invited.invitation.role))?;
            self.people.delete_invitation(restaurant, &invited).await?;
        }
        Ok(Response::empty())
    }

    /// Removes somebody, or whoever asks; who is no staff is removed already.
    pub(super) async fn remove_member(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let member = self.member_of(request, user).await?;
        let restaurant = &member.restaurant_id;
        let removed: UserId = match request.chosen("user_id") {
            Ok(removed) if removed == user => removed,
            // Who may remove nobody does not learn who is staff.
            removed => {
                allow(&member, Action::Remove(Role::Courier))?;
                removed?
            }
        };
        let by = actor(&member);
        if let Some(Membership { role, .. }) = self.people.membership(removed, restaurant).await? {
            if removed != user {
                allow(&member, Action::Remove(role))?;
            } else if role != Role::Owner {
                // Whoever has left cannot ask again; an owner may have to stay.
                self.end_duties(removed, restaurant, None, &by, now).await?;
            }
            match self.people.remove_member(removed, restaurant, Some(role)).await? {
                Ok(()) => {}
                Err(NotChanged::LastOwner) => return Err(would_have_no_owner(restaurant)),
                Err(NotChanged::Outdated) => return Err(outdated()),
            }
        }
        // Also if they were removed already: the request that did it may have ended before this.
        self.end_duties(removed, restaurant, None, &by, now).await?;
        self.end_staff_connections(removed, restaurant).await?;
        Ok(Response::empty())
    }

    /// Accepts an invitation, or says what would be accepted.
    pub(super) async fn accept_invitation(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let email = request.verified_email()?;
        let Acceptance { invitation: token, name, preview } = request.json()?;
        let (restaurant, id) = self.people.find_invitation(&token).await?.ok_or_else(not_valid)?;
        let before = self.people.joined(user, &restaurant).await?;
        if let Some(joined) = before.as_ref().filter(|joined| joined.is_by(id)) {
            if preview {
                let Membership { restaurant_id, role, name } = &joined.membership;
                return self.preview(restaurant_id, *role, Some(name.clone())).await;
            }
            // The request that was first may have ended before this.
            self.change_duties(user, &joined.membership, now).await?;
            return Response::private(200, &joined.membership);
        }
        let invited = self.valid_invitation(&restaurant, id, now).await?;
        let Invitation { role, name: given, email: address, .. } = invited.invitation.clone();
        if address != email {
            return Err(for_another());
        }
        if preview {
            return self.preview(&restaurant, role, given).await;
        }
        let name = given.or(name).ok_or_else(nameless)?;
        let member = Member { user_id: user, role, name: name.clone(), since: now };
        let before = before.map(|joined| joined.membership.role);
        let accepted = Accepted { restaurant: &restaurant, member: &member, before };
        if let Err(why) = self.people.accept(&invited, accepted, now).await? {
            // It may have been this very account, by another request.
            let joined = self.people.joined(user, &restaurant).await?;
            return match (joined.filter(|joined| joined.is_by(id)), why) {
                (Some(joined), _) => Response::private(200, &joined.membership),
                (None, NotAccepted::NotValid) => Err(not_valid()),
                (None, NotAccepted::LastOwner) => Err(would_have_no_owner(&restaurant)),
                (None, NotAccepted::Outdated) => Err(outdated()),
            };
        }
        let membership = Membership { restaurant_id: restaurant, role, name };
        if before.is_some() {
            self.change_duties(user, &membership, now).await?;
            self.end_staff_connections(user, &membership.restaurant_id).await?;
        }
        Response::private(201, &membership)
    }

    /// All that whoever may accept an invitation is told of it before.
    async fn preview(
        &self,
        restaurant: &RestaurantId,
        role: Role,
        name: Option<StaffName>,
    ) -> Result<Response, Error> {
        let found = self.catalog.restaurant(restaurant).await?;
        let restaurant = found.map_or_else(|| restaurant.to_string(), |it| it.restaurant.card.name);
        Response::private(200, &InvitationPreview { restaurant, role, name })
    }

    /// Ends what somebody had begun in a restaurant and may not do there any more, as they are that now.
    async fn change_duties(
        &self,
        user: UserId,
        membership: &Membership,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Membership { restaurant_id, role, .. } = membership;
        self.end_duties(user, restaurant_id, Some(*role), &actor(membership), now).await
    }

    /// Ends what somebody had begun in a restaurant and may not do there in that role, or in none: their invitations
    /// are withdrawn, and the orders that wait for them as a courier are released. An order that they have picked up
    /// stays theirs; the board names no courier for it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if something may be left; doing it again is safe.
    pub(super) async fn end_duties(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        role: Option<Role>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.people.delete_invitations_of(user, restaurant, role).await?;
        if role.is_some_and(|role| may(role, Action::Deliver)) {
            return Ok(());
        }
        let found = self.steps.orders.board(restaurant).await?;
        metrics::left_out(&found.unreadable);
        let theirs = found.items.into_iter().filter(|item| item.is_brought_by(user));
        let release = |item| self.steps.release_of(Box::new(item), user, by, now);
        concurrently(theirs.map(release)).await
    }

    /// An invitation that can be accepted now.
    ///
    /// # Errors
    /// `invitation-not-valid`, or [`Error::Dependency`] if the table did not answer.
    async fn valid_invitation(
        &self,
        restaurant: &RestaurantId,
        invitation_id: InvitationId,
        now: Timestamp,
    ) -> Result<Invited, Error> {
        let invited = self.people.invitation(restaurant, invitation_id).await?;
        let invited = invited.filter(|invited| invited.is_open(now)).ok_or_else(not_valid)?;
        let by = self.people.membership(invited.by, restaurant).await?;
        match by.is_some_and(|by| may(by.role, Action::Invite(invited.invitation.role))) {
            true => Ok(invited),
            false => Err(not_valid()),
        }
    }
}

/// The invitations that can be accepted now, by when they were made.
fn open_invitations(invited: Vec<Invited>, members: &[Member], now: Timestamp) -> Vec<Invitation> {
    let holds = |invited: &Invited| {
        let by = members.iter().find(|member| member.user_id == invited.by);
        let role = invited.invitation.role;
        invited.is_open(now) && by.is_some_and(|by| may(by.role, Action::Invite(role)))
    };
    invited.into_iter().filter(holds).map(|invited| invited.invitation).collect()
}

/// The token of these bits, which nobody must be able to guess.
fn token(random: [u8; 32]) -> Result<InvitationToken, Error> {
    let token = BASE64_URL_SAFE_NO_PAD.encode(random).parse();
    token.map_err(|error| Error::dependency("writing a token", error))
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| Error::dependency("drawing an invitation", error))?;
    Ok(random)
}

fn too_many() -> Error {
    let most = Invitation::MAX_OPEN;
    let title = format!("At most {most} invitations can be open; withdraw one first.");
    Problem::new(ProblemType::TooManyInvitations, title).into()
}

/// One for all reasons: who tries tokens learns nothing of which ever existed.
fn not_valid() -> Error {
    let title = "This invitation is not valid, or not any more; ask for another one.";
    Problem::new(ProblemType::InvitationNotValid, title).into()
}

/// Does not say which: a token may have come into the wrong hands.
fn for_another() -> Error {
    let title =
        "This invitation is for another email address; sign in with the one that was invited.";
    Problem::new(ProblemType::InvitationForAnother, title).into()
}

fn nameless() -> Problem {
    invalid("name", &"must say what you are to be called, as the invitation does not")
}

fn would_have_no_owner(restaurant: &RestaurantId) -> Error {
    let title = "The restaurant would have no owner; make somebody else an owner first.";
    last_owner(title, vec![restaurant.clone()])
}

/// `last-owner` of these restaurants.
pub(super) fn last_owner(title: &str, restaurants: Vec<RestaurantId>) -> Error {
    let mut problem = Problem::new(ProblemType::LastOwner, title);
    problem.restaurants = restaurants.into();
    problem.into()
}

/// Sent again, the request meets what is there now.
fn outdated() -> Error {
    let cause = "it was changed meanwhile".to_owned();
    Error::Dependency { operation: "changing a membership", cause }
}
