//! Sub-matrices of a fixed aspect ratio (FARMS).

mod layer;
mod options;
mod outcome;
mod run;

pub use layer::{ConvTreatment, LayerMatrices};
pub use options::{FarmsOptions, SmallMatrix, Steps, Window};
pub use outcome::{Farms, FarmsOutcome};
