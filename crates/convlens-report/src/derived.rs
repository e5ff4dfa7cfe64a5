//! What page and tables derive from a layer: counts of directions, shares of energy, why a fit is
//! missing, and what single signed directions say about the class.

use std::collections::BTreeMap;
use std::sync::Mutex;

use convlens::hypergraph::Separation;
use convlens::rmt::{MarchenkoPastur, bulk, tail};
use convlens::{LayerAnalysis, svd::LayerValues};

use crate::number::percent;

/// The share of a layer's energy by which directions are counted.
pub(crate) const ENERGY: f64 = 0.9;

/// The fewest leading singular directions that hold [`ENERGY`] of the sum of squares.
pub(crate) fn directions_for_energy(descending: &[f64]) -> usize {
    let squares = || descending.iter().map(|s| s * s);
    let total: f64 = squares().sum();
    let mut sum = 0.0;
    for (i, square) in squares().enumerate() {
        sum += square;
        if sum >= ENERGY * total {
            return i + 1;
        }
    }
    descending.len()
}

/// The same for noise of the same shape: eigenvalues at the quantiles (i + 1/2) / M of the
/// Marchenko-Pastur law, in every group alike.
pub(crate) fn noise_directions_for_energy(unfolding: &LayerValues) -> usize {
    /// By rows and columns: the layers of many models have few shapes, and each shape takes as many
    /// quantiles as it has eigenvalues.
    static KNOWN: Mutex<BTreeMap<(usize, usize), usize>> = Mutex::new(BTreeMap::new());

    let shape = (unfolding.rows, unfolding.cols);
    let known = KNOWN.lock().ok().and_then(|map| map.get(&shape).copied());
    let directions = known.unwrap_or_else(|| {
        let directions = noise_directions(shape);
        if let Ok(mut map) = KNOWN.lock() {
            map.insert(shape, directions);
        }
        directions
    });
    unfolding.groups * directions
}

fn noise_directions((rows, cols): (usize, usize)) -> usize {
    let m = rows.min(cols);
    let Ok(law) = MarchenkoPastur::from_shape(rows, cols, 1.0) else {
        return 0;
    };
    let values = (0..m)
        .rev()
        .map(|i| law.quantile((i as f64 + 0.5) / m as f64));
    let values: Vec<f64> = values.map(|v| v.map_or(0.0, f64::sqrt)).collect();
    directions_for_energy(&values)
}

/// The share of the sum of eigenvalues that lies in spikes.
pub(crate) fn spike_share(layer: &LayerAnalysis, fit: &bulk::Fit) -> f64 {
    let total: f64 = layer
        .statistics
        .value()
        .map_or(0.0, |s| s.esd.eigenvalues().iter().sum());
    if total > 0.0 {
        fit.spike_eigenvalues.iter().sum::<f64>() / total
    } else {
        0.0
    }
}

/// Why a spectrum has no fitted bulk; `None` if it has one.
pub(crate) fn no_bulk(outcome: &bulk::Outcome) -> Option<String> {
    Some(match outcome {
        bulk::Outcome::Fit(_) => return None,
        bulk::Outcome::TooFewEigenvalues { m: n, needed } => {
            format!("{n} eigenvalues are too few for a bulk, which takes {needed}")
        }
        bulk::Outcome::RankDeficient { rank, m } => {
            format!(
                "only {rank} of {m} eigenvalues are above zero, and noise of this shape would have none at zero"
            )
        }
        bulk::Outcome::NoBulk {
            spikes,
            m,
            ks_distance,
            largest_over_edge,
            ..
        } => {
            format!(
                "{spikes} of {m} eigenvalues lay past the edge and the rest went on splitting: no bulk with an edge (the whole spectrum is {ks_distance:.2} from the law of noise of its variance, and reaches {largest_over_edge:.1} times its edge)"
            )
        }
        other => other.to_string(),
    })
}

/// Why a spectrum has no fitted tail; `None` if it has one.
pub(crate) fn no_tail(outcome: &tail::Outcome) -> Option<String> {
    Some(match outcome {
        tail::Outcome::Fit(_) => return None,
        tail::Outcome::NotEnoughTail { n, needed } => {
            format!("{n} positive eigenvalues are not enough for a tail, which takes {needed}")
        }
        tail::Outcome::AllEqual { n, .. } => {
            format!("all {n} positive eigenvalues are equal")
        }
        other => other.to_string(),
    })
}

