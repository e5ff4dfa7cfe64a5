//! The upper tail of a spectrum, or of counts.

pub(crate) mod comparison;
mod continuous;
mod discrete;
pub(crate) mod discrete_power_law;
pub(crate) mod hill;
pub(crate) mod options;
pub(crate) mod outcome;
pub(crate) mod power_law;
pub(crate) mod simulation;

pub use comparison::{
    Alternative, AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, Comparisons,
    NestedNull, RatioTest, Verdict,
};
pub use discrete_power_law::DiscretePowerLaw;
pub use hill::{Hill, HillOutcome, HillPoint, HillThreshold};
pub use options::{DiscreteOptions, KsConvention, Options};
pub use outcome::{
    CurvePoint, DiscreteCurvePoint, DiscreteFit, DiscreteOutcome, Fit, Outcome, XminChoice,
};
pub use power_law::PowerLaw;
pub use simulation::{
    Bootstrap, BootstrapIntervals, GofOptions, GofOutcome, GofTest, Interval, IntervalMethod,
};
