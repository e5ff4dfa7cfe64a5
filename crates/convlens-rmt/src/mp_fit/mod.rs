//! The Marchenko-Pastur fit of a spectrum.

mod algorithm;
mod options;
mod outcome;
mod sigma;

pub use options::{BulkEstimator, MpOptions};
pub use outcome::{MpFit, MpOutcome};
