//! Several calls at once.

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::runtime::error::Error;

/// How many calls for one customer are under way at once.
pub(super) const CONCURRENCY: usize = 16;

/// Makes all calls, some at once, until one fails.
pub(super) async fn concurrently(
    calls: impl IntoIterator<Item = impl Future<Output = Result<(), Error>>>,
) -> Result<(), Error> {
    stream::iter(calls).buffer_unordered(CONCURRENCY).try_collect().await
}
