//! Fits that are shared change no bit.

use convlens_rmt::{
    Compat, Esd, FittedSpectrum, LayerMetrics, Phase, RmtError, bulk,
    metrics::{self, EigenvalueScale, FingerRule},
    phase,
    tail::{self, Bootstrap},
};
use proptest::prelude::*;

/// Metrics that rest on the fits, and metrics that have fits of their own.
fn metric_options() -> Vec<metrics::Options> {
    let plain = metrics::Options::default();
    vec![
        plain.clone(),
        plain.clone().scale(EigenvalueScale::Gram),
        plain.fingers(FingerRule::clip()),
        metrics::Options::compat(Compat::WeightWatcher),
        metrics::Options::compat(Compat::Powerlaw),
    ]
}

proptest! {
    #[test]
    fn sharing_changes_nothing(
        logs in prop::collection::vec(-6.0..6.0_f64, 1..40),
        // Zero in double precision, and zero in single precision alone.
        zeros in 0..3_usize,
        specks in 0..3_usize,
        more in 0..30_usize,
    ) {
        let mut values: Vec<f64> = logs.iter().map(|log| log.exp()).collect();
        values.extend(vec![0.0; zeros]);
        values.extend(vec![1e-16; specks]);
        let m = values.len();
        let esd = Esd::from_eigenvalues(&values, m + more, m).unwrap();
        let plain = (bulk::Options::default(), tail::Options::default());
        let fitted = FittedSpectrum::new(esd.clone(), plain.0, plain.1).unwrap();
        for options in metric_options() {
            prop_assert_eq!(
                fitted.metrics(&options).unwrap(),
                LayerMetrics::new(&esd, &options).unwrap()
            );
        }
        let options = phase::Options::default();
        prop_assert_eq!(
            fitted.phase(&options).unwrap(),
            Phase::classify(&esd, &options).unwrap()
        );
        // Other fits: theirs are the metrics and the phase.
        let bulk = bulk::Options::default().false_alarm_rate(0.3);
        let tail = tail::Options::default().min_tail(3).bootstrap(Bootstrap::new(3).replicates(20));
        let fitted = FittedSpectrum::new(esd.clone(), bulk.clone(), tail.clone()).unwrap();
        for options in metric_options() {
            let metrics = fitted.metrics(&options).unwrap();
            let pooled = LayerMetrics::pooled(std::slice::from_ref(&esd), &tail, &options).unwrap();
            prop_assert_eq!(&metrics.tail, &pooled.tail);
            if options.compat.is_none() {
                let made = fitted.bulk().value().map(|fit| fit.spikes);
                prop_assert_eq!(metrics.bulk.value().map(|bulk| bulk.num_spikes), made);
            }
        }
        let outcome = fitted.phase(&options).unwrap();
        if let Some(evidence) = outcome.value() {
            if specks + zeros == 0 {
                prop_assert_eq!(&evidence.bulk, fitted.bulk());
                prop_assert_eq!(&evidence.tail, fitted.tail());
            } else if let Some(fit) = evidence.tail.value() {
                prop_assert_eq!(fit.min_tail, 3);
            }
        }
    }
}

#[test]
fn bad_options_are_refused() {
    let esd = Esd::from_eigenvalues(&[1.0, 2.0], 2, 2).unwrap();
    let (bulk, tail) = (bulk::Options::default(), tail::Options::default());
    for (bulk, tail) in [
        (bulk.clone().false_alarm_rate(2.0), tail.clone()),
        (bulk, tail.min_tail(0)),
    ] {
        let error = FittedSpectrum::new(esd.clone(), bulk, tail).unwrap_err();
        assert!(matches!(error, RmtError::ParameterOutOfRange { .. }));
    }
}
