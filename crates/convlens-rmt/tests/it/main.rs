//! Integration tests: theory by simulation, and outside reference values.

mod discrete_power_law;
mod hill;
mod mp_fit;
mod power_law;
mod power_law_options;
mod power_law_peers;
#[cfg(feature = "serde")]
mod serde_form;
mod spectra;
mod support;
mod tracy_widom;
