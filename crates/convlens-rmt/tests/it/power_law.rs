//! The power-law fit against its definition, the Python package and theory.

use convlens_rmt::{
    PowerLaw,
    tail::{self, Bootstrap, KsConvention},
};
use proptest::prelude::*;

use crate::support::many_magnitudes;

fn fit(values: &[f64], options: &tail::Options) -> tail::Fit {
    match PowerLaw::fit(values, options) {
        Ok(tail::Outcome::Fit(fit)) => fit,
        other => panic!("no fit: {other:?}"),
    }
}

/// The definition, in O(n^2): no suffix sums, no pruning, ECDF by counting.
fn brute_force(values: &[f64], min_tail: usize, ks: KsConvention) -> Option<(f64, f64, f64)> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|&x| x > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let mut best: Option<(f64, f64, f64)> = None;
    for &xmin in &sorted {
        let tail: Vec<f64> = values.iter().copied().filter(|&x| x >= xmin).collect();
        let n = tail.len() as f64;
        let sum: f64 = tail.iter().map(|x| (x / xmin).ln()).sum();
        if tail.len() < min_tail || sum == 0.0 {
            continue;
        }
        let alpha = 1.0 + n / sum;
        let distance = tail.iter().fold(0.0, |worst: f64, &x| {
            let law = 1.0 - (x / xmin).powf(1.0 - alpha);
            let below = tail.iter().filter(|&&y| y < x).count() as f64 / n;
            let upto = tail.iter().filter(|&&y| y <= x).count() as f64 / n;
            let step = (law - below).abs();
            worst.max(match ks {
                KsConvention::OneStep => step,
                _ => step.max((upto - law).abs()),
            })
        });
        if best.is_none_or(|b| distance < b.2) {
            best = Some((alpha, xmin, distance));
        }
    }
    best
}

#[test]
fn matches_python_references() {
    let data: serde_json::Value =
        serde_json::from_str(include_str!("../data/power_law.json")).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let values: Vec<f64> = case["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_f64().unwrap())
            .collect();
        for (key, ks, min_tail) in [
            ("one_step", KsConvention::OneStep, 2),
            ("supremum", KsConvention::Supremum, 2),
            ("supremum_min_tail_20", KsConvention::Supremum, 20),
        ] {
            let ours = fit(&values, &tail::Options::default().ks(ks).min_tail(min_tail));
            let number = |field: &str| case[key][field].as_f64().unwrap();
            let name = &case["name"];
            // `powerlaw` sums logarithms in another order: a few hundred roundings.
            assert!(
                (ours.alpha / number("alpha") - 1.0).abs() < 1e-9,
                "{name} {key}: {ours:?}"
            );
            assert!(
                (ours.ks_distance - number("distance")).abs() < 1e-9,
                "{name} {key}: {ours:?}"
            );
            assert_eq!(ours.xmin, number("xmin"), "{name} {key}");
            assert_eq!(ours.n_tail as f64, number("n_tail"), "{name} {key}");
        }
    }
}

#[test]
fn recovers_a_true_exponent() {
    // At n = 2,000 the standard error at a known xmin is (alpha - 1)/sqrt(n) = 2.2%
    // of alpha - 1; the search for xmin about doubles it. 20 seeds, five of those.
    for alpha in [2.0, 3.5, 5.0] {
        let law = PowerLaw::new(alpha, 0.3).unwrap();
        for seed in 0..20 {
            let found = fit(
                &law.sample(2000, seed),
                &tail::Options::default().min_tail(200),
            );
            let error = (found.alpha - alpha) / (alpha - 1.0);
            assert!(
                error.abs() < 0.2,
                "alpha {alpha} seed {seed}: {}",
                found.alpha
            );
            assert!(found.xmin >= 0.3);
        }
    }
}

