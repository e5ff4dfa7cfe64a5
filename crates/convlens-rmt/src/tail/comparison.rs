//! Other laws for the same tail, and which of them the likelihood prefers: options, results and
//! tests.

use std::fmt;

use crate::compat::Compat;
use crate::error::{RmtError, require};

/// A law that a tail may follow instead of the power law, cut off at `xmin` and normalized above it
/// (Clauset, Shalizi and Newman 2009, table 2.1). For counts the same in place of a density,
/// normalized by its sum over the whole numbers from `xmin` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Alternative {
    /// `x^-1 exp(-(ln x - mu)^2 / (2 sigma^2))`.
    Lognormal,
    /// `exp(-lambda x)`.
    Exponential,
    /// `x^(beta - 1) exp(-(lambda x)^beta)`.
    StretchedExponential,
    /// `x^-alpha exp(-lambda x)`: the power law is nested in it.
    TruncatedPowerLaw,
}

impl Alternative {
    /// All four, in the order of the variants.
    pub const ALL: [Self; 4] = [
        Self::Lognormal,
        Self::Exponential,
        Self::StretchedExponential,
        Self::TruncatedPowerLaw,
    ];
}

/// An alternative at its greatest likelihood, or where [`AlternativeSearch::Powerlaw`] ended.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AlternativeLaw {
    /// Mean and standard deviation of `ln x` before the cut at `xmin`.
    Lognormal {
        /// `mu`.
        mu: f64,
        /// `sigma`.
        sigma: f64,
    },
    /// The rate.
    Exponential {
        /// `ln lambda`: `lambda` itself leaves the range of numbers where values do.
        log_lambda: f64,
    },
    /// Rate and exponent.
    StretchedExponential {
        /// `beta ln lambda`: `lambda` itself underflows near the power law, at small `beta`.
        beta_log_lambda: f64,
        /// `beta`.
        beta: f64,
    },
    /// Exponent and rate of the cutoff.
    TruncatedPowerLaw {
        /// `alpha`.
        alpha: f64,
        /// `ln lambda`.
        log_lambda: f64,
    },
    /// The likelihood rises all the way to the limit where this alternative is the power law: it
    /// fits no better.
    PowerLawLimit,
}

/// How the parameters of an alternative are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AlternativeSearch {
    /// At the greatest likelihood, or at the power law where that is its limit. The default.
    #[default]
    Greatest,
    /// Where the search of powerlaw 2.0.0 ends, with its digits: Nelder and Mead's (1965), from its
    /// starts, within its bounds and tolerances, on densities that underflow as its do. Near the
    /// power law, which is a limit of the alternatives, and where densities underflow, it stops
    /// short of the greatest likelihood.
    Powerlaw,
}

/// How the ratio was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RatioTest {
    /// Vuong (1989): `R / sqrt(n var)` is standard normal if both laws are equally far from the
    /// truth (Clauset et al. 2009, eq. C.6). Near the power-law limit of an alternative its
    /// variance goes to 0, and `p` is rough.
    Vuong,
    /// Nested laws: `2|R|` by the null of the field.
    Nested(NestedNull),
}

/// The law of twice the log-likelihood ratio of nested laws, if the smaller is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NestedNull {
    /// Half of the mass at 0, half chi-squared with one degree of freedom: `lambda = 0` is on the
    /// boundary (Self and Liang 1987, case 5). The default.
    #[default]
    Boundary,
    /// Chi-squared with one degree of freedom, as Clauset et al. and `powerlaw` have it: twice that
    /// `p`.
    ChiSquared,
}

/// The power law against one alternative on the same tail.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The alternative.
    pub alternative: Alternative,
    /// Its parameters.
    pub law: AlternativeLaw,
    /// Its log-likelihood over the tail, natural logarithm.
    pub log_likelihood: f64,
    /// `R`: log-likelihood of the power law less that of the alternative. Positive speaks for the
    /// power law.
    pub ratio: f64,
    /// `R / sqrt(n var)`, with the variance of the terms of `R`; 0 where they are all the same.
    pub normalized_ratio: f64,
    /// Two-sided for Vuong's test, one-sided for nested laws. 1 at the power-law limit.
    pub p_value: f64,
    /// How `p_value` was taken.
    pub test: RatioTest,
}

