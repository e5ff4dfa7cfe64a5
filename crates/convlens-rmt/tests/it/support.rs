//! Random matrices, exact binomial bounds and values for property tests, shared by the tests.

use convlens_rmt::Esd;
use faer::Mat;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The ESD of an `n x m` matrix of Gaussian entries with standard deviation
/// `sigma`, plus one spike per strength.
///
/// A strength of 1 is the BBP threshold, a singular value of
/// `sigma (n m)^(1/4)`. The planted directions are coordinate axes: Gaussian
/// noise is the same in every rotated basis, so this loses nothing.
pub(crate) fn planted(n: usize, m: usize, sigma: f64, strengths: &[f64], seed: u64) -> Esd {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut matrix = Mat::<f64>::zeros(n, m);
    for j in 0..m {
        for i in 0..n {
            let z: f64 = StandardNormal.sample(&mut rng);
            matrix[(i, j)] = sigma * z;
        }
    }
    let threshold = sigma * ((n * m) as f64).powf(0.25);
    for (k, strength) in strengths.iter().enumerate() {
        matrix[(k, k)] += strength * threshold;
    }
    let values = matrix.singular_values().expect("a finite matrix");
    Esd::from_singular_values(&values, n, m).expect("all m of them")
}

/// `P(X <= k)` for `X` binomial, summed directly.
pub(crate) fn binomial_cdf(k: usize, trials: usize, p: f64) -> f64 {
    let mut term = (1.0 - p).powi(trials as i32);
    let mut sum = term;
    for i in 0..k.min(trials) {
        term *= (trials - i) as f64 / (i + 1) as f64 * p / (1.0 - p);
        sum += term;
    }
    sum.min(1.0)
}

/// Whether a count is inside the central 99.9% of a binomial law.
pub(crate) fn within_999(count: usize, trials: usize, p: f64) -> bool {
    let below = binomial_cdf(count, trials, p);
    let above = if count == 0 {
        1.0
    } else {
        1.0 - binomial_cdf(count - 1, trials, p)
    };
    below > 5e-4 && above > 5e-4
}

/// Supremum distance of an ascending sample to a continuous distribution function.
pub(crate) fn ks_distance(sorted: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let n = sorted.len() as f64;
    sorted
        .iter()
        .enumerate()
        .map(|(i, &x)| {
            let f = cdf(x);
            (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
        })
        .fold(0.0, f64::max)
}

/// Values over many magnitudes, with ties and zeros.
pub(crate) fn many_magnitudes() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(
        prop_oneof![
            4 => (-10.0..10.0_f64).prop_map(f64::exp),
            2 => (1_u32..20).prop_map(f64::from),
            1 => Just(0.0),
            1 => 1e-320..1e-300_f64,
            1 => 1e250..1e300_f64,
        ],
        0..150,
    )
}
