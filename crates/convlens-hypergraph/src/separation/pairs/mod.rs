//! Every two classes against each other: how entangled they are, and which features separate them.

mod correction;
mod counts;
mod options;
mod pair;
mod report;
mod score;

pub use options::{PairCorrection, PairOptions};
pub use report::{ClassPair, PairReport, SeparatingFeature, class_pairs};
