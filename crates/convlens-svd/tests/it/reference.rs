//! Values that numpy and PyTorch gave (`tests/data/reference.py` made `reference.json`).

use crate::oracle::{distance, exact};
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::{
    ConvKernel, Direction, Geometry, LayerOperator, LayerSvd, NormBracket, OperatorSpectrum,
};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn sizes(value: &Value) -> Vec<usize> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_u64().unwrap() as usize)
        .collect()
}

fn kernel(case: &Value) -> ConvKernel {
    let (shape, g) = (sizes(&case["shape"]), &case["geometry"]);
    let padding: Vec<_> = sizes(&g["padding"]).into_iter().map(|p| (p, p)).collect();
    let mut geometry = Geometry::new(shape.len() - 2)
        .with_stride(&sizes(&g["stride"]))
        .with_dilation(&sizes(&g["dilation"]))
        .with_padding(&padding)
        .with_groups(g["groups"].as_u64().unwrap() as usize);
    if g["transposed"].as_bool().unwrap() {
        let output_padding = sizes(&g["output_padding"]);
        geometry = geometry.with_direction(Direction::Transposed { output_padding });
    }
    ConvKernel::new(numbers(&case["weights"]), &shape, geometry).unwrap()
}

#[test]
fn numpy_and_pytorch_agree() {
    let data: Value = serde_json::from_str(include_str!("../data/reference.json")).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for case in cases {
        let (name, kernel, grid) = (&case["name"], kernel(case), sizes(&case["grid"]));
        let layer = LayerOperator::new(&kernel, &grid).unwrap();
        assert_eq!(layer.output_size(), sizes(&case["output_size"]), "{name}");
        let y = layer.apply(&numbers(&case["input"])).unwrap();
        // Sums of at most 75 products of normal numbers.
        assert!(distance(&y, &numbers(&case["output"])) < 1e-13, "{name}");

        // Both sides keep the exact mode's contract, so twice that; and numpy's list may hold more
        // zeros.
        let agree = |found: &[f64], expected: &[f64], m, n| {
            let (kept, zeros) = expected.split_at(found.len());
            let bound = 2.0 * exact(m, n, expected[0]);
            assert!(distance(found, kept) <= bound, "{name} {found:?} {kept:?}");
            assert!(zeros.iter().all(|z| *z <= bound), "{name}");
        };
        let svd = LayerSvd::new(&kernel).unwrap();
        let (rows, cols) = (svd.values().rows, svd.values().cols);
        agree(
            svd.singular_values(),
            &numbers(&case["unfolding"]),
            rows,
            cols,
        );
        let spectrum = OperatorSpectrum::new(&kernel, &grid).unwrap();
        let (m, n) = (layer.input_len(), layer.output_len());
        agree(
            &spectrum.singular_values(),
            &numbers(&case["periodic"]),
            m,
            n,
        );

        let norm = numbers(&case["layer"])[0];
        let bracket =
            NormBracket::of_layer(&kernel, Some(&grid), &DavidsonOptions::default()).unwrap();
        // 1e-13: rounding of numpy's value. 1e-5: the tolerance of the search of 1e-4, second
        // order.
        assert!(
            bracket.lower <= norm * (1.0 + 1e-13),
            "{name} {bracket:?} {norm}"
        );
        assert!(
            bracket.upper >= norm * (1.0 - 1e-13),
            "{name} {bracket:?} {norm}"
        );
        assert!(
            bracket.lower >= norm * (1.0 - 1e-5),
            "{name} {bracket:?} {norm}"
        );
    }
}
