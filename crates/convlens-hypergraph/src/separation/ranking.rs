//! Every feature's inputs in descending order, so that any rule's hyperedge is a prefix.

use super::{IncidenceRule, SignalTable};
use crate::influence::members;
use crate::{Hypergraph, HypergraphError};

/// A table sorted once per feature. Thresholds for any subset of the inputs then follow from one
/// walk, which is what lets every permutation refit them.
#[derive(Debug)]
pub(crate) struct RankedTable {
    inputs: usize,
    features: usize,
    /// Feature by feature: inputs by descending value, equal values by ascending input.
    order: Vec<u32>,
    /// For each position in `order`, the first position (within the feature) of an equal value.
    first_equal: Vec<u32>,
    /// The values in that order. Where squares might overflow or vanish, the feature is divided by
    /// its largest magnitude; rules with a threshold are blind to a positive scale.
    sorted: Vec<f64>,
    /// For a rule per input, which has no threshold: the members of each feature. Nothing is
    /// sorted then.
    by_input: Option<Vec<Vec<u32>>>,
}

impl RankedTable {
    pub(crate) fn new(table: &SignalTable, rule: IncidenceRule) -> Self {
        let (inputs, features) = (table.inputs(), table.features());
        let by_input = match rule {
            IncidenceRule::CumulativeInfluence(rule) => Some(members(table, rule)),
            _ => None,
        };
        let sorted = if by_input.is_none() {
            inputs * features
        } else {
            0
        };
        let mut ranked = Self {
            inputs,
            features,
            order: Vec::with_capacity(sorted),
            first_equal: Vec::with_capacity(sorted),
            sorted: Vec::with_capacity(sorted),
            by_input,
        };
        if ranked.by_input.is_some() {
            return ranked;
        }
        let mut column: Vec<(f64, u32)> = Vec::with_capacity(inputs);
        for f in 0..features {
            column.clear();
            column.extend((0..inputs).map(|i| (table.value(i, f), i as u32)));
            // Finite values only, so this is a total order once -0 equals 0.
            column.sort_unstable_by(|a, b| {
                b.0.partial_cmp(&a.0)
                    .unwrap_or(std::cmp::Ordering::Equal)
                    .then(a.1.cmp(&b.1))
            });
            let largest = column.iter().fold(0.0_f64, |m, &(v, _)| m.max(v.abs()));
            let scale = match largest {
                0.0 => 1.0,
                1e-100..=1e100 => 1.0,
                extreme => extreme,
            };
            let mut first = 0;
            for (position, &(value, input)) in column.iter().enumerate() {
                if value != column[first].0 {
                    first = position;
                }
                ranked.order.push(input);
                ranked.first_equal.push(first as u32);
                ranked.sorted.push(value / scale);
            }
        }
        ranked
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// The members of `feature`'s hyperedge, among all inputs, when the rule's threshold comes from
    /// the `n_reference` inputs that `is_reference` accepts.
    pub(crate) fn members(
        &self,
        feature: usize,
        rule: IncidenceRule,
        n_reference: usize,
        is_reference: impl Fn(u32) -> bool,
    ) -> &[u32] {
        if let Some(members) = &self.by_input {
            return &members[feature];
        }
        let range = feature * self.inputs..(feature + 1) * self.inputs;
        let order = &self.order[range.clone()];
        let len = match rule {
            IncidenceRule::TopQuantile { fraction } => {
                let k = top_count(fraction, n_reference);
                let border = order
                    .iter()
                    .enumerate()
                    .filter(|&(_, &input)| is_reference(input))
                    .nth(k)
                    .map_or(0, |(p, _)| self.first_equal[range.start + p] as usize);
                // Positions up to `last` are in, those from `border` on are out; between the two
                // there is no input of reference, and the midpoint of their values decides.
                match order[..border].iter().rposition(|&i| is_reference(i)) {
                    None => 0,
                    Some(last) => {
                        let sorted = &self.sorted[range];
                        let middle = (sorted[last] + sorted[border]) / 2.0;
                        let gap = &sorted[last + 1..border];
                        last + 1 + gap.partition_point(|&v| v >= middle)
                    }
                }
            }
            IncidenceRule::ZScore { threshold } => {
                let sorted = &self.sorted[range];
                let (mean, sd) = mean_sd(sorted, n_reference, |p| is_reference(order[p]));
                if sd > 0.0 {
                    sorted.partition_point(|&v| (v - mean) / sd >= threshold)
                } else {
                    0
                }
            }
            // A rule per input, above.
            IncidenceRule::CumulativeInfluence(_) => 0,
        };
        &order[..len]
    }

    /// The hypergraph with all inputs as reference.
    pub(crate) fn hypergraph(&self, rule: IncidenceRule) -> Result<Hypergraph, HypergraphError> {
        let incidences = (0..self.features).flat_map(|f| {
            self.members(f, rule, self.inputs, |_| true)
                .iter()
                .map(move |&input| (input, f as u32))
        });
        Hypergraph::from_incidences(self.inputs, self.features, incidences)
    }
}

/// k = round(fraction m) within 1..m-1 (0 when m < 2, where nothing can stand above the rest).
fn top_count(fraction: f64, m: usize) -> usize {
    let k = (fraction * m as f64).round() as usize;
    k.max(1).min(m.saturating_sub(1))
}

/// Mean and sample standard deviation of the `m` values of a sorted list that `take` accepts. The sd
/// is 0 for fewer than two and for all-equal values, also where rounding of the mean would say
/// otherwise.
fn mean_sd(sorted: &[f64], m: usize, take: impl Fn(usize) -> bool) -> (f64, f64) {
    let ends = (0..sorted.len())
        .find(|&p| take(p))
        .zip((0..sorted.len()).rfind(|&p| take(p)));
    let Some((first, last)) = ends else {
        return (0.0, 0.0);
    };
    if sorted[first] == sorted[last] {
        return (sorted[first], 0.0);
    }
    // Times 0 or 1 rather than a branch, which would be mispredicted every other time.
    let weight = |p: usize| f64::from(u8::from(take(p)));
    let sum: f64 = (first..=last).map(|p| weight(p) * sorted[p]).sum();
    let mean = sum / m as f64;
    let squares: f64 = (first..=last)
        .map(|p| weight(p) * (sorted[p] - mean) * (sorted[p] - mean))
        .sum();
    (mean, (squares / (m - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(values: &[f64], rule: IncidenceRule) -> Vec<u32> {
        let table = SignalTable::new(values.to_vec(), values.len(), 1).unwrap();
        let h = RankedTable::new(&table, rule).hypergraph(rule).unwrap();
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
