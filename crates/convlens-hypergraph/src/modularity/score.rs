//! Hypergraph modularity of a given partition, and its degree tax.

use std::collections::BTreeMap;

use statrs::function::factorial::ln_binomial;

use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// Modularity of a partition A_1, .., A_k of the nodes (Kamiński, Poulin, Prałat, Szufel and
/// Théberge 2019, "Clustering via hypergraph modularity"; with weights w(c, d) as in Kamiński,
/// Prałat and Théberge 2020, "Community detection algorithm using hypergraph modularity"):
///
/// q = (1 / |E|) sum_i [ sum_e w(|e ∩ A_i|, |e|)
///                       - sum_d |E_d| sum_c w(c, d) P(Bin(d, vol(A_i) / vol(V)) = c) ].
///
/// E_d are the hyperedges with d nodes, vol(A) is the sum of the degrees in A. The first part is
/// the *edge contribution*, the second the *degree tax*: what the hypergraph Chung-Lu model with
/// the same degrees and sizes gives on average.
///
/// # Conventions
///
/// `parts[v]` numbers the part of node v from 0. Empty hyperedges are left out of |E|. A hyperedge
/// of one node stays in, and contributes 1 - 1 = 0 under every weight (HyperNetX drops it first).
/// `None` if no hyperedge has a node.
///
/// # Errors
///
/// [`PartitionLength`](HypergraphError::PartitionLength) unless there is one part per node,
/// [`PartOutOfRange`](HypergraphError::PartOutOfRange) for a part number beyond the number of
/// nodes.
///
/// # Complexity
///
/// O(nodes + incidences + parts × sum of the distinct hyperedge sizes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, modularity};
///
/// // Two hyperedges, each its own part: contribution 1, tax 2 (1/2)² = 1/2 on sizes of two.
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![2, 3]])?;
/// let q = modularity::modularity(&h, &[0, 0, 1, 1], modularity::Weight::Linear)?;
/// assert!((q.unwrap() - 0.5).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn modularity(
    h: &Hypergraph,
    parts: &[u32],
    weight: Weight,
) -> Result<Option<f64>, HypergraphError> {
    check_parts(h, parts)?;
    let n_parts = parts.iter().max().map_or(0, |&p| p as usize + 1);
    let mut volumes = vec![0u64; n_parts];
    for (v, &part) in parts.iter().enumerate() {
        volumes[part as usize] += h.degree(v) as u64;
    }
    let mut counts = vec![0u32; n_parts];
    let mut contribution = 0.0;
    for e in 0..h.n_edges() {
        for &v in h.edge(e) {
            counts[parts[v as usize] as usize] += 1;
        }
        let size = h.size(e) as u32;
        for &v in h.edge(e) {
            // Each part is met once: its count is taken away with it.
            let count = std::mem::take(&mut counts[parts[v as usize] as usize]);
            contribution += weight.of(count, size);
        }
    }
    Ok(DegreeTax::new(h, weight).modularity(contribution, &volumes))
}

pub(super) fn check_parts(h: &Hypergraph, parts: &[u32]) -> Result<(), HypergraphError> {
    let n_nodes = h.n_nodes();
    if parts.len() != n_nodes {
        return Err(HypergraphError::PartitionLength {
            parts: parts.len(),
            n_nodes,
        });
    }
    if let Some(&part) = parts.iter().find(|&&p| p as usize >= n_nodes) {
        return Err(HypergraphError::PartOutOfRange { part, n_nodes });
    }
    Ok(())
}

/// The weight w(c, d) of a hyperedge of d nodes with c of them in one part.
///
/// The first three are those of Kamiński et al. (2019, 2020). All three are 0 unless c > d/2, so
/// they say nothing of hyperedges in which no part has a majority: with many classes and large
/// hyperedges all three may be near 0 whatever the features. (Without that bar the linear weight
/// would be worth sum_i c_i / d = 1 on every hyperedge, tax included, and modularity would be 0
/// always.) [`Pairwise`](Self::Pairwise) has no bar and still speaks there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Weight {
    /// 1 if c = d: only hyperedges inside one part count.
    Strict,
    /// 1 if c > d/2.
    Majority,
    /// c/d if c > d/2: the default of Kamiński, Prałat and Théberge's own code.
    Linear,
    /// c (c - 1) / (d (d - 1)): the share of the hyperedge's pairs inside the part, for any c (1 if
    /// c = d = 1). The tax is (vol(A_i) / vol(V))²: Newman and Girvan's modularity of the 2-section
    /// in which each hyperedge weighs 1 in total, but with the hypergraph's own degrees. The
    /// default here, because it alone says something of large hyperedges over many classes.
    #[default]
    Pairwise,
}

