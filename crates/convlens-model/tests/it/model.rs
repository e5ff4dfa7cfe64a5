//! Real files and odd ones: what is found in them, and how bad ones are refused.

use std::collections::BTreeMap;
use std::path::Path;

use convlens_model::{Assumption, DType, Format, LayerKind, Model, ModelError, SkipReason};
use serde_json::Value;

use super::Chain;

fn open(path: impl AsRef<Path>) -> Model {
    Model::open(path).unwrap()
}

fn weights_by_name(model: &Model) -> BTreeMap<String, Vec<f64>> {
    let layers = model.layers().iter().enumerate();
    layers
        .map(|(i, l)| {
            (
                l.weight.clone(),
                model.kernel(i).unwrap().weights().to_vec(),
            )
        })
        .collect()
}

#[test]
fn onnx_and_safetensors_hold_the_same_weights_bit_for_bit() {
    let onnx = weights_by_name(&open(convlens_fixtures::digits_onnx()));
    let tensors = weights_by_name(&open(convlens_fixtures::digits_safetensors()));
    assert_eq!(onnx.len(), 5);
    assert_eq!(onnx, tensors);
}

#[test]
fn the_folded_twin_has_other_convolution_weights() {
    let plain = open(convlens_fixtures::digits_onnx());
    let folded = open(convlens_fixtures::digits_folded_onnx());
    for (i, (a, b)) in plain.layers().iter().zip(folded.layers()).enumerate() {
        assert_eq!((&a.name, &a.shape), (&b.name, &b.shape));
        let same = plain.kernel(i).unwrap().weights() == folded.kernel(i).unwrap().weights();
        assert_eq!(same, a.kind == LayerKind::Dense, "{}", a.name);
        // Folding batch-norm gives the convolution the bias that it did not have.
        assert_eq!(plain.bias(i).unwrap().is_some(), a.kind == LayerKind::Dense);
        assert!(folded.bias(i).unwrap().is_some());
    }
}

#[test]
fn identity_nodes_lead_to_the_weights_they_share() {
    // At initialization every batch-norm has the same parameters, which the exporter stores once.
    let init = open(convlens_fixtures::digits_init_onnx());
    let skipped: Vec<_> = init.skipped().iter().map(|s| s.name.as_str()).collect();
    let norms = [
        "/bn1/BatchNormalization",
        "/bn2/BatchNormalization",
        "/bn3/BatchNormalization",
    ];
    assert!(norms.iter().all(|n| skipped.contains(n)), "{skipped:?}");
}

#[test]
fn the_digits_model_has_its_geometry() {
    let model = open(convlens_fixtures::digits_onnx());
    let found: Vec<_> = model
        .layers()
        .iter()
        .map(|l| {
            (
                l.weight.as_str(),
                l.grid.clone().unwrap(),
                l.geometry.stride().to_vec(),
            )
        })
        .collect();
    let expected = [
        ("conv1.weight", vec![8, 8], vec![1, 1]),
        ("conv2.weight", vec![8, 8], vec![1, 1]),
        ("conv3.weight", vec![8, 8], vec![2, 2]),
        ("fc1.weight", vec![], vec![]),
        ("fc2.weight", vec![], vec![]),
    ];
    assert_eq!(found, expected);
    assert_eq!(model.layers()[0].geometry.padding(), [(1, 1), (1, 1)]);
    let input = &model.inputs()[0];
    let declared = [None, Some(1), Some(8), Some(8)];
    assert_eq!(input.shape.as_deref(), Some(&declared[..]));
    assert_eq!(input.dtype, Some(DType::F32));
}

#[test]
fn grids_and_outputs_equal_those_of_the_onnx_package() {
    let text = std::fs::read_to_string(convlens_fixtures::onnx_cases_expected()).unwrap();
    let expected: BTreeMap<String, Vec<Value>> = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for (file, nodes) in &expected {
        let model = open(convlens_fixtures::onnx_case(file.trim_end_matches(".onnx")));
        for node in nodes.iter().filter(|n| !n["weight"].is_null()) {
            let name = node["node"].as_str().unwrap();
            let layer = model.layers().iter().find(|l| l.name == name);
            let layer = layer.unwrap_or_else(|| panic!("{file}: no layer {name}"));
            assert_eq!(
                layer.weight,
                node["weight"].as_str().unwrap(),
                "{file} {name}"
            );
            assert_eq!(
                layer.output.as_ref().unwrap().name,
                node["output"].as_str().unwrap()
            );
            let grid: Option<Vec<usize>> =
                serde_json::from_value(node["input_spatial"].clone()).unwrap();
            assert_eq!(layer.grid, grid, "{file} {name}");
            compared += 1;
        }
    }
    assert!(compared >= 15, "only {compared} layers compared");
}

