//! The layer itself, as a matrix-free operator.

mod axis;
mod conv_layer;
mod copies;
mod dense_form;
mod direct;
mod patches;
mod runs;

pub use conv_layer::ConvLayer;
