//! The expected edge contribution under the hypergraph Chung-Lu model.

use std::collections::BTreeMap;

use statrs::function::factorial::ln_binomial;

use super::ModularityWeight;
use crate::Hypergraph;

/// What of the degree tax does not depend on the partition: the hyperedge sizes.
#[derive(Debug)]
pub(crate) struct DegreeTax {
    weight: ModularityWeight,
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
    pub(crate) fn new(h: &Hypergraph, weight: ModularityWeight) -> Self {
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
            ModularityWeight::Strict => p.powf(d),
            ModularityWeight::Majority => majority_tail(size, p, 1.0, |_| 1.0),
            ModularityWeight::Linear => majority_tail(size, p, p, |c| c / d),
            ModularityWeight::Pairwise if size.d == 1 => p,
            ModularityWeight::Pairwise => p * p,
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
    use super::*;

    /// The same sum in integer powers and exact binomials, for small d.
    fn slow(d: u32, p: f64, w: impl Fn(f64) -> f64) -> f64 {
        let mut binomial = 1.0;
        let mut sum = 0.0;
        for c in 0..=d {
            if 2 * c > d {
                sum +=
                    w(f64::from(c)) * binomial * p.powi(c as i32) * (1.0 - p).powi((d - c) as i32);
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
