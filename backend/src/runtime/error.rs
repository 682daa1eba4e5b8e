//! What can go wrong, and who acts on it: the one place that decides HTTP status and retry.

use std::fmt;

use lambda_runtime::Diagnostic;
use shared::{
    api::{Problem, ProblemType},
    event::EventError,
};
use tracing::Level;

/// Why a function could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The function was invoked with something that it does not take, and trying again cannot
    /// help. It ends in the failures queue, for a person.
    #[error("{0}")]
    InvalidEvent(String),
    /// A service that the function depends on failed; trying again may succeed, and is safe.
    #[error("{operation}: {cause}")]
    Dependency {
        /// What was being done: `reading an order`.
        operation: &'static str,
        /// What the service answered.
        cause: String,
    },
    /// A table holds an item that this version cannot read.
    #[error("the item whose {attribute} is {id} cannot be read: {cause}")]
    Unreadable {
        /// The attribute that tells the item from others of its kind.
        attribute: &'static str,
        /// Its value.
        id: String,
        /// What is missing or wrong in the item.
        cause: String,
    },
    /// The customer's request cannot be fulfilled; the reply says why.
    #[error("{}", .0.title)]
    Problem(Box<Problem>),
}

impl Error {
    /// A service failed during `operation`. An error of the SDK is only "service error" by itself,
    /// so its causes are kept.
    pub fn dependency(operation: &'static str, cause: impl std::error::Error) -> Self {
        Self::Dependency { operation, cause: WithCauses(&cause).to_string() }
    }

    /// The function was invoked with what it cannot handle: `what`, such as "not an order event".
    #[must_use]
    pub fn invalid_event(what: &'static str, cause: &impl fmt::Display) -> Self {
        Self::InvalidEvent(format!("{what}: {}", without_value(&cause.to_string())))
    }

    /// A table holds an item, identified by the value of an attribute, that cannot be read.
    #[must_use]
    pub fn unreadable(attribute: &'static str, id: String, cause: &impl fmt::Display) -> Self {
        Self::Unreadable { attribute, id, cause: without_value(&cause.to_string()) }
    }

    /// The stable name in the failures queue and the logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InvalidEvent(_) => "Tiffin.InvalidEvent",
            Self::Dependency { .. } => "Tiffin.Dependency",
            Self::Unreadable { .. } => "Tiffin.Unreadable",
            Self::Problem(_) => "Tiffin.Problem",
        }
    }

    /// The level of its log line: a customer's request that is refused is no failure of ours.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::InvalidEvent(_) | Self::Dependency { .. } | Self::Unreadable { .. } => {
                Level::ERROR
            }
            Self::Problem(_) => Level::INFO,
        }
    }

    /// The reply to the customer.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => *problem,
            Self::InvalidEvent(_) | Self::Dependency { .. } | Self::Unreadable { .. } => {
                Problem::new(
                    ProblemType::Unavailable,
                    "Something on our side failed; sending the same request again is safe.",
                )
            }
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        Self::InvalidEvent(error.to_string())
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self { error_type: error.kind().to_owned(), error_message: error.to_string() }
    }
}

/// A message of serde without the value found, which may be a person's name: it keeps what was
/// expected, and where.
fn without_value(message: &str) -> String {
    let shorter =
        ["invalid type", "invalid value", "unknown variant"].into_iter().find_map(|what| {
            let (place, value) = message.split_once(what)?;
            let (_, expected) = value.rsplit_once(", expected ")?;
            Some(format!("{place}{what}, expected {expected}"))
        });
    shorter.unwrap_or_else(|| message.to_owned())
}

/// An error followed by its causes.
struct WithCauses<'a>(&'a dyn std::error::Error);

impl fmt::Display for WithCauses<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_repeats_the_value_that_was_found() {
        let found = serde_json::from_str::<u32>("\"Asha, expected at 8\"").unwrap_err();
        let invalid = Error::invalid_event("not a number", &found).to_string();
        assert!(invalid.starts_with("not a number: invalid type, expected u32"), "{invalid}");
        let found = serde_json::from_str::<shared::hours::Weekday>("\"Asha\"").unwrap_err();
        let unreadable = Error::unreadable("item", "address#1".to_owned(), &found).to_string();
        assert!(unreadable.starts_with("the item whose item is address#1 cannot be read: "));
        assert!(!unreadable.contains("Asha"), "{unreadable}");
    }
}
