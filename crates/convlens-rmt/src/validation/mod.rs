//! Which definition of a convolution's singular values random-matrix theory bears out: the
//! experiment of Praggastis et al. (2022).
//!
//! [`Validation::run`] compares the spectra of a trained kernel under several definitions
//! ([`Spectrum`]) with those of random kernels: the random ones must follow the Marchenko-Pastur
//! law, the trained one must not.

mod experiment;
mod spectrum;

pub use experiment::{
    DefinitionResult, NullDraw, NullResult, Options, Outcome, Validation, Verdict,
};
pub use spectrum::{Definition, Sample, SampleRefusal, Spectrum, Statistic};
