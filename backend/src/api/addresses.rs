//! `/api/addresses`: those kept for the customer's account.

use shared::{
    Timestamp,
    api::{Addresses, KeptAddress, ListedAddress, Problem, ProblemType},
};

use crate::{
    Error,
    api::{Api, Request, Response},
    people::Kept,
};

impl Api {
    /// The customer's addresses, in the order in which they were first kept.
    pub(super) async fn addresses(&self, request: &Request) -> Result<Response, Error> {
        let person = self.people.read(request.user()?).await?;
        let addresses = person.addresses.into_iter().map(|kept| kept.listed).collect();
        Response::private(200, &Addresses { addresses })
    }

    /// Keeps an address, or another in its place; the same again is the same. The limit bounds a
    /// list and is no promise: two new ones at the same moment may both find the last place free.
    pub(super) async fn keep_address(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        let user = request.user()?;
        let address_id = request.chosen("address_id")?;
        let KeptAddress { label, address } = request.json()?;
        let person = self.people.read(user).await?;
        let before = person.kept_at(address_id);
        if before.is_none() && person.addresses.len() >= Addresses::MAX {
            return Err(too_many());
        }
        let listed = ListedAddress { address_id, label, address };
        let kept = Kept { kept_at: before.unwrap_or(now), listed };
        self.people.keep(user, &kept).await?;
        Response::private(if before.is_some() { 200 } else { 201 }, &kept.listed)
    }

    /// Forgets an address; one that is not kept is forgotten already.
    pub(super) async fn forget_address(&self, request: &Request) -> Result<Response, Error> {
        let user = request.user()?;
        self.people.forget(user, request.chosen("address_id")?).await?;
        Ok(Response::empty())
    }
}

fn too_many() -> Error {
    let title = format!("{} addresses are kept, which is the most; forget one.", Addresses::MAX);
    Problem::new(ProblemType::TooManyAddresses, title).into()
}
