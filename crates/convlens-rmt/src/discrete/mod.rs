//! The discrete power law, its fit, the uncertainty of the fit, the test of it, and other laws for the same tail.

mod alternatives;
mod bootstrap;
mod counts;
mod curve;
mod fit;
mod gof;
mod law;
mod options;
mod outcome;
mod range;

pub use curve::DiscreteCurvePoint;
pub use law::DiscretePowerLaw;
pub use options::DiscretePowerLawOptions;
pub use outcome::{DiscretePowerLawFit, DiscretePowerLawOutcome};
