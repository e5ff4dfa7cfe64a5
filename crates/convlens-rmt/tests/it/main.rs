//! Integration tests: theory by simulation, and outside reference values.

mod denoise;
mod edge_scaling;
mod ensemble;
mod limit_laws;
mod mp_fit;
mod null;
mod porter_thomas;
mod power_law;
#[cfg(feature = "serde")]
mod serde_form;
mod spacing;
mod spectra;
mod support;
mod tracy_widom;
mod validation;
