//! From layers to a model.

mod average;
mod model;

pub use average::{Average, Excluded, Exclusion};
pub use model::ModelSummary;
