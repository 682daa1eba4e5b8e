//! Every text a person reads, one file a page. Money, dates and numbers: [`mod@format`].

pub mod account;
pub mod cart;
pub mod checkout;
pub mod errors;
pub mod format;
pub mod home;
pub mod hours;
pub mod menu;
pub mod order;
pub mod orders;
pub mod sign_in;

#[expect(missing_docs, reason = "each is the text it is")]
mod frame {
    pub const TIFFIN: &str = "Tiffin";
    pub const SKIP: &str = "Skip to main content";
    pub const MAIN_NAVIGATION: &str = "Main";
    pub const ORDERS: &str = "My orders";
    pub const ACCOUNT: &str = "Account";
    pub const SIGN_IN: &str = "Sign in";
    pub const CREATE_ACCOUNT: &str = "Create account";
    pub const PRIVACY: &str = "Privacy";
    pub const TERMS: &str = "Terms";
    pub const LEGAL: &str = "Legal";
    pub const STALE: &str =
        "You’re offline, or the site isn’t responding. Prices and availability may have changed.";
    pub const DEMO_PACE: &str = "Demo: orders run 60× faster";

    pub const LOADING: &str = "Loading";
    pub const TRY_AGAIN: &str = "Try again";
    pub const RELOAD: &str = "Reload";
    pub const CLOSE: &str = "Close";
    pub const DISMISS: &str = "Dismiss";
    pub const UNDO: &str = "Undo";
    pub const CANCEL: &str = "Cancel";
    pub const SAVE: &str = "Save";
    pub const WORKING: &str = "One moment…";
    pub const BROKEN: &str = "Something went wrong. Your basket is saved.";
    pub const NEW_VERSION: &str = "A new version is available.";
    pub const SESSION_EXPIRED: &str = "Your session expired. Sign in again.";

    pub const LIVE: &str = "Live";
    pub const RECONNECTING: &str = "Reconnecting";
    pub const CATCHING_UP: &str = "Catching up";
    pub const DISPLACED: &str = "Open in too many tabs: updates every minute";

    pub const NOT_FOUND: &str = "Page not found";
    pub const NOT_FOUND_HINT: &str = "Check the link or browse restaurants.";
    pub const BROWSE: &str = "Browse restaurants";
}
pub use frame::*;

/// The title of the browser's tab.
#[must_use]
pub fn title(page: &str) -> String {
    format!("{page} · {TIFFIN}")
}

/// A name inside an English sentence: one in another script has its own direction, and leaves
/// the sentence its own (U+2068 FIRST STRONG ISOLATE: unicode.org/reports/tr9).
#[must_use]
pub fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

/// Names in a list, each [`isolated`].
#[must_use]
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(isolated).collect::<Vec<_>>().join(", ")
}

/// A count with its noun: `1 item`, `2 items`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// How many dishes there are besides those that are named.
#[must_use]
pub fn and_more(count: usize) -> String {
    format!(" and {count} more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_with_a_name_isolates_it() {
        let sentences = [
            cart::from_restaurant("X"),
            cart::edit("X"),
            cart::remove("X"),
            cart::removed("X"),
            menu::add("X"),
            menu::added("X"),
            menu::quantity_of("X"),
            menu::start_new("X", "X"),
            order::call("X", "1"),
            order::not_available(&["X".to_owned()]),
            home::no_matches("X"),
        ];
        for sentence in sentences {
            let isolated = sentence.matches("\u{2068}X\u{2069}").count();
            assert_eq!(isolated, sentence.matches('X').count(), "{sentence}");
        }
    }
}
