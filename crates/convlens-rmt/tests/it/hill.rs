//! Hill's estimator against its definition, theory and the power-law fit.

use convlens_rmt::{
    Hill, PowerLaw,
    tail::{self, HillOutcome, HillThreshold},
};
use proptest::prelude::*;

#[test]
fn the_upper_half_is_a_power_law_fit_at_the_median() {
    let data = PowerLaw::new(3.5, 0.2).unwrap().sample(301, 5);
    let mut sorted = data.clone();
    sorted.sort_by(f64::total_cmp);
    let outcome = Hill::estimate(&data, HillThreshold::TempBalance).unwrap();
    let hill = outcome.value().unwrap();
    // The code's formula, term by term: i = floor(n/2), n - i values, xmin among them.
    let tail = &sorted[150..];
    let sum: f64 = tail.iter().map(|x| (x / sorted[150]).ln()).sum();
    assert!((hill.alpha - (1.0 + 151.0 / sum)).abs() < 1e-12);
    assert_eq!((hill.k, hill.threshold_value), (151, sorted[150]));
    let options = tail::Options::default().xmin(sorted[150]);
    let fit = PowerLaw::fit(&data, &options).unwrap();
    assert!((fit.value().unwrap().alpha - hill.alpha).abs() < 1e-12);
}

#[test]
fn the_data_driven_threshold_finds_the_tail() {
    // 400 of 2,000 values are Pareto above 1, the others uniform below: 20 seeds, each alpha within
    // 40% of alpha - 1. A threshold in the body would be off by the whole.
    for seed in 0..20 {
        let mut data = PowerLaw::new(3.0, 1.0).unwrap().sample(400, seed);
        data.extend((0..1600).map(|i| f64::from(i) / 1600.0));
        let nearest = HillThreshold::MinimumDistance { least: 20 };
        let outcome = Hill::estimate(&data, nearest).unwrap();
        let hill = outcome.value().unwrap();
        assert!(
            (hill.alpha - 3.0).abs() < 0.8 && (20..1000).contains(&hill.k),
            "{seed}: {hill:?}"
        );
    }
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let few = Hill::estimate(&[0.0, 1.0], HillThreshold::Count(1)).unwrap();
    assert_eq!(few, HillOutcome::NotEnoughTail { n: 1, needed: 2 });
    let equal = Hill::estimate(&[2.0; 9], HillThreshold::TempBalance).unwrap();
    assert_eq!(equal, HillOutcome::AllEqual { value: 2.0 });
    assert!(Hill::estimate(&[1.0], HillThreshold::Count(0)).is_err());
    assert!(Hill::estimate(&[1.0], HillThreshold::MinimumDistance { least: 0 }).is_err());
    assert!(Hill::plot(&[f64::NAN]).is_err());
    assert!(Hill::plot(&[]).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_plot_is_the_definition(
        values in prop::collection::vec(prop_oneof![
            4 => (-5.0..5.0_f64).prop_map(f64::exp), 1 => Just(2.0), 1 => Just(0.0), 1 => 1e-320..1e-300_f64, 1 => 1e250..1e300_f64,
        ], 0..80),
    ) {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|&v| v > 0.0).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        for point in Hill::plot(&values).unwrap() {
            let threshold = sorted[point.k];
            prop_assert_eq!(point.threshold_value, threshold);
            // Of numbers under the normal range a ratio, and its logarithm, has fewer digits than
            // the logarithm of each.
            if threshold < 1e-300 {
                continue;
            }
            let logs = sorted[..point.k].iter().map(|x| (x / threshold).ln());
            let gamma = logs.sum::<f64>() / point.k as f64;
            prop_assert!(point.alpha.is_finite() && point.alpha_std_err.is_finite());
            // Up to 80 steps of up to 690 have roundings of 1e-13 each at most, and alpha one of
            // 2e-16.
            let off = ((point.alpha - 1.0) * gamma - 1.0).abs();
            prop_assert!(off < 1e-11 / gamma + 1e-15 * gamma, "{off} {gamma}");
            let outcome = Hill::estimate(&values, HillThreshold::Count(point.k)).unwrap();
            prop_assert_eq!(outcome.value().unwrap().k, point.k);
        }
    }
}
