//! The tabulated laws against determinants in double precision, and their own identities.

use crate::law::tracy_widom::determinant::AiryOperator;
use crate::law::tracy_widom::{DysonIndex, TracyWidom};

const BOTH: [DysonIndex; 2] = [DysonIndex::One, DysonIndex::Two];

#[test]
fn tables_agree_with_determinants() {
    let operator = AiryOperator::new();
    for beta in BOTH {
        let law = TracyWidom::new(beta);
        for i in 0..=600 {
            // Across all panels, off their ends, and into the series on either side.
            let s = -11.0 + 0.0371 * f64::from(i);
            let log = match beta {
                DysonIndex::One => operator.log_det_beta1(s),
                DysonIndex::Two => operator.log_det_beta2(s),
            };
            // Rounding of 64 pivots of size 1.
            let difference = law.cdf(s) - log.exp();
            assert!(
                difference.abs() < 1e-13,
                "{beta:?} cdf({s}): {difference:e}"
            );
            if s > 0.0 {
                // The elimination keeps small determinants relative; 1e-12 as between 64 and 96
                // nodes.
                let ratio = law.survival(s) / -log.exp_m1();
                assert!(
                    (ratio - 1.0).abs() < 2e-12,
                    "{beta:?} survival({s}): {ratio}"
                );
            }
        }
    }
}

#[test]
fn pieces_meet() {
    for beta in BOTH {
        let law = TracyWidom::new(beta);
        // Joints of the panels, of the two logarithms at -2, and of the series at -10 and 8.
        for joint in -10..=8 {
            let (left, right) = (f64::from(joint).next_down(), f64::from(joint));
            for (name, f) in [
                ("cdf", TracyWidom::cdf as fn(&TracyWidom, f64) -> f64),
                ("survival", TracyWidom::survival),
                ("pdf", TracyWidom::pdf),
            ] {
                let ratio = f(&law, left) / f(&law, right);
                // Rounding of log F = -83 is 1e-14; the series at -10 is good to 2e-13, its slope
                // to 3e-12 of its size.
                let bound = if joint == -10 { 1e-12 } else { 5e-14 };
                assert!(
                    (ratio - 1.0).abs() < bound,
                    "{beta:?} {name} at {joint}: {ratio}"
                );
            }
        }
    }
}

#[test]
fn moments_of_the_density_agree_with_bornemann() {
    for beta in BOTH {
        let law = TracyWidom::new(beta);
        // Trapezoid of a function that is analytic and dies at both ends: its error
        // falls faster than any power of the step, and is under 1e-15 at 1/16.
        let h = 1.0 / 16.0;
        let (mean, variance) = (law.mean(), law.variance());
        let central = |k: i32| -> f64 {
            (-16 * 16..=16 * 20)
                .map(|i| h * f64::from(i))
                .map(|s| h * law.pdf(s) * (s - mean).powi(k))
                .sum()
        };
        assert!((central(0) - 1.0).abs() < 1e-13, "{beta:?} mass");
        // Printed digits: 13, 13, 11 and 10 after the point, the last one uncertain.
        assert!(central(1).abs() < 5e-13, "{beta:?} {:e}", central(1));
        assert!(
            (central(2) - variance).abs() < 5e-13,
            "{beta:?} {}",
            central(2)
        );
        let skewness = central(3) / variance.powf(1.5);
        assert!(
            (skewness - law.skewness()).abs() < 2e-11,
            "{beta:?} {skewness}"
        );
        let kurtosis = central(4) / (variance * variance) - 3.0;
        assert!(
            (kurtosis - law.excess_kurtosis()).abs() < 2e-10,
            "{beta:?} {kurtosis}"
        );
    }
}

#[test]
fn density_is_the_slope_of_the_distribution() {
    for beta in BOTH {
        let law = TracyWidom::new(beta);
        for s in [-11.3, -10.0, -7.2, -4.0, -2.0, -1.1, 0.4, 3.3, 8.0, 11.9] {
            let h = 1e-4;
            // Five-point difference of the smaller tail: h^4/30 of the fifth derivative, which
            // is under (2 s^2)^5 times the value in the tails, and rounding 1e-13/h of the value.
            let f = |s: f64| {
                if s < -2.0 {
                    law.cdf(s)
                } else {
                    -law.survival(s)
                }
            };
            let slope =
                (8.0 * (f(s + h) - f(s - h)) - (f(s + 2.0 * h) - f(s - 2.0 * h))) / (12.0 * h);
            let ratio = slope / law.pdf(s);
            // At a joint of the two tails the difference is taken across it.
            if s != -2.0 {
                assert!((ratio - 1.0).abs() < 1e-8, "{beta:?} {s}: {ratio}");
            }
        }
    }
}

#[test]
fn quantile_inverts_both_tails() {
    for beta in BOTH {
        let law = TracyWidom::new(beta);
        for p in [
            1e-300, 1e-100, 1e-20, 1e-10, 1e-6, 0.01, 0.29, 0.3, 0.41, 0.42, 0.5, 0.9, 0.999,
        ] {
            let ratio = law.cdf(law.quantile(p).unwrap()) / p;
            // d log F / ds is under 160 at s = -25, and s is solved to 4e-16 |s|.
            assert!((ratio - 1.0).abs() < 3e-12, "{beta:?} {p}: {ratio}");
            let s = law.upper_quantile(p).unwrap();
            let ratio = law.survival(s) / p;
            assert!((ratio - 1.0).abs() < 3e-12, "{beta:?} tail {p}: {ratio}");
        }
        for bad in [0.0, 1.0, -1.0, 1e-301, f64::NAN, f64::INFINITY] {
            assert!(law.quantile(bad).is_err());
            assert!(law.upper_quantile(bad).is_err());
        }
    }
}
