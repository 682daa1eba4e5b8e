//! What went wrong, and what to do about it.

use shared::{
    api::{Problem, ProblemType},
    text::TextError,
};

use crate::{server, session::Refusal};

/// What went wrong, in a few words.
#[must_use]
pub const fn heading(problem: &Problem) -> &'static str {
    if server::is_offline(problem) {
        return "No connection";
    }
    if server::is_outdated(problem) {
        return "This page is out of date";
    }
    match problem.kind {
        ProblemType::NotFound | ProblemType::UnknownRestaurant | ProblemType::OrderNotFound => {
            "There is nothing here"
        }
        ProblemType::NotSignedIn | ProblemType::Forbidden => "Please sign in",
        ProblemType::TooManyRequests => "A moment, please",
        _ => "That did not work",
    }
}

/// What to do about it, in a sentence.
#[must_use]
pub fn hint(problem: &Problem) -> String {
    if server::is_offline(problem) {
        return "The site does not answer. Check your connection and try again; your cart is kept."
            .to_owned();
    }
    if server::is_outdated(problem) {
        return "Reload it to get the newest version; your cart is kept.".to_owned();
    }
    let hint = match problem.kind {
        ProblemType::NotFound | ProblemType::UnknownRestaurant | ProblemType::OrderNotFound => {
            "The address may be mistyped, or what was here is gone."
        }
        ProblemType::NotSignedIn | ProblemType::Forbidden => {
            "Sign in again to go on; your cart is kept."
        }
        ProblemType::TooManyRequests => "Many people are ordering. Try again in a few seconds.",
        ProblemType::Unavailable => {
            "Something on our side failed. Trying again is safe: nothing is ordered twice."
        }
        ProblemType::BodyTooLarge => "This order is too large. Remove something and try again.",
        ProblemType::UnknownDish | ProblemType::InvalidOptions => {
            "A dish is no longer sold as you chose it. Take it out and try again."
        }
        ProblemType::SoldOut => "A dish has just sold out. Take it out and try again.",
        ProblemType::BelowMinimum => "The restaurant takes larger orders only. Add something.",
        ProblemType::TooLateToCancel => {
            "The restaurant has answered already, so it can no longer be cancelled."
        }
        ProblemType::RestaurantClosed => {
            "The restaurant is closed just now. Your cart waits until it opens."
        }
        ProblemType::TooManyAddresses => {
            "You have kept as many addresses as fit. Remove one under Account first."
        }
        ProblemType::OrderUnderWay => {
            "An order of yours is under way. Your account can be deleted once it has ended."
        }
        ProblemType::AccountClosed => {
            "This account is being deleted and takes nothing any more. Finish that under Account."
        }
        ProblemType::PriceChanged => "The price has changed; nothing was ordered.",
        _ => "Reload the page and try again; your cart is kept.",
    };
    hint.to_owned()
}

/// Why an address could not be kept.
#[must_use]
pub fn not_kept(problem: &Problem) -> String {
    format!("Your address was not kept. {}", hint(problem))
}

/// What is wrong with a field.
#[must_use]
pub fn field(error: &TextError) -> String {
    match error {
        TextError::Empty => "Please fill this in.".to_owned(),
        TextError::TooLong { max, length } => {
            format!("At most {max} characters fit; these are {length}.")
        }
        TextError::Control => "Please leave out tabs and other invisible characters.".to_owned(),
    }
}

/// What is wrong with a field, as the server says.
#[must_use]
pub fn refused_field(problem: &Problem) -> String {
    format!("The restaurant cannot take this: {}.", problem.title.trim_end_matches('.'))
}

/// Why signing in, signing up or confirming did not work.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    let sentence = match refusal {
        Refusal::NotAuthorized => "That email address and password do not belong together.",
        Refusal::NotConfirmed => "This account is still to be confirmed by its code.",
        Refusal::Exists => "There is an account with this address already. Sign in instead.",
        Refusal::WeakPassword => "Please choose a longer password: at least 8 characters.",
        Refusal::WrongCode => "That is not the code. Please compare it again.",
        Refusal::OldCode => "That code is too old. Have a new one sent.",
        Refusal::Invalid => "Please check the address: it should look like name@example.com.",
        Refusal::TooMany => "Too many tries. Wait a little, then try again.",
        Refusal::UnknownSite => "This page is from before the site was reset. Reload it.",
        Refusal::Other => "That did not work. Please try again.",
        Refusal::Problem(problem) => return hint(problem),
    };
    sentence.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_not_found_and_outdated_read_differently() {
        let gone = Problem::new(ProblemType::NotFound, "");
        let old = Problem { status: 200, ..Problem::new(ProblemType::Unknown, "") };
        let headings = [heading(&server::offline()), heading(&gone), heading(&old)];
        assert!(headings[0] != headings[1] && headings[1] != headings[2]);
        assert!(hint(&server::offline()).contains("connection"));
    }

    #[test]
    fn every_kind_of_problem_says_what_to_do() {
        let text = include_str!("../../../shared/tests/wire/problem_types.json");
        for kind in serde_json::from_str::<Vec<ProblemType>>(text).unwrap() {
            let problem = Problem::new(kind, "");
            assert!(!heading(&problem).is_empty() && hint(&problem).ends_with('.'), "{kind:?}");
        }
    }
}
