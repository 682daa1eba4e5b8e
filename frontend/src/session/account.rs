//! The account one signs in with: made, confirmed, given another password or address, deleted.

use gloo_net::http::Method;
use leptos::prelude::*;
use shared::api::{ProblemType, SESSIONS, SiteConfig};

use super::{
    REFRESH_LOCK, STORAGE_KEY, Session,
    cognito::{self, AuthError},
    tokens::{self, StoredSession},
};
use crate::{
    http::{self, Request},
    locks,
};

impl Session {
    /// Makes an account, which is confirmed by a code that is sent to `email`.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn sign_up(self, email: &str, password: &str) -> Result<(), AuthError> {
        cognito::sign_up(&self.config().await?, email, password).await?;
        self.signing_up.set(Some((email.to_owned(), password.to_owned())));
        Ok(())
    }

    /// Confirms an account by its code; signs in at once if it was made on this page.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn confirm(self, email: &str, code: &str) -> Result<(), AuthError> {
        cognito::confirm(&self.config().await?, email, code).await?;
        let signing_up = self.signing_up.try_update(Option::take).flatten();
        match signing_up.filter(|(of, _)| of == email) {
            Some((_, password)) => self.sign_in(email, &password).await,
            None => Ok(()),
        }
    }

    /// Has a new code sent.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn resend(self, email: &str) -> Result<(), AuthError> {
        match cognito::resend(&self.config().await?, email).await {
            // Cognito's word for an account that is confirmed; the address was checked before.
            Err(AuthError::InvalidEmail) => Err(AuthError::AlreadyConfirmed),
            other => other,
        }
    }

    /// Has a code sent with which a new password can be set.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn forgot(self, email: &str) -> Result<(), AuthError> {
        cognito::forgot(&self.config().await?, email).await
    }

    /// Sets a new password by the code that was sent, ends every session of before, and signs in
    /// with it. (Cognito itself lets the sessions of before go on.)
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn reset(self, email: &str, code: &str, password: &str) -> Result<(), AuthError> {
        let config = self.config().await?;
        cognito::reset(&config, email, code, password).await?;
        let tokens = cognito::sign_in(&config, &config.client_id, email, password).await?;
        end_sessions(&config, &tokens.access_token).await?;
        self.sign_in(email, password).await
    }

    /// Signs out of every browser.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way; then this browser is still signed in.
    pub async fn sign_out_everywhere(self) -> Result<(), AuthError> {
        let token = self.token().await?;
        end_sessions(&self.config().await?, &token).await
    }

    /// Deletes the account with which one signs in.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn delete(self) -> Result<(), AuthError> {
        self.with_token(cognito::delete_user).await
    }

    /// Changes the password, ends every session, and signs this browser in with the new one: by
    /// itself Cognito lets the sessions of before go on.
    ///
    /// # Errors
    /// What Cognito refuses ([`AuthError::NotAuthorized`]: not the present password), or no answer;
    /// then the password may not be changed.
    pub async fn change_password(
        self,
        previous: &str,
        proposed: &str,
    ) -> Result<PasswordChange, AuthError> {
        self.with_token(async |site, token| {
            cognito::change_password(site, token, previous, proposed).await
        })
        .await?;
        // Whatever is refused meanwhile waits here for the new session.
        Ok(locks::exclusive(REFRESH_LOCK, self.replace_sessions(proposed)).await)
    }

    async fn replace_sessions(self, password: &str) -> PasswordChange {
        let email = self.email_now().unwrap_or_default();
        if self.sign_out_everywhere().await.is_err() {
            return PasswordChange::OthersSignedIn;
        }
        // Unless this browser was signed out, or in with another account, meanwhile.
        if self.email_now().as_ref() == Some(&email) {
            if self.sign_in(&email, password).await.is_ok() {
                return PasswordChange::Done;
            }
            self.sign_out();
        }
        PasswordChange::SignedOut
    }

    /// Has a code sent to a new email address, given the password. A session's own access token
    /// changes no address, so that one that was stolen does not either: the password begins another
    /// session, of the client that may, which only the answer to this holds. The account is named by
    /// its id, as its address may have been changed in another browser.
    ///
    /// # Errors
    /// What Cognito refuses ([`AuthError::NotAuthorized`]: not the present password), or no answer.
    pub async fn change_email(self, email: &str, password: &str) -> Result<EmailChange, AuthError> {
        let token = self.token().await?;
        let username = tokens::username(&token).ok_or(AuthError::Other)?;
        let config = self.config().await?;
        let permission =
            cognito::sign_in(&config, &config.email_client_id, &username, password).await?;
        let change = EmailChange { email: email.to_owned(), token: permission.access_token };
        permitted(cognito::change_email(&config, &change.token, email).await)?;
        Ok(change)
    }

    /// Has another code sent to the new email address.
    ///
    /// # Errors
    /// What Cognito refuses, or no answer.
    pub async fn resend_email_code(self, change: &EmailChange) -> Result<(), AuthError> {
        let config = self.config().await?;
        permitted(cognito::change_email(&config, &change.token, &change.email).await)
    }

    /// Makes the new email address the account's, by the code that was sent to it.
    ///
    /// # Errors
    /// What Cognito refuses, or no answer.
    pub async fn verify_email(self, change: &EmailChange, code: &str) -> Result<(), AuthError> {
        permitted(cognito::verify_email(&self.config().await?, &change.token, code).await)?;
        let email = &change.email;
        if let Some(stored) = StoredSession::read(STORAGE_KEY) {
            StoredSession { email: email.to_owned(), ..stored }.write(STORAGE_KEY);
        }
        self.email.set(Some(email.to_owned()));
        Ok(())
    }

    /// Calls Cognito with the session's access token; if that is refused, once more with a new one,
    /// which there is unless the session has ended.
    async fn with_token(
        self,
        call: impl AsyncFn(&SiteConfig, &str) -> Result<(), AuthError>,
    ) -> Result<(), AuthError> {
        let customer = self.ended_now();
        let (config, token) = (self.config().await?, self.token().await?);
        match call(&config, &token).await {
            Err(AuthError::TokenRefused) => {
                call(&config, &self.refreshed(customer, &token).await?).await
            }
            other => other,
        }
    }
}

