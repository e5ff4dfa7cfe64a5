//! What single signed directions say about the class.

use convlens::LayerAnalysis;
use convlens::hypergraph::Separation;

use crate::number::percent;

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
/// descending: unlike purity it does not favour small hyperedges.
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
    let fit = layer.statistics.value()?.marchenko_pastur.fit()?;
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
