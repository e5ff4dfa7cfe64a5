//! Options of the comparison.

use super::outcome::{AlternativeSearch, NestedNull, TailAlternative};
use crate::compat::Compat;
use crate::error::{RmtError, require};

/// Options of [`PowerLawFit::compare`](crate::PowerLawFit::compare).
///
/// # Example
///
/// ```
/// use convlens_rmt::{ComparisonOptions, TailAlternative};
///
/// let options = ComparisonOptions::default().alternatives(&[TailAlternative::Lognormal]);
/// assert_eq!(options.alternatives.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ComparisonOptions {
    /// The laws to compare with, in this order. Default: all four.
    pub alternatives: Vec<TailAlternative>,
    /// The smallest exponent that the truncated power law may take. Default 0: the law falls everywhere.
    pub least_alpha: f64,
    /// How `p` of the nested test is taken. Default [`NestedNull::Boundary`].
    pub nested_null: NestedNull,
    /// How the parameters of an alternative are found. Default [`AlternativeSearch::Greatest`].
    #[cfg_attr(feature = "serde", serde(default))]
    pub search: AlternativeSearch,
}

impl Default for ComparisonOptions {
    fn default() -> Self {
        Self {
            alternatives: TailAlternative::ALL.to_vec(),
            least_alpha: 0.0,
            nested_null: NestedNull::default(),
            search: AlternativeSearch::default(),
        }
    }
}

impl ComparisonOptions {
    /// The options that give another tool's likelihood ratios.
    ///
    /// `Powerlaw`, with `parameter_ranges={'alpha': [1, 50]}`: the truncated power law has `1 < alpha < 50`, the nested test
    /// goes by chi-squared with one degree of freedom, and the alternatives are those where its search ends
    /// ([`AlternativeSearch::Powerlaw`]), whether or not that is their greatest likelihood. The other tools call `powerlaw`, of
    /// no fixed version: they have the same options but for the search, which is ours.
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
    pub fn alternatives(mut self, alternatives: &[TailAlternative]) -> Self {
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
