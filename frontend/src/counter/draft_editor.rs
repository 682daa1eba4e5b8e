//! An editor of what the API keeps in versions: a restaurant's hours, or its delivery areas.
//!
//! What is typed is kept on the device, for this account and restaurant, until it is saved or discarded; and if
//! somebody else has saved meanwhile, both are shown.

mod form;

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use shared::{RestaurantId, staff::Action};

pub(super) use self::form::{draft_page, field};
use super::{api::SaveResult, drafts::draft_key, text};
use crate::{browser, components::focus_first_error, http::ApiError, session::Session, storage};

/// The fields that are wrong, by their ids, and why.
pub(super) type Errors = Vec<(String, String)>;

/// What an editor says.
pub(super) struct Texts {
    /// The page's heading.
    pub(super) title: &'static str,
    /// The button that saves.
    pub(super) save: &'static str,
    /// It is saved.
    pub(super) saved: &'static str,
    /// Somebody else has saved meanwhile.
    pub(super) changed: &'static str,
    /// What stands above what they have saved.
    pub(super) changed_hint: &'static str,
}

/// What is edited, as it is typed: every field is a text, and may be wrong.
pub(super) trait Typed:
    Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What is edited, as the API has it.
    type Current: Clone + Send + Sync + 'static;
    /// What is sent to change it.
    type Request;

    /// What is to be changed.
    fn of(current: &Self::Current) -> Self;
    /// The version that the draft changes.
    fn version(&mut self) -> &mut u32;
    /// Takes what is typed in a field.
    fn type_in(&mut self, field: &str, text: String);
    /// Does what a button is for; what is to have the focus then, or nothing if it is no button of this form.
    fn press(&mut self, button: &str, current: &Self::Current) -> Option<String>;
    /// What is to be known of a field that is right.
    fn hint(&self, field: &str) -> &'static str;
    /// What is to be saved.
    ///
    /// # Errors
    /// The fields that are wrong.
    fn read(&self, current: &Self::Current) -> Result<Self::Request, Errors>;
}

/// A draft with a page: its texts, its fields, and how it is fetched and saved.
pub(super) trait EditorDraft: Typed {
    /// Its name in the device's storage.
    const KIND: &'static str;
    /// The id of the button that saves it.
    const SAVE_ID: &'static str;
    /// Who may edit it.
    const NEEDS: Action;
    /// What the editor says.
    const TEXTS: Texts;

    /// Fetches what is edited.
    async fn fetch(session: Session, restaurant: &RestaurantId) -> Result<Self::Current, ApiError>;
    /// Saves it.
    async fn save(
        session: Session,
        restaurant: &RestaurantId,
        request: &Self::Request,
    ) -> Result<SaveResult<Self::Current>, ApiError>;

    /// What is saved, in lines of text.
    fn lines(current: &Self::Current) -> Vec<String>;
    /// The fields of a form.
    fn fields(editor: Editor<Self>) -> AnyView;
}

/// What is being edited.
pub(super) struct Editor<D: EditorDraft> {
    session: Session,
    restaurant: StoredValue<RestaurantId>,
    /// Where the draft is kept.
    key: StoredValue<String>,
    /// What is saved.
    pub(super) current: RwSignal<D::Current>,
    pub(super) draft: RwSignal<D>,
    /// Grows when there are other fields than before.
    pub(super) shape: RwSignal<u32>,
    errors: RwSignal<Errors>,
    /// Whether somebody else has saved since.
    conflict: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
    saved: RwSignal<bool>,
    /// Whether the device keeps the draft: its storage can be full, or blocked.
    kept: RwSignal<bool>,
    sending: RwSignal<bool>,
}

// Derived, it would ask the draft to be `Copy`.
impl<D: EditorDraft> Clone for Editor<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: EditorDraft> Copy for Editor<D> {}

impl<D: EditorDraft> Editor<D> {
    fn new(restaurant: &RestaurantId, current: D::Current) -> Self {
        let session = expect_context::<Session>();
        let account = session.email_now().unwrap_or_default();
        let key = draft_key(D::KIND, &account, restaurant);
        let mut unchanged = D::of(&current);
        let draft = storage::get::<D>(&key).filter(|kept| is_changed(kept, &unchanged));
        if draft.is_none() {
            // It may have been saved since, and would look like a change of what is saved later.
            storage::remove(&key);
        }
        let mut draft = draft.unwrap_or_else(|| unchanged.clone());
        Self {
            session,
            restaurant: StoredValue::new(restaurant.clone()),
            key: StoredValue::new(key),
            conflict: RwSignal::new(draft.version() != unchanged.version()),
            current: RwSignal::new(current),
            draft: RwSignal::new(draft),
            shape: RwSignal::new(0),
            errors: RwSignal::default(),
            failure: RwSignal::default(),
            saved: RwSignal::new(false),
            kept: RwSignal::new(true),
            sending: RwSignal::new(false),
        }
    }

