//! The discrete power law and its fit.

mod fit;
mod gof;
mod law;
mod outcome;

pub use law::DiscretePowerLaw;
pub use outcome::{DiscretePowerLawFit, DiscretePowerLawOptions, DiscretePowerLawOutcome};
