//! Integration tests: theory by simulation, and outside reference values.

mod any_input;
mod compat_table;
mod ddp_spectral;
mod denoise;
mod discrete_alternatives;
mod discrete_bootstrap;
mod discrete_options;
mod discrete_power_law;
mod discrete_weights;
mod edge_scaling;
mod ensemble;
mod ensembles;
mod farms;
mod fitted;
mod hill;
mod layer_metrics;
mod layer_metrics_input;
mod limit_laws;
#[cfg(feature = "serde")]
mod metrics_serde;
mod mp_fit;
mod mp_sigma;
mod null;
mod phases;
mod porter_thomas;
mod power_law;
mod power_law_options;
mod power_law_peers;
mod randomized;
#[cfg(feature = "serde")]
mod serde_form;
mod spacing;
mod spectra;
mod summary;
mod support;
mod tracy_widom;
mod tracy_widom_tables;
mod validation;
