//! The layer itself, as a matrix-free operator.

mod conv_layer;
mod runs;

pub use conv_layer::ConvLayer;
