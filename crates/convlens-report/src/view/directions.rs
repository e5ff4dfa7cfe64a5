//! The signed directions that say most about the class.

use convlens::LayerAnalysis;
use convlens::hypergraph::Separation;

use crate::number::{exact, fixed, percent};

/// Rows that are shown.
const SHOWN: usize = 8;

/// One signed direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectionRow {
    /// "3+": the third singular direction, positive side.
    pub(crate) direction: String,
    pub(crate) sigma: String,
    /// Whether its singular value is past the noise threshold; empty where that is not known.
    pub(crate) spike: &'static str,
    pub(crate) members: usize,
    /// The classes that make up most of it, with their shares of the members.
    pub(crate) classes: String,
    /// Mutual information of membership and class.
    pub(crate) bits: String,
}

/// The signed directions by the mutual information between belonging to them and the class,
///
/// I = sum over member or not, class, of p(m, c) log2( p(m, c) / (p(m) p(c)) ),
///
/// descending: unlike purity it does not favour small hyperedges.
pub(super) fn directions(layer: &LayerAnalysis, separation: &Separation) -> Vec<DirectionRow> {
    let features = separation.profiles.features;
    let mut ranked: Vec<(usize, Vec<f64>, f64)> = (0..features)
        .map(|f| {
            let held = members(separation, f);
            let bits = information(&held, &separation.class_counts);
            (f, held, bits)
        })
        .filter(|(_, _, bits)| *bits > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    ranked.truncate(SHOWN);
    ranked
        .into_iter()
        .map(|(f, held, bits)| row(layer, separation, f, &held, bits))
        .collect()
}

/// Members of a feature's hyperedge by class.
fn members(separation: &Separation, feature: usize) -> Vec<f64> {
    separation
        .class_counts
        .iter()
        .enumerate()
        .map(|(c, &n)| (separation.profiles.profile(c)[feature] * n as f64).round())
        .collect()
}

fn row(
    layer: &LayerAnalysis,
    separation: &Separation,
    feature: usize,
    held: &[f64],
    bits: f64,
) -> DirectionRow {
    let total: f64 = held.iter().sum();
    let mut classes: Vec<(i64, f64)> = separation
        .classes
        .iter()
        .zip(held)
        .map(|(&class, &n)| (class, n / total))
        .collect();
    classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let named: Vec<String> = classes
        .iter()
        .take(3)
        .filter(|(_, share)| *share >= 0.05)
        .map(|(class, share)| format!("{class} ({})", percent(*share)))
        .collect();
    // Features come in the order +1, -1, +2, -2, ..
    let rank = feature / 2;
    let sign = if feature.is_multiple_of(2) { "+" } else { "\u{2212}" };
    let fit = layer.statistics.value().and_then(|s| s.marchenko_pastur.fit());
    DirectionRow {
        direction: format!("{}{sign}", rank + 1),
        sigma: layer
            .unfolding
            .singular_values
            .get(rank)
            .map_or_else(String::new, |&s| exact(s)),
        spike: fit.map_or("\u{2013}", |f| if rank < f.spikes { "spike" } else { "bulk" }),
        members: total as usize,
        classes: named.join(", "),
        bits: fixed(bits, 3),
    }
}

/// Mutual information in bits between membership and class.
fn information(held: &[f64], counts: &[usize]) -> f64 {
    let inputs: f64 = counts.iter().map(|&n| n as f64).sum();
    let total: f64 = held.iter().sum();
    let mut bits = 0.0;
    for (&n, &count) in held.iter().zip(counts) {
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
    fn information_is_that_of_the_definition() {
        // Two classes of 4; membership is class 0: one bit. Independent of class: none.
        assert_eq!(information(&[4.0, 0.0], &[4, 4]), 1.0);
        assert_eq!(information(&[2.0, 2.0], &[4, 4]), 0.0);
        // 3 of 4 and 1 of 4: 1 - H(1/4) bits, as the channel is symmetric.
        let expected = 1.0 + 0.25 * 0.25_f64.log2() + 0.75 * 0.75_f64.log2();
        let got = information(&[3.0, 1.0], &[4, 4]);
        assert!((got - expected).abs() < 1e-15, "{got} {expected}"); // four rounded terms
    }
}
