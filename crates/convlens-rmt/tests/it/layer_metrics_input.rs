//! Layer metrics of any input: zeros, bad options, extremes, and what no unit changes.

use convlens_rmt::{
    Compat, Esd, FittedSpectrum, LayerMetrics, RmtError, bulk,
    metrics::{self, EigenvalueScale, FingerRule},
    tail,
};
use proptest::prelude::*;

#[test]
fn nothing_but_zeros() {
    let esd = Esd::from_eigenvalues(&[0.0; 12], 30, 12).unwrap();
    for options in tools() {
        let metrics = LayerMetrics::new(&esd, &options).unwrap();
        assert_eq!(
            (metrics.norm, metrics.log_norm, metrics.stable_rank),
            (0.0, None, None)
        );
        assert_eq!((metrics.matrix_rank, metrics.hard_rank), (0, 0));
        assert_eq!((metrics.entropy, &metrics.det_x), (None, &None));
        assert!(metrics.tail.value().is_none() && metrics.bulk.value().is_none());
    }
}

#[test]
fn bad_options_are_refused() {
    let esd = Esd::from_eigenvalues(&[1.0, 2.0], 2, 2).unwrap();
    for options in [
        metrics::Options::default().scale(EigenvalueScale::Rows { rows: 0 }),
        metrics::Options::default().scale(EigenvalueScale::SliceGram { slices: 0 }),
        metrics::Options::default().weak_tolerance(f64::NAN),
        metrics::Options::default().fingers(FingerRule::Clip {
            max: 3,
            drop: -1.0,
            min_alpha: 2.0,
        }),
    ] {
        let error = LayerMetrics::new(&esd, &options).unwrap_err();
        assert!(
            matches!(error, RmtError::ParameterOutOfRange { .. }),
            "{options:?}"
        );
    }
    let tail = tail::Options::default().min_tail(0);
    let plain = metrics::Options::default();
    let error = LayerMetrics::pooled(std::slice::from_ref(&esd), &tail, &plain).unwrap_err();
    assert!(matches!(error, RmtError::ParameterOutOfRange { .. }));
    // One such matrix has a norm, 200 slices of them have none.
    let huge = vec![Esd::from_eigenvalues(&[6e305, 6e305], 2, 2).unwrap(); 200];
    assert!(LayerMetrics::new(&huge[0], &metrics::Options::default()).is_ok());
    let error = LayerMetrics::pooled(
        &huge,
        &tail::Options::default(),
        &metrics::Options::default(),
    )
    .unwrap_err();
    assert!(matches!(error, RmtError::NormOverflows { .. }));
}

#[test]
fn weightwatchers_fit_takes_no_options() {
    let values: Vec<f64> = (1..40).map(|i| 1.0 / f64::from(i)).collect();
    let esd = Esd::from_eigenvalues(&values, 50, 39).unwrap();
    let options = metrics::Options::compat(Compat::WeightWatcher);
    let other = tail::Options::default().min_tail(30);
    let fitted = FittedSpectrum::new(esd.clone(), bulk::Options::default(), other).unwrap();
    let plain = LayerMetrics::new(&esd, &options).unwrap();
    assert_eq!(fitted.metrics(&options).unwrap().tail, plain.tail);
}

fn tools() -> [metrics::Options; 5] {
    [
        metrics::Options::default(),
        metrics::Options::default().fingers(FingerRule::clip()),
        metrics::Options::compat(Compat::WeightWatcher).fingers(FingerRule::clip()),
        metrics::Options::compat(Compat::Powerlaw),
        metrics::Options::compat(Compat::DeepDataProfiler).scale(EigenvalueScale::Rows { rows: 7 }),
    ]
}

/// All numbers of a result.
fn finite(metrics: &LayerMetrics) -> bool {
    let mut numbers = vec![metrics.q, metrics.norm, metrics.spectral_norm];
    numbers.extend([metrics.sv_max, metrics.sv_min]);
    numbers.extend(
        [metrics.log_norm, metrics.log_spectral_norm]
            .into_iter()
            .flatten(),
    );
    numbers.extend([metrics.stable_rank, metrics.entropy].into_iter().flatten());
    if let Some(t) = metrics.tail.value() {
        numbers.extend([
            t.alpha,
            t.sigma,
            t.d,
            t.xmin,
            t.xmax,
            t.alpha_weighted,
            t.log_alpha_norm,
        ]);
    }
    if let Some(b) = metrics.bulk.value() {
        numbers.extend([
            b.sigma_mp,
            b.mp_softrank,
            b.bulk_min,
            b.bulk_max,
            b.threshold,
        ]);
    }
    if let Some(d) = &metrics.det_x {
        numbers.extend([d.val, d.val_rescaled]);
        numbers.extend(d.log_det);
    }
    numbers.iter().all(|v| v.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_spectrum_panics_or_gives_a_number_that_is_not_finite(
        values in prop::collection::vec(
            prop_oneof![
                Just(0.0), Just(1.0), Just(5e-324), Just(1e-310), Just(1e300), 0.0..10.0_f64,
                (-300.0..300.0_f64).prop_map(|p| 10.0_f64.powf(p)),
            ],
            1..40,
        ),
        extra in 0_usize..30,
    ) {
        let m = values.len();
        let esd = Esd::from_eigenvalues(&values, m + extra, m).unwrap();
        for options in tools() {
            match LayerMetrics::new(&esd, &options) {
                Ok(metrics) => prop_assert!(finite(&metrics), "{metrics:?}"),
                Err(error) => {
                    let named = matches!(error, RmtError::NormOverflows { .. });
                    prop_assert!(named, "{error}");
                }
            }
        }
    }

    #[test]
    fn shape_metrics_do_not_depend_on_the_unit(
        values in prop::collection::vec(0.01..10.0_f64, 12..60),
        power in -20_i32..20,
    ) {
        let m = values.len();
        let scaled: Vec<f64> = values.iter().map(|v| v * 2.0_f64.powi(power)).collect();
        let metrics = |values: &[f64]| {
            let esd = Esd::from_eigenvalues(values, m + 5, m).unwrap();
            LayerMetrics::new(&esd, &metrics::Options::default()).unwrap()
        };
        let (a, b) = (metrics(&values), metrics(&scaled));
        // A power of two changes no digit.
        prop_assert_eq!(a.alpha(), b.alpha());
        prop_assert_eq!(a.stable_rank, b.stable_rank);
        prop_assert_eq!(a.entropy, b.entropy);
        prop_assert_eq!(a.hard_rank, b.hard_rank);
        let (a, b) = (a.det_x.unwrap(), b.det_x.unwrap());
        prop_assert_eq!((a.num, a.val_rescaled, a.log_det), (b.num, b.val_rescaled, b.log_det));
    }
}
