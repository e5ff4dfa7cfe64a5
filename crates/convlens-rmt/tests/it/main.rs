//! Integration tests: theory by simulation, and outside reference values.

mod farms;
mod layer_metrics;
mod mp_fit;
mod power_law;
#[cfg(feature = "serde")]
mod serde_form;
mod spectra;
mod summary;
mod support;
mod tracy_widom;
