//! What a comparison returns.

/// A law that a tail may follow instead of the power law, cut off at `xmin` and normalised above it (Clauset, Shalizi and
/// Newman 2009, table 2.1). For counts the same in place of a density, normalised by its sum over the whole numbers from `xmin` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TailAlternative {
    /// `x^-1 exp(-(ln x - mu)^2 / (2 sigma^2))`.
    Lognormal,
    /// `exp(-lambda x)`.
    Exponential,
    /// `x^(beta - 1) exp(-(lambda x)^beta)`.
    StretchedExponential,
    /// `x^-alpha exp(-lambda x)`: the power law is nested in it.
    TruncatedPowerLaw,
}

impl TailAlternative {
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
    /// The likelihood rises all the way to the limit where this alternative is the power law: it fits no better.
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
    /// Where the search of powerlaw 2.0.0 ends, with its digits: Nelder and Mead's (1965), from its starts, within its bounds
    /// and tolerances, on densities that underflow as its do. Near the power law, which is a limit of the alternatives, and
    /// where densities underflow, it stops short of the greatest likelihood.
    Powerlaw,
}

/// How the ratio was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RatioTest {
    /// Vuong (1989): `R / sqrt(n var)` is standard normal if both laws are equally far from the truth (Clauset et al. 2009,
    /// eq. C.6). Near the power-law limit of an alternative its variance goes to 0, and `p` is rough.
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
    /// Half of the mass at 0, half chi-squared with one degree of freedom: `lambda = 0` is on the boundary (Self and Liang
    /// 1987, case 5). The default.
    #[default]
    Boundary,
    /// Chi-squared with one degree of freedom, as Clauset et al. and `powerlaw` have it: twice that `p`.
    ChiSquared,
}

/// The power law against one alternative on the same tail.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The alternative.
    pub alternative: TailAlternative,
    /// Its parameters.
    pub law: AlternativeLaw,
    /// Its log-likelihood over the tail, natural logarithm.
    pub log_likelihood: f64,
    /// `R`: log-likelihood of the power law less that of the alternative. Positive speaks for the power law.
    pub ratio: f64,
    /// `R / sqrt(n var)`, with the variance of the terms of `R`; 0 where they are all the same.
    pub normalised_ratio: f64,
    /// Two-sided for Vuong's test, one-sided for nested laws. 1 at the power-law limit.
    pub p_value: f64,
    /// How `p_value` was taken.
    pub test: RatioTest,
}

/// The power law against all alternatives.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TailComparison {
    /// Log-likelihood of the power law over the tail, natural logarithm.
    pub log_likelihood: f64,
    /// One for each alternative asked for, in that order, but for those below.
    pub comparisons: Vec<Comparison>,
    /// Alternatives whose likelihood has no maximum, as where all values of the tail are equal, or for which the search of
    /// [`AlternativeSearch::Powerlaw`] ended at numbers that are not finite.
    pub without_maximum: Vec<TailAlternative>,
    /// Number of values in the tail.
    pub n_tail: usize,
    /// How the alternatives were fitted.
    #[cfg_attr(feature = "serde", serde(default))]
    pub search: AlternativeSearch,
}

impl TailComparison {
    /// The comparison with one alternative, if it was made.
    #[must_use]
    pub fn with(&self, alternative: TailAlternative) -> Option<&Comparison> {
        let mut all = self.comparisons.iter();
        all.find(|c| c.alternative == alternative)
    }

    /// Sorts the alternatives by what the likelihoods say at a level, such as 0.1: each by its own test, without a correction
    /// for their number.
    #[must_use]
    pub fn verdict(&self, level: f64) -> TailVerdict {
        let pick = |test: &dyn Fn(&Comparison) -> bool| {
            let chosen = self.comparisons.iter().filter(|c| test(c));
            chosen.map(|c| c.alternative).collect()
        };
        TailVerdict {
            level,
            preferred: pick(&|c| c.p_value <= level && c.ratio < 0.0),
            rejected: pick(&|c| c.p_value <= level && c.ratio > 0.0),
            undecided: pick(&|c| c.p_value > level || c.ratio == 0.0),
        }
    }
}

/// Which alternatives a tail prefers to the power law.
///
/// A power law with no alternative preferred is not thereby shown: the test of fit may rule out all of them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TailVerdict {
    /// The level of the tests.
    pub level: f64,
    /// These fit better than the power law.
    pub preferred: Vec<TailAlternative>,
    /// The power law fits better than these.
    pub rejected: Vec<TailAlternative>,
    /// The tail does not tell these from the power law.
    pub undecided: Vec<TailAlternative>,
}
