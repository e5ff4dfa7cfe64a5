//! Spectra simulated without matrices, against those of matrices.

use convlens_rmt::{Esd, GaussianEnsemble, RmtError};
use proptest::prelude::*;

use crate::support::planted;

/// Two-sample Kolmogorov-Smirnov distance.
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let share =
        |sorted: &[f64], x: f64| sorted.partition_point(|&y| y <= x) as f64 / sorted.len() as f64;
    a.iter()
        .chain(&b)
        .map(|&x| (share(&a, x) - share(&b, x)).abs())
        .fold(0.0, f64::max)
}

#[test]
fn spectra_have_the_law_of_dense_matrices() {
    // 1,000 of each: the two-sample distance passes 1.95 sqrt(2 / 1000) = 0.087 once in a thousand.
    for (n, m, strength) in [
        (12, 5, 0.0),
        (8, 8, 0.0),
        (12, 5, 1.5),
        (3, 1, 2.0),
        (1, 1, 0.0),
    ] {
        let ensemble = GaussianEnsemble::new(m, n, 0.7)
            .unwrap()
            .spike(strength)
            .unwrap();
        let strengths = if strength > 0.0 {
            vec![strength]
        } else {
            vec![]
        };
        let fast: Vec<Esd> = (0..1000).map(|r| ensemble.esd(1, r).unwrap()).collect();
        let slow: Vec<Esd> = (0..1000)
            .map(|s| planted(n, m, 0.7, &strengths, s))
            .collect();
        for k in [0, m / 2, m - 1] {
            let at = |all: &[Esd]| all.iter().map(|e| e.eigenvalues()[k]).collect::<Vec<_>>();
            let found = distance(at(&fast), at(&slow));
            assert!(found < 0.087, "{n} x {m}, {strength}, value {k}: {found}");
        }
    }
}

#[test]
fn replicates_are_streams_of_one_seed() {
    let ensemble = GaussianEnsemble::new(20, 10, 1.0).unwrap();
    assert_eq!(ensemble.esd(1, 4), ensemble.esd(1, 4));
    assert_ne!(ensemble.esd(1, 4), ensemble.esd(1, 5));
    assert_ne!(ensemble.esd(1, 4), ensemble.esd(2, 4));
}

#[test]
fn bad_parameters_are_refused() {
    assert!(matches!(
        GaussianEnsemble::new(0, 3, 1.0),
        Err(RmtError::EmptyShape { .. })
    ));
    for sigma in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310] {
        assert!(GaussianEnsemble::new(3, 3, sigma).is_err(), "{sigma}");
    }
    assert!(
        GaussianEnsemble::new(3, 3, 1.0)
            .unwrap()
            .spike(-1.0)
            .is_err()
    );
}

proptest! {
    #[test]
    fn every_draw_is_a_spectrum(n in 1_usize..40, m in 1_usize..40, exponent in -99..99, strength in 0.0..1e50_f64, seed in 0_u64..1000) {
        let sigma = 10.0_f64.powi(exponent);
        let ensemble = GaussianEnsemble::new(n, m, sigma).unwrap().spike(strength).unwrap();
        let esd = ensemble.esd(seed, 0).unwrap();
        prop_assert_eq!(esd.m(), n.min(m));
        prop_assert!(esd.eigenvalues().iter().all(|x| x.is_finite() && *x >= 0.0));
    }
}
