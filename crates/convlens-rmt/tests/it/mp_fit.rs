//! The Marchenko-Pastur fit on noise, planted spikes and bad spectra.

use convlens_rmt::{
    Esd, GaussianEnsemble, MarchenkoPastur,
    bulk::{self, KsSimulation},
};
use proptest::prelude::*;

use crate::support::{planted, within_999};

fn fit(esd: &Esd, options: &bulk::Options) -> bulk::Fit {
    match MarchenkoPastur::fit(esd, options) {
        Ok(bulk::Outcome::Fit(fit)) => fit,
        other => panic!("no fit: {other:?}"),
    }
}

#[test]
fn sigma_is_within_two_percent_with_a_tenth_planted() {
    let mixed: Vec<f64> = (0..20).map(|k| 2.0 + 0.5 * f64::from(k)).collect();
    let sets = [vec![], vec![10.0], vec![2.0; 20], vec![5.0; 20], mixed];
    for strengths in sets {
        for seed in 0..5 {
            let esd = planted(400, 200, 0.3, &strengths, seed);
            let found = fit(&esd, &bulk::Options::default());
            let count = strengths.len();
            // Standard error of sigma from the trace: 1/sqrt(2 N M) = 0.25%.
            assert!(
                (found.sigma / 0.3 - 1.0).abs() < 0.02,
                "{count}: {}",
                found.sigma
            );
            // At 0.01 per matrix a second false spike in 25 matrices is a 3% event;
            // one too many is allowed, one too few is not.
            assert!(
                (count..=count + 1).contains(&found.spikes),
                "{count}: {}",
                found.spikes
            );
            assert!(
                found
                    .spike_eigenvalues
                    .iter()
                    .all(|&x| x > found.spike_threshold)
            );
            assert!(found.spike_threshold > found.bulk_upper);
            assert!(found.ks_distance < 0.05);
        }
    }
}

#[test]
fn weak_spikes_do_not_inflate_sigma() {
    // A tenth of all directions near the threshold: the mean alone is off by +3.4% at 1.2 times it
    // and by +2.0% at 1.5 times, on average. The standard error of these means of ten is 0.3%, so
    // that 1.5% is within reach of no bias.
    for strength in [1.2, 1.5] {
        let of = |estimator| {
            let options = bulk::Options::default().estimator(estimator);
            let sum: f64 = (0..10)
                .map(|seed| fit(&planted(400, 200, 1.0, &[strength; 20], seed), &options).sigma)
                .sum();
            sum / 10.0 - 1.0
        };
        let (adaptive, mean) = (of(bulk::Estimator::Adaptive), of(bulk::Estimator::Mean));
        assert!(adaptive.abs() < 0.015, "{strength}: {adaptive}");
        assert!(mean > 0.015, "{strength}: {mean}");
    }
    // Strong ones and none leave it as it is: the mean.
    for strengths in [vec![], vec![5.0; 20]] {
        let esd = planted(400, 200, 1.0, &strengths, 1);
        let mean = fit(
            &esd,
            &bulk::Options::default().estimator(bulk::Estimator::Mean),
        );
        let adaptive = fit(&esd, &bulk::Options::default());
        assert_eq!((adaptive.sigma, adaptive.hidden), (mean.sigma, 0));
    }
}

#[test]
fn the_other_estimators_agree() {
    let esd = planted(400, 200, 0.3, &[5.0; 20], 3);
    for estimator in [
        bulk::Estimator::Median,
        bulk::Estimator::Likelihood,
        bulk::Estimator::KolmogorovSmirnov,
    ] {
        let found = fit(&esd, &bulk::Options::default().estimator(estimator));
        assert!((found.sigma / 0.3 - 1.0).abs() < 0.02, "{estimator:?}");
        assert_eq!(found.spikes, 20, "{estimator:?}");
    }
}

#[test]
fn evenly_spaced_values_are_no_noise() {
    // Evenly spaced singular values are no noise of any size.
    let even: Vec<f64> = (1..=60).map(f64::from).collect();
    let esd = Esd::from_singular_values(&even, 120, 60).unwrap();
    let options = bulk::Options::default().ks_test(KsSimulation::new(3).replicates(199));
    let found = fit(&esd, &options);
    assert_eq!(found.ks_test.unwrap().p_value, 1.0 / 200.0);
    assert!(found.ks_distance > 3.0 * found.ks_test.unwrap().null_median);
}

/// Of 1,000 matrices with one direction of the given strength (0: none), those with a spike found.
fn found(n: usize, m: usize, strength: f64, rate: f64) -> usize {
    let ensemble = GaussianEnsemble::new(n, m, 1.0).and_then(|noise| noise.spike(strength));
    let ensemble = ensemble.expect("in range");
    let esds: Vec<Esd> = (0..1000)
        .map(|k| ensemble.esd(17, k).expect("finite"))
        .collect();
    let options = bulk::Options::default().false_alarm_rate(rate);
    let outcomes = MarchenkoPastur::fit_all(&esds, &options).expect("good options");
    let fits = outcomes.iter().filter_map(bulk::Outcome::value);
    fits.filter(|fit| fit.spikes > 0).count()
}

