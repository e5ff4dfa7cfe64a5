//! Conversions from and to other crates' arrays, each behind its feature.

#[cfg(feature = "ndarray")]
mod ndarray;
