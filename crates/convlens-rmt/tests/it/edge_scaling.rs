//! Centering and scaling of the Wishart edge, by simulation of exact Wishart matrices.

use convlens_rmt::{
    TracyWidom,
    law::{DysonIndex, EdgeScaling},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution};

/// The squared entries of the bidiagonal form of an `n x m` Gaussian matrix (Golub-Kahan by
/// Householder; Dumitriu and Edelman 2002): independent chi-squared with `n, n - 1, ..` and `m - 1,
/// m - 2, ..` degrees of freedom.
struct Bidiagonal {
    diagonal: Vec<ChiSquared<f64>>,
    upper: Vec<ChiSquared<f64>>,
}

impl Bidiagonal {
    fn new(n: usize, m: usize) -> Self {
        let chi = |k: usize| ChiSquared::new(k as f64).expect("at least one degree of freedom");
        Self {
            diagonal: (0..m).map(|i| chi(n - i)).collect(),
            upper: (1..m).map(|i| chi(m - i)).collect(),
        }
    }

    /// Whether the largest eigenvalue of `W^T W` is above `x`: whether a pivot of `x - B^T B` is
    /// negative.
    fn exceeds(&self, x: f64, rng: &mut ChaCha8Rng) -> bool {
        let mut pivot = f64::INFINITY;
        let (mut above, mut previous, mut off) = (false, 0.0, 0.0);
        for (i, chi) in self.diagonal.iter().enumerate() {
            let d = chi.sample(rng);
            // Entry (i, i) of B^T B is d_i^2 + e_(i-1)^2, entry (i - 1, i) is d_(i-1) e_(i-1).
            pivot = x - d - off - previous * off / pivot;
            above |= pivot <= 0.0;
            previous = d;
            off = self.upper.get(i).map_or(0.0, |chi| chi.sample(rng));
        }
        above
    }
}

/// Share of `draws` matrices past the `tail` quantile.
fn rate(scaling: EdgeScaling, n: usize, m: usize, tail: f64, draws: u32, seed: u64) -> f64 {
    let point = TracyWidom::new(DysonIndex::One)
        .upper_quantile(tail)
        .expect("a tail in (0, 1)");
    let (mu, s) = scaling
        .center_and_scale(n, m)
        .expect("a shape with an edge");
    let sampler = Bidiagonal::new(n, m);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let count = (0..draws)
        .filter(|_| sampler.exceeds(mu + s * point, &mut rng))
        .count();
    count as f64 / f64::from(draws)
}

#[test]
fn shapes_without_an_edge_are_refused() {
    for scaling in [EdgeScaling::Ma, EdgeScaling::Johnstone] {
        assert!(scaling.center_and_scale(0, 5).is_err());
        assert!(scaling.center_and_scale(1, 1).is_err());
        assert_eq!(
            scaling.center_and_scale(1, 7),
            scaling.center_and_scale(7, 1)
        );
        let (mu, s) = scaling.center_and_scale(usize::MAX, usize::MAX).unwrap();
        assert!(mu.is_finite() && s.is_finite());
    }
}

#[test]
fn johnstones_constants_are_conservative_on_oblong_matrices() {
    // 40 x 10 at 5%: 4.1% by Johnstone's constants, 4.8% by Ma's; noise 0.29% as above.
    let johnstone = rate(EdgeScaling::Johnstone, 40, 10, 0.05, 60_000, 2);
    let ma = rate(EdgeScaling::Ma, 40, 10, 0.05, 60_000, 2);
    assert!((0.038..0.045).contains(&johnstone), "{johnstone}");
    assert!((0.045..0.0525).contains(&ma), "{ma}");
}