/// What became of the sessions when the password was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// All others have ended, and this browser is signed in.
    Done,
    /// Others may go on.
    OthersSignedIn,
    /// All have ended, this browser's too.
    SignedOut,
}

/// A new email address that waits for its code, and the permission to make it the account's.
#[derive(Clone)]
pub struct EmailChange {
    /// The new address.
    pub email: String,
    /// An access token that the password was given for. In memory only.
    token: String,
}

/// A permission was given for the right password: what is refused later is not the password.
fn permitted(answer: Result<(), AuthError>) -> Result<(), AuthError> {
    answer.map_err(|error| match error {
        AuthError::NotAuthorized | AuthError::TokenRefused => AuthError::PermissionEnded,
        other => other,
    })
}

/// Ends every session of the customer whose access token this is: first what renews them, then
/// their WebSockets. Asking again completes it: the token may have been revoked by the first call.
async fn end_sessions(config: &SiteConfig, token: &str) -> Result<(), AuthError> {
    match cognito::sign_out_everywhere(config, token).await {
        Ok(()) | Err(AuthError::TokenRefused) => {}
        Err(error) => return Err(error),
    }
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let request = Request { method: Method::DELETE, headers: &headers, ..Request::get(SESSIONS) };
    match http::send(request).await?.into_body() {
        // They had ended before: by a request whose answer was lost, or as the account was closed.
        Err(error)
            if matches!(
                error.kind(),
                Some(ProblemType::NotSignedIn | ProblemType::AccountClosed)
            ) =>
        {
            Ok(())
        }
        other => Ok(other.map(drop)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_that_is_refused_has_ended_and_every_other_error_stays() {
        assert_eq!(permitted(Ok(())), Ok(()));
        for refused in [AuthError::NotAuthorized, AuthError::TokenRefused] {
            assert_eq!(permitted(Err(refused)), Err(AuthError::PermissionEnded));
        }
        assert_eq!(permitted(Err(AuthError::WrongCode)), Err(AuthError::WrongCode));
    }
}
