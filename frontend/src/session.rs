//! Who is signed in: Cognito's JSON API from the browser.
//!
//! The access token lives in memory and is renewed on a clock that only goes forward. The refresh
//! token lives in the browser's storage and changes with every renewal, so tabs take turns
//! ([`browser::exclusive`]); one that was overtaken all the same uses what the other has stored.

mod cognito;
mod tokens;

use leptos::prelude::*;
use shared::api::{Problem, ProblemType, SiteConfig};

pub use self::cognito::Refusal;
use self::{
    cognito::Tokens,
    tokens::{Access, Kept},
};
use crate::{browser, server, signal::Signal};

const KEPT: &str = "tiffin.session";
const TURN: &str = "tiffin.refresh";

/// The customer's session, of which a page has one.
#[derive(Clone, Copy)]
pub struct Session {
    email: Signal<Option<String>>,
    access: Signal<Option<Access>>,
    config: Signal<Option<SiteConfig>>,
    /// Whether the last session was ended by the site rather than by the customer.
    expired: Signal<bool>,
    /// What a sign-up has given, for signing in as soon as the code is confirmed. In memory only.
    fresh: Signal<Option<(String, String)>>,
    changed: Callback<()>,
}

impl Session {
    /// The session this browser has kept, if any; `changed` hears of every other customer.
    #[must_use]
    pub fn resume(changed: Callback<()>) -> Self {
        let session = Self {
            email: Signal::new(Kept::read(KEPT).map(|kept| kept.email)),
            access: Signal::new(None),
            config: Signal::new(None),
            expired: Signal::new(false),
            fresh: Signal::new(None),
            changed,
        };
        session.follow_other_tabs();
        session
    }

    /// The email address of the customer who is signed in. Reactive.
    #[must_use]
    pub fn email(self) -> Option<String> {
        self.email.get()
    }

    /// The email address of the customer who is signed in, now; empty if nobody is.
    #[must_use]
    pub fn email_now(self) -> String {
        self.email.get_untracked().unwrap_or_default()
    }

    /// Whether a customer is signed in. Reactive.
    #[must_use]
    pub fn signed_in(self) -> bool {
        self.email.with(Option::is_some)
    }

    /// Whether the site has ended the session. Reactive.
    #[must_use]
    pub fn expired(self) -> bool {
        self.expired.get()
    }

    /// The place this page runs at, fetched once. Reactive through [`Session::known_config`].
    ///
    /// # Errors
    /// Offline, unavailable, outdated.
    pub async fn config(self) -> Result<SiteConfig, Problem> {
        if let Some(config) = self.config.get_untracked() {
            return Ok(config);
        }
        let config = server::config().await?;
        self.config.set(Some(config.clone()));
        Ok(config)
    }

    /// The place this page runs at, if it is known by now. Reactive.
    #[must_use]
    pub fn known_config(self) -> Option<SiteConfig> {
        self.config.get()
    }

