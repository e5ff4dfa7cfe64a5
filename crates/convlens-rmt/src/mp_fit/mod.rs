//! The Marchenko-Pastur fit of a spectrum.

mod algorithm;
mod chebyshev;
mod hidden;
mod ks_test;
mod likelihood;
mod options;
mod outcome;
mod removal;
mod sigma;

pub use ks_test::MpKsTest;
pub use options::{BulkEstimator, KsSimulation, MpOptions};
pub use outcome::{MpFit, MpOutcome};
