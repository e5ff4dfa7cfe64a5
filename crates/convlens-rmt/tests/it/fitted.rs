//! Fits that are shared change no bit.

use convlens_rmt::{
    Bootstrap, Compat, EigenvalueScale, Esd, FingerRule, FittedSpectrum, LayerMetrics,
    MetricOptions, MpOptions, Phase, PhaseOptions, PowerLawOptions, RmtError,
};
use proptest::prelude::*;

/// Options that ask for the fits that were made, and options that ask for others.
fn metric_options(bulk: &MpOptions, tail: &PowerLawOptions) -> Vec<MetricOptions> {
    let same = MetricOptions::default()
        .marchenko_pastur(bulk.clone())
        .power_law(tail.clone());
    vec![
        same.clone(),
        same.clone().scale(EigenvalueScale::Gram),
        same.clone().fingers(FingerRule::clip()),
        same.clone().power_law(tail.clone().min_tail(3)),
        same.marchenko_pastur(bulk.clone().false_alarm_rate(0.3)),
        MetricOptions::compat(Compat::WeightWatcher),
        MetricOptions::compat(Compat::Powerlaw).power_law(tail.clone()),
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
        let bulk = MpOptions::default().false_alarm_rate(0.02);
        let tail = PowerLawOptions::default().bootstrap(Bootstrap::new(3).replicates(20));
        let fitted = FittedSpectrum::new(esd.clone(), bulk.clone(), tail.clone()).unwrap();
        for options in metric_options(&bulk, &tail) {
            prop_assert_eq!(
                fitted.metrics(&options).unwrap(),
                LayerMetrics::new(&esd, &options).unwrap()
            );
        }
        let same = PhaseOptions::default().marchenko_pastur(bulk).power_law(tail);
        for options in [same, PhaseOptions::default()] {
            prop_assert_eq!(
                fitted.phase(&options).unwrap(),
                Phase::classify(&esd, &options).unwrap()
            );
        }
    }
}

#[test]
fn bad_options_are_refused() {
    let esd = Esd::from_eigenvalues(&[1.0, 2.0], 2, 2).unwrap();
    let (bulk, tail) = (MpOptions::default(), PowerLawOptions::default());
    for (bulk, tail) in [
        (bulk.clone().false_alarm_rate(2.0), tail.clone()),
        (bulk, tail.min_tail(0)),
    ] {
        let error = FittedSpectrum::new(esd.clone(), bulk, tail).unwrap_err();
        assert!(matches!(error, RmtError::ParameterOutOfRange { .. }));
    }
}