    /// Makes an account, which is confirmed by a code that is sent to `email`.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn sign_up(self, email: &str, password: &str) -> Result<(), Refusal> {
        cognito::sign_up(&self.config().await?, email, password).await?;
        self.fresh.set(Some((email.to_owned(), password.to_owned())));
        Ok(())
    }

    /// Confirms an account by its code; signs in at once if it was made on this page.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn confirm(self, email: &str, code: &str) -> Result<(), Refusal> {
        cognito::confirm(&self.config().await?, email, code).await?;
        let fresh = self.fresh.take();
        match fresh.filter(|(of, _)| of == email) {
            Some((_, password)) => self.sign_in(email, &password).await,
            None => Ok(()),
        }
    }

    /// Has a new code sent.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn resend(self, email: &str) -> Result<(), Refusal> {
        cognito::resend(&self.config().await?, email).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn sign_in(self, email: &str, password: &str) -> Result<(), Refusal> {
        let tokens = match cognito::sign_in(&self.config().await?, email, password).await {
            Err(Refusal::UnknownSite) => {
                self.config.set(None);
                cognito::sign_in(&self.config().await?, email, password).await?
            }
            other => other?,
        };
        self.keep(email, tokens);
        self.set_email(Some(email.to_owned()));
        self.expired.set(false);
        Ok(())
    }

    /// Has a code sent with which a new password can be set.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn forgot(self, email: &str) -> Result<(), Refusal> {
        cognito::forgot(&self.config().await?, email).await
    }

    /// Sets a new password by the code that was sent, and signs in with it.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn reset(self, email: &str, code: &str, password: &str) -> Result<(), Refusal> {
        cognito::reset(&self.config().await?, email, code, password).await?;
        self.sign_in(email, password).await
    }

    /// Signs out of every browser: at once here, elsewhere when the access token there ends.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way; then this browser is still signed in.
    pub async fn sign_out_everywhere(self) -> Result<(), Refusal> {
        let token = self.token().await?;
        cognito::sign_out_everywhere(&self.config().await?, &token).await
    }

    /// Deletes the account with which one signs in.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn delete(self) -> Result<(), Refusal> {
        let token = self.token().await?;
        cognito::delete_user(&self.config().await?, &token).await
    }

    /// Signs out of this browser.
    pub fn sign_out(self) {
        browser::forget(KEPT);
        self.access.set(None);
        self.set_email(None);
    }

    /// Signs out because the site knows this session no more.
    pub(crate) fn expire(self) {
        self.sign_out();
        self.expired.set(true);
    }

    /// The customer has read that the session had ended.
    pub fn acknowledge(self) {
        self.expired.set(false);
    }

    /// An access token that is good for the next call.
    ///
    /// # Errors
    /// Not signed in; offline or unavailable while renewing it.
    pub(crate) async fn token(self) -> Result<String, Problem> {
        match self.usable() {
            Some(token) => Ok(token),
            None => browser::exclusive(TURN, self.renewed(None)).await,
        }
    }

    /// Another access token than this one, which was refused.
    ///
    /// # Errors
    /// Not signed in; offline or unavailable while renewing it.
    pub(crate) async fn refreshed(self, refused: &str) -> Result<String, Problem> {
        browser::exclusive(TURN, self.renewed(Some(refused))).await
    }

    fn usable(self) -> Option<String> {
        let now = browser::monotonic();
        self.access.with_untracked(|access| access.as_ref()?.usable(now).map(str::to_owned))
    }

    /// Renews the access token, unless someone did while this waited for its turn.
    async fn renewed(self, refused: Option<&str>) -> Result<String, Problem> {
        if let Some(token) = self.usable().filter(|token| Some(token.as_str()) != refused) {
            return Ok(token);
        }
        let Some(kept) = Kept::read(KEPT) else { return Err(self.not_signed_in()) };
        match self.renew(&kept).await {
            Err(Refusal::Problem(problem)) => return Err(problem),
            Err(Refusal::TooMany) => return Err(Problem::new(ProblemType::TooManyRequests, "")),
            Err(_) => {}
            Ok(token) => return Ok(token),
        }
        // Without locks another tab may have been faster: then its token is the good one.
        match Kept::read(KEPT).filter(|newer| *newer != kept) {
            Some(newer) => self.renew(&newer).await.map_err(|_| self.not_signed_in()),
            None => Err(self.not_signed_in()),
        }
    }

    async fn renew(self, kept: &Kept) -> Result<String, Refusal> {
        let tokens = cognito::refresh(&self.config().await?, &kept.refresh_token).await;
        if matches!(tokens, Err(Refusal::UnknownSite)) {
            self.config.set(None);
        }
        Ok(self.keep(&kept.email, tokens?))
    }

    fn keep(self, email: &str, tokens: Tokens) -> String {
        if let Some(refresh_token) = tokens.refresh_token {
            Kept { refresh_token, email: email.to_owned() }.write(KEPT);
        }
        let token = tokens.access_token.clone();
        let now = browser::monotonic();
        self.access.set(Some(Access::new(tokens.access_token, tokens.expires_in, now)));
        token
    }

    fn not_signed_in(self) -> Problem {
        if self.email.with_untracked(Option::is_some) {
            self.expire();
        }
        Problem::new(ProblemType::NotSignedIn, "")
    }

    fn set_email(self, email: Option<String>) {
        if self.email.with_untracked(|now| *now != email) {
            self.email.set(email);
            self.changed.run(());
        }
    }

    /// What another tab stores, signs in or out, holds here too.
    fn follow_other_tabs(self) {
        browser::on(&browser::window(), "storage", move |event| {
            if browser::storage_key(&event).is_none_or(|key| key == KEPT) {
                let email = Kept::read(KEPT).map(|kept| kept.email);
                if self.email.with_untracked(|now| *now != email) {
                    self.access.set(None);
                    self.set_email(email);
                }
            }
        });
    }
}
