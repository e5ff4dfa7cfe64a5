//! Statistics of singular vectors.

mod haar_null;
mod law;
mod outcome;
mod set;
mod statistics;
mod table;

pub use haar_null::HaarNull;
pub use law::PorterThomas;
pub use outcome::{SetNull, VectorOutcome, VectorSetOutcome, VectorSetTest, VectorTest};
