//! The limit laws against mpmath and scipy (tests/data/limit_laws.py), and their own identities.

use convlens_rmt::{
    MarchenkoPastur, PorterThomas,
    law::{QuarterCircle, Semicircle},
    spacing::RatioLaw,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::ks_distance;

fn reference() -> Value {
    serde_json::from_str(include_str!("../data/limit_laws.json")).expect("limit_laws.json has this")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("limit_laws.json has this")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("limit_laws.json has this")
}

fn close(ours: f64, theirs: f64, relative: f64) -> bool {
    (ours - theirs).abs() <= relative * theirs.abs()
}

#[test]
fn marchenko_pastur_matches_mpmath() {
    let reference = reference();
    let cases = list(&reference["marchenko_pastur"]);
    assert_eq!(cases.len(), 6);
    for case in cases {
        let law = MarchenkoPastur::new(number(&case["q"]), number(&case["sigma2"])).unwrap();
        for point in list(&case["points"]) {
            let x = number(&point["x"]);
            // Rounding of the edges, x - a, is magnified at a hundredth of the width.
            assert!(
                close(law.pdf(x), number(&point["pdf"]), 2e-13),
                "{law:?} pdf({x})"
            );
            // As the documentation states.
            assert!(
                (law.cdf(x) - number(&point["cdf"])).abs() < 1e-13,
                "{law:?} cdf({x})"
            );
        }
        for point in list(&case["quantiles"]) {
            let x = law.quantile(number(&point["p"])).unwrap();
            // A cdf good to 1e-13 over a density of order 1/width.
            let (a, b) = law.support();
            assert!(
                (x - number(&point["x"])).abs() < 1e-12 * (b - a),
                "{law:?} {point}"
            );
        }
        for (k, moment) in list(&case["moments"]).iter().enumerate() {
            let ours = law.moment(k as u32).unwrap();
            assert!(
                close(ours, number(moment), 1e-14),
                "{law:?} moment {k}: {ours} {moment}"
            );
        }
        for point in list(&case["stieltjes"]) {
            let (z, m) = (&point["z"], &point["m"]);
            let (re, im) = law.stieltjes(number(&z[0]), number(&z[1])).unwrap();
            let (ref_re, ref_im) = (number(&m[0]), number(&m[1]));
            // Roundings of two square roots and one quotient; the reference has 30 digits.
            let bound = 1e-13 * ref_re.hypot(ref_im);
            assert!(
                (re - ref_re).abs() < bound && (im - ref_im).abs() < bound,
                "{law:?} m({z}): {re} {im}, {m}"
            );
        }
    }
}

#[test]
fn larger_gram_has_the_atom() {
    let law = MarchenkoPastur::new(3.0, 2.0).unwrap();
    let full = law.larger_gram();
    assert_eq!(full.bulk(), law);
    assert!((full.atom() - 2.0 / 3.0).abs() < 1e-15);
    assert_eq!(
        (full.cdf(-1e-9), full.cdf(10.0 * law.support().1)),
        (0.0, 1.0)
    );
    assert_eq!(full.cdf(0.0), full.atom());
    for p in [0.0, 0.3, 0.66] {
        assert_eq!(full.quantile(p).unwrap(), 0.0);
    }
    for p in [0.67, 0.8, 0.99] {
        // One more division than the bulk's own round trip.
        assert!((full.cdf(full.quantile(p).unwrap()) - p).abs() < 1e-14);
    }
    assert_eq!(full.moment(0).unwrap(), 1.0);
    assert!((full.moment(1).unwrap() - full.mean()).abs() < 1e-15);
    // m(z) of the mixture, at a point where the integral is easy: far out, -1/z - mean/z^2 - ...
    let (re, im) = full.stieltjes(1e6, 0.0).unwrap();
    // The third term is moment_2 / z^3, 3e-18.
    assert!((re + 1e-6 + full.mean() * 1e-12).abs() < 5e-18 && im == 0.0);
    assert!(full.stieltjes(0.0, 0.0).is_err());
    // Atom within the exact central 99.9% of a binomial of 4,000.
    let draws = full.sample(4000, 9);
    assert_eq!(draws, full.sample(4000, 9));
    let zeros = draws.iter().filter(|&&x| x == 0.0).count();
    let (mean, sd) = (4000.0 * 2.0 / 3.0, (4000.0_f64 * 2.0 / 9.0).sqrt());
    // 3.29 standard deviations of a binomial that is Gaussian to within a half count.
    assert!((zeros as f64 - mean).abs() < 3.29 * sd + 0.5, "{zeros}");
    let mut bulk: Vec<f64> = draws.into_iter().filter(|&x| x > 0.0).collect();
    bulk.sort_by(f64::total_cmp);
    // Kolmogorov's 99.9% point, about 1,333 draws.
    assert!(ks_distance(&bulk, |x| law.cdf(x)) < 1.95 / (bulk.len() as f64).sqrt());
    // Square: no atom, and one law.
    let square = MarchenkoPastur::new(1.0, 1.0).unwrap();
    assert_eq!(square.larger_gram().atom(), 0.0);
    assert_eq!(
        square.larger_gram().stieltjes(1.0, 0.5).unwrap(),
        square.stieltjes(1.0, 0.5).unwrap()
    );
}

#[test]
fn singular_values_are_roots_of_eigenvalues() {
    for q in [1.0, 1.1, 5.0] {
        let law = MarchenkoPastur::new(q, 0.7).unwrap();
        let roots = law.singular_values();
        let (low, high) = roots.support();
        for share in [0.05, 0.4, 0.8] {
            let s = low + share * (high - low);
            // The change of variables, a few roundings apart.
            assert!(
                close(roots.pdf(s), 2.0 * s * law.pdf(s * s), 1e-12),
                "{q} {s}"
            );
            assert!((roots.cdf(roots.quantile(share).unwrap()) - share).abs() < 1e-13);
        }
        assert_eq!(roots.even_moment(3).unwrap(), law.moment(3).unwrap());
        assert_eq!((roots.pdf(-1.0), roots.cdf(-1.0)), (0.0, 0.0));
        assert!(
            roots
                .sample(50, 1)
                .iter()
                .all(|s| (low..=high * (1.0 + 1e-15)).contains(s))
        );
    }
    let square = MarchenkoPastur::new(1.0, 0.25).unwrap().singular_values();
    let quarter = QuarterCircle::new(1.0).unwrap();
    for s in [0.0, 1e-12, 0.3, 0.99] {
        assert!((square.pdf(s) - quarter.pdf(s)).abs() < 1e-15);
        assert!((square.cdf(s) - quarter.cdf(s)).abs() < 1e-13);
    }
}

#[test]
fn circles_match_mpmath() {
    let reference = reference();
    let case = &reference["semicircle"];
    let (law, quarter) = (
        Semicircle::new(2.0).unwrap(),
        QuarterCircle::new(2.0).unwrap(),
    );
    for point in list(&case["points"]) {
        let (x, cdf, survival) = (
            number(&point["x"]),
            number(&point["cdf"]),
            number(&point["survival"]),
        );
        // 1 - |x|/2 is exact for doubles near the edge: relative to rounding everywhere.
        assert!(close(law.pdf(x), number(&point["pdf"]), 1e-14), "pdf {x}");
        assert!(close(law.cdf(x), cdf, 1e-14), "cdf {x}");
        assert!(close(law.survival(x), survival, 1e-14), "survival {x}");
        if x > 0.0 {
            assert!(
                close(quarter.survival(x), 2.0 * survival, 1e-14),
                "quarter {x}"
            );
            assert!(
                close(quarter.cdf(x), 1.0 - 2.0 * survival, 1e-14),
                "quarter {x}"
            );
            assert!(close(quarter.pdf(x), 2.0 * number(&point["pdf"]), 1e-14));
        }
    }
    for (k, moment) in list(&case["absolute_moments"]).iter().enumerate() {
        assert!(
            close(quarter.moment(k as u32).unwrap(), number(moment), 1e-14),
            "{k}"
        );
        let even = if k % 2 == 0 { number(moment) } else { 0.0 };
        assert!((law.moment(k as u32).unwrap() - even).abs() <= 1e-14 * even);
    }
    for draws in [law.sample(20_000, 3), quarter.sample(20_000, 3)] {
        let mut draws = draws;
        draws.sort_by(f64::total_cmp);
        // Kolmogorov's 99.9% point, n = 20,000.
        let ks = if draws[0] < 0.0 {
            ks_distance(&draws, |x| law.cdf(x))
        } else {
            ks_distance(&draws, |x| quarter.cdf(x))
        };
        assert!(ks < 1.95 / 20_000_f64.sqrt(), "{ks}");
    }
}

#[test]
fn porter_thomas_matches_mpmath_and_scipy() {
    let reference = reference();
    let law = |n: usize| {
        if n == 0 {
            PorterThomas::limit()
        } else {
            PorterThomas::of_dimension(n).unwrap()
        }
    };
    let points = list(&reference["porter_thomas"]["points"]);
    assert!(points.len() > 30);
    for point in points {
        let (n, x) = (number(&point["n"]) as usize, number(&point["x"]));
        let law = law(n);
        // As the documentation states: 1e-16 n log n, and 1e-12 for the functions of statrs
        // themselves.
        assert!(
            close(law.pdf(x), number(&point["pdf"]), 1e-12),
            "{point}: {}",
            law.pdf(x)
        );
        assert!(
            close(law.cdf(x), number(&point["cdf"]), 2e-12),
            "{point}: {}",
            law.cdf(x)
        );
        assert!(
            close(law.survival(x), number(&point["survival"]), 2e-12),
            "{point}: {}",
            law.survival(x)
        );
    }
    for point in list(&reference["porter_thomas"]["quantiles"]) {
        let x = law(number(&point["n"]) as usize)
            .quantile(number(&point["p"]))
            .unwrap();
        // scipy's own inverse is good to about 1e-13.
        assert!(close(x, number(&point["x"]), 1e-11), "{point}: {x}");
    }
    for bad in [0, 1, 10_000_001] {
        assert!(PorterThomas::of_dimension(bad).is_err());
    }
}

#[test]
fn ratio_laws_match_mpmath() {
    let reference = reference();
    for (law, name) in [
        (RatioLaw::Poisson, "poisson"),
        (RatioLaw::Goe, "goe"),
        (RatioLaw::Gue, "gue"),
    ] {
        let case = &reference["spacing_ratios"][name];
        assert!((law.mean() - number(&case["mean"])).abs() < 1e-15, "{name}");
        for point in list(&case["points"]) {
            let r = number(&point["r"]);
            assert!(
                close(law.pdf(r), number(&point["pdf"]), 1e-14),
                "{name} {r}"
            );
            // As the documentation states.
            assert!(
                (law.cdf(r) - number(&point["cdf"])).abs() < 1e-13,
                "{name} {r}"
            );
        }
        assert_eq!(
            (law.cdf(-1.0), law.pdf(-0.1), law.pdf(1.1)),
            (0.0, 0.0, 0.0)
        );
    }
}

proptest! {
    #[test]
    fn transform_solves_its_equation(
        excess in 0.0..8.0_f64, sigma2 in 1e-3..1e3_f64, re in -5.0..5.0_f64, im in -3.0..3.0_f64,
    ) {
        let q = 1.0 + excess;
        let law = MarchenkoPastur::new(q, sigma2).unwrap();
        let (zr, zi) = (re * sigma2, im * sigma2);
        let (mr, mi) = law.stieltjes(zr, zi).unwrap();
        // sigma^2 z m^2 / Q + (z - sigma^2 (1 - 1/Q)) m + 1 = 0, relative to its largest term.
        let square = (mr * mr - mi * mi, 2.0 * mr * mi);
        let y = sigma2 / q;
        let b = zr - sigma2 * (1.0 - 1.0 / q);
        let left = (
            y * (zr * square.0 - zi * square.1) + b * mr - zi * mi + 1.0,
            y * (zr * square.1 + zi * square.0) + b * mi + zi * mr,
        );
        let size = 1.0 + y * zr.hypot(zi) * mr.hypot(mi).powi(2) + b.hypot(zi) * mr.hypot(mi);
        prop_assert!(left.0.hypot(left.1) < 1e-13 * size, "{left:?}");
        // The branch: it maps each half-plane to itself.
        if im != 0.0 {
            prop_assert!(mi * im >= 0.0);
        }
    }

    #[test]
    fn no_argument_panics(x in proptest::num::f64::ANY, y in proptest::num::f64::ANY, order in any::<u32>()) {
        for law in [MarchenkoPastur::new(1.0, 1.0).unwrap(), MarchenkoPastur::new(2.5, 1e-3).unwrap()] {
            let full = law.larger_gram();
            for (re, im) in [law.stieltjes(x, y), full.stieltjes(x, y)].into_iter().flatten() {
                prop_assert!(re.is_finite() && im.is_finite());
            }
            for moment in [law.moment(order), law.moment(order % 600), full.moment(order % 600)].into_iter().flatten() {
                prop_assert!(moment.is_finite());
            }
            let roots = law.singular_values();
            let _ = (law.pdf(x), law.cdf(x), law.quantile(x), full.pdf(x), full.cdf(x), full.quantile(x));
            let _ = (roots.pdf(x), roots.cdf(x), roots.quantile(x));
        }
        let (semi, quarter) = (Semicircle::new(1.5).unwrap(), QuarterCircle::new(1.5).unwrap());
        let _ = (semi.pdf(x), semi.cdf(x), semi.quantile(x), semi.moment(order), Semicircle::new(x));
        let _ = (quarter.pdf(x), quarter.cdf(x), quarter.survival(x), quarter.quantile(x), quarter.moment(order % 600));
        for law in [PorterThomas::limit(), PorterThomas::of_dimension(2).unwrap(), PorterThomas::of_dimension(50).unwrap()] {
            let _ = (law.pdf(x), law.cdf(x), law.survival(x), law.quantile(x));
        }
        for law in RatioLaw::ALL {
            let _ = (law.pdf(x), law.cdf(x));
        }
    }

    #[test]
    fn circle_quantiles_go_back(p in 0.0..=1.0_f64, exponent in 1.0..200.0_f64, radius in 1e-3..1e3_f64) {
        let (semi, quarter) = (Semicircle::new(radius).unwrap(), QuarterCircle::new(radius).unwrap());
        // x rounds by eps R, where the density is at most 4 / (pi R).
        prop_assert!((semi.cdf(semi.quantile(p).unwrap()) - p).abs() < 1e-15);
        prop_assert!((quarter.cdf(quarter.quantile(p).unwrap()) - p).abs() < 1e-15);
        let small = 10_f64.powf(-exponent);
        prop_assert!((quarter.cdf(quarter.quantile(small).unwrap()) / small - 1.0).abs() < 1e-14);
    }
}
