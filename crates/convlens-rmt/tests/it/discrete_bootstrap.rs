//! Bootstrap intervals of the discrete fit: coverage, width, threads, serialized form, any input.

use convlens_rmt::{
    DiscretePowerLaw,
    tail::{self, Bootstrap, GofOptions, IntervalMethod},
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::discrete_options::{draws, fit};
use crate::support::binomial_cdf;

/// Order statistics joined linearly (Hyndman and Fan 1996, type 7).
fn quantile(mut values: Vec<f64>, level: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let position = level * (values.len() - 1) as f64;
    let (below, share) = (position.floor() as usize, position.fract());
    (1.0 - share) * values[below] + share * values[(below + 1).min(values.len() - 1)]
}

#[test]
fn the_interval_is_that_of_refits_one_by_one() {
    let body = (0..150).map(|i| (i * 5) % 7);
    let values: Vec<u64> = draws(2.2, 6, 150, 3).into_iter().chain(body).collect();
    let plain = tail::DiscreteOptions::default();
    for options in [plain, plain.xmax(40), plain.xmin(6).xmax(40), plain.xmin(5)] {
        let settings = Bootstrap::new(17).replicates(40).level(0.8);
        let found = fit(&values, &options.bootstrap(settings));
        let ours = found.bootstrap.expect("asked for");
        let ours = ours.value().expect("a tail in every replicate");
        let inside = |x: &u64| (1..=options.xmax.unwrap_or(u64::MAX)).contains(x);
        let mut pool: Vec<u64> = values.iter().copied().filter(inside).collect();
        pool.sort_unstable();
        let (mut alphas, mut xmins) = (Vec::new(), Vec::new());
        for stream in 0..40 {
            let mut rng = ChaCha8Rng::seed_from_u64(17);
            rng.set_stream(stream);
            let drawn: Vec<u64> = (0..pool.len())
                .map(|_| pool[rng.random_range(0..pool.len())])
                .collect();
            let refit = fit(&drawn, &options);
            alphas.push(refit.alpha);
            xmins.push(refit.xmin as f64);
        }
        let above = alphas.iter().filter(|&&a| a > found.alpha).count();
        assert!((ours.share_above - above as f64 / 40.0).abs() < 1e-15);
        // The same numbers, joined in another order.
        let ends = |values: &[f64], estimate: f64| {
            let values = values.to_vec();
            let lower = quantile(values.clone(), 0.1).min(estimate);
            (lower, quantile(values, 0.9).max(estimate))
        };
        let (lower, upper) = ends(&alphas, found.alpha);
        assert!((ours.alpha.lower - lower).abs() < 1e-12, "{options:?}");
        assert!((ours.alpha.upper - upper).abs() < 1e-12, "{options:?}");
        let (lower, upper) = ends(&xmins, found.xmin as f64);
        assert!((ours.xmin.lower - lower).abs() < 1e-12, "{options:?}");
        assert!((ours.xmin.upper - upper).abs() < 1e-12, "{options:?}");
        assert_eq!(options.xmin.is_none(), lower < upper);
        assert_eq!((ours.level, ours.failed), (0.8, 0));
    }
}

#[test]
fn the_bootstrap_interval_covers() {
    // 100 samples each of n = 200, at a given and at a searched xmin, with and without an xmax. An
    // interval that covers with 0.95 does so in fewer than 86 of 100 with probability under 2e-4.
    assert!(binomial_cdf(85, 100, 0.95) < 2e-4);
    let plain = tail::DiscreteOptions::default();
    for options in [plain.xmin(2), plain, plain.xmin(2).xmax(100)] {
        let mut covered = 0;
        for seed in 0..100 {
            let values = draws(2.5, 2, 200, 1000 + seed);
            let found = fit(
                &values,
                &options.bootstrap(Bootstrap::new(seed).replicates(100)),
            );
            let interval = found.bootstrap.unwrap();
            let interval = interval.value().unwrap();
            assert_eq!((interval.seed, interval.replicates), (seed, 100));
            if interval.alpha.lower <= 2.5 && 2.5 <= interval.alpha.upper {
                covered += 1;
            }
        }
        assert!(covered >= 86, "{options:?}: {covered}");
    }
}

#[test]
fn at_a_given_xmin_the_interval_is_as_wide_as_theory_has_it() {
    // 2 x 1.96 standard errors at n = 5,000; the quantiles of 400 replicates are off by 2.1 /
    // sqrt(400) standard errors each (sqrt(0.025 0.975) over the density there), so that five
    // standard deviations of the difference are under a fifth.
    let values = draws(2.5, 3, 5000, 9);
    let settings = Bootstrap::new(3).replicates(400);
    let options = tail::DiscreteOptions::default().xmin(3).bootstrap(settings);
    let found = fit(&values, &options);
    let interval = found.bootstrap.unwrap();
    let interval = interval.value().unwrap();
    let width = (interval.alpha.upper - interval.alpha.lower) / (2.0 * 1.96 * found.alpha_std_err);
    assert!((width - 1.0).abs() < 0.2, "{width}");
    assert_eq!((interval.xmin.lower, interval.xmin.upper), (3.0, 3.0));
    assert_eq!(interval.failed, 0);
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_a_bit() {
    let values = draws(2.5, 2, 300, 4);
    let options = tail::DiscreteOptions::default()
        .xmax(200)
        .bootstrap(Bootstrap::new(11).replicates(60))
        .goodness_of_fit(GofOptions::new(12).replicates(20));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| fit(&values, &options))
    };
    let one = with(1);
    for threads in [2, 3, 7] {
        assert_eq!(with(threads), one);
    }
}

