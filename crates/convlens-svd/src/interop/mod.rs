//! Conversions from and to other crates' arrays, each behind its feature.

#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "faer")]
mod faer;
#[cfg(feature = "ndarray")]
mod ndarray;
