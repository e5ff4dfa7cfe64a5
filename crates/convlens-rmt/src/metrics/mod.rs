//! The metrics of a layer and of a model under WeightWatcher's names.
//!
//! - [`LayerMetrics::new`] for one matrix, [`LayerMetrics::pooled`] for the slices of a convolution
//!   as WeightWatcher takes them; [`FittedSpectrum::metrics`](crate::FittedSpectrum::metrics) with
//!   fits that are made already.
//! - [`Options::compat`] gives the digits of WeightWatcher, powerlaw or DeepDataProfiler; without
//!   it the definitions of the literature hold.
//! - [`ModelMetrics`] averages over layers.
//! - [`farms`] takes the exponent from windows of one aspect ratio.
//!
//! ```
//! use convlens_rmt::{Compat, Esd, LayerMetrics, metrics};
//!
//! let singular_values: Vec<f64> = (1..=40).map(|k| f64::from(k).powf(-0.7)).collect();
//! let esd = Esd::from_singular_values(&singular_values, 90, 40)?;
//! let ours = LayerMetrics::new(&esd, &metrics::Options::default())?;
//! let theirs = LayerMetrics::new(&esd, &metrics::Options::compat(Compat::WeightWatcher))?;
//! assert!((theirs.norm / ours.norm - 90.0).abs() < 1e-9); // not divided by N there
//! assert_eq!(theirs.stable_rank, ours.stable_rank);
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

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
