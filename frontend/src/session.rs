//! Who is signed in: Cognito's JSON API from the browser.
//!
//! The access token lives in memory and is renewed on a clock that only goes forward. The refresh
//! token lives in the browser's storage and changes with every renewal, so tabs take turns
//! ([`locks::exclusive`]); a tab that was overtaken all the same uses what the other has stored.

mod account;
mod cognito;
mod tokens;

use leptos::{ev, prelude::*};
use shared::api::{ProblemType, SiteConfig};

pub use self::{
    account::{EmailChange, PasswordChange},
    cognito::AuthError,
};
use self::{
    cognito::Tokens,
    tokens::{Access, StoredSession},
};
use crate::{
    browser,
    http::{self, ApiError, Request},
    locks, storage,
};

const STORAGE_KEY: &str = "tiffin.session";
/// What the page must know about the site it runs at.
pub(crate) const CONFIG: &str = "/config.json";
const REFRESH_LOCK: &str = "tiffin.refresh";

/// The customer's session, of which a page has one.
#[derive(Clone, Copy)]
pub struct Session {
    email: RwSignal<Option<String>>,
    access: RwSignal<Option<Access>>,
    config: RwSignal<Option<SiteConfig>>,
    /// Whether the last session was ended by the site rather than by the customer.
    expired: RwSignal<bool>,
    /// The address and password of a sign-up, for signing in once the code is confirmed. In memory
    /// only.
    signing_up: RwSignal<Option<(String, String)>>,
    /// How often a session has ended: signed out, expired, or replaced by another customer's.
    ended: RwSignal<u32>,
}

impl Session {
    /// The session that this browser has stored, if any. Follows other tabs.
    #[must_use]
    pub fn resume() -> Self {
        let session = Self {
            email: RwSignal::new(StoredSession::read(STORAGE_KEY).map(|stored| stored.email)),
            access: RwSignal::new(None),
            config: RwSignal::new(None),
            expired: RwSignal::new(false),
            signing_up: RwSignal::new(None),
            ended: RwSignal::new(0),
        };
        browser::on_window(ev::storage, move |event| {
            if event.key().is_none_or(|key| key == STORAGE_KEY) {
                session.reload();
            }
        });
        session
    }

    /// Takes over what another tab has stored: it may have signed in or out while this page was
    /// frozen or in the back/forward cache.
    pub fn reload(self) {
        let email = StoredSession::read(STORAGE_KEY).map(|stored| stored.email);
        if self.email.with_untracked(|now| *now != email) {
            self.access.set(None);
            self.set_email(email);
        }
    }

    /// The email address of the customer who is signed in. Reactive.
    #[must_use]
    pub fn email(self) -> Option<String> {
        self.email.get()
    }

    /// The email address of the customer who is signed in, now.
    #[must_use]
    pub fn email_now(self) -> Option<String> {
        self.email.get_untracked()
    }

    /// Whether a customer is signed in. Reactive.
    #[must_use]
    pub fn signed_in(self) -> bool {
        self.email.with(Option::is_some)
    }

    /// Whether a customer is signed in, now.
    #[must_use]
    pub fn signed_in_now(self) -> bool {
        self.email.with_untracked(Option::is_some)
    }

    /// How often a session has ended. Reactive: what belongs to a customer goes with the session.
    #[must_use]
    pub fn ended(self) -> u32 {
        self.ended.get()
    }

    /// How often a session has ended, now.
    #[must_use]
    pub fn ended_now(self) -> u32 {
        self.ended.get_untracked()
    }

    /// Whether the site has ended the session. Reactive.
    #[must_use]
    pub fn expired(self) -> bool {
        self.expired.get()
    }

    /// The configuration of the site this page runs at, fetched once.
    ///
    /// # Errors
    /// No answer, unavailable, outdated.
    pub async fn config(self) -> Result<SiteConfig, ApiError> {
        if let Some(config) = self.config.get_untracked() {
            return Ok(config);
        }
        let reply = http::send(Request::get(CONFIG)).await?;
        let config: SiteConfig = http::parse(&reply.into_body()?)?;
        self.config.set(Some(config.clone()));
        Ok(config)
    }

    /// The configuration of the site, if it is known by now. Reactive.
    #[must_use]
    pub fn known_config(self) -> Option<SiteConfig> {
        self.config.get()
    }

    /// Signs in.
    ///
    /// # Errors
    /// What Cognito refuses, or a problem on the way.
    pub async fn sign_in(self, email: &str, password: &str) -> Result<(), AuthError> {
        let config = self.config().await?;
        let tokens = match cognito::sign_in(&config, &config.client_id, email, password).await {
            Err(AuthError::UnknownClient) => {
                self.config.set(None);
                let config = self.config().await?;
                cognito::sign_in(&config, &config.client_id, email, password).await?
            }
            other => other?,
        };
        self.store_tokens(email, tokens);
        self.set_email(Some(email.to_owned()));
        self.expired.set(false);
        Ok(())
    }

