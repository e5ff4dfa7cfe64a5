//! Denoised spectra: measured loss on planted matrices, and bad input.

use convlens_rmt::{
    Denoised, RmtError,
    bulk::{DenoiseOutcome, DenoiseRule, NoiseLevel},
};
use faer::Mat;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use DenoiseRule::{HardThreshold, ShrinkFrobenius, ShrinkNuclear, ShrinkOperator};

const RULES: [DenoiseRule; 4] = [
    HardThreshold,
    ShrinkFrobenius,
    ShrinkOperator,
    ShrinkNuclear,
];

/// Singular values of the error that each rule leaves, for one noisy matrix with planted strengths
/// (1: BBP).
fn errors(n: usize, m: usize, strengths: &[f64], noise: NoiseLevel, seed: u64) -> [Vec<f64>; 4] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let threshold = ((n * m) as f64).powf(0.25);
    let signal = Mat::from_fn(n, m, |i, j| {
        let strength = strengths.get(i).filter(|_| i == j);
        strength.map_or(0.0, |s| s * threshold)
    });
    let noisy = Mat::from_fn(n, m, |i, j| {
        let z: f64 = StandardNormal.sample(&mut rng);
        signal[(i, j)] + z
    });
    let svd = noisy.thin_svd().expect("a finite matrix");
    let values: Vec<f64> = (0..m).map(|k| svd.S()[k]).collect();
    RULES.map(|rule| {
        let outcome =
            Denoised::from_singular_values(&values, n, m, rule, noise).expect("good input");
        let new = &outcome.value().expect("noise").singular_values;
        let scaled = Mat::from_fn(n, m, |i, k| svd.U()[(i, k)] * new[k]);
        let error = scaled * svd.V().transpose() - &signal;
        error.singular_values().expect("a finite matrix")
    })
}

#[test]
fn each_shrinker_is_best_in_its_own_loss() {
    // Means of 20 matrices of 80 x 50 with five directions from barely visible to strong. The
    // losses of one matrix spread by a few percent, and all rules see the same matrices: only the
    // order of the means is claimed.
    let strengths = [1.3, 1.6, 2.0, 3.0, 6.0];
    let mut sums = [[0.0_f64; 3]; 4];
    for seed in 0..20 {
        let found = errors(80, 50, &strengths, NoiseLevel::Known(1.0), seed);
        for (sum, error) in sums.iter_mut().zip(&found) {
            sum[0] += error.iter().map(|x| x * x).sum::<f64>();
            sum[1] += error[0];
            sum[2] += error.iter().sum::<f64>();
        }
    }
    let [hard, frobenius, operator, nuclear] = sums;
    for other in [hard, operator, nuclear] {
        assert!(frobenius[0] < other[0], "{sums:?}");
    }
    for other in [hard, frobenius, nuclear] {
        assert!(operator[1] < other[1], "{sums:?}");
    }
    for other in [hard, frobenius, operator] {
        assert!(nuclear[2] < other[2], "{sums:?}");
    }
}

#[test]
fn the_loss_is_the_asymptotic_one() {
    // sum of x^2 (1 - (c c')^2) over the spikes, in units of N sigma^2 (Gavish and Donoho 2017).
    // Ten matrices of 200 x 100: the loss is a sum over some hundred noise entries for each spike,
    // so 2% for the mean; 8% is four.
    let strengths = [1.5, 2.5, 4.0];
    let (n, m) = (200.0_f64, 100.0_f64);
    let beta = m / n;
    let theory: f64 = strengths
        .iter()
        .map(|s| {
            let x2 = s * s * beta.sqrt();
            let cosines2 = (x2 * x2 - beta).powi(2) / ((x2 * x2 + beta * x2) * (x2 * x2 + x2));
            n * x2 * (1.0 - cosines2)
        })
        .sum();
    let mut loss = 0.0;
    for seed in 0..10 {
        let [_, frobenius, ..] = errors(200, 100, &strengths, NoiseLevel::Median, seed);
        loss += frobenius.iter().map(|x| x * x).sum::<f64>() / 10.0;
    }
    assert!((loss / theory - 1.0).abs() < 0.08, "{loss} {theory}");
}

#[test]
fn what_has_no_noise_is_said() {
    let values = [3.0, 0.0, 0.0, 0.0];
    let outcome =
        Denoised::from_singular_values(&values, 4, 6, HardThreshold, NoiseLevel::Median).unwrap();
    assert_eq!(outcome, DenoiseOutcome::ZeroMedian { rank: 1, m: 4 });
    for sigma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused =
            Denoised::from_singular_values(&values, 4, 6, HardThreshold, NoiseLevel::Known(sigma));
        assert!(matches!(refused, Err(RmtError::ParameterOutOfRange { .. })));
    }
    assert!(
        Denoised::from_singular_values(&[1.0, f64::NAN], 2, 2, HardThreshold, NoiseLevel::Median)
            .is_err()
    );
    assert!(Denoised::from_singular_values(&[], 0, 0, HardThreshold, NoiseLevel::Median).is_err());
}

proptest! {
    #[test]
    fn values_only_shrink_and_keep_their_order(
        values in prop::collection::vec(prop_oneof![Just(0.0), 1e-160..1e-150_f64, 0.1..10.0_f64, 1e100..1e150_f64], 1..40),
        extra in 0_usize..40,
        known in prop::option::of(1e-150..1e150_f64),
    ) {
        let (rows, cols) = (values.len(), values.len() + extra);
        let noise = known.map_or(NoiseLevel::Median, NoiseLevel::Known);
        for rule in RULES {
            let outcome = Denoised::from_singular_values(&values, rows, cols, rule, noise).unwrap();
            let Some(denoised) = outcome.value() else { continue };
            prop_assert!(denoised.threshold.is_finite() && denoised.sigma > 0.0);
            for (new, old) in denoised.singular_values.iter().zip(&values) {
                // One rounding of the unit and one back.
                prop_assert!(*new >= 0.0 && *new <= old * (1.0 + 1e-15), "{} {}", new, old);
            }
            for (a, b) in values.iter().zip(&denoised.singular_values) {
                for (c, d) in values.iter().zip(&denoised.singular_values) {
                    prop_assert!(a > c || *b <= d * (1.0 + 1e-12));
                }
            }
        }
    }
}