#[cfg(feature = "serde")]
#[test]
fn the_serialized_form_comes_back() {
    let options = tail::DiscreteOptions::default()
        .xmax(50)
        .bootstrap(Bootstrap::new(1).replicates(10));
    let form = serde_json::to_value(options).unwrap();
    assert_eq!(form["xmax"], 50);
    let back: tail::DiscreteOptions = serde_json::from_value(form).unwrap();
    assert_eq!(back, options);
    let outcome = DiscretePowerLaw::fit(&draws(2.5, 1, 100, 1), &options).unwrap();
    let form = serde_json::to_value(&outcome).unwrap();
    assert_eq!(form["fit"]["xmin_choice"], "searched");
    let back: tail::Outcome<u64> = serde_json::from_value(form).unwrap();
    assert_eq!(back, outcome);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn intervals_are_finite_and_hold_the_estimate(
        values in prop::collection::vec(prop_oneof![4 => 0_u64..30, 1 => 1_u64..2000, 1 => any::<u64>(), 1 => (1_u64 << 60)..(1 << 60) + 9000, 1 => Just(u64::MAX)], 0..60),
        xmin in prop::option::of(prop_oneof![3 => 1_u64..10, 1 => any::<u64>(), 1 => Just(1 << 60)]),
        xmax in prop::option::of(prop_oneof![3 => 1_u64..40, 1 => any::<u64>(), 2 => (1_u64 << 60)..(1 << 60) + 9000, 1 => Just(u64::MAX)]),
        method in prop::sample::select(vec![
            IntervalMethod::Percentile,
            IntervalMethod::BiasCorrected,
            IntervalMethod::LogBasic,
            IntervalMethod::LogStudentized,
        ]),
    ) {
        let mut options = tail::DiscreteOptions::default()
            .min_tail(3)
            .bootstrap(Bootstrap::new(5).replicates(8).method(method))
            .goodness_of_fit(GofOptions::new(5).replicates(3));
        options.xmin = xmin;
        options.xmax = xmax;
        let Ok(outcome) = DiscretePowerLaw::fit(&values, &options) else {
            let crossed = xmin.unwrap_or(1) >= xmax.unwrap_or(u64::MAX);
            prop_assert!(crossed || xmin == Some(0) || xmax == Some(0));
            return Ok(());
        };
        for point in DiscretePowerLaw::curve(&values, &options).unwrap() {
            prop_assert!((xmax.is_some() || point.alpha > 1.0) && point.alpha.is_finite());
            prop_assert!((0.0..=1.0).contains(&point.ks_distance));
        }
        if let tail::Outcome::Fit(fit) = outcome {
            prop_assert!((xmax.is_some() || fit.alpha > 1.0) && fit.alpha.is_finite());
            prop_assert!(fit.alpha_std_err.is_finite() && fit.alpha_std_err > 0.0, "{fit:?}");
            prop_assert!(fit.log_likelihood.is_finite());
            prop_assert!((0.0..=1.0).contains(&fit.ks_distance));
            prop_assert_eq!(fit.n + fit.n_zero + fit.n_above, values.len());
            if let Some(found) = fit.intervals() {
                let xmin = fit.xmin as f64;
                prop_assert!(found.alpha.lower <= fit.alpha && fit.alpha <= found.alpha.upper);
                prop_assert!(found.xmin.lower <= xmin && xmin <= found.xmin.upper);
                prop_assert!(found.alpha.lower.is_finite() && found.alpha.upper.is_finite());
                prop_assert!((0.0..=1.0).contains(&found.share_above));
            }
        }
    }
}
