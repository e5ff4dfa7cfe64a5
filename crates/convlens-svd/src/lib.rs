#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod dense;
mod edit;
mod error;
mod geometry;
mod interop;
mod kernel;
mod layer;
mod norm;
mod operator;
mod parallel;
mod scale;
mod unfolding;

pub use dense::Rung;
pub use edit::{
    BatchNorm, BatchNormBeforeFold, BatchNormFold, ClipOptions, ClipReport, FinalStep, FoldedBias,
    LowRank, NormScope, NormalizeReport, Rank,
};
pub use error::SvdError;
pub use geometry::{Direction, Geometry, PaddingMode};
pub use kernel::ConvKernel;
pub use layer::ConvLayer;
pub use norm::{LanczosOptions, NormBracket, NormMethod, NormPadding};
pub use operator::{ConditionNumber, FrequencyValues, OperatorSpectrum};
pub use unfolding::{GroupSvd, LayerSvd, RightFilter};
