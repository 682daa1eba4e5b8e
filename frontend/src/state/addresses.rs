//! The saved addresses.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    AddressId,
    api::{AddressInput, AddressRecord},
};

use crate::{api, http::ApiError, session::Session};

/// The saved addresses as they are fetched.
pub type AddressList = LocalResource<Result<Arc<Vec<AddressRecord>>, ApiError>>;

/// The customer's saved addresses.
#[derive(Clone, Copy)]
pub struct SavedAddresses {
    session: Session,
    /// How often they have changed.
    version: RwSignal<u32>,
}

impl SavedAddresses {
    /// Those of the customer who is signed in.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self { session, version: RwSignal::new(0) }
    }

    /// The list: empty while nobody is signed in, fetched again after each change.
    #[must_use]
    pub fn list(self) -> AddressList {
        LocalResource::new(move || {
            self.version.track();
            let signed_in = self.session.signed_in();
            async move {
                if !signed_in {
                    return Ok(Arc::default());
                }
                api::addresses(self.session).await.map(|list| Arc::new(list.addresses))
            }
        })
    }

    /// Saves an address.
    ///
    /// # Errors
    /// A field that is refused, too many addresses, not signed in; no answer, unavailable.
    pub async fn save(self, id: AddressId, address: &AddressInput) -> Result<(), ApiError> {
        api::save_address(self.session, id, address).await?;
        self.version.update(|version| *version += 1);
        Ok(())
    }

    /// Removes an address.
    ///
    /// # Errors
    /// Not signed in; no answer, unavailable.
    pub async fn remove(self, id: AddressId) -> Result<(), ApiError> {
        api::remove_address(self.session, id).await?;
        self.version.update(|version| *version += 1);
        Ok(())
    }
}
