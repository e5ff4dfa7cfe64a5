//! The Marchenko-Pastur fit of a spectrum.

mod algorithm;
mod options;
mod outcome;
mod sigma;

pub use options::{BulkEstimator, MpFitOptions};
pub use outcome::{MpFit, MpOutcome};
