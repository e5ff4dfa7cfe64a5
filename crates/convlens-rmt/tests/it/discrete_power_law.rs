//! The discrete fit against scipy's zeta function, and theory.

use convlens_rmt::{
    DiscretePowerLaw, RmtError,
    tail::{self, GofOptions},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::within_999;

#[test]
fn matches_the_exact_zeta_fit_of_scipy() {
    let data: Value = serde_json::from_str(include_str!("../data/power_law_peers.json")).unwrap();
    let cases = data["discrete"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let list = case["values"].as_array().unwrap();
        let values: Vec<u64> = list.iter().map(|v| v.as_u64().unwrap()).collect();
        let outcome = DiscretePowerLaw::fit(&values, &tail::DiscreteOptions::default()).unwrap();
        let ours = outcome.value().unwrap();
        let number = |field: &str| case[field].as_f64().unwrap();
        assert_eq!(ours.xmin as f64, number("xmin"));
        assert_eq!(ours.n_tail as f64, number("n_tail"));
        // A bounded minimizer finds the place of a minimum to the root of eps.
        assert!((ours.alpha - number("alpha")).abs() < 1e-6, "{ours:?}");
        assert!(
            (ours.ks_distance - number("distance")).abs() < 1e-6,
            "{ours:?}"
        );
        let relative = ours.log_likelihood / number("log_likelihood") - 1.0;
        assert!(relative.abs() < 1e-12, "{ours:?}");
    }
}

#[test]
fn recovers_a_true_exponent_where_the_half_shift_is_off() {
    // n = 20,000 at a given xmin = 1: the standard error of alpha is 0.012; five of those. Moving
    // xmin by a half instead gives 2.0 for 2.5.
    let values = DiscretePowerLaw::new(2.5, 1).unwrap().sample(20_000, 3);
    let options = tail::DiscreteOptions::default().xmin(1);
    let outcome = DiscretePowerLaw::fit(&values, &options).unwrap();
    let fit = outcome.value().unwrap();
    assert!((fit.alpha - 2.5).abs() < 5.0 * fit.alpha_std_err, "{fit:?}");
    assert!((fit.alpha_std_err - 0.012).abs() < 0.002, "{fit:?}");
    let half = 1.0 + 20_000.0 / values.iter().map(|&v| (2.0 * v as f64).ln()).sum::<f64>();
    assert!((half - 2.5).abs() > 0.3, "{half}");
}

#[test]
fn p_values_are_uniform_at_a_given_xmin_and_small_for_another_law() {
    let law = DiscretePowerLaw::new(2.5, 2).unwrap();
    let p_value = |values: &[u64], options: tail::DiscreteOptions, seed| {
        let options = options.goodness_of_fit(GofOptions::new(seed).replicates(49));
        let outcome = DiscretePowerLaw::fit(values, &options).unwrap();
        let test = outcome.value().and_then(|fit| fit.goodness_of_fit);
        let test = test.expect("a tail, tested");
        let test = test.value().expect("no weights");
        assert_eq!((test.seed, test.replicates), (seed, 49));
        test.p_value
    };
    // With 49 replicates p is 0.02, 0.04, .. 1: at or under 0.1 and 0.5 in as many samples.
    let given = tail::DiscreteOptions::default().xmin(2);
    let p: Vec<f64> = (0..200)
        .map(|seed| p_value(&law.sample(60, seed), given, 1000 + seed))
        .collect();
    for level in [0.1, 0.5] {
        let count = p.iter().filter(|&&p| p <= level + 1e-9).count();
        assert!(within_999(count, 200, level), "{level}: {count}");
    }
    // Flat on 1 to 40: with xmin given, and with a search among tails of half the values or more.
    let flat: Vec<u64> = (0..400).map(|i| 1 + i % 40).collect();
    assert_eq!(
        p_value(&flat, tail::DiscreteOptions::default().xmin(1), 7),
        0.02
    );
    let searched = tail::DiscreteOptions::default().min_tail(200);
    assert_eq!(p_value(&flat, searched, 7), 0.02);
    assert!(p_value(&law.sample(400, 5), searched, 7) > 0.02);
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let options = tail::DiscreteOptions::default();
    let few = DiscretePowerLaw::fit(&[0, 1, 2], &options).unwrap();
    assert_eq!(few, tail::Outcome::NotEnoughTail { n: 2, needed: 10 });
    let equal = DiscretePowerLaw::fit(&[3; 12], &options).unwrap();
    assert_eq!(equal, tail::Outcome::AllEqual { value: 3, n: 12 });
    let bad = DiscretePowerLaw::fit(&[3; 12], &options.min_tail(1));
    assert!(matches!(bad, Err(RmtError::ParameterOutOfRange { .. })));
    assert!(DiscretePowerLaw::new(1.0, 1).is_err());
    assert!(DiscretePowerLaw::new(2.0, 0).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn numbers_are_finite_and_the_distance_is_the_definition(
        values in prop::collection::vec(prop_oneof![4 => 0_u64..30, 1 => 1_u64..2000, 1 => Just(u64::MAX)], 0..80),
        min_tail in 2_usize..12,
    ) {
        let test = GofOptions::new(1).replicates(3);
        let options = tail::DiscreteOptions::default().min_tail(min_tail).goodness_of_fit(test);
        if let tail::Outcome::Fit(fit) = DiscretePowerLaw::fit(&values, &options).unwrap() {
            prop_assert!(fit.alpha > 1.0 && fit.alpha.is_finite() && fit.alpha_std_err.is_finite());
            prop_assert!((0.0..=1.0).contains(&fit.ks_distance) && fit.log_likelihood.is_finite());
            let tail: Vec<u64> = values.iter().copied().filter(|&v| v >= fit.xmin).collect();
            prop_assert_eq!(tail.len(), fit.n_tail);
            let law = fit.law();
            // At every whole number up to 3000: what is farther lies between values of the sample
            // or past the last.
            let direct = (fit.xmin..3000).map(|x| {
                let share = tail.iter().filter(|&&v| v <= x).count() as f64 / tail.len() as f64;
                (law.cdf(x) - share).abs()
            });
            prop_assert!(direct.fold(0.0, f64::max) <= fit.ks_distance + 1e-12);
        }
    }
}
