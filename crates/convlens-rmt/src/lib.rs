#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod alternatives;
mod compat;
mod discrete;
mod error;
mod esd;
mod hill;
mod law;
mod mp_fit;
mod power_law;
mod special;

pub use alternatives::{
    AlternativeLaw, Comparison, ComparisonOptions, NestedNull, RatioTest, TailAlternative,
    TailComparison, TailVerdict,
};
pub use compat::Compat;
pub use discrete::{
    DiscretePowerLaw, DiscretePowerLawFit, DiscretePowerLawOptions, DiscretePowerLawOutcome,
};
pub use error::RmtError;
pub use esd::Esd;
pub use hill::{Hill, HillOutcome, HillPoint, HillThreshold};
pub use law::{Beta, EdgeScaling, MarchenkoPastur, TracyWidom};
pub use mp_fit::{BulkEstimator, MpFit, MpOptions, MpOutcome};
pub use power_law::{
    Bootstrap, CurvePoint, GofOptions, GofOutcome, GofTest, Interval, IntervalMethod, KsConvention,
    PowerLaw, PowerLawBootstrap, PowerLawFit, PowerLawOptions, PowerLawOutcome, XminChoice,
};
