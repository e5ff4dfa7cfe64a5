//! Layer metrics under WeightWatcher's names.

mod bulk;
mod compute;
mod deep_data_profiler;
mod det_x;
mod fingers;
mod options;
mod ranks;
mod result;
mod scale;
mod spectrum;
mod tail;
mod weightwatcher;

pub use bulk::{BulkMetrics, BulkOutcome};
pub(crate) use compute::compute;
pub use det_x::DetX;
pub use options::{FingerRule, MetricOptions};
pub use result::LayerMetrics;
pub use scale::EigenvalueScale;
pub use tail::{AlphaWarning, FingerCut, TailMetrics, TailOutcome};
