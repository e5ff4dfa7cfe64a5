//! What the spacing statistics return.

use super::{RatioLaw, SpacingOptions};

/// The end of a measurement of spacing ratios.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SpacingOutcome {
    /// The ratios, their mean and what it says.
    Ratios(SpacingRatios),
    /// Too few levels for a mean with an error bar.
    TooFewValues {
        /// Number of distinct levels.
        n: usize,
        /// The fewest that are measured, [`SpacingRatios::MIN_VALUES`].
        needed: usize,
    },
    /// Values repeat, and [`Repeats::Refuse`](crate::Repeats::Refuse) was asked for.
    Degenerate {
        /// Number of values.
        n: usize,
        /// Number of distinct levels.
        distinct: usize,
    },
}

impl SpacingOutcome {
    /// The ratios, if there are any.
    #[must_use]
    pub fn ratios(&self) -> Option<&SpacingRatios> {
        match self {
            SpacingOutcome::Ratios(ratios) => Some(ratios),
            _ => None,
        }
    }
}

/// The spacing ratios of a set of levels.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpacingRatios {
    /// Number of values given.
    pub n: usize,
    /// Number of distinct levels, those whose spacings were taken.
    pub distinct: usize,
    /// The `distinct - 2` ratios, by ascending level.
    pub ratios: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Standard error of the mean, with the correlation of ratios up to two places apart.
    pub std_error: f64,
    /// The distance to each law, in the order of [`RatioLaw::ALL`].
    pub distances: Vec<RatioDistance>,
    /// Which laws the mean allows.
    pub verdict: SpacingVerdict,
    /// The options it was made with.
    pub options: SpacingOptions,
}

/// How far a set of ratios is from one law.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RatioDistance {
    /// The law.
    pub law: RatioLaw,
    /// `mean -` [`RatioLaw::large_matrix_mean`].
    pub mean_difference: f64,
    /// The same in standard errors.
    pub sigmas: f64,
    /// Kolmogorov-Smirnov distance (supremum) of the ratios to [`RatioLaw::cdf`]. Neighbouring ratios share a spacing, so that
    /// tables of this statistic do not apply.
    pub ks_distance: f64,
}

/// Which laws a mean ratio allows.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SpacingVerdict {
    /// All laws but this one are rejected.
    Follows(RatioLaw),
    /// Several laws are within the error bar: more levels are needed.
    Undecided(Vec<RatioLaw>),
    /// Every law is rejected: partial repulsion between two laws, or clustering below Poisson's mean.
    None,
}
