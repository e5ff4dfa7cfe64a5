//! WeightWatcher's numbers of a kernel are those that the tool printed.

use convlens::svd::ConvKernel;
use convlens::weightwatcher_metrics;
use serde_json::Value;

/// What the tool said of layers, with their singular values slice by slice; made by the script
/// beside it.
const REFERENCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../convlens-rmt/tests/data/layer_metrics.json"
);

/// A kernel whose slices have these singular values: each is diagonal, rows shifted from slice to
/// slice.
fn kernel(shape: &[usize], slices: &[Vec<f64>]) -> ConvKernel {
    let (rows, cols, taps) = (shape[0], shape[1], slices.len());
    let mut weights = vec![0.0; rows * cols * taps];
    for (tap, values) in slices.iter().enumerate() {
        for (i, value) in values.iter().enumerate() {
            let (row, col) = ((i + tap) % rows, i % cols);
            weights[(row * cols + col) * taps + tap] = *value;
        }
    }
    ConvKernel::from_slice(&weights, shape).unwrap()
}

#[test]
fn a_kernel_has_the_numbers_that_weightwatcher_gives_it() {
    let reference: Value =
        serde_json::from_str(&std::fs::read_to_string(REFERENCE).unwrap()).unwrap();
    let mut compared = 0;
    for case in reference["cases"].as_array().unwrap() {
        // The function has the default options of the tool.
        if case["options"] != serde_json::json!({}) {
            continue;
        }
        let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
        let slices: Vec<Vec<f64>> =
            serde_json::from_value(case["singular_values"].clone()).unwrap();
        let metrics = weightwatcher_metrics(&kernel(&shape, &slices)).unwrap();
        let tail = metrics.tail.value().unwrap();
        for (column, ours) in [
            ("rf", metrics.rf as f64),
            ("num_evals", metrics.num_evals as f64),
            ("norm", metrics.norm),
            ("spectral_norm", metrics.spectral_norm),
            ("stable_rank", metrics.stable_rank.unwrap()),
            ("alpha", tail.alpha),
            ("D", tail.d),
            ("xmin", tail.xmin),
            ("alpha_weighted", tail.alpha_weighted),
            (
                "num_spikes",
                metrics.bulk.value().unwrap().num_spikes as f64,
            ),
        ] {
            let theirs = case["weightwatcher"][column].as_f64().unwrap();
            // That of the comparison with the tool in convlens-rmt.
            let bound = 1e-6 * theirs.abs().max(1e-7);
            let name = &case["name"];
            assert!(
                (ours - theirs).abs() <= bound,
                "{name} {column}: {ours} {theirs}"
            );
        }
        compared += 1;
    }
    assert_eq!(compared, 11);
}
