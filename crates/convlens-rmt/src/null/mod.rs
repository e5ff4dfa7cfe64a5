//! Noise to compare with: simulated spectra and randomised matrices.

mod ensemble;
mod tridiagonal;

pub use ensemble::GaussianEnsemble;
