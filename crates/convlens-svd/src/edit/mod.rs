//! Edits: from a kernel to another one of the same layout and geometry, or to the pair of layers that replaces it.

mod batch_norm;
mod batch_norm_before;
mod clip;
mod low_rank;
mod normalize;
mod options;
mod overshoot;
mod rescale;

use crate::{ConvKernel, SvdError};

pub use batch_norm::{BatchNorm, BatchNormFold};
pub use batch_norm_before::{BatchNormBeforeFold, FoldedBias};
pub use clip::ClipReport;
pub use low_rank::{LowRank, Rank};
pub use normalize::{NormScope, NormalizeReport};
pub use options::{ClipOptions, FinalStep};

/// A kernel with other weights, refused where one left the range of `f64`.
fn with_weights(kernel: &ConvKernel, weights: Vec<f64>) -> Result<ConvKernel, SvdError> {
    if weights.iter().all(|w| w.is_finite()) {
        ConvKernel::new(weights, kernel.shape(), kernel.geometry().clone())
    } else {
        Err(SvdError::Overflow {
            what: "a weight of the edited kernel",
        })
    }
}
