//! A table sorted once per feature, and the hyperedges that a rule makes of it.

use super::column::Column;
use super::moments::{Moments, mean_sd};
use super::parallel::map_indexed;
use super::{IncidenceRule, SignalTable};
use crate::influence::members;
use crate::{Hypergraph, HypergraphError};

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