impl Weight {
    pub(crate) fn of(self, c: u32, d: u32) -> f64 {
        let majority = u64::from(c) * 2 > u64::from(d);
        let (cf, df) = (f64::from(c), f64::from(d));
        match self {
            Self::Strict if c > 0 && c == d => 1.0,
            Self::Majority if majority => 1.0,
            Self::Linear if majority => cf / df,
            Self::Pairwise if d >= 2 => cf * (cf - 1.0) / (df * (df - 1.0)),
            Self::Pairwise if c == 1 => 1.0,
            _ => 0.0,
        }
    }
}

/// What of the degree tax does not depend on the partition: the hyperedge sizes.
#[derive(Debug)]
pub(crate) struct DegreeTax {
    weight: Weight,
    sizes: Vec<SizeClass>,
    /// Nonempty hyperedges.
    n_edges: usize,
    /// Incidences: vol(V).
    volume: usize,
}

#[derive(Debug)]
struct SizeClass {
    d: u32,
    /// |E_d|.
    n_edges: usize,
    /// ln C(d, d/2 + 1) and ln C(d, d/2), integer halves: where the two tails start.
    ln_above: f64,
    ln_below: f64,
}

impl DegreeTax {
    pub(crate) fn new(h: &Hypergraph, weight: Weight) -> Self {
        let mut by_size = BTreeMap::<u32, usize>::new();
        for e in 0..h.n_edges() {
            if h.size(e) > 0 {
                *by_size.entry(h.size(e) as u32).or_default() += 1;
            }
        }
        let sizes = by_size
            .iter()
            .map(|(&d, &n_edges)| SizeClass {
                d,
                n_edges,
                ln_above: ln_binomial(u64::from(d), u64::from(d / 2 + 1)),
                ln_below: ln_binomial(u64::from(d), u64::from(d / 2)),
            })
            .collect();
        Self {
            weight,
            sizes,
            n_edges: by_size.values().sum(),
            volume: h.n_incidences(),
        }
    }

    /// Modularity from the summed edge contribution and the volume of each part; `None` without
    /// nonempty hyperedges.
    pub(crate) fn modularity(&self, contribution: f64, volumes: &[u64]) -> Option<f64> {
        if self.n_edges == 0 {
            return None;
        }
        let tax: f64 = volumes.iter().map(|&v| self.of_part(v)).sum();
        Some((contribution - tax) / self.n_edges as f64)
    }

    /// The tax of one part of this volume, not yet divided by |E|.
    pub(crate) fn of_part(&self, volume: u64) -> f64 {
        if volume == 0 {
            return 0.0;
        }
        let p = volume as f64 / self.volume as f64;
        let sizes = self.sizes.iter();
        sizes.map(|s| s.n_edges as f64 * self.expected(s, p)).sum()
    }

    /// E[w(X, d)] for X ~ Bin(d, p), 0 < p <= 1.
    fn expected(&self, size: &SizeClass, p: f64) -> f64 {
        let d = f64::from(size.d);
        match self.weight {
            Weight::Strict => p.powf(d),
            Weight::Majority => majority_tail(size, p, 1.0, |_| 1.0),
            Weight::Linear => majority_tail(size, p, p, |c| c / d),
            Weight::Pairwise if size.d == 1 => p,
            Weight::Pairwise => p * p,
        }
    }
}

