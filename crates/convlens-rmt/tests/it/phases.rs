//! Phases of synthetic ensembles, small; the binary `rmt-calibration` makes the tables.

use convlens_rmt::{Esd, Phase, RmtError, phase};
use proptest::prelude::*;

use crate::ensembles::{ENSEMBLES, confusion};
use crate::support::binomial_cdf;

#[test]
fn five_phases_are_found_and_the_sixth_is_not() {
    let options = phase::Options::default();
    for ensemble in &ENSEMBLES {
        let counts = confusion(ensemble, 256, 128, 60, 7, &options);
        let found = Phase::ALL
            .iter()
            .position(|&p| p == ensemble.phase)
            .unwrap();
        match ensemble.name {
            // What `docs/phases.md` says is confused: most are called noise with or without a weak
            // signal.
            "bulk-decay, Student" => assert!(counts[0] + counts[1] > 30, "{counts:?}"),
            // Their neighbors by exponent, and nothing else.
            "bulk-decay, signals" => assert!(counts[3] + counts[4] > 50, "{counts:?}"),
            name => {
                // 90% or more of draws: refused where 60 draws with that rate give so few in 1 of
                // 2,000 cases.
                let probability = binomial_cdf(counts[found], 60, 0.9);
                assert!(
                    probability > 5e-4,
                    "{name}, {}: {counts:?}",
                    ensemble.description
                );
            }
        }
    }
}

#[test]
fn evidence_comes_with_the_phase() {
    let mut values: Vec<f64> = (0..40).map(|i| 0.5 + 0.05 * f64::from(i)).collect();
    values[..3].fill(0.0);
    let esd = Esd::from_eigenvalues(&values, 80, 40).unwrap();
    let outcome = Phase::classify(&esd, &phase::Options::default()).unwrap();
    let evidence = outcome.value().unwrap();
    assert_eq!(
        (evidence.phase, evidence.zero_share),
        (Phase::RankCollapse, 0.075)
    );
    // The other 37 are fitted as those of an 80 x 37 matrix.
    assert_eq!(evidence.bulk.value().unwrap().m, 37);
    let lax = phase::Options::default().collapse_share(0.1);
    assert_ne!(
        Phase::classify(&esd, &lax).unwrap().phase(),
        Some(Phase::RankCollapse)
    );
}

#[test]
fn small_and_degenerate_spectra() {
    let options = phase::Options::default();
    let few = Esd::from_eigenvalues(&[1.0; 7], 9, 7).unwrap();
    assert_eq!(
        Phase::classify(&few, &options).unwrap(),
        phase::Outcome::TooFewEigenvalues {
            nonzero: 7,
            needed: 8
        }
    );
    let zero = Esd::from_eigenvalues(&[0.0; 12], 12, 12).unwrap();
    assert_eq!(
        Phase::classify(&zero, &options).unwrap().phase(),
        Some(Phase::RankCollapse)
    );
    for bad in [
        phase::Options::default().collapse_share(0.0),
        phase::Options::default().separation(f64::NAN),
        phase::Options::default().misfit(-1.0),
        phase::Options::default().heavy_alpha(f64::INFINITY),
    ] {
        let error = Phase::classify(&few, &bad).unwrap_err();
        assert!(matches!(error, RmtError::ParameterOutOfRange { .. }));
    }
}

proptest! {
    #[test]
    fn any_spectrum_ends_in_an_outcome_that_no_unit_changes(
        values in prop::collection::vec(
            prop_oneof![Just(0.0), Just(1.0), 0.0..10.0_f64, (-60.0..60.0_f64).prop_map(|p| 10.0_f64.powf(p))],
            1..60,
        ),
        extra in 0_usize..60,
    ) {
        let m = values.len();
        let phase = |scale: f64| {
            let scaled: Vec<f64> = values.iter().map(|v| v * scale).collect();
            let esd = Esd::from_eigenvalues(&scaled, m + extra, m).unwrap();
            let outcome = Phase::classify(&esd, &phase::Options::default()).unwrap();
            if let Some(evidence) = outcome.value() {
                let numbers = [Some(evidence.zero_share), evidence.ks_critical, evidence.edge_ratio, evidence.strength];
                assert!(numbers.into_iter().flatten().all(f64::is_finite), "{evidence:?}");
            }
            outcome.phase()
        };
        // A power of four scales singular values by a power of two: no digit changes.
        prop_assert_eq!(phase(1.0), phase(4.0_f64.powi(8)));
    }
}