#[test]
fn the_bootstrap_interval_covers() {
    // 100 samples of n = 300; a 95% interval that covers in fewer than 85 would
    // be wrong: the binomial law at 0.95 puts 4e-5 there.
    let law = PowerLaw::new(3.0, 1.0).unwrap();
    let covered = (0..100)
        .filter(|&seed| {
            let options = tail::Options::default().bootstrap(Bootstrap::new(seed).replicates(200));
            let outcome = fit(&law.sample(300, 1000 + seed), &options)
                .bootstrap
                .unwrap();
            let interval = outcome.value().unwrap();
            assert_eq!(
                (interval.failed, interval.seed, interval.replicates),
                (0, seed, 200)
            );
            interval.alpha.lower <= 3.0 && 3.0 <= interval.alpha.upper
        })
        .count();
    assert!(covered >= 85, "{covered}");
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let options = tail::Options::default();
    assert_eq!(
        PowerLaw::fit(&[0.0, 1.0, 2.0], &options).unwrap(),
        tail::Outcome::NotEnoughTail { n: 2, needed: 10 }
    );
    assert_eq!(
        PowerLaw::fit(&[], &options).unwrap(),
        tail::Outcome::NotEnoughTail { n: 0, needed: 10 }
    );
    assert_eq!(
        PowerLaw::fit(&[2.5; 12], &options).unwrap(),
        tail::Outcome::AllEqual { value: 2.5, n: 12 }
    );
    assert!(PowerLaw::fit(&[1.0, f64::NAN], &options).is_err());
    assert!(PowerLaw::fit(&[1.0, -1.0], &options).is_err());
    assert!(PowerLaw::fit(&[1.0], &options.clone().min_tail(1)).is_err());
    let none = options.bootstrap(Bootstrap::new(1).level(1.0));
    assert!(PowerLaw::fit(&[1.0], &none).is_err());
    let mut values: Vec<f64> = (1..=20).map(f64::from).collect();
    values.extend([0.0; 7]);
    let found = fit(&values, &tail::Options::default());
    assert_eq!((found.n, found.n_zero), (20, 7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_scan_finds_what_brute_force_finds(
        values in prop::collection::vec((0.0..6.0_f64).prop_map(f64::exp), 4..200),
        min_tail in 2_usize..12,
        one_step in any::<bool>(),
    ) {
        let ks = if one_step { KsConvention::OneStep } else { KsConvention::Supremum };
        let options = tail::Options::default().ks(ks).min_tail(min_tail);
        let expected = brute_force(&values, min_tail, ks);
        match PowerLaw::fit(&values, &options).unwrap() {
            tail::Outcome::Fit(fit) => {
                let (_, xmin, distance) = expected.unwrap();
                // Two candidates may tie to rounding; the distance may not differ.
                prop_assert!((fit.ks_distance - distance).abs() < 1e-11);
                if fit.xmin != xmin {
                    let direct = brute_force(
                        &values.iter().copied().filter(|&x| x >= fit.xmin).collect::<Vec<_>>(),
                        fit.n_tail,
                        ks,
                    );
                    prop_assert!((direct.unwrap().2 - distance).abs() < 1e-11);
                }
            }
            _ => prop_assert!(expected.is_none()),
        }
    }

    #[test]
    fn order_and_scale_do_not_matter(values in many_magnitudes(), exponent in -20_i32..20) {
        let options = tail::Options::default().min_tail(3);
        let outcome = PowerLaw::fit(&values, &options).unwrap();
        let mut reversed = values.clone();
        reversed.reverse();
        prop_assert_eq!(&outcome, &PowerLaw::fit(&reversed, &options).unwrap());
        // Powers of two scale without rounding, but for values under 1e-300.
        let factor = 2.0_f64.powi(exponent);
        let safe: Vec<f64> = values.iter().copied().filter(|&x| x == 0.0 || x > 1e-290).collect();
        let scaled: Vec<f64> = safe.iter().map(|x| factor * x).collect();
        let (a, b) = (PowerLaw::fit(&safe, &options).unwrap(), PowerLaw::fit(&scaled, &options).unwrap());
        match (a, b) {
            (tail::Outcome::Fit(a), tail::Outcome::Fit(b)) => {
                prop_assert_eq!(a.alpha, b.alpha);
                prop_assert_eq!(a.ks_distance, b.ks_distance);
                prop_assert_eq!(a.xmin * factor, b.xmin);
            }
            (a, b) => prop_assert_eq!(std::mem::discriminant(&a), std::mem::discriminant(&b)),
        }
    }

    #[test]
    fn nothing_non_finite_comes_out(values in many_magnitudes(), seed in any::<u64>()) {
        let options = tail::Options::default()
            .min_tail(2)
            .bootstrap(Bootstrap::new(seed).replicates(5));
        if let tail::Outcome::Fit(fit) = PowerLaw::fit(&values, &options).unwrap() {
            prop_assert!(fit.alpha.is_finite() && fit.alpha > 1.0);
            prop_assert!(fit.alpha_std_err.is_finite());
            prop_assert!((0.0..=1.0).contains(&fit.ks_distance));
            prop_assert!(values.contains(&fit.xmin));
            if let Some(b) = fit.intervals() {
                prop_assert!(b.alpha.lower <= b.alpha.upper && b.alpha.upper.is_finite());
                prop_assert!(b.xmin.lower <= b.xmin.upper && b.xmin.lower > 0.0);
            }
        }
    }
}
