//! The limit laws of random-matrix theory, as distributions.
//!
//! - [`MarchenkoPastur`]: the eigenvalues of `W^T W / N` for noise `W`; [`LargerGramLaw`] with the
//!   zeros of the larger Gram matrix, [`SingularValueLaw`] for the singular values.
//! - [`TracyWidom`]: the largest of them, both tails to 1e-12; [`EdgeScaling`] centers and scales
//!   it.
//! - [`QuarterCircle`] and [`Semicircle`]: square and symmetric matrices.
//!
//! Each has density, distribution function, quantiles, moments and seeded draws; with the features
//! `rand` and `statrs` they are distributions of those crates.
//!
//! ```
//! use convlens_rmt::law::{DysonIndex, EdgeScaling, TracyWidom};
//!
//! // The 99% point of the largest eigenvalue of W^T W, W a 200 x 50 matrix of standard normals.
//! let (center, scale) = EdgeScaling::Ma.center_and_scale(200, 50)?;
//! let point = center + scale * TracyWidom::new(DysonIndex::One).upper_quantile(0.01)?;
//! assert!((point / 200.0 - 2.36).abs() < 0.03); // the edge itself is at 2.25
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

pub(crate) mod circle;
pub(crate) mod derived;
pub(crate) mod marchenko_pastur;
mod moment;
pub(crate) mod tracy_widom;

pub use circle::{QuarterCircle, Semicircle};
pub use derived::{LargerGramLaw, SingularValueLaw};
pub use marchenko_pastur::MarchenkoPastur;
pub use tracy_widom::{DysonIndex, EdgeScaling, TracyWidom};
