//! The tests of singular vectors, calibrated on random directions.

use convlens_rmt::{
    HaarNull, PorterThomas, RmtError,
    vectors::{self, SetNull},
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::support::ks_distance;

fn gaussian(n: usize, seed: u64) -> Vec<f64> {
    // A seed far from those of the nulls below.
    let mut rng = ChaCha8Rng::seed_from_u64(seed + 1_000_000);
    (0..n).map(|_| StandardNormal.sample(&mut rng)).collect()
}

fn test(null: &HaarNull, vector: &[f64]) -> vectors::Test {
    *null
        .test(vector)
        .expect("n finite entries")
        .value()
        .expect("not zero")
}

#[test]
fn p_values_are_uniform_on_random_directions() {
    let null = HaarNull::new(50, 999, 11).unwrap();
    let tests: Vec<vectors::Test> = (0..500)
        .map(|seed| test(&null, &gaussian(50, seed)))
        .collect();
    for p in [
        |t: &vectors::Test| t.ks_p_value,
        |t: &vectors::Test| t.participation_p_value,
        |t: &vectors::Test| t.entropy_p_value,
    ] {
        let mut sorted: Vec<f64> = tests.iter().map(p).collect();
        sorted.sort_by(f64::total_cmp);
        // Kolmogorov's 99.9% point for 500 values, and for the 999 replicates they share.
        let bound = 1.95 * (1.0 / 500.0_f64 + 1.0 / 999.0).sqrt() + 0.001;
        assert!(ks_distance(&sorted, |x| x) < bound);
    }
    let mean = |f: fn(&vectors::Test) -> f64| tests.iter().map(f).sum::<f64>() / 500.0;
    // E sum v^4 = 3/(n + 2) exactly; its standard deviation is about sqrt(24/n^3) = 0.014, by
    // sqrt(500): 6.2e-4, times 4.
    let inverse = mean(|t| 1.0 / t.participation_ratio);
    assert!((inverse - 3.0 / 52.0).abs() < 2.5e-3, "{inverse}");
    // Standard deviation of the entropy about 0.09 at n = 50: 4e-3 for the mean, times 4.
    let entropy = mean(|t| t.entropy);
    assert!(
        (entropy - tests[0].expected_entropy).abs() < 0.016,
        "{entropy}"
    );
}

#[test]
fn structure_is_seen() {
    let null = HaarNull::new(100, 999, 5).unwrap();
    // Localized: five entries of a hundred hold most of the weight.
    let mut localized = gaussian(100, 1);
    for v in &mut localized[..5] {
        *v = 8.0;
    }
    let found = test(&null, &localized);
    assert_eq!(
        (found.participation_p_value, found.entropy_p_value),
        (0.001, 0.001)
    );
    assert!(found.participation_ratio < 10.0);
    // Too even: equal moduli. Not localized, but not Porter-Thomas.
    let even = vec![0.1; 100];
    let found = test(&null, &even);
    assert_eq!(
        (found.ks_p_value, found.participation_p_value),
        (0.001, 1.0)
    );
    // n times rounding of the fourth powers.
    assert!((found.participation_ratio - 100.0).abs() < 1e-11);
    assert!((found.entropy - 100_f64.ln()).abs() < 1e-13);
    assert_eq!((found.replicates, found.seed, found.n), (999, 5, 100));
}

#[test]
fn sets_are_calibrated_and_seen() {
    let null = HaarNull::new(24, 99, 3).unwrap();
    let set = |rows: &[f64], null_kind| match null.test_set(rows, null_kind) {
        Ok(vectors::SetOutcome::Test(set)) => set,
        other => panic!("no test: {other:?}"),
    };
    let mut pooled: Vec<f64> = (0..300)
        .map(|seed| {
            let rows: Vec<f64> = (0..4).flat_map(|k| gaussian(24, 10 * seed + k)).collect();
            set(&rows, SetNull::Independent).pooled_p_value
        })
        .collect();
    pooled.sort_by(f64::total_cmp);
    // The 99 replicates are drawn afresh by stream, but the same for each set: both samples count.
    let bound = 1.95 * (1.0 / 300.0_f64 + 1.0 / 99.0).sqrt() + 0.01;
    assert!(ks_distance(&pooled, |x| x) < bound);
    // The identity: orthonormal, and as localized as can be.
    let mut identity = vec![0.0; 24 * 24];
    for i in 0..24 {
        identity[25 * i] = 1.0;
    }
    let found = set(&identity, SetNull::Orthonormal);
    assert_eq!(
        (found.pooled_p_value, found.null),
        (0.01, SetNull::Orthonormal)
    );
    assert!(
        found
            .adjusted_p_values
            .iter()
            .all(|&p| (p - 0.24).abs() < 1e-15)
    );
    assert_eq!(found, set(&identity, SetNull::Orthonormal));
}

#[test]
fn pooled_p_values_are_uniform_on_singular_vectors() {
    // All left singular vectors of 300 Gaussian 24 x 6 matrices, against simulated frames.
    let null = HaarNull::new(24, 99, 8).unwrap();
    let mut pooled: Vec<f64> = (0..300)
        .map(|seed| {
            let entries = gaussian(24 * 6, 50_000 + seed);
            let matrix = faer::Mat::from_fn(24, 6, |i, j| entries[24 * j + i]);
            let svd = matrix.thin_svd().unwrap();
            let rows: Vec<f64> = (0..6)
                .flat_map(|j| (0..24).map(move |i| (i, j)))
                .map(|(i, j)| svd.U()[(i, j)])
                .collect();
            let outcome = null.test_set(&rows, SetNull::Orthonormal).unwrap();
            outcome.value().unwrap().pooled_p_value
        })
        .collect();
    pooled.sort_by(f64::total_cmp);
    // As for independent sets: two samples, and the grain of a p-value.
    let bound = 1.95 * (1.0 / 300.0_f64 + 1.0 / 99.0).sqrt() + 0.01;
    assert!(ks_distance(&pooled, |x| x) < bound);
}

#[test]
fn bad_vectors_are_outcomes_or_errors() {
    let null = HaarNull::new(8, 19, 0).unwrap();
    assert_eq!(null.test(&[0.0; 8]).unwrap(), vectors::Outcome::ZeroVector);
    assert_eq!(
        null.test(&[1.0; 7]),
        Err(RmtError::VectorLength { given: 7, n: 8 })
    );
    assert_eq!(
        null.test(&[]),
        Err(RmtError::VectorLength { given: 0, n: 8 })
    );
    let mut bad = [1.0; 8];
    bad[3] = f64::INFINITY;
    assert!(matches!(
        null.test(&bad),
        Err(RmtError::NonFinite { index: 3, .. })
    ));
    assert!(null.test_set(&[], SetNull::Orthonormal).is_err());
    assert!(null.test_set(&[1.0; 12], SetNull::Orthonormal).is_err());
    assert_eq!(
        null.test_set(&[1.0; 72], SetNull::Orthonormal).unwrap(),
        vectors::SetOutcome::TooManyVectors { count: 9, n: 8 }
    );
    let mut rows = vec![1.0; 16];
    rows[8..].fill(0.0);
    assert_eq!(
        null.test_set(&rows, SetNull::Independent).unwrap(),
        vectors::SetOutcome::ZeroVector { index: 1 }
    );
    for (n, replicates) in [(7, 99), (8, 0), (0, 0), (10_000_001, 1)] {
        assert!(HaarNull::new(n, replicates, 0).is_err());
    }
    // The ends of the range of doubles scale away.
    let plain = test(&null, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    for scale in [1e300, 1e-300] {
        let scaled: Vec<f64> = (1..=8).map(|i| scale * f64::from(i)).collect();
        // One rounding for each entry.
        assert!((test(&null, &scaled).entropy - plain.entropy).abs() < 1e-14);
    }
}

proptest! {
    #[test]
    fn results_are_finite_and_in_range(vector in prop::collection::vec(proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL, 12)) {
        let null = HaarNull::new(12, 9, 1).unwrap();
        if let vectors::Outcome::Test(test) = null.test(&vector).unwrap() {
            prop_assert!((1.0 - 1e-12..=12.0 + 1e-9).contains(&test.participation_ratio));
            prop_assert!((-1e-12..=12_f64.ln() + 1e-9).contains(&test.entropy));
            for p in [test.ks_p_value, test.participation_p_value, test.entropy_p_value] {
                prop_assert!((0.1..=1.0).contains(&p));
            }
        }
    }

    #[test]
    fn the_law_is_a_distribution(n in 2..5000_usize, x in 0.0..40.0_f64) {
        let law = PorterThomas::of_dimension(n).unwrap();
        // The stated 1e-16 n log n.
        prop_assert!((law.cdf(x) + law.survival(x) - 1.0).abs() < 1e-11);
        prop_assert!(law.cdf(x + 0.1) >= law.cdf(x) - 1e-11);
    }
}
