//! Statistics of singular vectors.

mod haar;
mod porter_thomas;

pub use haar::{HaarNull, Outcome, SetNull, SetOutcome, SetTest, Test};
pub use porter_thomas::PorterThomas;
