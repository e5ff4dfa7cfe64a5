//! Other laws for counts, against scipy, mpmath and powerlaw (tests/data/discrete_alternatives.py).

use convlens_rmt::{
    Compat, DiscretePowerLaw,
    tail::{self, AlternativeLaw, AlternativeSearch, ComparisonOptions},
};
use proptest::prelude::*;
use serde_json::Value;

const NAMES: [(&str, tail::Alternative); 4] = [
    ("lognormal", tail::Alternative::Lognormal),
    ("exponential", tail::Alternative::Exponential),
    (
        "stretched_exponential",
        tail::Alternative::StretchedExponential,
    ),
    ("truncated_power_law", tail::Alternative::TruncatedPowerLaw),
];

fn cases() -> Vec<Value> {
    let text = include_str!("../data/discrete_alternatives.json");
    let data: Value = serde_json::from_str(text).expect("JSON");
    data["cases"].as_array().expect("a list").clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn values(case: &Value) -> Vec<u64> {
    let list = case["values"].as_array().expect("a list");
    list.iter().map(|v| v.as_u64().expect("a count")).collect()
}

fn fit(values: &[u64], xmin: u64) -> tail::Fit<u64> {
    let options = tail::DiscreteOptions::default().xmin(xmin).min_tail(2);
    let outcome = DiscretePowerLaw::fit(values, &options).expect("good options");
    outcome.value().expect("a fit").clone()
}

fn compared(values: &[u64], xmin: u64) -> tail::Comparisons {
    fit(values, xmin)
        .compare(values, &ComparisonOptions::default())
        .expect("the data of the fit")
}

#[test]
fn alternatives_are_at_their_greatest_likelihood() {
    let mut at_the_limit = 0;
    for case in &cases() {
        let ours = compared(&values(case), case["xmin"].as_u64().expect("a count"));
        let base = number(&case["power_law"]["log_likelihood"]);
        // Sums of hundreds of logarithms, and scipy's zeta function: 3e-12 is the most seen here
        // and below.
        assert!((ours.log_likelihood - base).abs() < 1e-9);
        for (key, alternative) in NAMES {
            let found = ours.with(alternative).expect("asked for");
            let optimum = number(&case["optimum"][key]);
            let place = format!("{} {key}: {found:?} {optimum}", case["name"]);
            // scipy's simplex ended within 1e-9 of place and 1e-11 of value, twice.
            assert!((found.log_likelihood - optimum).abs() < 1e-9, "{place}");
            assert!(
                (found.ratio - (base - optimum)).abs() < 2e-9,
                "{place} {base}"
            );
            at_the_limit += usize::from(found.law == AlternativeLaw::PowerLawLimit);
        }
    }
    // All three of the sample of 2.5, and two of that of 1.8.
    assert_eq!(at_the_limit, 5);
}

#[test]
fn powerlaw_agrees_where_its_sums_are_exact_and_its_search_converges() {
    for case in &cases() {
        let data = values(case);
        let options = ComparisonOptions::default().least_alpha(1.0);
        let ours = fit(&data, case["xmin"].as_u64().expect("a count"))
            .compare(&data, &options)
            .expect("the data of the fit");
        let gain = |key: &str, alternative| {
            let found = ours.with(alternative).expect("asked for").log_likelihood;
            found - number(&case["powerlaw"][key])
        };
        // Its search ends within 1e-4 of the rate: 8e-4 of logarithm is the most seen. Nothing is
        // above the maximum.
        let geometric = gain("exponential", tail::Alternative::Exponential);
        assert!(
            (-1e-9..1e-3).contains(&geometric),
            "{} {geometric}",
            case["name"]
        );
        let truncated = gain("truncated_power_law", tail::Alternative::TruncatedPowerLaw);
        assert!(truncated > -1e-9, "{} {truncated}", case["name"]);
        // Inside its range of alpha, and not at the limit of the power law, it converges.
        let inside =
            ["zipf_1.8", "cut_off", "large"].contains(&case["name"].as_str().expect("a name"));
        assert!(!inside || truncated < 1e-6, "{} {truncated}", case["name"]);
    }
}

#[test]
fn what_has_no_maximum_is_named() {
    use tail::Alternative::{Exponential, Lognormal, StretchedExponential, TruncatedPowerLaw};
    // Two neighbors: ever narrower laws between them fit ever better, and the exponential family of
    // the truncated power law is held by its bounds.
    let data = [vec![7; 30], vec![8; 30]].concat();
    let ours = compared(&data, 5);
    assert_eq!(ours.without_maximum, [Lognormal, StretchedExponential]);
    assert!(ours.with(Exponential).is_some() && ours.with(TruncatedPowerLaw).is_some());
    let all_equal = [vec![1_u64; 40], vec![2]].concat();
    let ours = compared(&all_equal, 1);
    assert!(
        ours.comparisons
            .iter()
            .all(|c| c.log_likelihood.is_finite())
    );
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let data = DiscretePowerLaw::new(2.5, 1)
        .expect("in range")
        .sample(300, 4);
    let plain = fit(&data, 1);
    let default = ComparisonOptions::default();
    assert!(plain.compare(&data, &default).is_ok());
    assert!(plain.compare(&data[1..], &default).is_err());
    assert!(plain.compare(&[], &default).is_err());
    assert!(
        plain
            .compare(&data, &default.clone().least_alpha(f64::NAN))
            .is_err()
    );
    // powerlaw's search is that on continuous values.
    assert_eq!(
        ComparisonOptions::compat(Compat::Powerlaw).search,
        AlternativeSearch::Powerlaw
    );
    assert!(
        plain
            .compare(&data, &ComparisonOptions::compat(Compat::Powerlaw))
            .is_err()
    );
    let cut = DiscretePowerLaw::fit(&data, &tail::DiscreteOptions::default().xmax(20));
    let cut = cut.expect("good options");
    assert!(
        cut.value()
            .expect("a fit")
            .compare(&data, &default)
            .is_err()
    );
    let weights: Vec<f64> = (0..300).map(|i| f64::from(1 + i % 2)).collect();
    let weighted =
        DiscretePowerLaw::fit_weighted(&data, &weights, &tail::DiscreteOptions::default());
    let weighted = weighted.expect("good options");
    assert!(
        weighted
            .value()
            .expect("a fit")
            .compare(&data, &default)
            .is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_counts_have_an_outcome(
        values in proptest::collection::vec(prop_oneof![
            Just(0),
            1..20_u64,
            1..100_000_u64,
            (u64::MAX - 1000)..u64::MAX,
        ], 2..40),
    ) {
        let options = tail::DiscreteOptions::default().min_tail(2);
        let outcome = DiscretePowerLaw::fit(&values, &options).expect("good options");
        if let Some(fit) = outcome.value() {
            let ours = fit.compare(&values, &ComparisonOptions::default()).expect("the data of the fit");
            prop_assert_eq!(ours.comparisons.len() + ours.without_maximum.len(), 4);
            for c in &ours.comparisons {
                prop_assert!(c.log_likelihood.is_finite() && c.normalized_ratio.is_finite(), "{c:?}");
                prop_assert!((0.0..=1.0).contains(&c.p_value), "{c:?}");
                // The power law is in the closure of each but the geometric.
                let nested = c.alternative != tail::Alternative::Exponential;
                let slack = 1e-6 * ours.log_likelihood.abs().max(1.0);
                prop_assert!(!nested || c.ratio < slack, "{c:?} {fit:?}");
            }
        }
    }
}
