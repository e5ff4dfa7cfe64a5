//! A result that may have good reasons not to exist.

use convlens_model::error_chain;
use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A part of an analysis: its value, or why there is none.
///
/// In JSON, `{"value": ..}` or `{"unavailable": {"reason": ".."}}`.
///
/// # Example
///
/// ```
/// use convlens::Outcome;
///
/// let known: Outcome<f64> = Outcome::Value(1.5);
/// let unknown: Outcome<f64> = Err("no inputs were given").into();
/// assert_eq!(known.value(), Some(&1.5));
/// assert_eq!(unknown.to_string(), "unavailable: no inputs were given");
/// ```
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
    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Outcome::Unavailable {
            reason: reason.into(),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Value(value) => value.fmt(f),
            Outcome::Unavailable { reason } => write!(f, "unavailable: {reason}"),
        }
    }
}

/// The reason is the error with all of its causes, joined by ": ".
impl<T, E: Into<Box<dyn Error>>> From<Result<T, E>> for Outcome<T> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Outcome::Value(value),
            Err(error) => Outcome::unavailable(error_chain(error.into().as_ref())),
        }
    }
}
