//! Integration tests: theory by simulation, and outside reference values.

mod compat_table;
mod ensembles;
mod farms;
mod layer_metrics;
mod layer_metrics_input;
#[cfg(feature = "serde")]
mod metrics_serde;
mod mp_fit;
mod phases;
mod power_law;
#[cfg(feature = "serde")]
mod serde_form;
mod spectra;
mod summary;
mod support;
mod tracy_widom;