/// The power law against all alternatives.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparisons {
    /// Log-likelihood of the power law over the tail, natural logarithm.
    pub log_likelihood: f64,
    /// One for each alternative asked for, in that order, but for those below.
    pub comparisons: Vec<Comparison>,
    /// Alternatives whose likelihood has no maximum, as where all values of the tail are equal, or
    /// for which the search of [`AlternativeSearch::Powerlaw`] ended at numbers that are not
    /// finite.
    pub without_maximum: Vec<Alternative>,
    /// Number of values in the tail.
    pub n_tail: usize,
    /// How the alternatives were fitted.
    pub search: AlternativeSearch,
}

impl Comparisons {
    /// The comparison with one alternative, if it was made.
    #[must_use]
    pub fn with(&self, alternative: Alternative) -> Option<&Comparison> {
        let mut all = self.comparisons.iter();
        all.find(|c| c.alternative == alternative)
    }

    /// Sorts the alternatives by what the likelihoods say at a level, such as 0.1: each by its own
    /// test, without a correction for their number.
    #[must_use]
    pub fn verdict(&self, level: f64) -> Verdict {
        let pick = |test: &dyn Fn(&Comparison) -> bool| {
            let chosen = self.comparisons.iter().filter(|c| test(c));
            chosen.map(|c| c.alternative).collect()
        };
        Verdict {
            level,
            preferred: pick(&|c| c.p_value <= level && c.ratio < 0.0),
            rejected: pick(&|c| c.p_value <= level && c.ratio > 0.0),
            undecided: pick(&|c| c.p_value > level || c.ratio == 0.0),
        }
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lognormal => "lognormal",
            Self::Exponential => "exponential",
            Self::StretchedExponential => "stretched exponential",
            Self::TruncatedPowerLaw => "power law with exponential cutoff",
        })
    }
}

/// Which alternatives a tail prefers to the power law.
///
/// A power law with no alternative preferred is not thereby shown: the test of fit may rule out all
/// of them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Verdict {
    /// The level of the tests.
    pub level: f64,
    /// These fit better than the power law.
    pub preferred: Vec<Alternative>,
    /// The power law fits better than these.
    pub rejected: Vec<Alternative>,
    /// The tail does not tell these from the power law.
    pub undecided: Vec<Alternative>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |laws: &[Alternative]| {
            let names: Vec<String> = laws.iter().map(ToString::to_string).collect();
            names.join(", ")
        };
        let parts = [
            ("fits better than the power law: ", &self.preferred),
            ("fits worse: ", &self.rejected),
            ("not told apart from it: ", &self.undecided),
        ];
        let said = parts.iter().filter(|(_, laws)| !laws.is_empty());
        let said: Vec<String> = said
            .map(|(words, laws)| format!("{words}{}", list(laws)))
            .collect();
        match said.is_empty() {
            true => f.write_str("no alternative was compared"),
            false => write!(f, "at level {}, {}", self.level, said.join("; ")),
        }
    }
}

/// Options of [`Fit::compare`](crate::tail::Fit::compare).
///
/// # Example
///
/// ```
/// use convlens_rmt::tail::{self, ComparisonOptions};
///
/// let options = ComparisonOptions::default().alternatives(&[tail::Alternative::Lognormal]);
/// assert_eq!(options.alternatives.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ComparisonOptions {
    /// The laws to compare with, in this order. Default: all four.
    pub alternatives: Vec<Alternative>,
    /// The smallest exponent that the truncated power law may take. Default 0: the law falls
    /// everywhere.
    pub least_alpha: f64,
    /// How `p` of the nested test is taken. Default [`NestedNull::Boundary`].
    pub nested_null: NestedNull,
    /// How the parameters of an alternative are found. Default [`AlternativeSearch::Greatest`].
    pub search: AlternativeSearch,
}

impl Default for ComparisonOptions {
    fn default() -> Self {
        Self {
            alternatives: Alternative::ALL.to_vec(),
            least_alpha: 0.0,
            nested_null: NestedNull::default(),
            search: AlternativeSearch::default(),
        }
    }
}

