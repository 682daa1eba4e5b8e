//! What went wrong, and what to do about it.

use shared::{
    api::{Problem, ProblemType},
    text::TextError,
};

use super::sign_in;
use crate::{http::ApiError, model::delivery::Field, session::AuthError};

/// What went wrong, in a few words.
#[must_use]
pub fn heading(error: &ApiError) -> &'static str {
    match error {
        ApiError::NoAnswer => "No connection",
        ApiError::Outdated => "A new version is available",
        ApiError::Problem(_) if error.is_not_found() => super::NOT_FOUND,
        ApiError::Problem(problem) => match problem.kind {
            ProblemType::NotSignedIn | ProblemType::Forbidden => "Sign in to continue",
            ProblemType::TooManyRequests => "Please wait a moment",
            _ => "Something went wrong",
        },
    }
}

/// What to do about it, in a sentence.
#[must_use]
pub fn hint(error: &ApiError) -> &'static str {
    match error {
        ApiError::NoAnswer => "You’re offline, or the site isn’t responding. Your basket is saved.",
        ApiError::Outdated => "Reload to get the newest version. Your basket is saved.",
        ApiError::Problem(problem) => of_kind(problem.kind),
    }
}

const fn of_kind(kind: ProblemType) -> &'static str {
    match kind {
        ProblemType::NotFound | ProblemType::UnknownRestaurant | ProblemType::OrderNotFound => {
            super::NOT_FOUND_HINT
        }
        ProblemType::NotSignedIn | ProblemType::Forbidden => {
            "Your session has ended. Sign in again; your basket is saved."
        }
        ProblemType::TooManyRequests => "Lots of people are ordering. Try again in a few seconds.",
        ProblemType::Unavailable => "Something failed on our side. It’s safe to try again.",
        ProblemType::BodyTooLarge => "This order is too large. Remove an item and try again.",
        ProblemType::UnknownDish | ProblemType::InvalidOptions => {
            "An item is no longer available as you chose it. Remove it and try again."
        }
        ProblemType::SoldOut => "An item has just sold out. Remove it and try again.",
        ProblemType::NotDeliveredHere => "The restaurant doesn’t deliver to this postcode.",
        ProblemType::BelowMinimum => "Add more items to reach the restaurant’s minimum.",
        ProblemType::AboveMaximum => {
            "This is more than we take in one order. Remove items, or call the restaurant."
        }
        ProblemType::TooManyConnections => "The shop is open in too many tabs. Close some.",
        ProblemType::TooLateToCancel => {
            "The restaurant has already started, so this order can’t be cancelled."
        }
        ProblemType::RestaurantClosed => {
            "The restaurant is closed right now. We’ve saved your basket."
        }
        ProblemType::TooManyAddresses => "You’ve saved 20 addresses. Remove one in Account first.",
        ProblemType::OrderUnderWay => {
            "You can delete your account once your current order is finished."
        }
        ProblemType::AccountClosed => {
            "This account is being deleted. Finish deleting it in Account."
        }
        ProblemType::LastOwner => {
            "You’re the only owner of a restaurant. Make someone else an owner first."
        }
        ProblemType::PriceChanged => "The price has changed. You haven’t ordered yet.",
        _ => "Reload the page and try again. Your basket is saved.",
    }
}

/// What is wrong with a field.
#[must_use]
pub fn field(field: Field, error: &TextError) -> String {
    match error {
        TextError::Empty => match field {
            Field::Name => "Enter your name",
            Field::Street => "Enter your street address",
            Field::Postcode => "Enter your postcode",
            Field::City => "Enter your town or city",
            Field::Unit | Field::Phone | Field::Note | Field::Label => "Fill this in",
        }
        .to_owned(),
        TextError::TooLong { max, length } => format!("Maximum {max} characters ({length} used)"),
        TextError::Control => "Remove tabs and other invisible characters".to_owned(),
        TextError::NoLetters => "Enter a name with at least one letter".to_owned(),
        TextError::NotAPhoneNumber => "Enter a valid phone number".to_owned(),
    }
}

/// What the server says is wrong with a field.
#[must_use]
pub fn refused_field(of: Field, problem: &Problem) -> String {
    match of {
        Field::Postcode if problem.kind == ProblemType::NotDeliveredHere => {
            of_kind(problem.kind).to_owned()
        }
        Field::Postcode => "Enter your whole postcode".to_owned(),
        Field::Phone => field(of, &TextError::NotAPhoneNumber),
        _ => format!("Check this: {}", problem.title.trim_end_matches('.')),
    }
}

/// Why Cognito refused, in a sentence.
#[must_use]
pub fn auth(error: &AuthError) -> &'static str {
    match error {
        AuthError::NotAuthorized => "Incorrect email or password.",
        AuthError::TokenRefused => of_kind(ProblemType::NotSignedIn),
        AuthError::NotConfirmed => "Confirm your email first.",
        AuthError::Exists => "You already have an account.",
        AuthError::WeakPassword => sign_in::WEAK_PASSWORD,
        AuthError::InvalidPassword => sign_in::PASSWORD_SPACES,
        AuthError::WrongCode => "Incorrect code. Try again.",
        AuthError::ExpiredCode => "That code has expired. Resend it.",
        AuthError::AlreadyConfirmed => "This email is already confirmed. Sign in.",
        AuthError::InvalidEmail => sign_in::INVALID_EMAIL,
        AuthError::TooManyTries => "Too many tries. Wait a few minutes, then try again.",
        AuthError::PermissionEnded => "This took too long. Close this and start again.",
        AuthError::UnknownClient => "This page is out of date. Reload it.",
        AuthError::Other => "Something went wrong. Try again.",
        AuthError::Api(error) => hint(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_session_is_not_taken_for_a_wrong_password() {
        let ended = auth(&AuthError::TokenRefused);
        assert_eq!(ended, auth(&AuthError::Api(ApiError::of(ProblemType::NotSignedIn))));
        assert!(ended.contains("session has ended"), "{ended}");
    }

    #[test]
    fn a_postcode_that_is_refused_is_asked_for_whole_unless_nobody_delivers_there() {
        let refused = |kind| refused_field(Field::Postcode, &Problem::new(kind, "It is refused."));
        assert!(refused(ProblemType::InvalidField).contains("whole postcode"));
        assert!(!refused(ProblemType::NotDeliveredHere).contains("whole postcode"));
    }

    #[test]
    fn every_kind_of_error_says_something_of_its_own_or_what_to_do() {
        let text = include_str!("../../../shared/tests/wire/problem_types.json");
        for kind in serde_json::from_str::<Vec<ProblemType>>(text).unwrap() {
            let error = ApiError::of(kind);
            assert!(!heading(&error).is_empty() && hint(&error).ends_with('.'), "{kind:?}");
        }
        let headings =
            [ApiError::NoAnswer, ApiError::Outdated, ApiError::of(ProblemType::NotFound)]
                .map(|error| heading(&error));
        assert!(headings[0] != headings[1] && headings[1] != headings[2]);
    }
}
