//! DeepDataProfiler's own digits, from a run of its `SpectralAnalysis`.

use convlens_rmt::{
    Compat, Esd, LayerMetrics, MarchenkoPastur, ModelMetrics, PowerLaw,
    metrics::{self, EigenvalueScale},
    tail,
};
use serde_json::Value;

use crate::layer_metrics::numbers;

fn reference() -> Value {
    serde_json::from_str(include_str!("../data/ddp_spectral.json")).expect("valid JSON")
}

fn cases(data: &Value) -> &[Value] {
    let cases = data["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), 16);
    cases
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().expect(key)
}

/// The 1e-6, relative.
fn agree(ours: f64, theirs: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= 1e-6 * theirs.abs(),
        "{what}: {ours} {theirs}"
    );
}

/// From numpy's singular values of the unfolded weights: they never saw DeepDataProfiler.
fn metrics(case: &Value) -> (Esd, LayerMetrics) {
    let shape = numbers(&case["shape"]);
    let columns = shape[1..].iter().product::<f64>() as usize;
    let rows = shape[0] as usize;
    let esd = Esd::from_singular_values(&numbers(&case["singular_values"]), rows, columns)
        .expect("singular values of that shape");
    let options =
        metrics::Options::compat(Compat::DeepDataProfiler).scale(EigenvalueScale::Rows { rows });
    let metrics = LayerMetrics::new(&esd, &options).expect("good values");
    (esd, metrics)
}

#[test]
fn a_layers_digits() {
    let data = reference();
    for case in cases(&data) {
        let name = case["name"].as_str().expect("a name");
        let (_, metrics) = metrics(case);
        let tail = metrics.tail.value().expect("a tail");
        for (ours, key) in [
            (metrics.q, "Q"),
            (metrics.spectral_norm, "eig_max"),
            (tail.alpha, "alpha"),
            (tail.xmin, "xmin"),
            (tail.d, "D"),
            (tail.sigma, "sigma"),
        ] {
            agree(ours, number(case, key), &format!("{name} {key}"));
        }
        // alpha ln lambda_max: near lambda_max = 1 the logarithm turns a relative error into an
        // absolute one.
        let universal = number(case, "universal");
        assert!(
            (tail.alpha_weighted - universal).abs() <= 1e-6 * universal.abs().max(1.0),
            "{name}: {} {universal}",
            tail.alpha_weighted
        );
    }
}

#[test]
fn eigenvalues_are_over_the_output_channels() {
    let data = reference();
    for case in cases(&data) {
        let (esd, _) = metrics(case);
        let shape = numbers(&case["shape"]);
        let columns: f64 = shape[1..].iter().product();
        // Ours are sigma^2 over the larger side, ascending; theirs sigma^2 over the rows,
        // descending.
        let unit = shape[0].max(columns) / shape[0];
        let theirs = numbers(&case["eigenvalues"]);
        assert_eq!(theirs.len(), esd.eigenvalues().len());
        for (ours, theirs_) in esd.eigenvalues().iter().rev().zip(&theirs) {
            // Two decompositions in double precision: 1e-15 of the largest singular value, so of
            // the squares 1e-14 of the largest where it is the error that is squared.
            let bound = 1e-6 * theirs_ + 1e-14 * theirs[0];
            assert!(
                (ours * unit - theirs_).abs() <= bound,
                "{} {ours} {theirs_}",
                case["name"]
            );
        }
    }
}

#[test]
fn the_bulk_and_its_density() {
    let data = reference();
    for case in cases(&data) {
        let name = case["name"].as_str().expect("a name");
        let (_, metrics) = metrics(case);
        let bulk = metrics.bulk.value().expect("a bulk");
        assert_eq!((bulk.num_spikes, bulk.mp_softrank), (0, 1.0));
        agree(bulk.bulk_max, number(case, "eig_max"), name);
        let law = MarchenkoPastur::new(metrics.q, bulk.sigma_mp.powi(2)).expect("a law");
        let points = case["density"].as_array().expect("a list");
        assert!(!points.is_empty());
        for point in points {
            let point = numbers(point);
            agree(law.pdf(point[0]), point[1], &format!("{name} density"));
        }
    }
}

#[test]
fn the_universal_metric_of_a_model() {
    let data = reference();
    let layers: Vec<LayerMetrics> = cases(&data).iter().map(|case| metrics(case).1).collect();
    let summary = ModelMetrics::new(layers.iter().map(|layer| ("layer", layer)));
    let ours = summary.universal().expect("tails");
    agree(ours, number(&data, "universal_of_all"), "universal");
}

#[test]
fn single_precision_costs_some_digits() {
    // A model's weights are f32, and then so is all of DeepDataProfiler's arithmetic: its alpha is
    // a sum of at most 100 logarithms of f32 eigenvalues, each known to some 1e-6, over values that
    // may be a hundred times smaller.
    let data = reference();
    for case in cases(&data) {
        let (_, metrics) = metrics(case);
        let tail = metrics.tail.value().expect("a tail");
        let theirs = number(&case["single"], "alpha");
        assert!(
            (tail.alpha / theirs - 1.0).abs() < 1e-5,
            "{}: {} {theirs}",
            case["name"],
            tail.alpha
        );
        assert!((metrics.spectral_norm / number(&case["single"], "eig_max") - 1.0).abs() < 1e-6);
    }
}

#[test]
fn its_powerlaw_takes_the_second_largest_too() {
    // powerlaw 1.5 leaves out the largest value alone, 2.0 the two largest: of two values that
    // leaves none.
    let data = reference();
    let case = cases(&data).iter().find(|c| c["name"] == "two");
    let case = case.expect("that case");
    let values = numbers(&case["eigenvalues"]);
    let fit = |tool| PowerLaw::fit(&values, &tail::Options::compat(tool)).expect("good values");
    let theirs = fit(Compat::DeepDataProfiler);
    let theirs = theirs.value().expect("a fit");
    assert_eq!(theirs.n_tail, 2);
    agree(theirs.alpha, number(case, "alpha"), "two");
    assert!(fit(Compat::Powerlaw).value().is_none());
}