#[test]
fn attributes_become_geometry() {
    let model = open(convlens_fixtures::onnx_case("grouped"));
    let grouped = &model.layers()[0].geometry;
    assert_eq!(grouped.groups(), 2);
    assert_eq!(grouped.stride(), [2, 1]);
    assert_eq!(grouped.padding(), [(0, 1), (1, 2)]);
    assert_eq!(grouped.dilation(), [2, 2]);
    let depthwise = &model.layers()[1];
    assert_eq!(depthwise.geometry.groups(), depthwise.shape[0]);
    // Gemm with transB = 0 keeps [in, out]; the layer is [out, in].
    let head = model
        .layers()
        .iter()
        .position(|l| l.kind == LayerKind::Dense)
        .unwrap();
    assert_eq!(model.layers()[head].shape, [5, 6]);
    assert_eq!(model.kernel(head).unwrap().shape(), [5, 6]);
}

#[test]
fn same_padding_is_resolved_with_the_input_size() {
    let model = open(convlens_fixtures::onnx_case("same-upper"));
    let layer = &model.layers()[0];
    let grid = layer.grid.as_ref().unwrap();
    let out = layer.geometry.output_size(&layer.shape[2..], grid).unwrap();
    let ceil: Vec<_> = grid
        .iter()
        .zip(layer.geometry.stride())
        .map(|(n, s)| n.div_ceil(*s))
        .collect();
    assert_eq!(out, ceil, "SAME means ceil(n / s)");
}

#[test]
fn what_is_not_linear_is_listed_with_its_reason() {
    let model = open(convlens_fixtures::onnx_case("embedding"));
    let reason = |kind: &str| {
        model
            .skipped()
            .iter()
            .find(|s| s.kind == kind)
            .map(|s| &s.reason)
    };
    assert_eq!(reason("Gather"), Some(&SkipReason::NotLinear));
    assert_eq!(reason("MatMul"), Some(&SkipReason::NoConstantWeight));
}

#[test]
fn two_layers_may_share_a_weight() {
    let model = open(convlens_fixtures::onnx_case("same-weight-twice"));
    let [a, b] = model.layers() else {
        panic!("two layers expected")
    };
    assert_eq!(a.weight, b.weight);
    assert_ne!(a.name, b.name);
    assert_eq!(
        model.kernel(0).unwrap().weights(),
        model.kernel(1).unwrap().weights()
    );
    assert_ne!(a.geometry, b.geometry);
}

#[test]
fn a_format_without_geometry_says_what_it_assumes() {
    let model = open(convlens_fixtures::digits_safetensors());
    let conv = model
        .layers()
        .iter()
        .find(|l| l.weight == "conv2.weight")
        .unwrap();
    assert_eq!(conv.grid, None);
    assert_eq!(conv.assumptions, [Assumption::PlainGeometry]);
    assert!(model.runnable().is_none());
    assert!(
        model
            .skipped()
            .iter()
            .any(|s| s.name == "bn1.num_batches_tracked")
    );
}

#[test]
fn a_weight_that_is_not_finite_names_file_layer_index_and_value() {
    let model = open(convlens_fixtures::onnx_case("nan"));
    assert!(model.kernel(0).is_ok(), "the other layer goes on");
    let error = model.kernel(1).unwrap_err();
    assert!(matches!(error, ModelError::Kernel { .. }));
    let text = error.chain();
    for part in ["nan.onnx", &model.layers()[1].name, "5", "NaN"] {
        assert!(text.contains(part), "`{part}` is missing from: {text}");
    }
}

#[test]
fn a_missing_file_and_an_unknown_format_are_named() {
    let missing = Model::open("no/such/model.onnx").unwrap_err();
    assert!(matches!(missing, ModelError::Io { .. }));
    assert!(missing.chain().contains("model.onnx"));
    let unknown = Model::open("model.h5").unwrap_err();
    assert!(matches!(unknown, ModelError::UnknownFormat { .. }));
}