impl ComparisonOptions {
    /// The options that give another tool's likelihood ratios.
    ///
    /// `Powerlaw`, with `parameter_ranges={'alpha': [1, 50]}`: the truncated power law has `1 <
    /// alpha < 50`, the nested test goes by chi-squared with one degree of freedom, and the
    /// alternatives are those where its search ends ([`AlternativeSearch::Powerlaw`]), whether or
    /// not that is their greatest likelihood. The other tools call `powerlaw`, of no fixed version:
    /// they have the same options but for the search, which is ours.
    #[must_use]
    pub fn compat(tool: Compat) -> Self {
        Self {
            least_alpha: 1.0,
            nested_null: NestedNull::ChiSquared,
            search: match tool {
                Compat::Powerlaw => AlternativeSearch::Powerlaw,
                Compat::WeightWatcher | Compat::DeepDataProfiler => AlternativeSearch::Greatest,
            },
            ..Self::default()
        }
    }

    /// Sets the laws to compare with.
    #[must_use]
    pub fn alternatives(mut self, alternatives: &[Alternative]) -> Self {
        self.alternatives = alternatives.to_vec();
        self
    }

    /// Sets the smallest exponent of the truncated power law.
    #[must_use]
    pub fn least_alpha(mut self, least_alpha: f64) -> Self {
        self.least_alpha = least_alpha;
        self
    }

    /// Sets how `p` of the nested test is taken.
    #[must_use]
    pub fn nested_null(mut self, nested_null: NestedNull) -> Self {
        self.nested_null = nested_null;
        self
    }

    /// Sets how the parameters of an alternative are found.
    #[must_use]
    pub fn search(mut self, search: AlternativeSearch) -> Self {
        self.search = search;
        self
    }

    pub(crate) fn check(&self) -> Result<(), RmtError> {
        let least = self.least_alpha;
        let good = (0.0..=1.0).contains(&least);
        require(good, "least_alpha", least, "in [0, 1]")
    }
}

/// `R`, its normalized form and `p`.
pub(crate) fn judge(
    power_law: &[f64],
    other: &[f64],
    test: RatioTest,
    search: AlternativeSearch,
) -> (f64, f64, f64) {
    let n = power_law.len() as f64;
    let terms = || power_law.iter().zip(other).map(|(a, b)| a - b);
    let ratio: f64 = terms().sum();
    let mean = ratio / n;
    let variance = terms()
        .map(|term| (term - mean) * (term - mean))
        .sum::<f64>()
        / n;
    let spread = (n * variance).sqrt();
    let normalized = if spread > 0.0 { ratio / spread } else { 0.0 };
    // A nested law that fits worse is rounding, or a search that ended early, of which powerlaw
    // takes the absolute value.
    let at_least = ratio >= 0.0 && search == AlternativeSearch::Greatest;
    let p = match test {
        RatioTest::Vuong => libm::erfc(normalized.abs() * std::f64::consts::FRAC_1_SQRT_2),
        RatioTest::Nested(_) if at_least => 1.0,
        // P(chi-squared > 2|R|) = erfc(sqrt(|R|)).
        RatioTest::Nested(NestedNull::ChiSquared) => libm::erfc(ratio.abs().sqrt()),
        RatioTest::Nested(NestedNull::Boundary) => 0.5 * libm::erfc(ratio.abs().sqrt()),
    };
    (ratio, normalized, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_known_terms() {
        // Terms 1 and 3: R = 4, variance 1, R/sqrt(2).
        let (ratio, normalized, p) = judge(
            &[1.0, 3.0],
            &[0.0, 0.0],
            RatioTest::Vuong,
            AlternativeSearch::Greatest,
        );
        assert_eq!(ratio, 4.0);
        assert!((normalized - 4.0 / 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((p - libm::erfc(2.0)).abs() < 1e-15);
        let boundary = RatioTest::Nested(NestedNull::Boundary);
        assert_eq!(
            judge(
                &[0.0, 0.0],
                &[0.0, 0.0],
                boundary,
                AlternativeSearch::Greatest
            ),
            (0.0, 0.0, 1.0)
        );
        // The 10% point of half chi-squared: 2R = 1.642 374.
        let (_, _, p) = judge(
            &[0.0],
            &[0.821_187_207_5],
            boundary,
            AlternativeSearch::Greatest,
        );
        assert!((p - 0.1).abs() < 1e-9);
    }
}
