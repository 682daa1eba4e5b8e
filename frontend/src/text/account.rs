//! The account.

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const SIGN_IN_TO_SEE: &str = "Sign in to see your account";
    pub const SIGN_IN_HINT: &str = "Manage your addresses, orders and data.";
    pub const SIGNED_IN_AS: &str = "Signed in as";
    pub const SIGN_OUT: &str = "Sign out";
    pub const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";
    pub const SIGNED_OUT_EVERYWHERE: &str = "Signed out on all devices.";
    pub const CHANGE_EMAIL: &str = "Change email";
    pub const NEW_EMAIL: &str = "New email";
    pub const EMAIL_TAKEN: &str = "That email belongs to another account.";
    pub const EMAIL_CHANGED: &str = "Email changed.";
    pub const CHANGE_PASSWORD: &str = "Change password";
    pub const PRESENT_PASSWORD: &str = "Current password";
    pub const PASSWORD_CHANGED: &str = "Password changed. Other devices are signed out.";
    pub const PASSWORD_CHANGED_HERE: &str =
        "Password changed. Other devices may still be signed in.";
    pub const PASSWORD_CHANGED_SIGN_IN: &str = "Password changed. Sign in with the new one.";
    pub const ADDRESSES: &str = "Saved addresses";
    pub const NO_ADDRESSES: &str = "No saved addresses. Save one for faster checkout.";
    pub const ADD_ADDRESS: &str = "Add address";
    pub const ADDRESS: &str = "Address";
    pub const ADDRESS_REMOVED: &str = "Address removed.";
    pub const REMOVE_TITLE: &str = "Remove this address?";
    pub const REMOVE_HINT: &str = "Past orders keep it.";
    pub const LABEL: &str = "Label (optional)";
    pub const LABEL_HINT: &str = "e.g. Home";
    pub const EDIT: &str = "Edit";
    pub const DATA: &str = "My data";
    pub const DATA_HINT: &str = "Download your account, addresses and orders.";
    pub const DOWNLOAD: &str = "Download my data";
    pub const DELETE: &str = "Delete account";
    pub const DELETE_HINT: &str =
        "We’ll delete your account and addresses and anonymise past orders. This can’t be undone.";
    pub const DELETE_INTERRUPTED: &str =
        "Deleting this account was interrupted. Delete it again to finish.";
    pub const DELETE_TITLE: &str = "Delete your account?";
    pub const KEEP_ACCOUNT: &str = "Keep account";
    pub const DELETED: &str = "Account deleted.";
}
pub use texts::*;
