//! Which definition of a convolution's singular values random-matrix theory bears out.

mod experiment;
mod spectrum;

pub use experiment::{
    DefinitionResult, NullDraw, NullResult, Options, Outcome, Validation, Verdict,
};
pub use spectrum::{Definition, Sample, SampleRefusal, Spectrum, Statistic};
