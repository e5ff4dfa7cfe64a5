//! Statistics of level spacings.

mod law;
mod measure;
mod options;
mod outcome;

pub use law::RatioLaw;
pub use options::{Repeats, SpacingOptions};
pub use outcome::{RatioDistance, SpacingOutcome, SpacingRatios, SpacingVerdict};
