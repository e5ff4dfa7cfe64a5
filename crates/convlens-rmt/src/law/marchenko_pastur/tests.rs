//! The law against its own density, its branches and its seed.

use super::*;

/// Midpoint rule in the angle, where the integrand is smooth and periodic, so
/// that it converges faster than any power of the step.
fn integrate(law: &MarchenkoPastur, upto: f64, f: impl Fn(f64) -> f64) -> f64 {
    let r = law.r();
    let steps = 200_000;
    let end = law.angle(upto);
    let h = end / f64::from(steps);
    (0..steps)
        .map(|i| {
            let t = (f64::from(i) + 0.5) * h;
            let x = law.value(t);
            f(x) * law.pdf(x) * 2.0 * law.sigma2 * r * t.sin() * h
        })
        .sum()
}

#[test]
fn cdf_is_the_integral_of_the_density() {
    for (q, sigma2) in [
        (1.0, 1.0),
        (1.0 + 1e-9, 2.0),
        (1.5, 0.3),
        (2.0, 1.0),
        (50.0, 7.0),
        (150.0, 1.0),
        (1e6, 1.0),
    ] {
        let law = MarchenkoPastur::new(q, sigma2).unwrap();
        let (a, b) = law.support();
        for share in [0.01, 0.2, 0.5, 0.9, 0.999, 1.0] {
            let x = a + share * (b - a);
            let numeric = integrate(&law, x, |_| 1.0);
            // Midpoint with 2e5 steps: h^2/24 of a bounded slope, under 1e-10;
            // near the square case the integrand bends within 1 - r of 0.
            assert!(
                (law.cdf(x) - numeric).abs() < 1e-9,
                "q {q} share {share}: {} {numeric}",
                law.cdf(x)
            );
        }
        let mean = integrate(&law, b, |x| x);
        let second = integrate(&law, b, |x| x * x);
        assert!((mean / law.mean() - 1.0).abs() < 1e-9, "q {q}: {mean}");
        let variance = second - mean * mean;
        assert!(
            (variance - law.variance()).abs() < 1e-8 * sigma2 * sigma2,
            "q {q}"
        );
    }
}

#[test]
fn quantile_inverts_the_cdf() {
    for q in [1.0, 1.0 + 1e-6, 1.3, 4.0, 99.0, 101.0, 1e4] {
        let law = MarchenkoPastur::new(q, 2.5).unwrap();
        for p in [1e-9, 1e-3, 0.25, 0.5, 0.9, 1.0 - 1e-9] {
            let back = law.cdf(law.quantile(p).unwrap());
            // cdf is stated to 1e-13.
            assert!((back - p).abs() < 2e-13, "q {q} p {p}: {back}");
        }
        // Two orders of multiplication for the same product.
        let lower = law.support().0;
        assert!((law.quantile(0.0).unwrap() - lower).abs() <= 1e-15 * lower);
        assert!((law.quantile(1.0).unwrap() / law.support().1 - 1.0).abs() < 1e-15);
    }
}

#[test]
fn branches_meet() {
    // The series and the closed form on either side of r = 0.1.
    for t in [0.1, 1.0, 2.0, 3.0] {
        let below = MarchenkoPastur::new(100.0 * (1.0 + 1e-13), 1.0).unwrap();
        let above = MarchenkoPastur::new(100.0 * (1.0 - 1e-13), 1.0).unwrap();
        assert!((below.cdf_at_angle(t) - above.cdf_at_angle(t)).abs() < 1e-13);
        // The square case against its neighbour: the slope in r is of order 1.
        let square = MarchenkoPastur::new(1.0, 1.0).unwrap();
        let near = MarchenkoPastur::new(1.0 + 1e-10, 1.0).unwrap();
        assert!((square.cdf_at_angle(t) - near.cdf_at_angle(t)).abs() < 1e-9);
    }
}

#[test]
fn sample_follows_the_law_and_the_seed() {
    let law = MarchenkoPastur::new(2.0, 1.0).unwrap();
    let mut draws = law.sample(20_000, 7);
    assert_eq!(draws, law.sample(20_000, 7));
    assert_ne!(draws, law.sample(20_000, 8));
    draws.sort_by(f64::total_cmp);
    let n = draws.len() as f64;
    let ks = draws
        .iter()
        .enumerate()
        .map(|(i, &x)| {
            let f = law.cdf(x);
            (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
        })
        .fold(0.0, f64::max);
    // Kolmogorov's 99.9% point, 1.95 / sqrt(n), n = 20,000.
    assert!(ks < 1.95 / n.sqrt(), "{ks}");
}

#[test]
fn refuses_bad_parameters() {
    assert!(MarchenkoPastur::new(0.5, 1.0).is_err());
    assert!(MarchenkoPastur::new(f64::NAN, 1.0).is_err());
    assert!(MarchenkoPastur::new(2.0, 0.0).is_err());
    assert!(MarchenkoPastur::from_shape(0, 3, 1.0).is_err());
    assert!(
        MarchenkoPastur::new(2.0, 1.0)
            .unwrap()
            .quantile(1.1)
            .is_err()
    );
}
