//! The bulk of noise in a spectrum: how large the noise is, what stands above it, and the matrix
//! without it.
//!
//! - [`MarchenkoPastur::fit`](crate::MarchenkoPastur::fit) fits the bulk by iterated removal of
//!   spikes: [`Options`] in, [`Outcome`] out. [`Fit::spikes`] are the eigenvalues past the
//!   Tracy-Widom edge.
//! - [`Options::ks_test`] asks whether the bulk is Marchenko-Pastur at all, by simulation.
//! - [`Denoised`] shrinks the singular values of a noisy matrix (Gavish and Donoho).
//!
//! ```
//! use convlens_rmt::{GaussianEnsemble, MarchenkoPastur, bulk};
//!
//! // Noise of standard deviation 0.1, and one direction at four times the threshold of visibility.
//! let esd = GaussianEnsemble::new(400, 200, 0.1)?.spike(4.0)?.esd(7, 0)?;
//! let outcome = MarchenkoPastur::fit(&esd, &bulk::Options::default())?;
//! let fit = outcome.value().expect("noise is a bulk");
//! assert_eq!(fit.spikes, 1);
//! assert!((fit.sigma - 0.1).abs() < 0.001);
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

mod denoise;
pub(crate) mod fit;
mod hidden;
pub(crate) mod options;
mod sigma;

pub use denoise::{DenoiseOutcome, DenoiseRule, Denoised, NoiseLevel};
pub use fit::{Fit, KsTest, Outcome};
pub use options::{Estimator, KsSimulation, Options};
