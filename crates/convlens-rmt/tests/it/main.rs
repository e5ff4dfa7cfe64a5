//! Integration tests: theory by simulation, and outside reference values.

mod mp_fit;
mod power_law;
mod spectra;
mod support;
mod tracy_widom;
mod scratch;