/// sum over c > d/2 of w(c) P(Bin(d, p) = c), where the sum over all c is `all`.
///
/// The terms come by recurrence from the one next to d/2, outwards, on the side away from the
/// mean: they only fall, so what underflows does not matter.
fn majority_tail(size: &SizeClass, p: f64, all: f64, w: impl Fn(f64) -> f64) -> f64 {
    let d = f64::from(size.d);
    let half = f64::from(size.d / 2);
    if p >= 1.0 {
        return all;
    }
    let odds = p / (1.0 - p);
    let mut sum = 0.0;
    if p <= 0.5 {
        let mut c = half + 1.0;
        let mut pmf = (size.ln_above + c * p.ln() + (d - c) * (-p).ln_1p()).exp();
        while c <= d && pmf > f64::EPSILON * 1e-3 * sum {
            sum += w(c) * pmf;
            pmf *= (d - c) / (c + 1.0) * odds;
            c += 1.0;
        }
        sum
    } else {
        let mut c = half;
        let mut pmf = (size.ln_below + c * p.ln() + (d - c) * (-p).ln_1p()).exp();
        while c >= 0.0 && pmf > f64::EPSILON * 1e-3 * sum {
            sum += w(c) * pmf;
            pmf *= c / ((d - c + 1.0) * odds);
            c -= 1.0;
        }
        all - sum
    }
}

#[cfg(test)]
mod tests {
    mod modularity {
        use super::super::*;

        #[test]
        fn bad_partitions_are_refused() {
            let h = Hypergraph::from_edges(2, &[vec![0, 1]]).unwrap();
            let linear = Weight::Linear;
            assert_eq!(
                modularity(&h, &[0], linear),
                Err(HypergraphError::PartitionLength {
                    parts: 1,
                    n_nodes: 2
                })
            );
            assert_eq!(
                modularity(&h, &[0, u32::MAX], linear),
                Err(HypergraphError::PartOutOfRange {
                    part: u32::MAX,
                    n_nodes: 2
                })
            );
            let empty = Hypergraph::from_edges(2, &[vec![]]).unwrap();
            assert_eq!(modularity(&empty, &[0, 1], linear), Ok(None));
        }
    }

    mod degree_tax {
        use super::super::*;

        /// The same sum in integer powers and exact binomials, for small d.
        fn slow(d: u32, p: f64, w: impl Fn(f64) -> f64) -> f64 {
            let mut binomial = 1.0;
            let mut sum = 0.0;
            for c in 0..=d {
                if 2 * c > d {
                    sum += w(f64::from(c))
                        * binomial
                        * p.powi(c as i32)
                        * (1.0 - p).powi((d - c) as i32);
                }
                binomial *= f64::from(d - c) / f64::from(c + 1);
            }
            sum
        }

        #[test]
        fn tails_match_the_plain_sum() {
            for d in 1..=40 {
                let size = SizeClass {
                    d,
                    n_edges: 1,
                    ln_above: ln_binomial(u64::from(d), u64::from(d / 2 + 1)),
                    ln_below: ln_binomial(u64::from(d), u64::from(d / 2)),
                };
                for p in [1e-9, 0.03, 0.2, 0.5, 0.500001, 0.8, 0.999, 1.0] {
                    let linear = |c: f64| c / f64::from(d);
                    let fast = majority_tail(&size, p, p, linear);
                    // Both sides are sums of at most 40 terms below 1, from logarithms below 40.
                    assert!((fast - slow(d, p, linear)).abs() < 1e-13, "{d} {p}");
                    let fast = majority_tail(&size, p, 1.0, |_| 1.0);
                    assert!((fast - slow(d, p, |_| 1.0)).abs() < 1e-13, "{d} {p}");
                }
            }
        }

        #[test]
        fn huge_hyperedges_neither_underflow_nor_overflow() {
            let d = 1_000_000;
            let size = SizeClass {
                d,
                n_edges: 1,
                ln_above: ln_binomial(u64::from(d), u64::from(d / 2 + 1)),
                ln_below: ln_binomial(u64::from(d), u64::from(d / 2)),
            };
            assert_eq!(majority_tail(&size, 0.1, 1.0, |_| 1.0), 0.0);
            assert_eq!(majority_tail(&size, 0.9, 1.0, |_| 1.0), 1.0);
            // P(X > d/2) = (1 - P(X = d/2)) / 2, and P(X = d/2) is sqrt(2 / (pi d)) (1 - 1/(4d)).
            let middle = (2.0 / (std::f64::consts::PI * f64::from(d))).sqrt();
            let tail = majority_tail(&size, 0.5, 1.0, |_| 1.0);
            // Logarithms of size 7e5 keep about 1e-10.
            assert!((tail - (1.0 - middle) / 2.0).abs() < 1e-9, "{tail}");
        }
    }
}