#[test]
fn false_alarms_keep_their_rate() {
    // 1,000 seeds at each rate and shape; the exact central 99.9% of the binomial.
    for (n, m) in [(60, 40), (100, 20), (30, 30), (200, 100)] {
        for rate in [0.01, 0.05] {
            let alarms = found(n, m, 0.0, rate);
            assert!(
                within_999(alarms, 1000, rate),
                "{n} x {m} at {rate}: {alarms}"
            );
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let options = bulk::Options::default();
    let few = Esd::from_eigenvalues(&[1.0; 5], 9, 5).unwrap();
    assert_eq!(
        MarchenkoPastur::fit(&few, &options).unwrap(),
        bulk::Outcome::TooFewEigenvalues {
            m: 5,
            needed: MarchenkoPastur::MIN_EIGENVALUES
        }
    );
    let mut values = vec![1.0; 10];
    values[0] = 0.0;
    let deficient = Esd::from_eigenvalues(&values, 10, 20).unwrap();
    assert_eq!(
        MarchenkoPastur::fit(&deficient, &options).unwrap(),
        bulk::Outcome::RankDeficient { rank: 9, m: 10 }
    );
    // Eigenvalues 2^k: whatever is left after each removal has a new top past its edge.
    let steep: Vec<f64> = (0..40).map(|k| f64::from(k).exp2()).collect();
    let steep = Esd::from_eigenvalues(&steep, 40, 40).unwrap();
    assert!(matches!(
        MarchenkoPastur::fit(&steep, &options).unwrap(),
        bulk::Outcome::NoBulk { .. }
    ));
    assert!(MarchenkoPastur::fit(&few, &bulk::Options::default().false_alarm_rate(0.0)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scaling_by_a_power_of_four_scales_the_fit(seed in 0_u64..1000, exponent in -20_i32..20) {
        // Exact powers, so that every rounding is the same.
        let factor = 4.0_f64.powi(exponent);
        let esd = planted(24, 12, 1.0, &[4.0], seed);
        let scaled: Vec<f64> = esd.eigenvalues().iter().map(|x| factor * x).collect();
        let scaled = Esd::from_eigenvalues(&scaled, 24, 12).unwrap();
        let options = bulk::Options::default();
        let (a, b) = (fit(&esd, &options), fit(&scaled, &options));
        prop_assert_eq!(a.spikes, b.spikes);
        prop_assert_eq!(a.sigma * 2.0_f64.powi(exponent), b.sigma);
        prop_assert_eq!(a.spike_threshold * factor, b.spike_threshold);
        prop_assert_eq!(a.ks_distance, b.ks_distance);
    }

    #[test]
    fn any_spectrum_ends_in_an_outcome(
        values in prop::collection::vec(prop_oneof![Just(0.0), 1e-300..1e-200_f64, 0.1..10.0_f64, 1e100..1e150_f64], 1..60),
        extra in 0_usize..50,
    ) {
        let esd = Esd::from_eigenvalues(&values, values.len(), values.len() + extra).unwrap();
        for estimator in [
            bulk::Estimator::Adaptive,
            bulk::Estimator::Mean,
            bulk::Estimator::Median,
            bulk::Estimator::Likelihood,
            bulk::Estimator::KolmogorovSmirnov,
        ] {
            let outcome = MarchenkoPastur::fit(&esd, &bulk::Options::default().estimator(estimator)).unwrap();
            if let bulk::Outcome::Fit(fit) = outcome {
                prop_assert!(fit.sigma.is_finite() && fit.sigma > 0.0);
                prop_assert!(fit.spike_threshold.is_finite());
                prop_assert!(fit.bulk_q >= 1.0 && fit.bulk_lower.is_finite() && fit.bulk_upper.is_finite());
                prop_assert!((0.0..=1.0).contains(&fit.ks_distance));
                prop_assert_eq!(fit.spikes, fit.spike_eigenvalues.len());
            }
        }
    }
}

#[test]
fn more_spikes_than_bulk_is_an_outcome_with_the_numbers_of_the_whole() {
    // Singular values 1/k, as of a strongly trained layer; and noise under 71 of 128 directions.
    let falling: Vec<f64> = (1..=128).map(|k| 1.0 / f64::from(k)).collect();
    let noise = GaussianEnsemble::new(512, 128, 0.05).unwrap();
    let noise = noise.esd(1, 0).unwrap();
    let mut buried = noise.eigenvalues().to_vec();
    for (i, value) in buried.iter_mut().rev().take(72).enumerate() {
        *value *= (4.0 + i as f64).powi(2);
    }
    for esd in [
        Esd::from_singular_values(&falling, 512, 128).unwrap(),
        Esd::from_eigenvalues(&buried, 512, 128).unwrap(),
    ] {
        let bulk::Outcome::NoBulk {
            spikes,
            m,
            total_sigma,
            ks_distance,
            largest_over_edge,
        } = MarchenkoPastur::fit(&esd, &bulk::Options::default()).unwrap()
        else {
            panic!("more than half are past the edge");
        };
        assert!(m == 128 && 2 * spikes > m && spikes < m);
        let mean = esd.eigenvalues().iter().sum::<f64>() / 128.0;
        assert!((total_sigma * total_sigma / mean - 1.0).abs() < 1e-14);
        let law = MarchenkoPastur::from_shape(512, 128, mean).unwrap();
        assert!((largest_over_edge * law.support().1 / esd.largest() - 1.0).abs() < 1e-14);
        let distance = (0..128).fold(0.0_f64, |worst, i| {
            let f = law.cdf(esd.eigenvalues()[i]);
            let (below, above) = (i as f64 / 128.0, (i as f64 + 1.0) / 128.0);
            worst.max((f - below).abs()).max((above - f).abs())
        });
        assert!((ks_distance - distance).abs() < 1e-12 && distance > 0.5);
    }
}
