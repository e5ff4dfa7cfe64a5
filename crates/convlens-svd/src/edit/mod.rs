//! Edits: from a kernel to another one of the same layout and geometry, or to the pair of layers
//! that replaces it.
//!
//! | task | entry point |
//! |---|---|
//! | bring singular values under a bound | [`ConvKernel::clip_spectrum`] |
//! | scale to a certified norm | [`ConvKernel::normalize_spectrum`] |
//! | two smaller layers in place of one | [`LowRank`] |
//! | low-rank weights in the layer's own shape | [`LayerSvd::reconstruct`] |
//! | fold a batch norm behind the layer | [`ConvKernel::fold_batch_norm`] |
//! | fold a batch norm before the layer | [`ConvKernel::fold_batch_norm_before`] |
//!
//! To save an edited kernel to a model file, use `Model::save_with` of convlens-model. It keeps
//! shapes, so a pair of layers has to be written by your framework.
//!
//! [`LayerSvd::reconstruct`]: crate::LayerSvd::reconstruct
//! [`ConvKernel::clip_spectrum`]: crate::ConvKernel::clip_spectrum
//! [`ConvKernel::normalize_spectrum`]: crate::ConvKernel::normalize_spectrum
//! [`ConvKernel::fold_batch_norm`]: crate::ConvKernel::fold_batch_norm
//! [`ConvKernel::fold_batch_norm_before`]: crate::ConvKernel::fold_batch_norm_before
//!
//! # Example
//! ```
//! use convlens_svd::edit::{LowRank, Rank};
//! use convlens_svd::{ConvKernel, LayerSvd};
//!
//! // Two filters of one channel, the second twice the first: one direction is enough.
//! let kernel = ConvKernel::from_slice(&[1.0, -1.0, 2.0, -2.0], &[2, 1, 2])?;
//! let pair = LowRank::new(&LayerSvd::new(&kernel)?, Rank::Energy(0.999))?;
//! assert_eq!((pair.rank, pair.parameters_after), (1, 2 + 2));
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

mod batch_norm;
mod clip;
mod low_rank;
mod normalize;

pub use batch_norm::{BatchNorm, BatchNormBeforeFold, BatchNormFold, FoldedBias};
pub use clip::{ClipOptions, ClipReport, FinalStep};
pub use low_rank::{LowRank, Rank};
pub use normalize::{NormScope, NormalizeReport};
