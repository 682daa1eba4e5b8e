//! `/api/addresses`: those saved for the customer's account.

use shared::{
    Timestamp, UserId,
    api::{AddressInput, AddressRecord, Addresses, Problem, ProblemType},
};

use super::{request::Request, response::Response, state::Api};
use crate::{
    metrics,
    runtime::error::Error,
    store::people::{Person, SavedAddress},
};

impl Api {
    /// The customer's addresses, in the order in which they were first saved.
    pub(super) async fn addresses(&self, user: UserId) -> Result<Response, Error> {
        let person = self.person(user).await?;
        let addresses = person.addresses.into_iter().map(|saved| saved.listed).collect();
        Response::private(200, &Addresses { addresses })
    }

    /// Saves an address, or replaces the one of that id; the same again changes nothing. The limit
    /// bounds a list and is no promise: two new ones at the same moment may both find the last
    /// place free.
    pub(super) async fn save_address(
        &self,
        request: &Request,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let address_id = request.chosen("address_id")?;
        let AddressInput { label, address } = request.json()?;
        let person = self.person(user).await?;
        let before = person.saved_at(address_id);
        if before.is_none() && person.addresses.len() >= Addresses::MAX {
            return Err(too_many());
        }
        let listed = AddressRecord { address_id, label, address };
        let saved = SavedAddress { saved_at: before.unwrap_or(now), listed };
        self.people.save_address(user, &saved).await?;
        Response::private(if before.is_some() { 200 } else { 201 }, &saved.listed)
    }

    /// Deletes an address; one that is not saved is deleted already.
    pub(super) async fn delete_address(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        self.people.delete_address(user, request.chosen("address_id")?).await?;
        Ok(Response::empty())
    }

    /// All that is stored of the customer beside their orders; an address that cannot be read is
    /// left out.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub(super) async fn person(&self, user: UserId) -> Result<Person, Error> {
        let person = self.people.read(user).await?;
        metrics::left_out(&person.unreadable);
        Ok(person)
    }
}

fn too_many() -> Error {
    let title = format!("At most {} addresses can be saved; delete one first.", Addresses::MAX);
    Problem::new(ProblemType::TooManyAddresses, title).into()
}
