//! Tracy-Widom against mpmath (tests/data/tracy_widom.py) and tables.

use convlens_rmt::{Beta, TracyWidom};

#[test]
fn matches_mpmath() {
    let (one, two) = (TracyWidom::new(Beta::One), TracyWidom::new(Beta::Two));
    let mut seen = 0;
    for line in include_str!("../data/tracy_widom.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        let &[s, cdf1, survival1, cdf2, survival2] = row.as_slice() else {
            panic!("five columns")
        };
        for (law, cdf, survival) in [(&one, cdf1, survival1), (&two, cdf2, survival2)] {
            let beta = law.beta();
            // As the documentation states: 1e-13 absolute, and 1e-10 relative above.
            let (low, high) = (law.cdf(s) - cdf, law.survival(s) / survival - 1.0);
            assert!(low.abs() < 1e-13, "{beta:?} cdf({s}) off by {low:e}");
            assert!(high.abs() < 1e-10, "{beta:?} survival({s}) off by {high:e}");
            if cdf >= 1e-10 {
                let relative = law.cdf(s) / cdf - 1.0;
                assert!(relative.abs() < 1e-6, "{beta:?} cdf({s}): {relative:e}");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 20);
}

#[test]
fn matches_published_percentage_points() {
    // RMTstat's qtw for beta = 1 (Johnstone, Ma, Perry, Shahram): 90, 95, 99%.
    let law = TracyWidom::new(Beta::One);
    for (p, point) in [(0.9, 0.4501), (0.95, 0.9793), (0.99, 2.0234)] {
        // Printed with four decimals, the last one uncertain.
        assert!((law.quantile(p).unwrap() - point).abs() < 2e-4, "{p}");
    }
}

#[test]
fn far_left_is_zero_and_far_right_is_one() {
    for beta in [Beta::One, Beta::Two] {
        let law = TracyWidom::new(beta);
        assert_eq!((law.cdf(-50.0), law.survival(-50.0)), (0.0, 1.0));
        assert_eq!(law.cdf(50.0), 1.0);
        assert!(law.survival(50.0) > 0.0);
        let mut last = 0.0;
        for i in -130..=100 {
            let f = law.cdf(0.1 * f64::from(i));
            // Rounding of the determinant, see above.
            assert!(f >= last - 1e-13, "{beta:?}: not monotone at {i}");
            last = f;
        }
    }
}
