//! The continuous power law: its fit, the uncertainty of the fit, and other laws for the same tail.

mod alternatives;
mod distance;
mod fit;
mod powerlaw;
mod replicates;
mod sample;
pub(super) mod scan;
mod tail;
mod truncated;
