//! Integration tests: theory by simulation, and outside reference values.

mod denoise;
mod ensemble;
mod mp_fit;
mod null;
mod power_law;
#[cfg(feature = "serde")]
mod serde_form;
mod spectra;
mod support;
mod tracy_widom;
mod validation;
