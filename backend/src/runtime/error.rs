//! What can go wrong, and who acts on it: the one place that decides HTTP status and retry.

use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use lambda_runtime::Diagnostic;
use shared::{
    api::{Problem, ProblemType},
    event::EventError,
};

use crate::log::Level;

/// Why a function could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The invocation is not what this function takes; it never will be. Reported, for a person.
    #[error("{0}")]
    Poison(String),
    /// Something outside failed; trying again may succeed, and is safe.
    #[error("{what}: {why}")]
    Outside {
        /// What was being done.
        what: &'static str,
        /// What the other side said.
        why: String,
    },
    /// The table holds what this version cannot read.
    #[error("order {order_id} cannot be read: {why}")]
    Unreadable {
        /// Which order.
        order_id: String,
        /// What the item lacks.
        why: String,
    },
    /// The customer's request cannot be done; the reply says why.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
}

impl Error {
    /// Something outside failed while `what`.
    pub fn outside(what: &'static str, why: impl std::error::Error) -> Self {
        Self::Outside { what, why: Causes(&why).to_string() }
    }

    /// The invocation is no such thing. The sentence says what was expected where, and not what
    /// was there instead, for that may be anybody's name.
    #[must_use]
    pub fn poison(no: &'static str, why: &impl fmt::Display) -> Self {
        let why = why.to_string();
        let without_value =
            ["invalid type", "invalid value", "unknown variant"].into_iter().find_map(|what| {
                let (place, value) = why.split_once(what)?;
                let (_, expected) = value.rsplit_once(", expected ")?;
                Some(format!("{no}: {place}{what}, expected {expected}"))
            });
        Self::Poison(without_value.unwrap_or_else(|| format!("{no}: {why}")))
    }

    /// The stable name in the failures queue and the logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Poison(_) => "Tiffin.Poison",
            Self::Outside { .. } => "Tiffin.Outside",
            Self::Unreadable { .. } => "Tiffin.Unreadable",
            Self::Refused(_) => "Tiffin.Refused",
        }
    }

    /// How grave it is in the logs: a customer who is refused is no failure of ours.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Poison(_) | Self::Outside { .. } | Self::Unreadable { .. } => Level::Error,
            Self::Refused(_) => Level::Info,
        }
    }

    /// What the customer is told.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Refused(problem) => *problem,
            Self::Poison(_) | Self::Outside { .. } | Self::Unreadable { .. } => Problem::new(
                ProblemType::Unavailable,
                "Something on our side failed; sending the same request again is safe.",
            ),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        Self::Poison(error.to_string())
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self { error_type: error.kind().to_owned(), error_message: error.to_string() }
    }
}

/// What a write on a condition came to; nothing if the condition failed.
///
/// # Errors
/// [`Error::Outside`] if the table did not answer; it may have been written then.
pub(crate) fn on_condition<T, E>(
    what: &'static str,
    answer: Result<T, SdkError<E>>,
) -> Result<Option<T>, Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(written) => Ok(Some(written)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(Error::outside(what, error)),
    }
}

/// An error with its causes: the SDK's own sentence is only "service error".
struct Causes<'a>(&'a dyn std::error::Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
