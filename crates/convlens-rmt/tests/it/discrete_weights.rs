//! Weighted counts: those of the list with each value repeated.

use convlens_rmt::{
    DiscretePowerLaw,
    tail::{self, Bootstrap, GofOptions, GofOutcome},
};

fn fit(values: &[u64], weights: Option<&[f64]>, min_tail: usize) -> tail::Fit<u64> {
    let options = tail::DiscreteOptions::default().min_tail(min_tail);
    let outcome = match weights {
        None => DiscretePowerLaw::fit(values, &options),
        Some(weights) => DiscretePowerLaw::fit_weighted(values, weights, &options),
    };
    outcome
        .expect("good values")
        .value()
        .expect("a fit")
        .clone()
}

fn draws() -> Vec<u64> {
    DiscretePowerLaw::new(2.2, 2)
        .expect("in range")
        .sample(300, 11)
}

#[test]
fn whole_weights_repeat_values() {
    let values = draws();
    let weights: Vec<f64> = (0..300).map(|i| f64::from(1 + i % 3)).collect();
    let pairs = values.iter().zip(&weights);
    let repeated: Vec<u64> = pairs
        .flat_map(|(&v, &w)| std::iter::repeat_n(v, w as usize))
        .collect();
    // Tails down to 2, so that both searches have the same candidates.
    let (ours, slow) = (fit(&values, Some(&weights), 2), fit(&repeated, None, 2));
    assert_eq!((ours.alpha, ours.xmin), (slow.alpha, slow.xmin));
    assert_eq!(ours.ks_distance, slow.ks_distance);
    assert_eq!(ours.log_likelihood, slow.log_likelihood);
    assert!(ours.n == 300 && slow.n == 600 && ours.n_eff < ours.n_tail as f64);
    // Weights of 1 are none, to the last bit.
    assert_eq!(fit(&values, Some(&[1.0; 300]), 10), fit(&values, None, 10));
}

#[test]
fn order_and_unit_of_weights_do_not_matter() {
    let values = draws();
    let weights: Vec<f64> = (0..300).map(|i| 0.25 + f64::from(i % 5)).collect();
    let ours = fit(&values, Some(&weights), 10);
    let (back, last): (Vec<u64>, Vec<f64>) = values.iter().zip(&weights).rev().unzip();
    assert_eq!(fit(&back, Some(&last), 10), ours);
    // A power of two scales without rounding.
    let scaled: Vec<f64> = weights.iter().map(|w| 8.0 * w).collect();
    let scaled = fit(&values, Some(&scaled), 10);
    assert_eq!((scaled.alpha, scaled.n_eff), (ours.alpha, ours.n_eff));
}

#[test]
fn the_bootstrap_draws_values_with_their_weights() {
    let values = draws();
    let options = tail::DiscreteOptions::default().bootstrap(Bootstrap::new(3).replicates(40));
    let of = |weights: &[f64]| {
        let outcome = DiscretePowerLaw::fit_weighted(&values, weights, &options);
        outcome
            .expect("good values")
            .value()
            .expect("a fit")
            .clone()
    };
    let plain = DiscretePowerLaw::fit(&values, &options).expect("good values");
    assert_eq!(Some(&of(&[1.0; 300])), plain.value());
    // Of weight on the small values alone the exponents are larger, in the replicates too.
    let heavy: Vec<f64> = values
        .iter()
        .map(|&v| if v < 4 { 9.0 } else { 1.0 })
        .collect();
    let (light, heavy) = (of(&[1.0; 300]), of(&heavy));
    let lower = |fit: &tail::Fit<u64>| {
        fit.bootstrap
            .as_ref()
            .and_then(|b| b.value())
            .expect("asked for")
            .alpha
            .upper
    };
    assert!(lower(&heavy) > lower(&light));
}

#[test]
fn bad_weights_are_refused() {
    let options = tail::DiscreteOptions::default();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-200] {
        assert!(DiscretePowerLaw::fit_weighted(&[1, 2], &[1.0, bad], &options).is_err());
    }
    assert!(DiscretePowerLaw::fit_weighted(&[1, 2], &[1.0], &options).is_err());
    // The same refusal as in the continuous fit: an outcome, beside the fit.
    let tested = options.goodness_of_fit(GofOptions::new(1));
    let tested = DiscretePowerLaw::fit_weighted(&draws(), &[1.0; 300], &tested).expect("good");
    let test = tested.value().expect("a fit").goodness_of_fit;
    assert_eq!(test, Some(GofOutcome::NotIndependent));
    // Zeros and what is above xmax go with their weights.
    let cut = tail::DiscreteOptions::default().xmax(3).min_tail(2).xmin(1);
    let (values, weights) = ([0, 1, 1, 2, 1, 9], [5.0, 1.0, 1.0, 1.0, 1.0, 7.0]);
    let ours = DiscretePowerLaw::fit_weighted(&values, &weights, &cut).expect("good values");
    let ours = ours.value().expect("a fit");
    assert_eq!((ours.n_zero, ours.n_above, ours.n_eff), (1, 1, 4.0));
}
