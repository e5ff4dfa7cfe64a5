//! Which definition of a convolution's singular values random-matrix theory bears out.

mod experiment;
mod options;
mod outcome;
mod spectrum;
mod statistic;

pub use experiment::NullDraw;
pub use options::ValidationOptions;
pub use outcome::{
    DefinitionOutcome, DefinitionResult, DefinitionValidation, DefinitionVerdict, NullResult,
};
pub use spectrum::{DefinitionSpectrum, Sample, SampleRefusal, SpectrumDefinition};
pub use statistic::SpectrumStatistic;