/// One signed direction, as a hyperedge of inputs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SignedDirection {
    /// The rank of the direction, from 0.
    pub(crate) rank: usize,
    /// "3+": the third direction, positive side.
    pub(crate) name: String,
    /// Its members by class.
    pub(crate) members: Vec<f64>,
    /// The mutual information of membership and class, in bits.
    pub(crate) bits: f64,
}

/// All signed directions by the mutual information of belonging to them and the class,
///
/// I = sum over member or not, class, of p(m, c) log2( p(m, c) / (p(m) p(c)) ),
///
/// descending: unlike purity it does not favor small hyperedges.
pub(crate) fn ranked(separation: &Separation) -> Vec<SignedDirection> {
    let mut all: Vec<SignedDirection> = (0..separation.profiles.features)
        .map(|feature| {
            // Features come in the order +1, -1, +2, -2, ..
            let rank = feature / 2;
            let sign = if feature.is_multiple_of(2) {
                "+"
            } else {
                "\u{2212}"
            };
            let members = members(separation, feature);
            SignedDirection {
                rank,
                name: format!("{}{sign}", rank + 1),
                bits: bits(&members, &separation.class_counts),
                members,
            }
        })
        .collect();
    all.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    all
}

impl SignedDirection {
    /// The number of members.
    pub(crate) fn size(&self) -> f64 {
        self.members.iter().sum()
    }

    /// "7 (46.7%), 3 (31.1%)": at most three classes that make up 5% of the members or more.
    pub(crate) fn classes(&self, separation: &Separation) -> String {
        let size = self.size();
        let mut classes: Vec<(i64, f64)> = separation
            .classes
            .iter()
            .zip(&self.members)
            .map(|(&class, &n)| (class, n / size))
            .filter(|(_, share)| *share >= 0.05)
            .collect();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let named = classes.iter().take(3);
        let named: Vec<String> = named
            .map(|(c, share)| format!("{c} ({})", percent(*share)))
            .collect();
        named.join(", ")
    }
}

/// Whether a direction's singular value is past the noise threshold, where that is known.
pub(crate) fn is_spike(layer: &LayerAnalysis, rank: usize) -> Option<bool> {
    let fit = layer.statistics.value()?.marchenko_pastur.value()?;
    Some(rank < fit.spikes)
}

/// Members of a feature's hyperedge by class: profiles hold their shares.
fn members(separation: &Separation, feature: usize) -> Vec<f64> {
    let counts = separation.class_counts.iter().enumerate();
    counts
        .map(|(c, &n)| (separation.profiles.profile(c)[feature] * n as f64).round())
        .collect()
}

fn bits(members: &[f64], counts: &[usize]) -> f64 {
    let inputs: f64 = counts.iter().map(|&n| n as f64).sum();
    let total: f64 = members.iter().sum();
    let mut bits = 0.0;
    for (&n, &count) in members.iter().zip(counts) {
        let class = count as f64;
        for (joint, margin) in [(n, total), (class - n, inputs - total)] {
            if joint > 0.0 {
                bits += joint / inputs * (joint * inputs / (margin * class)).log2();
            }
        }
    }
    bits.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_counted_in_squares() {
        // Squares 81, 9, 9, 1: the first two hold exactly 90 of 100.
        assert_eq!(directions_for_energy(&[9.0, 3.0, 3.0, 1.0]), 2);
        assert_eq!(directions_for_energy(&[2.0]), 1);
        assert_eq!(directions_for_energy(&[]), 0);
    }

    #[test]
    fn information_is_that_of_the_definition() {
        // Two classes of 4; membership is class 0: one bit. Independent of class: none.
        assert_eq!(bits(&[4.0, 0.0], &[4, 4]), 1.0);
        assert_eq!(bits(&[2.0, 2.0], &[4, 4]), 0.0);
        // 3 of 4 and 1 of 4: 1 - H(1/4) bits, as the channel is symmetric.
        let expected = 1.0 + 0.25 * 0.25_f64.log2() + 0.75 * 0.75_f64.log2();
        let got = bits(&[3.0, 1.0], &[4, 4]);
        assert!((got - expected).abs() < 1e-15, "{got} {expected}"); // four rounded terms
        // An empty hyperedge, and one that holds everything, say nothing.
        assert_eq!(bits(&[0.0, 0.0], &[4, 4]), 0.0);
        assert_eq!(bits(&[4.0, 4.0], &[4, 4]), 0.0);
    }
}
