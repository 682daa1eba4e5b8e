//! Who is staff, and who is invited.

use shared::{RestaurantId, api::ProblemType, staff::Role};

use super::role;
use crate::http::ApiError;

mod texts {
    pub const PEOPLE: &str = "Team";
    pub const TEAM: &str = "Team members";
    pub const INVITED: &str = "Invited";
    pub const INVITE: &str = "Invite someone";
    pub const INVITE_BUTTON: &str = "Create invitation";
    pub const EMAIL: &str = "Email";
    pub const EMAIL_WRONG: &str = "Enter a valid email address.";
    pub const ALREADY_MEMBER: &str = "You’re already on this team.";
    pub const NAME: &str = "Name (optional)";
    pub const NAME_HINT: &str = "As colleagues see it. Up to 20 characters.";
    pub const NAME_WRONG: &str = "Enter a name of up to 20 characters.";
    pub const ROLE: &str = "Role";
    pub const LINK_TITLE: &str = "Send this link";
    pub const LINK: &str = "Invitation link";
    pub const QR_CODE: &str = "QR code of the invitation link";
    pub const COPY: &str = "Copy link";
    pub const COPIED: &str = "Copied";
    pub const WITHDRAW: &str = "Withdraw";
    pub const REMOVE_MEMBER: &str = "Remove";
    pub const JOIN: &str = "Join the team";
    pub const JOIN_BUTTON: &str = "Join";
    pub const YOUR_NAME: &str = "Your name";
    pub const YOUR_NAME_HINT: &str = "Shown to your team. Up to 20 characters.";
    pub const OTHER_ACCOUNT: &str = "Use another account";
    pub const LINK_WRONG: &str = "This link isn’t complete";
    pub const LINK_WRONG_HINT: &str =
        "Open the whole link of your invitation, or scan its QR code.";
}
pub(in crate::counter) use texts::*;

/// The address of who is staff of a restaurant.
pub(in crate::counter) fn people_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}/people")
}

/// The link that accepts an invitation.
pub(in crate::counter) fn join_link(origin: &str, token: &str) -> String {
    format!("{origin}/counter/join#{token}")
}

/// For whom a link is, and for how long.
pub(in crate::counter) fn link_expires(email: &str, time: &str) -> String {
    format!("Only {email} can use it, once, until {time}. You won’t see it again.")
}

/// That nobody has seen the link of an invitation.
pub(in crate::counter) fn link_not_shown(email: &str) -> String {
    format!(
        "{email} is invited, but the link wasn’t shown. Withdraw the invitation and create it again."
    )
}

/// As what somebody is invited, and until when.
pub(in crate::counter) fn invited_as(of: Role, time: &str) -> String {
    format!("{} · until {time}", role(of))
}

/// What a removal means for somebody who has so many orders on the way.
pub(in crate::counter) fn remove_hint(on_the_way: usize) -> String {
    let hint = "They lose access immediately.";
    match on_the_way {
        0 => hint.to_owned(),
        1 => format!("{hint} They have 1 order on the way: give it to somebody else first."),
        many => {
            format!("{hint} They have {many} orders on the way: give them to somebody else first.")
        }
    }
}

/// The question before somebody is removed.
pub(in crate::counter) fn remove_title(name: &str) -> String {
    format!("Remove {name}?")
}

/// The role of that name; kitchen if there is none.
pub(in crate::counter) fn role_of(name: &str) -> Role {
    Role::ALL.into_iter().find(|one| role(*one) == name).unwrap_or(Role::Kitchen)
}

/// Why a change of who is staff was not made.
pub(in crate::counter) fn people_error(error: &ApiError) -> String {
    let text = match error.kind() {
        Some(ProblemType::LastOwner) => "A restaurant needs an owner. Make someone else one first.",
        Some(ProblemType::TooManyInvitations) => {
            "There are 20 open invitations. Withdraw one first."
        }
        Some(ProblemType::Forbidden) => "Your role doesn’t include this.",
        _ if error.is_transient() => "No answer. Check the team before you try again.",
        _ => "Something went wrong. Nothing was changed.",
    };
    text.to_owned()
}

/// Who invites somebody, and as what.
pub(in crate::counter) fn invitation_title(restaurant: &str, as_role: Role) -> String {
    let as_role = match as_role {
        Role::Owner => "an owner",
        Role::Manager => "a manager",
        Role::Kitchen => "kitchen staff",
        Role::Courier => "a courier",
    };
    format!("{restaurant} invites you as {as_role}")
}

/// What an invitation calls whoever accepts it.
pub(in crate::counter) fn name_in_team(name: &str) -> String {
    format!("Your team will see you as {name}.")
}

/// Whether an invitation cannot be accepted by whoever is signed in, however often it is tried.
pub(in crate::counter) fn is_invitation_refused(error: &ApiError) -> bool {
    matches!(
        error.kind(),
        Some(ProblemType::InvitationNotValid | ProblemType::InvitationForAnother)
    )
}

/// Why an invitation was not accepted.
pub(in crate::counter) fn join_error(error: &ApiError) -> String {
    let text = match error.kind() {
        Some(ProblemType::InvitationNotValid) => {
            "This invitation has been used, withdrawn or has expired. Ask for a new one."
        }
        Some(ProblemType::InvitationForAnother) => {
            "This invitation is for another email address. Use the account with that address."
        }
        Some(ProblemType::LastOwner) => "You’re the only owner here. Make someone else one first.",
        _ if error.is_transient() => "No connection. Try again.",
        _ => "Something went wrong. Try again.",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use shared::api::Problem;

    use super::*;

    #[test]
    fn an_invitation_says_who_invites_and_as_what() {
        let said = Role::ALL.map(|role| invitation_title("Raat Rani Dhaba", role));
        for (said, role) in said.iter().zip(["an owner", "a manager", "kitchen staff", "a courier"])
        {
            assert_eq!(*said, format!("Raat Rani Dhaba invites you as {role}"));
        }
    }

    #[test]
    fn what_cannot_be_accepted_is_not_tried_again() {
        let of = |kind| ApiError::Problem(Box::new(Problem::new(kind, "It is refused.")));
        assert!(is_invitation_refused(&of(ProblemType::InvitationNotValid)));
        assert!(is_invitation_refused(&of(ProblemType::InvitationForAnother)));
        assert!(!is_invitation_refused(&of(ProblemType::Unavailable)));
        assert!(!is_invitation_refused(&ApiError::NoAnswer));
    }
}
