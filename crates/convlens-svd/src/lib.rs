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
mod lanes;
mod layer;
mod norm;
mod operator;
mod parallel;
mod scale;
mod triplets;
mod unfolding;
mod vector;

pub use dense::Rung;
pub use edit::{
    BatchNorm, BatchNormBeforeFold, BatchNormFold, ClipOptions, ClipReport, FinalStep, FoldedBias,
    LowRank, NormScope, NormalizeReport, Rank,
};
pub use error::SvdError;
pub use geometry::{Direction, Geometry, PaddingMode};
pub use kernel::ConvKernel;
pub use lanes::Instructions;
pub use layer::ConvLayer;
pub use norm::{GramOptions, LanczosOptions, NormBracket, NormMethod, NormPadding, TightOptions};
pub use num_complex::Complex64;
pub use operator::{
    Accuracy, ConditionNumber, ExtremeValue, FrequencySvd, FrequencyValues, OperatorSpectrum,
    OperatorSvd, PeriodicOperator, PseudoInverse, PseudoInverseOptions, SingularPair,
    SpectrumOptions, WavePart,
};
pub use triplets::{LayerTriplets, SingularTriplet, TripletOptions};
pub use unfolding::{GroupSvd, LayerSvd, LayerValues, RightFilter};
