//! Signing in, signing up, confirming, and a forgotten password.

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const SIGN_IN_TITLE: &str = "Welcome back";
    pub const SIGN_UP_TITLE: &str = "Create your account";
    pub const SIGN_UP_LEAD: &str = "All you need is an email and a password.";
    pub const EMAIL: &str = "Email";
    pub const PASSWORD: &str = "Password";
    pub const NEW_PASSWORD: &str = "New password";
    pub const PASSWORD_HINT: &str = "At least 8 characters";
    pub const SHOW_PASSWORD: &str = "Show password";
    pub const HAVE_ACCOUNT: &str = "Already have an account? Sign in";
    pub const NO_ACCOUNT: &str = "Create account";
    pub const FORGOT: &str = "Forgot password?";
    pub const FORGOT_TITLE: &str = "Reset password";
    pub const FORGOT_LEAD: &str = "We’ll email you a code to reset your password.";
    pub const SEND_CODE: &str = "Send code";
    pub const RESET_TITLE: &str = "Choose a new password";
    pub const SAVE_PASSWORD: &str = "Save and sign in";
    pub const BACK: &str = "Back to sign in";
    pub const NOT_CONFIRMED_YET: &str = "Haven’t confirmed your email yet? Enter your code";
    pub const CONFIRM_TITLE: &str = "Check your email";
    pub const CONFIRM_LEAD: &str = "Enter the code we emailed you.";
    pub const CODE: &str = "Confirmation code";
    pub const CONFIRM: &str = "Confirm";
    pub const RESEND: &str = "Resend code";
    pub const RESENT: &str = "New code sent.";
    pub const OPEN_INBOX: &str = "Open demo inbox";
    pub const CONFIRMED: &str = "Email confirmed. Sign in to continue.";

    pub const ENTER_EMAIL: &str = "Enter your email.";
    pub const INVALID_EMAIL: &str = "Enter a valid email address.";
    pub const ENTER_PASSWORD: &str = "Enter your password.";
    pub const WEAK_PASSWORD: &str = "Use at least 8 characters.";
    pub const LONG_PASSWORD: &str = "Use at most 256 characters.";
    pub const PASSWORD_SPACES: &str = "Passwords can’t start or end with a space.";
    pub const WRONG_PASSWORD: &str = "Incorrect password.";
    pub const ENTER_CODE: &str = "Enter the code.";
}
pub use texts::*;

/// Where the code was sent.
#[must_use]
pub fn code_sent(email: &str) -> String {
    format!("Enter the code we sent to {email}.")
}

/// Where the code for a new password was sent, if there is such an account.
#[must_use]
pub fn reset_sent(email: &str) -> String {
    format!("If there’s an account for {email}, we’ve sent a code.")
}