    /// Changes the draft, and keeps it.
    fn edit<T>(self, change: impl FnOnce(&mut D) -> T) -> Option<T> {
        let changed = self.draft.try_update(change)?;
        self.store();
        self.saved.set(false);
        Some(changed)
    }

    /// Keeps the draft on the device, unless it is what is saved.
    fn store(self) {
        let Some(key) = self.key.try_get_value() else { return };
        let saved = self.current.with_untracked(D::of);
        let is_kept = self.draft.with_untracked(|draft| match is_changed(draft, &saved) {
            true => storage::set(&key, draft),
            false => {
                storage::remove(&key);
                true
            }
        });
        self.kept.set(is_kept);
    }

    fn type_in(self, field: &str, text: String) {
        self.errors.try_update(|errors| errors.retain(|(wrong, _)| wrong != field));
        self.edit(|draft| draft.type_in(field, text));
    }

    fn press(self, button: &str) {
        let Some(current) = self.current.try_get_untracked() else { return };
        if let Some(to_focus) = self.edit(|draft| draft.press(button, &current)).flatten() {
            // They may be of fields that are elsewhere now.
            self.errors.set(Errors::new());
            self.shape.update(|shape| *shape += 1);
            browser::focus_soon(format!("#{to_focus}"));
        }
    }

    /// Begins anew with what is saved.
    fn discard(self) {
        self.key.with_value(|key| storage::remove(key));
        self.draft.set(self.current.with_untracked(D::of));
        self.errors.set(Errors::new());
        self.failure.set(None);
        self.conflict.set(false);
        self.shape.update(|shape| *shape += 1);
        browser::focus_if_lost(format!("#{}", D::SAVE_ID));
    }

    /// Keeps the draft in place of what somebody else has saved.
    fn keep(self) {
        self.rebase();
        self.conflict.set(false);
        browser::focus_if_lost(format!("#{}", D::SAVE_ID));
    }

    /// The draft changes what is saved now.
    fn rebase(self) {
        let version = self.current.with_untracked(|current| *D::of(current).version());
        self.edit(|draft| *draft.version() = version);
    }

    fn is_changed(self) -> bool {
        self.current.with(|current| self.draft.with(|draft| *draft != D::of(current)))
    }

    fn save(self) {
        if self.conflict.get_untracked() {
            return browser::focus("#use-theirs");
        }
        if self.sending.get_untracked() {
            return;
        }
        if !untrack(|| self.is_changed()) {
            // Another version of the same would be a conflict for whoever is changing it.
            self.saved.set(true);
            return;
        }
        let draft = self.draft.get_untracked();
        let request = match self.current.with_untracked(|current| draft.read(current)) {
            Ok(request) => request,
            Err(errors) => {
                self.errors.set(errors);
                return focus_first_error();
            }
        };
        self.errors.set(Errors::new());
        self.sending.set(true);
        let (restaurant, key) = (self.restaurant.get_value(), self.key.get_value());
        spawn_local(async move {
            let answer = D::save(self.session, &restaurant, &request).await;
            if self.sending.try_set(false).is_some() {
                // The page is gone; what was typed since is kept.
                if let Ok(SaveResult::Saved(current)) = answer {
                    forget_saved(&key, &current, &draft);
                }
                return;
            }
            self.failure.set(None);
            match answer {
                Ok(SaveResult::Saved(current)) => self.take_saved(current, &draft),
                Ok(SaveResult::Changed(current)) => {
                    self.current.set(current);
                    self.conflict.set(true);
                    browser::focus_soon("#use-theirs");
                }
                Err(error) => self.failure.set(Some(text::draft_error(&error))),
            }
        });
    }

    /// What was sent is saved; something else may have been typed meanwhile, and is not.
    fn take_saved(self, current: D::Current, sent: &D) {
        self.current.set(current);
        match self.draft.with_untracked(|draft| draft == sent) {
            true => {
                self.discard();
                self.saved.set(true);
            }
            false => self.rebase(),
        }
    }
}

/// The draft of a page that was left meanwhile is saved, as far as nothing was typed since it was sent.
fn forget_saved<D: EditorDraft>(key: &str, current: &D::Current, sent: &D) {
    let Some(mut kept) = storage::get::<D>(key) else { return };
    if !is_changed(&kept, sent) {
        return storage::remove(key);
    }
    *kept.version() = *D::of(current).version();
    storage::set(key, &kept);
}

/// Whether a draft says something else than what is saved, whatever version it changes.
fn is_changed<D: EditorDraft>(draft: &D, saved: &D) -> bool {
    let (mut draft, mut saved) = (draft.clone(), saved.clone());
    *draft.version() = *saved.version();
    draft != saved
}
