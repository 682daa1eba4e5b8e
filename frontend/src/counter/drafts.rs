//! Where what is typed in the office is kept until it is saved.

use shared::RestaurantId;

use crate::session::Session;

/// The storage key of a draft of whoever is signed in. Another person on the same device has drafts of their own.
pub(super) fn draft_key(session: Session, kind: &str, restaurant: &RestaurantId) -> String {
    format!("tiffin.{kind}.{}.{restaurant}", session.email_now().unwrap_or_default())
}
