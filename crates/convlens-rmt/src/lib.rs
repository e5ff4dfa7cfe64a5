#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod compat;
mod error;
mod esd;
mod law;
mod mp_fit;
mod power_law;
mod spacing;
mod vectors;

pub use compat::Compat;
pub use error::RmtError;
pub use esd::Esd;
pub use law::{
    Beta, EdgeScaling, LargerGramLaw, MarchenkoPastur, QuarterCircle, Semicircle, SingularValueLaw,
    TracyWidom,
};
pub use mp_fit::{BulkEstimator, MpFit, MpOptions, MpOutcome};
pub use power_law::{
    Bootstrap, Interval, KsConvention, PowerLaw, PowerLawBootstrap, PowerLawFit, PowerLawOptions,
    PowerLawOutcome,
};
pub use spacing::{
    RatioDistance, RatioLaw, Repeats, SpacingOptions, SpacingOutcome, SpacingRatios, SpacingVerdict,
};
pub use vectors::{
    HaarNull, PorterThomas, SetNull, VectorOutcome, VectorSetOutcome, VectorSetTest, VectorTest,
};
