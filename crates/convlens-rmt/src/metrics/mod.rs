//! Layer metrics under WeightWatcher's names.

mod bulk;
mod det_x;
pub mod farms;
pub(crate) mod layer;
mod model;
pub(crate) mod options;
mod spectrum;
mod tail;

pub use bulk::{BulkMetrics, BulkOutcome};
pub use det_x::DetX;
pub use layer::LayerMetrics;
pub use model::{Average, Excluded, Exclusion, ModelMetrics};
pub use options::{EigenvalueScale, FingerRule, Options};
pub use tail::{AlphaWarning, FingerCut, TailMetrics, TailOutcome};

pub use crate::compat::Compat;
