//! When an input belongs to a feature's hyperedge, and the hyperedges that a rule makes of a table.

use super::column::{Column, Moments, mean_sd};
use super::table::SignalTable;
use crate::checks::check_fraction;
use crate::error::HypergraphError;
use crate::influence;
use crate::influence::rule::members;
use crate::parallel::map_indexed;
use crate::structure::hypergraph::Hypergraph;

/// When an input is a member of a feature's hyperedge.
///
/// `TopQuantile` and `ZScore` are rules per feature: each sets one threshold per feature from
/// *inputs of reference* (all of them for the hypergraph; the fitting half only for the held-out
/// classifier), then compares values with it. So each hyperedge is an upper set of the feature's
/// values, and a feature that is constant over the reference has an empty hyperedge.
/// `CumulativeInfluence` is a rule per input: it compares the features of one input, and no other
/// input matters.
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
    /// input's influence: see [`influence::Rule`]. It compares features with one another, so their
    /// columns should be in one unit, as singular directions of one layer are.
    CumulativeInfluence(influence::Rule),
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
            Self::TopQuantile { fraction } => check_fraction("fraction", fraction),
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
/// use convlens_hypergraph::{IncidenceRule, SignalTable, feature_hypergraph, influence};
///
/// // Four inputs, two features; the second feature is constant.
/// let table = SignalTable::new(vec![0.0, 1.0, 3.0, 1.0, 2.0, 1.0, 1.0, 1.0], 4, 2)?;
/// let h = feature_hypergraph(&table, IncidenceRule::TopQuantile { fraction: 0.5 })?;
/// assert_eq!(h.edge(0), &[1, 2]);
/// assert_eq!(h.edge(1), &[] as &[u32]);
///
/// // Input by input: the feature with over half of the sum of both, and where need be the other.
/// let rule = influence::Rule::default().share(0.5);
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

/// A table as a rule sees it: every hyperedge is a prefix of a feature's [`Column`].
///
/// For other inputs of reference a prefix only ends elsewhere, so what holds for all inputs (class
/// counts, memberships) is corrected by the few inputs in between. Under a rule per input the
/// prefixes never move.
#[derive(Debug)]
pub(crate) struct RankedTable {
    inputs: usize,
    rule: IncidenceRule,
    pub(crate) columns: Vec<Column>,
    /// For z-scores.
    moments: Option<Moments>,
}

impl RankedTable {
    pub(crate) fn new(table: &SignalTable, rule: IncidenceRule) -> Self {
        let n = table.inputs();
        let ranked = |size: &(dyn Fn(&Column) -> usize + Sync)| {
            map_indexed(table.features(), Vec::new, |keys, f| {
                let mut column = Column::ranked(table, f, keys);
                column.size = size(&column);
                column
            })
        };
        let (columns, moments) = match rule {
            IncidenceRule::TopQuantile { fraction } => {
                let k = top_count(fraction, n);
                (ranked(&|c| c.end_of_top(k, 0, 0, |_| true)), None)
            }
            IncidenceRule::ZScore { threshold } => {
                let columns = ranked(&|c| c.end_of_z(mean_sd(c.sorted()), threshold));
                (columns, Some(Moments::new(table)))
            }
            IncidenceRule::CumulativeInfluence(rule) => {
                let members = members(table, rule).into_iter();
                (members.map(Column::fixed).collect(), None)
            }
        };
        Self {
            inputs: n,
            rule,
            columns,
            moments,
        }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn features(&self) -> usize {
        self.columns.len()
    }

    /// For each feature, the end of its prefix when thresholds come from the `n_reference` inputs
    /// that `is_reference` accepts. `inside(f)` is how many of them are in the hyperedge of all
    /// inputs.
    pub(crate) fn refit(
        &self,
        n_reference: usize,
        is_reference: impl Fn(u32) -> bool,
        inside: impl Fn(usize) -> usize,
        ends: &mut Vec<usize>,
    ) {
        ends.clear();
        let columns = self.columns.iter();
        match self.rule {
            IncidenceRule::TopQuantile { fraction } => {
                let k = top_count(fraction, n_reference);
                ends.extend(
                    columns
                        .enumerate()
                        .map(|(f, c)| c.end_of_top(k, c.size, inside(f), &is_reference)),
                );
            }
            IncidenceRule::ZScore { threshold } => {
                let Some(moments) = &self.moments else { return };
                let mean_sd = moments.of(&self.columns, n_reference, is_reference);
                ends.extend(
                    columns
                        .zip(mean_sd)
                        .map(|(c, mean_sd)| c.end_of_z(mean_sd, threshold)),
                );
            }
            IncidenceRule::CumulativeInfluence(_) => ends.extend(columns.map(|c| c.size)),
        }
    }

    /// The hypergraph with all inputs as reference.
    pub(crate) fn hypergraph(&self) -> Result<Hypergraph, HypergraphError> {
        let incidences = self.columns.iter().enumerate().flat_map(|(f, column)| {
            let members = column.members().iter();
            members.map(move |&input| (input, f as u32))
        });
        Hypergraph::from_incidences(self.inputs, self.features(), incidences)
    }
}

/// k = round(fraction m) within 1..m-1 (0 when m < 2, where nothing can stand above the rest).
fn top_count(fraction: f64, m: usize) -> usize {
    let k = (fraction * m as f64).round() as usize;
    k.max(1).min(m.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(values: &[f64], rule: IncidenceRule) -> Vec<u32> {
        let table = SignalTable::new(values.to_vec(), values.len(), 1).unwrap();
        let h = RankedTable::new(&table, rule).hypergraph().unwrap();
        h.edge(0).to_vec()
    }

    #[test]
    fn ties_at_the_border_stay_out_together() {
        let half = IncidenceRule::TopQuantile { fraction: 0.5 };
        assert_eq!(edge(&[1.0, 4.0, 3.0, 2.0], half), [1, 2]);
        assert_eq!(edge(&[1.0, 4.0, 1.0, 1.0], half), [1]);
        assert_eq!(edge(&[4.0, 4.0, 4.0, 1.0], half), [] as [u32; 0]);
        assert_eq!(edge(&[0.0, -0.0, 0.0, 0.0], half), [] as [u32; 0]);
        assert_eq!(edge(&[5.0], half), [] as [u32; 0]);
    }

    #[test]
    fn z_scores_survive_scale_and_constants() {
        let rule = IncidenceRule::ZScore { threshold: 1.0 };
        assert_eq!(edge(&[0.0, 0.0, 0.0, 1e308], rule), [3]);
        assert_eq!(edge(&[0.0, 0.0, 0.0, 1e-300], rule), [3]);
        // 0.1 * 3 / 3 is not 0.1 in floating point; the column is constant all the same.
        assert_eq!(edge(&[0.1, 0.1, 0.1], rule), [] as [u32; 0]);
    }
}