#[test]
fn every_truncation_of_a_safetensors_file_is_refused() {
    let bytes = std::fs::read(convlens_fixtures::digits_safetensors()).unwrap();
    for part in 0..64 {
        let cut = bytes[..bytes.len() * part / 64].to_vec();
        let error = Model::from_bytes("cut.safetensors", Format::Safetensors, cut).unwrap_err();
        assert!(
            matches!(error, ModelError::Malformed { .. }),
            "{part}: {error}"
        );
        assert!(error.chain().starts_with("cut.safetensors"));
    }
    // A header that claims 2^63 bytes allocates nothing.
    let mut huge = bytes.clone();
    huge[..8].copy_from_slice(&(1u64 << 63).to_le_bytes());
    assert!(Model::from_bytes("huge.safetensors", Format::Safetensors, huge).is_err());
}

#[test]
fn a_truncated_onnx_file_never_panics_and_never_gives_short_weights() {
    let bytes = std::fs::read(convlens_fixtures::digits_onnx()).unwrap();
    for part in 0..64 {
        let cut = bytes[..bytes.len() * part / 64].to_vec();
        let Ok(model) = Model::from_bytes("cut.onnx", Format::Onnx, cut) else {
            continue;
        };
        for (i, spec) in model.layers().iter().enumerate() {
            if let Ok(kernel) = model.kernel(i) {
                assert_eq!(kernel.weights().len(), spec.shape.iter().product::<usize>());
            }
        }
    }
}

#[test]
fn files_that_are_not_onnx_are_refused() {
    let not_onnx: [&[u8]; 4] = [
        b"",
        b"PK\x03\x04",
        b"hello, this is no model\n",
        &[0xff; 64],
    ];
    for bytes in not_onnx {
        let error = Model::from_bytes("not.onnx", Format::Onnx, bytes).unwrap_err();
        assert!(
            error.chain().starts_with("not.onnx: not a valid ONNX file"),
            "{error}"
        );
    }
    let safetensors = std::fs::read(convlens_fixtures::digits_safetensors()).unwrap();
    assert!(Model::from_bytes("x.onnx", Format::Onnx, safetensors).is_err());
}

/// Written by the `onnx` package (`tests/data/make_external.py`).
#[test]
fn weights_in_other_files_are_those_of_the_file_that_holds_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/external");
    let inside = weights_by_name(&open(convlens_fixtures::onnx_case("grouped")));
    for name in ["grouped.onnx", "grouped-each.onnx"] {
        let outside = open(folder.join(name));
        assert_eq!(weights_by_name(&outside), inside, "{name}");
    }
    let bytes = std::fs::read(folder.join("grouped.onnx")).unwrap();
    let in_memory = Model::from_bytes("grouped.onnx", Format::Onnx, bytes.clone()).unwrap();
    let error = in_memory.kernel(0).unwrap_err().chain();
    assert!(error.contains("the model is in memory"), "{error}");

    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("grouped.onnx");
    std::fs::write(&copy, &bytes).unwrap();
    let error = open(&copy).kernel(0).unwrap_err().chain();
    assert!(
        error.contains("its file `grouped.weights`: it does not exist"),
        "{error}"
    );
    let weights = std::fs::read(folder.join("grouped.weights")).unwrap();
    std::fs::write(
        elsewhere.path().join("grouped.weights"),
        &weights[..weights.len() / 2],
    )
    .unwrap();
    let model = open(&copy);
    let cut = (0..model.layers().len()).filter_map(|i| model.kernel(i).err());
    let cut: Vec<String> = cut.map(|e| e.chain()).collect();
    assert!(
        !cut.is_empty() && cut.iter().all(|e| e.contains("cut off")),
        "{cut:?}"
    );

    // The same length, another way: nothing but what lies below the folder is opened.
    let place = |bad: &[u8]| {
        let at = bytes
            .windows(15)
            .position(|w| w == b"grouped.weights")
            .unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + 15].copy_from_slice(bad);
        std::fs::write(&copy, bytes).unwrap();
        let model = open(&copy);
        (0..model.layers().len())
            .find_map(|i| model.kernel(i).err())
            .unwrap()
            .chain()
    };
    for bad in [b"../uped.weights", b"/etc/hosts/////", b"a/../../weights"] {
        let error = place(bad);
        assert!(
            error.contains("is outside the folder of the model"),
            "{error}"
        );
    }
}
