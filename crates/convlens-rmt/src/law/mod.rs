//! The limit laws of random-matrix theory.

pub(crate) mod circle;
pub(crate) mod derived;
pub(crate) mod marchenko_pastur;
mod moment;
pub(crate) mod tracy_widom;

pub use circle::{QuarterCircle, Semicircle};
pub use derived::{LargerGramLaw, SingularValueLaw};
pub use marchenko_pastur::MarchenkoPastur;
pub use tracy_widom::{DysonIndex, EdgeScaling, TracyWidom};
