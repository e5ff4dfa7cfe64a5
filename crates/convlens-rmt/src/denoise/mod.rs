//! Optimal thresholds and shrinkers of singular values.

mod algorithm;
mod rule;

pub use algorithm::{DenoiseOutcome, Denoised, NoiseLevel};
pub use rule::DenoiseRule;