    /// Signs out of this browser.
    pub fn sign_out(self) {
        storage::remove(STORAGE_KEY);
        self.access.set(None);
        self.set_email(None);
    }

    /// Signs out because the server has ended this session.
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
    pub(crate) async fn token(self) -> Result<String, ApiError> {
        match self.usable() {
            Some(token) => Ok(token),
            None => locks::exclusive(REFRESH_LOCK, self.renewed(None)).await,
        }
    }

    /// An ID token, which says whose email address the account has.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub(crate) async fn id_token(self) -> Result<String, ApiError> {
        self.token().await?;
        let id_token = self
            .access
            .with_untracked(|access| access.as_ref().and_then(Access::id_token).map(str::to_owned));
        id_token.ok_or_else(|| ApiError::of(ProblemType::NotSignedIn))
    }

    /// An access token of a customer, by the count of [`Session::ended_now`]: of no other one.
    ///
    /// # Errors
    /// Not signed in, or as another customer; no answer or unavailable while renewing it.
    pub(crate) async fn token_of(self, customer: u32) -> Result<String, ApiError> {
        let token = self.token().await?;
        self.if_still(customer, token)
    }

    /// Another access token than this one, which was refused.
    ///
    /// # Errors
    /// As [`Session::token_of`].
    pub(crate) async fn refreshed(self, customer: u32, refused: &str) -> Result<String, ApiError> {
        if self.ended_now() != customer {
            return Err(ApiError::of(ProblemType::NotSignedIn));
        }
        let token = locks::exclusive(REFRESH_LOCK, self.renewed(Some(refused))).await?;
        self.if_still(customer, token)
    }

    fn if_still(self, customer: u32, token: String) -> Result<String, ApiError> {
        match self.ended_now() == customer {
            true => Ok(token),
            false => Err(ApiError::of(ProblemType::NotSignedIn)),
        }
    }

    fn usable(self) -> Option<String> {
        let now = browser::monotonic();
        self.access.with_untracked(|access| access.as_ref()?.usable(now).map(str::to_owned))
    }

    /// Renews the access token, unless someone did while this waited for its turn.
    async fn renewed(self, refused: Option<&str>) -> Result<String, ApiError> {
        if let Some(token) = self.usable().filter(|token| Some(token.as_str()) != refused) {
            return Ok(token);
        }
        let Some(stored) = StoredSession::read(STORAGE_KEY) else {
            return Err(self.not_signed_in());
        };
        match self.renew(&stored).await {
            Err(AuthError::Api(error)) => return Err(error),
            Err(AuthError::TooManyTries) => return Err(ApiError::of(ProblemType::TooManyRequests)),
            // Not of Cognito: a firewall's page, say. The session may be as good as before.
            Err(AuthError::Other) => return Err(ApiError::of(ProblemType::Unavailable)),
            Err(_) => {}
            Ok(token) => return Ok(token),
        }
        // Without locks another tab may have been faster: then its token is the good one.
        match StoredSession::read(STORAGE_KEY).filter(|newer| *newer != stored) {
            Some(newer) => self.renew(&newer).await.map_err(|error| match error {
                AuthError::Api(error) => error,
                AuthError::Other | AuthError::TooManyTries => {
                    ApiError::of(ProblemType::Unavailable)
                }
                _ => self.not_signed_in(),
            }),
            None => Err(self.not_signed_in()),
        }
    }

    async fn renew(self, stored: &StoredSession) -> Result<String, AuthError> {
        let tokens = cognito::refresh(&self.config().await?, &stored.refresh_token).await;
        if matches!(tokens, Err(AuthError::UnknownClient)) {
            self.config.set(None);
        }
        let tokens = tokens?;
        // Signed out, or in with another account, while the answer was on its way.
        match StoredSession::read(STORAGE_KEY).is_some_and(|now| now.email == stored.email) {
            true => Ok(self.store_tokens(&stored.email, tokens)),
            false => Err(AuthError::NotAuthorized),
        }
    }

    fn store_tokens(self, email: &str, tokens: Tokens) -> String {
        if let Some(refresh_token) = tokens.refresh_token {
            StoredSession { refresh_token, email: email.to_owned() }.write(STORAGE_KEY);
        }
        let token = tokens.access_token.clone();
        let now = browser::monotonic();
        let Tokens { access_token, id_token, expires_in, .. } = tokens;
        self.access.set(Some(Access::new(access_token, id_token, expires_in, now)));
        token
    }

    fn not_signed_in(self) -> ApiError {
        if self.email.with_untracked(Option::is_some) {
            self.expire();
        }
        ApiError::of(ProblemType::NotSignedIn)
    }

    fn set_email(self, email: Option<String>) {
        if self.email.with_untracked(|now| *now != email) {
            self.signing_up.set(None);
            let (was, is) = (self.signed_in_now(), email.is_some());
            self.email.set(email);
            // What was typed before signing in is the customer's who then signs in.
            if was || !is {
                self.ended.update(|ended| *ended += 1);
            }
        }
    }
}
