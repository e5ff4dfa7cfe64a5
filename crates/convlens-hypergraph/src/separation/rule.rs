//! When an input belongs to a feature's hyperedge.

use super::SignalTable;
use super::ranking::RankedTable;
use crate::{Hypergraph, HypergraphError, InfluenceRule};

/// When an input is a member of a feature's hyperedge.
///
/// `TopQuantile` and `ZScore` are rules per feature: each sets one threshold per feature from *inputs of
/// reference* (all of them for the hypergraph; the fitting half only for the held-out classifier),
/// then compares values with it. So each hyperedge is an upper set of the feature's values, and a
/// feature that is constant over the reference has an empty hyperedge. `CumulativeInfluence` is a
/// rule per input: it compares the features of one input, and no other input matters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IncidenceRule {
    /// The top `fraction` of the m inputs of reference: with k = round(fraction m), kept within
    /// 1..m-1, those above the (k+1)-th largest value of the reference. Other inputs are members
    /// from the midpoint on between the least member and the largest non-member of the reference.
    ///
    /// **Ties.** Equal values are members together or not at all. So a hyperedge has k members of
    /// the reference without ties, and *fewer* where a tie straddles the border: a column of
    /// zeros with a few positive values keeps the positive ones only, a constant one keeps none.
    TopQuantile {
        /// Strictly between 0 and 1.
        fraction: f64,
    },
    /// Members have (x - mean) / sd >= `threshold`, with mean and sample standard deviation
    /// (divisor m - 1) of the reference. Hyperedges differ in size.
    ZScore {
        /// In standard deviations; any finite number.
        threshold: f64,
    },
    /// Members are the inputs for which the feature is among the fewest that carry a share of the
    /// input's influence: see [`InfluenceRule`]. It compares features with one another, so their columns
    /// should be in one unit, as singular directions of one layer are.
    CumulativeInfluence(InfluenceRule),
}

impl Default for IncidenceRule {
    /// `TopQuantile { fraction: 0.10 }`: with ten balanced classes, one hyperedge has the size of
    /// one class, so a feature of one class alone can hold all of it and nothing else.
    fn default() -> Self {
        Self::TopQuantile { fraction: 0.10 }
    }
}

impl IncidenceRule {
    pub(crate) fn check(self) -> Result<(), HypergraphError> {
        match self {
            Self::TopQuantile { fraction } => super::split::check_fraction("fraction", fraction),
            Self::ZScore { threshold } if !threshold.is_finite() => {
                Err(HypergraphError::Threshold { value: threshold })
            }
            Self::ZScore { .. } => Ok(()),
            Self::CumulativeInfluence(rule) => rule.check(),
        }
    }
}

/// The input-feature hypergraph: inputs are nodes, features hyperedges, and the rule, with all
/// inputs as reference, says which input is in which.
///
/// Its [`dual`](Hypergraph::dual) has the features as nodes and the inputs as hyperedges.
///
/// # Errors
///
/// [`Fraction`](HypergraphError::Fraction) or [`Threshold`](HypergraphError::Threshold) if the
/// rule's parameter is out of its range.
///
/// # Complexity
///
/// O(features × inputs × log inputs): one sort per feature; one per input for a rule per input.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{IncidenceRule, InfluenceRule, SignalTable, feature_hypergraph};
///
/// // Four inputs, two features; the second feature is constant.
/// let table = SignalTable::new(vec![0.0, 1.0, 3.0, 1.0, 2.0, 1.0, 1.0, 1.0], 4, 2)?;
/// let h = feature_hypergraph(&table, IncidenceRule::TopQuantile { fraction: 0.5 })?;
/// assert_eq!(h.edge(0), &[1, 2]);
/// assert_eq!(h.edge(1), &[] as &[u32]);
///
/// // Input by input: the feature with over half of the sum of both, and where need be the other.
/// let rule = InfluenceRule::default().share(0.5);
/// let h = feature_hypergraph(&table, IncidenceRule::CumulativeInfluence(rule))?;
/// assert_eq!(h.edge(0), &[1, 2, 3]); // on input 3 it is a tie, which the first feature has
/// assert_eq!(h.edge(1), &[0]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn feature_hypergraph(
    table: &SignalTable,
    rule: IncidenceRule,
) -> Result<Hypergraph, HypergraphError> {
    rule.check()?;
    RankedTable::new(table, rule).hypergraph()
}
