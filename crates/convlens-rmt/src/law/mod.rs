//! The limit laws of random-matrix theory.

mod circle;
mod edge_scaling;
mod marchenko_pastur;
mod moment;
mod tracy_widom;

pub use circle::{QuarterCircle, Semicircle};
pub use edge_scaling::EdgeScaling;
pub use marchenko_pastur::{LargerGramLaw, MarchenkoPastur, SingularValueLaw};
pub use tracy_widom::{Beta, TracyWidom};
