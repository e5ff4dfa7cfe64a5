//! The limit laws of random-matrix theory.

mod edge_scaling;
mod marchenko_pastur;
mod tracy_widom;

pub use edge_scaling::EdgeScaling;
pub use marchenko_pastur::MarchenkoPastur;
pub use tracy_widom::{Beta, TracyWidom};
