//! The continuous power law and its fit.

mod bootstrap;
mod fit;
mod law;
mod options;
mod outcome;
mod scan;

pub use bootstrap::{Interval, PowerLawBootstrap};
pub use law::PowerLaw;
pub use options::{Bootstrap, KsConvention, PowerLawOptions};
pub use outcome::{PowerLawFit, PowerLawOutcome};
