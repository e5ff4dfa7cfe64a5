//! Spacing ratios of simulated levels.

use convlens_rmt::{
    MarchenkoPastur,
    spacing::{self, RatioLaw, Repeats},
};
use proptest::prelude::*;

use crate::support::{planted, within_999};

fn ratios(values: &[f64]) -> spacing::Ratios {
    match spacing::Ratios::measure(values, &spacing::Options::default()) {
        Ok(spacing::Outcome::Ratios(ratios)) => ratios,
        other => panic!("no ratios: {other:?}"),
    }
}

#[test]
fn noise_follows_the_orthogonal_ensemble() {
    let found = ratios(planted(900, 800, 1.0, &[], 4).eigenvalues());
    assert_eq!(
        found.verdict,
        spacing::Verdict::Follows(RatioLaw::Goe),
        "{found:?}"
    );
    assert_eq!(
        (found.n, found.distinct, found.ratios.len()),
        (800, 800, 798)
    );
    // Three of its own standard errors, about 0.009.
    assert!((found.mean - 0.5307).abs() < 3.0 * found.std_error);
    // Ordered as evidence should be: nearest in distribution too.
    assert!(found.distances[1].ks_distance < found.distances[0].ks_distance);
    assert!(found.distances[1].ks_distance < found.distances[2].ks_distance);
}

#[test]
fn independent_levels_follow_poisson() {
    let found = ratios(&MarchenkoPastur::new(2.0, 1.0).unwrap().sample(2000, 8));
    assert_eq!(
        found.verdict,
        spacing::Verdict::Follows(RatioLaw::Poisson),
        "{found:?}"
    );
}

#[test]
fn complex_noise_follows_the_unitary_ensemble() {
    // A complex matrix A + iB as the real [[A, -B], [B, A]]: every singular value twice, to be
    // merged.
    use faer::Mat;
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    let n = 220;
    let mut matrix = Mat::<f64>::zeros(2 * n, 2 * n);
    for j in 0..n {
        for i in 0..n {
            let (a, b): (f64, f64) = (
                StandardNormal.sample(&mut rng),
                StandardNormal.sample(&mut rng),
            );
            matrix[(i, j)] = a;
            matrix[(i + n, j + n)] = a;
            matrix[(i, j + n)] = -b;
            matrix[(i + n, j)] = b;
        }
    }
    let values = matrix.singular_values().unwrap();
    let refused = spacing::Ratios::measure(&values, &spacing::Options::default()).unwrap();
    assert_eq!(
        refused,
        spacing::Outcome::Degenerate {
            n: 440,
            distinct: 220
        }
    );
    let options = spacing::Options::default().repeats(Repeats::Merge);
    let merged = spacing::Ratios::measure(&values, &options).unwrap();
    let found = merged.value().unwrap();
    assert_eq!((found.n, found.distinct), (440, 220));
    assert_eq!(
        found.verdict,
        spacing::Verdict::Follows(RatioLaw::Gue),
        "{found:?}"
    );
}

#[test]
fn the_standard_error_is_calibrated() {
    // 400 sets of 200 independent levels: how often is the mean two standard errors off? For a
    // Gaussian mean 4.55%; the error is itself estimated from 198 ratios, with correlations, which
    // adds about a percent.
    let law = MarchenkoPastur::new(1.5, 1.0).unwrap();
    let outside = (0..400)
        .filter(|&seed| {
            let found = ratios(&law.sample(200, seed));
            found.distances[0].sigmas.abs() > 2.0
        })
        .count();
    assert!(
        (0..=20).any(|extra| within_999(outside, 400, 0.0455 + 0.001 * f64::from(extra))),
        "{outside}"
    );
}

#[test]
fn bad_levels_are_outcomes_or_errors() {
    let options = spacing::Options::default();
    let merge = options.repeats(Repeats::Merge);
    let measure = |values: &[f64]| spacing::Ratios::measure(values, &options).unwrap();
    assert_eq!(
        measure(&[]),
        spacing::Outcome::TooFewValues { n: 0, needed: 12 }
    );
    assert_eq!(
        measure(&[1.0]),
        spacing::Outcome::TooFewValues { n: 1, needed: 12 }
    );
    assert_eq!(
        measure(&[0.0; 50]),
        spacing::Outcome::Degenerate { n: 50, distinct: 1 }
    );
    assert_eq!(
        spacing::Ratios::measure(&[3.0; 50], &merge).unwrap(),
        spacing::Outcome::TooFewValues { n: 1, needed: 12 }
    );
    assert!(spacing::Ratios::measure(&[1.0, f64::NAN], &options).is_err());
    assert!(spacing::Ratios::measure(&[1.0, f64::INFINITY], &options).is_err());
    for bad in [
        options.tolerance(-1.0),
        options.tolerance(1.0),
        options.sigmas(0.0),
        options.sigmas(f64::NAN),
    ] {
        assert!(spacing::Ratios::measure(&[], &bad).is_err());
    }
    // The whole range of doubles.
    let wide: Vec<f64> = (0..40)
        .map(|i| f64::MAX * (f64::from(i) / 20.0 - 0.975))
        .collect();
    assert!(measure(&wide).value().is_some());
    let denormal: Vec<f64> = (0..40).map(|i| 5e-324 * f64::from(i)).collect();
    // Forty steps of a fortieth, each rounded.
    assert!((ratios(&denormal).mean - 1.0).abs() < 1e-13);
}

proptest! {
    #[test]
    fn results_are_finite_and_shift_free(values in prop::collection::vec(-1e6..1e6_f64, 0..80)) {
        let outcome = spacing::Ratios::measure(&values, &spacing::Options::default()).unwrap();
        if let spacing::Outcome::Ratios(found) = outcome {
            prop_assert!(found.ratios.iter().all(|r| (0.0..=1.0).contains(r)));
            prop_assert!(found.mean.is_finite() && found.std_error.is_finite());
            prop_assert!(found.distances.iter().all(|d| d.sigmas.is_finite() && (0.0..=1.0).contains(&d.ks_distance)));
            let mirrored: Vec<f64> = values.iter().map(|v| -2.0 * v).collect();
            // Exact: powers of two and signs; the sum runs the other way.
            prop_assert!((ratios(&mirrored).mean - found.mean).abs() < 1e-14);
        }
    }

    #[test]
    fn any_values_give_an_outcome(values in prop::collection::vec(proptest::num::f64::ANY, 0..40)) {
        let _ = spacing::Ratios::measure(&values, &spacing::Options::default().repeats(Repeats::Merge));
    }
}
