//! Tracy-Widom against mpmath (tests/data/tracy_widom.py) and published tables.

use convlens_rmt::{TracyWidom, law::DysonIndex};
use proptest::prelude::*;

#[test]
fn matches_mpmath_in_both_tails() {
    let (one, two) = (
        TracyWidom::new(DysonIndex::One),
        TracyWidom::new(DysonIndex::Two),
    );
    let (mut seen, mut least) = (0, [1.0_f64; 4]);
    for line in include_str!("../data/tracy_widom.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        let s = row[0];
        for (k, law) in [one, two].iter().enumerate() {
            let &[cdf, survival, pdf] = &row[1 + 3 * k..4 + 3 * k] else {
                panic!("seven columns")
            };
            for (name, ours, theirs) in [
                ("cdf", law.cdf(s), cdf),
                ("survival", law.survival(s), survival),
                ("pdf", law.pdf(s), pdf),
            ] {
                // As the documentation states.
                let error = ours / theirs - 1.0;
                assert!(
                    error.abs() < 1e-12,
                    "{:?} {name}({s}): {error:e}",
                    law.beta()
                );
            }
            least[2 * k] = least[2 * k].min(cdf);
            least[2 * k + 1] = least[2 * k + 1].min(survival);
        }
        seen += 1;
    }
    assert_eq!(seen, 42);
    // Both tails of both laws are covered well past 1e-10.
    assert!(least.iter().all(|&p| p < 1e-14), "{least:?}");
}

#[test]
fn matches_johnstones_table() {
    // Johnstone (2001), table 1, order 1: percentage points to two decimals.
    let law = TracyWidom::new(DysonIndex::One);
    for (p, point) in [
        (0.01, -3.90),
        (0.05, -3.18),
        (0.1, -2.78),
        (0.3, -1.91),
        (0.5, -1.27),
        (0.7, -0.59),
        (0.9, 0.45),
        (0.95, 0.98),
        (0.99, 2.02),
    ] {
        // Half a unit of the second decimal.
        let ours = law.quantile(p).unwrap();
        assert!((ours - point).abs() <= 0.00501, "{p}: {ours}");
    }
}

#[test]
fn matches_published_values() {
    // RMTstat's qtw for beta = 1 (Johnstone, Ma, Perry, Shahram): 90, 95, 99%,
    // printed with four decimals, the last one uncertain.
    let law = TracyWidom::new(DysonIndex::One);
    for (p, point) in [(0.9, 0.4501), (0.95, 0.9793), (0.99, 2.0234)] {
        assert!((law.quantile(p).unwrap() - point).abs() < 2e-4, "{p}");
    }
}

#[test]
fn sample_follows_the_law_and_the_seed() {
    for beta in [DysonIndex::One, DysonIndex::Two] {
        let law = TracyWidom::new(beta);
        let mut draws = law.sample(20_000, 5);
        assert_eq!(draws, law.sample(20_000, 5));
        assert_ne!(draws, law.sample(20_000, 6));
        draws.sort_by(f64::total_cmp);
        // Kolmogorov's 99.9% point, 1.95 / sqrt(n), n = 20,000.
        let ks = crate::support::ks_distance(&draws, |s| law.cdf(s));
        assert!(ks < 1.95 / 20_000_f64.sqrt(), "{beta:?} {ks}");
    }
}

#[test]
fn ends_are_zero_and_one() {
    for beta in [DysonIndex::One, DysonIndex::Two] {
        let law = TracyWidom::new(beta);
        for far in [-1e3, -1e300, f64::NEG_INFINITY] {
            assert_eq!(
                (law.cdf(far), law.survival(far), law.pdf(far)),
                (0.0, 1.0, 0.0)
            );
        }
        for far in [1e3, 1e300, f64::INFINITY] {
            assert_eq!(
                (law.cdf(far), law.survival(far), law.pdf(far)),
                (1.0, 0.0, 0.0)
            );
        }
        assert!(law.survival(60.0) > 0.0 && law.cdf(-20.0) > 0.0);
        assert!(law.cdf(f64::NAN).is_nan());
    }
}

proptest! {
    #[test]
    fn is_a_distribution(s in -40.0..120.0_f64, step in 0.0..3.0_f64) {
        for beta in [DysonIndex::One, DysonIndex::Two] {
            let law = TracyWidom::new(beta);
            prop_assert!((law.cdf(s) + law.survival(s) - 1.0).abs() < 1e-15);
            prop_assert!(law.pdf(s) >= 0.0);
            // Monotone up to the stated relative error.
            prop_assert!(law.cdf(s + step) >= law.cdf(s) * (1.0 - 1e-12));
            prop_assert!(law.survival(s + step) <= law.survival(s) * (1.0 + 1e-12));
        }
    }

    #[test]
    fn no_argument_panics(s in proptest::num::f64::ANY) {
        for beta in [DysonIndex::One, DysonIndex::Two] {
            let law = TracyWidom::new(beta);
            let _ = (law.cdf(s), law.survival(s), law.pdf(s), law.quantile(s), law.upper_quantile(s));
        }
    }

    #[test]
    fn quantiles_go_back(exponent in 0.01..300.0_f64) {
        let p = 10_f64.powf(-exponent);
        for beta in [DysonIndex::One, DysonIndex::Two] {
            let law = TracyWidom::new(beta);
            prop_assert!((law.cdf(law.quantile(p).unwrap()) / p - 1.0).abs() < 3e-12);
            prop_assert!((law.survival(law.upper_quantile(p).unwrap()) / p - 1.0).abs() < 3e-12);
        }
    }
}
