//! The bulk of noise: the Marchenko-Pastur fit of a spectrum, and a matrix without its noise.

mod denoise;
pub(crate) mod fit;
mod hidden;
pub(crate) mod options;
mod sigma;

pub use denoise::{DenoiseOutcome, DenoiseRule, Denoised, NoiseLevel};
pub use fit::{Fit, KsTest, Outcome};
pub use options::{Estimator, KsSimulation, Options};
