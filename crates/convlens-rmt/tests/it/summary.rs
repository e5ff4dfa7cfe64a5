//! Means over layers.

use convlens_rmt::tail;
use convlens_rmt::{
    Compat, Esd, LayerMetrics, ModelMetrics,
    metrics::{self, Exclusion},
};

use crate::layer_metrics::{reference, slices, weightwatcher};

#[test]
fn weightwatchers_summary() {
    // Its `get_summary` of each layer by itself, averaged here: its summary of a model is that
    // mean.
    let data = reference();
    let cases = data["cases"].as_array().unwrap();
    let metrics: Vec<LayerMetrics> = cases
        .iter()
        .map(|case| {
            LayerMetrics::pooled(
                &slices(case),
                &tail::Options::default(),
                &weightwatcher(case),
            )
            .unwrap()
        })
        .collect();
    let names = cases.iter().map(|case| case["name"].as_str().unwrap());
    let summary = ModelMetrics::new(names.zip(&metrics));
    for (ours, name) in [
        (&summary.log_norm, "log_norm"),
        (&summary.alpha, "alpha"),
        (&summary.alpha_weighted, "alpha_weighted"),
        (&summary.log_alpha_norm, "log_alpha_norm"),
        (&summary.log_spectral_norm, "log_spectral_norm"),
        (&summary.stable_rank, "stable_rank"),
        (&summary.mp_softrank, "mp_softrank"),
    ] {
        let sum: f64 = cases
            .iter()
            .map(|c| c["summary"][name].as_f64().unwrap())
            .sum();
        let theirs = sum / cases.len() as f64;
        // The digits asked for of each layer.
        assert!(
            (ours.mean.unwrap() - theirs).abs() < 1e-6 * theirs.abs(),
            "{name}"
        );
        assert_eq!((ours.layers, ours.excluded.len()), (14, 0));
    }
    assert_eq!(summary.universal(), summary.alpha_weighted.mean);
    // Dense layers, pooled convolutions, slices.
    assert_eq!(summary.conventions.len(), 3);
}

#[test]
fn deep_data_profilers_universal_metric_is_natural() {
    let data = reference();
    let esd = &slices(&data["cases"][0])[0];
    let ours = LayerMetrics::new(esd, &metrics::Options::compat(Compat::Powerlaw)).unwrap();
    let theirs =
        LayerMetrics::new(esd, &metrics::Options::compat(Compat::DeepDataProfiler)).unwrap();
    let summary = |metrics| ModelMetrics::new([("layer", metrics)]).universal().unwrap();
    let ratio = summary(&theirs) / summary(&ours);
    assert!((ratio - std::f64::consts::LN_10).abs() < 1e-12, "{ratio}");
}

#[test]
fn what_is_left_out_is_named() {
    let metrics = |values: &[f64]| {
        let esd = Esd::from_eigenvalues(values, 50, values.len()).unwrap();
        LayerMetrics::new(&esd, &metrics::Options::default()).unwrap()
    };
    let (zero, short) = (metrics(&[0.0; 9]), metrics(&[1.0, 2.0, 3.0]));
    let summary = ModelMetrics::new([("zero", &zero), ("short", &short)]);
    assert_eq!(
        (summary.layers, summary.alpha.layers, summary.alpha.mean),
        (2, 0, None)
    );
    assert!(matches!(
        summary.alpha.excluded[1].reason,
        Exclusion::NoTail(_)
    ));
    assert!(matches!(
        summary.mp_softrank.excluded[1].reason,
        Exclusion::NoBulk(_)
    ));
    assert_eq!(summary.stable_rank.mean, short.stable_rank);
    assert_eq!(summary.stable_rank.excluded.len(), 1);
    assert_eq!(summary.stable_rank.excluded[0].layer, "zero");
    assert_eq!(summary.stable_rank.excluded[0].reason, Exclusion::AllZero);
    let nothing = ModelMetrics::new([]);
    assert_eq!((nothing.layers, nothing.universal()), (0, None));
}
