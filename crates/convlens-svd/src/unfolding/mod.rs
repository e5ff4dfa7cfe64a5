//! The SVD of the unfolded kernel: which filters a layer has, how strong, mixed how.
//!
//! Each filter is flattened to a row, so that the weights are a matrix
//! `W` in `R^{c_out x (c_in / g * prod k)}` with `W = U S V^T`. [`LayerValues`] is the record of a
//! layer: its singular values and the numbers that follow from them (rank, stable rank, Frobenius
//! norm). [`LayerSvd`] holds that record and adds the vectors: the right ones are filters
//! ([`RightFilter`]), the left ones mix channels; with them come low-rank weights
//! ([`LayerSvd::reconstruct`]) and signals ([`LayerSvd::output_signals`]).
//!
//! These values describe the weights as a table of filters. How the layer stretches images is the
//! subject of [`periodic`](crate::periodic) and [`norm`](crate::norm).
//!
//! # Example
//! ```
//! use convlens_svd::{Accuracy, ConvKernel, LayerSvd, LayerValues};
//!
//! let kernel = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2])?;
//! let values = LayerValues::new(&kernel, Accuracy::Exact)?;
//! assert!((values.singular_values[0] - 4.0).abs() < 1e-15);
//! assert_eq!(values.rank, 2);
//! assert_eq!(LayerSvd::new(&kernel)?.values(), &values);
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

mod svd;
mod values;

pub use svd::{GroupSvd, LayerSvd, RightFilter};
pub use values::LayerValues;
