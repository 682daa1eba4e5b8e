//! `GET /api/pages/{name}`: the texts that the shop's owner writes.

use shared::api::{PageName, Problem, ProblemType};

use super::{request::Request, response::Response, state::Api};
use crate::runtime::error::Error;

impl Api {
    pub(super) async fn page(&self, request: &Request) -> Result<Response, Error> {
        let page = match request.path::<PageName>("name") {
            Some(name) => self.catalog.page(name).await?,
            None => None,
        };
        let page = page.ok_or_else(|| {
            let title = "No text is at this address: its owner has not written it.";
            Problem::new(ProblemType::NotFound, title)
        })?;
        Response::public(request, &page)
    }
}
