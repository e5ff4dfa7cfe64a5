//! Hill's estimator of the tail exponent.

mod estimate;
mod outcome;

pub use outcome::{Hill, HillOutcome, HillPoint, HillThreshold};
