//! The continuous power law, its fit, the uncertainty of the fit, and the test of it.

mod bootstrap;
mod curve;
mod distance;
mod fit;
mod gof;
mod law;
mod options;
mod outcome;
mod prepare;
mod replicates;
mod rules;
mod sample;
mod scan;
mod settings;
mod slopes;
mod tail_fit;

pub use bootstrap::{Interval, PowerLawBootstrap};
pub(crate) use bootstrap::{Refit, intervals};
pub use curve::CurvePoint;
pub use gof::{GofOutcome, GofTest};
pub use law::PowerLaw;
pub use options::{KsConvention, PowerLawOptions};
pub use outcome::{PowerLawFit, PowerLawOutcome, XminChoice};
pub(crate) use replicates::{each, stream};
pub use settings::{Bootstrap, GofOptions, IntervalMethod};
