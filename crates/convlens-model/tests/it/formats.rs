//! What the operator sets say differently, the input's shape, and what is left out for which
//! reason.

use std::collections::BTreeMap;

use convlens_model::{Model, ModelError};

use super::{Chain, data};

#[test]
fn every_operator_set_from_7_to_21_is_read_alike() {
    let text = std::fs::read_to_string(data("opsets/expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, Vec<usize>>> =
        serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 15);
    let mut first = None;
    for (opset, inputs) in expected {
        let mut model = Model::open(data(&format!("opsets/{opset}.onnx"))).unwrap();
        // Height and width are open: no grid is invented.
        let convolutions = model.layers().iter().filter(|l| l.shape.len() > 2);
        assert!(convolutions.clone().all(|l| l.grid.is_none()), "{opset}");
        assert_eq!(convolutions.count(), 3);
        model.set_input_shape(&[1, 2, 20, 18]).unwrap();
        let names: Vec<_> = model.layers().iter().map(|l| l.name.as_str()).collect();
        assert_eq!(
            names,
            ["n_conv", "n_up", "n_deep", "n_fc1", "n_y"],
            "{opset}"
        );
        for layer in model.layers() {
            let grid = &inputs[&layer.name][2..];
            assert_eq!(layer.grid.as_deref(), Some(grid), "{opset}: {}", layer.name);
        }
        assert_eq!(model.layers()[0].batch_norm.as_deref(), Some("n_normed"));
        let weights: Vec<_> = (0..5).map(|i| model.kernel(i).unwrap()).collect();
        let geometry: Vec<_> = weights.iter().map(|k| k.geometry().clone()).collect();
        assert_eq!(
            *first.get_or_insert_with(|| geometry.clone()),
            geometry,
            "{opset}"
        );
        let names: Vec<_> = model.skipped().iter().map(|s| &*s.name).collect();
        assert_eq!(names, ["n_normed"], "{opset}");
        let reason = model.skipped()[0].reason.to_string();
        assert_eq!(
            reason,
            "batch normalization; it can be folded into `n_conv`"
        );
    }
}

#[test]
fn an_older_operator_set_is_refused_by_its_number() {
    let mut bytes = std::fs::read(data("opsets/07.onnx")).unwrap();
    // The file ends with its operator set: an empty domain and the version.
    let at = bytes
        .windows(4)
        .rposition(|w| w == [0x0a, 0, 0x10, 7])
        .unwrap();
    bytes[at + 3] = 6;
    let error = Model::from_bytes("old.onnx", convlens_model::Format::Onnx, bytes).unwrap_err();
    assert!(
        error.chain().contains("operator set is 6; 7 and later"),
        "{error}"
    );
}

#[test]
fn an_input_shape_that_cannot_be_is_refused_with_both() {
    let mut model = Model::open(data("opsets/13.onnx")).unwrap();
    for bad in [&[1, 3, 8, 8][..], &[1, 2, 8], &[]] {
        let error = model.set_input_shape(bad).unwrap_err();
        assert!(matches!(error, ModelError::InputShape { .. }));
        assert!(error.chain().contains("[?, 2, ?, ?]"), "{error}");
    }
    assert!(model.layers()[0].grid.is_none(), "nothing was changed");
    let mut tensors = Model::open(data("all.safetensors")).unwrap();
    let error = tensors.set_input_shape(&[1, 2]).unwrap_err().chain();
    assert!(error.contains("no graph"), "{error}");
}

#[test]
fn what_is_folded_is_not_saved() {
    let mut model = Model::open(data("opsets/13.onnx")).unwrap();
    let kernel = model.kernel(0).unwrap();
    assert_eq!(model.fold_batch_norms(), 1);
    assert_ne!(model.kernel(0).unwrap(), kernel);
    let norm = model.batch_norm(0).unwrap().unwrap();
    assert!((norm.eps - 1e-3).abs() < 1e-9);
    let folder = tempfile::tempdir().unwrap();
    let error = model
        .save_with(&[(0, &kernel)], folder.path().join("x.onnx"))
        .unwrap_err();
    assert!(
        error
            .chain()
            .contains("batch normalization is folded into it"),
        "{error}"
    );
    // Another layer of the same file is.
    let fc = model.kernel(3).unwrap();
    model
        .save_with(&[(3, &fc)], folder.path().join("x.onnx"))
        .unwrap();
}
