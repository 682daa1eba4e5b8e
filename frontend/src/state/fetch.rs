//! What is fetched, as a component shows it.

use leptos::prelude::*;

use crate::http::ApiError;

/// Something that is fetched, and fetched again when that may help.
pub trait Fetch: Copy + Send + Sync + 'static {
    /// What is fetched.
    type Value: Clone + Send + Sync + 'static;

    /// What there is to show: `None` until there is a first result. Reactive.
    fn get(self) -> Option<Result<Self::Value, ApiError>>;

    /// Why it could not be fetched, whether or not there is something to show. Reactive.
    fn error(self) -> Option<ApiError>;

    /// Fetches it again.
    fn refetch(self);
}

impl<T: Clone + Send + Sync + 'static> Fetch for LocalResource<Result<T, ApiError>> {
    type Value = T;

    fn get(self) -> Option<Result<T, ApiError>> {
        Get::get(&self)
    }

    fn error(self) -> Option<ApiError> {
        Get::get(&self).and_then(Result::err)
    }

    fn refetch(self) {
        LocalResource::refetch(&self);
    }
}
