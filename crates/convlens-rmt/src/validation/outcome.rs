//! What the validation experiment returns.

use super::options::ValidationOptions;
use super::spectrum::{SampleRefusal, SpectrumDefinition};
use super::statistic::SpectrumStatistic;
use crate::null::NullKind;

/// The validation experiment on one kernel: one outcome for each definition, in the order given.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DefinitionValidation {
    /// The outcomes.
    pub definitions: Vec<DefinitionOutcome>,
    /// The options, seed included.
    pub options: ValidationOptions,
}

/// The end of the experiment for one definition.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DefinitionOutcome {
    /// The spectra were compared.
    Tested(DefinitionResult),
    /// Too few eigenvalues to speak of a bulk.
    TooFewEigenvalues {
        /// The definition.
        definition: SpectrumDefinition,
        /// Number of eigenvalues, each counted once.
        count: usize,
        /// The fewest, [`MarchenkoPastur::MIN_EIGENVALUES`](crate::MarchenkoPastur::MIN_EIGENVALUES).
        needed: usize,
    },
    /// All eigenvalues are zero, of the kernel or of a null of it.
    AllZero {
        /// The definition.
        definition: SpectrumDefinition,
    },
}

impl DefinitionOutcome {
    /// The result, if there is one.
    #[must_use]
    pub fn result(&self) -> Option<&DefinitionResult> {
        match self {
            DefinitionOutcome::Tested(result) => Some(result),
            _ => None,
        }
    }
}

/// One definition: the trained spectrum, the nulls, and the verdict.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DefinitionResult {
    /// The definition.
    pub definition: SpectrumDefinition,
    /// `Q = N / M` of the law.
    pub q: f64,
    /// Eigenvalues of the spectrum, multiplicities counted.
    pub values: usize,
    /// The edge, as a multiple of the mean of the bulk: the quantile of the Gaussian null at the false-alarm rate.
    pub edge_over_mean: f64,
    /// The spectrum of the weights.
    pub trained: SpectrumStatistic,
    /// Each null, in the order of [`ValidationOptions::kinds`].
    pub nulls: Vec<NullResult>,
    /// `0.8276 / sqrt(n)`, the median Kolmogorov-Smirnov distance of `n` independent draws from the law: how near a null
    /// has to be to be said to follow it. `n` is the number of weight matrices times `M`.
    pub independent_distance: f64,
    /// Why this spectrum has no p-value but a simulated one, if so.
    pub refusal: Option<SampleRefusal>,
    /// What the numbers say.
    pub verdict: DefinitionVerdict,
}

/// The trained spectrum among the nulls of one kind.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NullResult {
    /// The kind.
    pub kind: NullKind,
    /// Median distance of the nulls to their fitted law.
    pub median_distance: f64,
    /// The largest of them.
    pub largest_distance: f64,
    /// Nulls with eigenvalues past the edge.
    pub with_spikes: usize,
    /// Simulated p-value of the distance: `(1 + #{nulls as far}) / (1 + B)`, every null through the whole pipeline.
    pub distance_p_value: f64,
    /// The same of the largest eigenvalue over the mean.
    pub largest_p_value: f64,
    /// Whether the median distance is within [`independent_distance`](DefinitionResult::independent_distance).
    pub follows: bool,
}

/// What one definition's spectra say, in the terms of the paper: the random kernel must follow the law, the trained one must
/// not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DefinitionVerdict {
    /// The nulls follow the law, and the trained spectrum differs from all of them.
    Separates,
    /// The nulls follow the law, and the trained spectrum cannot be told from one of them at least.
    TrainedLikeNull,
    /// A null does not follow the law: departing from the law is then no sign of training under this definition. The
    /// p-values, which compare with the null and not with the law, hold all the same.
    NullDeparts,
}
