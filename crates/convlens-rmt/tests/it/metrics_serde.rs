//! The serialized form of metrics, FARMS, summaries and phases.

use convlens_rmt::tail;
use convlens_rmt::{
    Compat, Esd, LayerMetrics, MarchenkoPastur, ModelMetrics, Phase, metrics,
    metrics::farms::{self, Farms, LayerMatrices},
    phase,
};
use serde_json::{from_value, to_value};

#[test]
fn results_come_back_to_the_last_bit() {
    let values = MarchenkoPastur::new(2.0, 1.0).unwrap().sample(50, 1);
    let esd = Esd::from_eigenvalues(&values, 100, 50).unwrap();
    let options = metrics::Options::compat(Compat::WeightWatcher);
    let metrics = LayerMetrics::new(&esd, &options).unwrap();
    let form = to_value(&metrics).unwrap();
    // WeightWatcher's spelling, and the convention beside the numbers.
    assert_eq!(
        (&form["N"], &form["Q"], &form["compat"]),
        (&100.into(), &2.0.into(), &"weight_watcher".into())
    );
    assert_eq!(form["scale"], "gram");
    assert!(form["tail"]["fit"]["D"].as_f64().is_some_and(|d| d > 0.0));
    assert_eq!(from_value::<LayerMetrics>(form).unwrap(), metrics);

    let summary = ModelMetrics::new([("one", &metrics)]);
    assert_eq!(
        from_value::<ModelMetrics>(to_value(&summary).unwrap()).unwrap(),
        summary
    );

    let phase = Phase::classify(&esd, &phase::Options::default()).unwrap();
    let form = to_value(&phase).unwrap();
    assert_eq!(from_value::<phase::Outcome>(form).unwrap(), phase);

    let layer = LayerMatrices::dense(&values, 10, 5).unwrap();
    let norm = |w: &[f64], _, _| Ok::<_, String>(vec![w.iter().map(|x| x * x).sum::<f64>().sqrt()]);
    let farms = Farms::analyze(
        &layer,
        &farms::Options::default().rows(1),
        &tail::Options::default(),
        norm,
    )
    .unwrap();
    let form = to_value(&farms).unwrap();
    assert_eq!(form["pooled"]["windows"][0]["cols"]["end"], 2);
    assert_eq!(from_value::<farms::Outcome>(form).unwrap(), farms);
}
