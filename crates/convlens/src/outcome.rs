//! A result that may have good reasons not to exist.

use serde::{Deserialize, Serialize};

/// A part of an analysis: its value, or why there is none.
///
/// In JSON, `{"value": ..}` or `{"unavailable": {"reason": ".."}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// The result.
    Value(T),
    /// There is none.
    Unavailable {
        /// Why, in words for the reader of a report.
        reason: String,
    },
}

impl<T> Outcome<T> {
    /// The value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Outcome::Value(value) => Some(value),
            Outcome::Unavailable { .. } => None,
        }
    }

    /// The reason why there is no value, if there is none.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Outcome::Value(_) => None,
            Outcome::Unavailable { reason } => Some(reason),
        }
    }

    /// The same outcome, its value borrowed.
    #[must_use]
    pub fn as_ref(&self) -> Outcome<&T> {
        match self {
            Outcome::Value(value) => Outcome::Value(value),
            Outcome::Unavailable { reason } => Outcome::Unavailable {
                reason: reason.clone(),
            },
        }
    }

    /// An outcome without a value.
    pub(crate) fn unavailable(reason: impl ToString) -> Self {
        Outcome::Unavailable {
            reason: reason.to_string(),
        }
    }
}

impl<T, E: std::fmt::Display> From<Result<T, E>> for Outcome<T> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Outcome::Value(value),
            Err(error) => Outcome::unavailable(error),
        }
    }
}
