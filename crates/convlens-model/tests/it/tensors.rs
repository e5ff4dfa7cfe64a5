//! Files of tensors against what torch, safetensors and numpy read in them, and hostile ones.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use convlens_model::{DType, Format, LayerKind, Model, ModelError, Note, SkipReason};
use serde_json::Value;
use zip::write::SimpleFileOptions;

use super::{Chain, data};

fn open(name: &str) -> Model {
    Model::open(data(name)).unwrap_or_else(|e| panic!("{e}"))
}

/// Doubles of any exact value: equal only if all bits are.
fn bits(values: &[f64]) -> String {
    values
        .iter()
        .map(|v| format!("{:016x}", v.to_bits()))
        .collect()
}

/// Each layer's shape and bits, by the name of its tensor.
fn layers(model: &Model) -> BTreeMap<String, (Vec<usize>, String)> {
    let layers = model.layers().iter().enumerate();
    layers
        .map(|(i, l)| {
            let kernel = model.kernel(i).unwrap_or_else(|e| panic!("{e}"));
            (l.weight.clone(), (l.shape.clone(), bits(kernel.weights())))
        })
        .collect()
}

#[test]
fn every_matrix_and_kernel_is_read_bit_for_bit() {
    let text = std::fs::read_to_string(data("expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 15);
    for (file, tensors) in expected {
        let mut matrices = BTreeMap::new();
        for (name, tensor) in &tensors {
            let shape: Vec<usize> = serde_json::from_value(tensor["shape"].clone()).unwrap();
            if let (2.., Some(bits)) = (shape.len(), tensor["bits"].as_str()) {
                matrices.insert(name.clone(), (shape, bits.to_owned()));
            }
        }
        let model = open(&file);
        if tensors.contains_key("repeated") {
            continue; // `views_of_one_storage_are_tensors_of_their_own`
        }
        assert_eq!(layers(&model), matrices, "{file}");
        // What is no layer is listed, with its reason.
        assert_eq!(
            model.layers().len() + inside(&model),
            tensors.len(),
            "{file}"
        );
    }
}

/// Tensors of the state dict that are left out.
fn inside(model: &Model) -> usize {
    let outside = |r: &SkipReason| matches!(r, SkipReason::OutsideStateDict { .. });
    model
        .skipped()
        .iter()
        .filter(|s| !outside(&s.reason))
        .count()
}

#[test]
fn views_of_one_storage_are_tensors_of_their_own() {
    let text = std::fs::read_to_string(data("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    for file in ["views.pth", "views_legacy.th"] {
        let model = open(file);
        assert_eq!(model.layers().len(), 5);
        for (i, layer) in model.layers().iter().enumerate() {
            let kernel = model.kernel(i);
            match expected[file][&layer.name]["bits"].as_str() {
                Some(expected) => assert_eq!(bits(kernel.unwrap().weights()), expected),
                // 24,000 bytes out of three numbers: no file may ask for more than it holds.
                None => {
                    assert_eq!(layer.name, "repeated");
                    let error = kernel.unwrap_err().chain();
                    assert!(error.contains("a view of 24000 bytes"), "{error}");
                }
            }
        }
    }
}

#[test]
fn other_types_and_shapes_are_listed_with_their_reason() {
    for file in [
        "state.pth",
        "legacy.pt",
        "all.safetensors",
        "sharded",
        "sharded_bin",
    ] {
        let model = open(file);
        let reasons: BTreeMap<_, _> = model
            .skipped()
            .iter()
            .map(|s| (s.name.as_str(), s.reason.to_string()))
            .collect();
        assert_eq!(
            reasons["conv.bias"], "neither a convolution nor a dense layer",
            "{file}"
        );
        assert_eq!(
            reasons["steps"], "neither a convolution nor a dense layer",
            "{file}"
        );
        assert_eq!(
            reasons["table"], "cannot be read: element type I64 is not f32, f64, f16 or bf16",
            "{file}"
        );
        assert_eq!(reasons.len(), 3, "{file}");
        let kinds: Vec<_> = model
            .layers()
            .iter()
            .map(|l| (l.name.as_str(), l.kind, l.dtype))
            .collect();
        let dense = LayerKind::Dense;
        let expected = [
            ("brain.weight", dense, DType::Bf16),
            ("conv.weight", LayerKind::Conv, DType::F32),
            ("double.weight", dense, DType::F64),
            ("half.weight", dense, DType::F16),
        ];
        assert_eq!(kinds, expected, "{file}");
    }
}

#[test]
fn state_dicts_are_found_within_checkpoints_and_it_is_said() {
    for (file, key, outside) in [
        ("nested.ckpt", "state_dict", "optimizer.state.0.exp_avg"),
        ("model_key.bin", "model", "optimizer.exp_avg"),
    ] {
        let model = open(file);
        assert_eq!(model.notes(), [Note::StateDict { key: key.into() }]);
        assert!(model.layers().iter().any(|l| l.name == "conv.weight"));
        let skipped = model.skipped().iter().find(|s| s.name == outside).unwrap();
        assert_eq!(
            skipped.reason,
            SkipReason::OutsideStateDict { key: key.into() }
        );
    }
    // A child called `model` is no state dict: its sibling holds weights too.
    let module = open("module.pth");
    assert!(module.notes().is_empty());
    let names: Vec<_> = module.layers().iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["head.weight", "model.0.weight"]);
}

#[test]
fn prefixes_of_wrappers_are_taken_off_and_it_is_said() {
    for (file, prefix) in [("parallel.pth", "module."), ("compiled.pth", "_orig_mod.")] {
        let model = open(file);
        assert_eq!(
            model.notes(),
            [Note::PrefixRemoved {
                prefix: prefix.into()
            }]
        );
        for layer in model.layers() {
            assert_eq!(layer.weight, format!("{prefix}{}", layer.name));
        }
        assert_eq!(model.layers()[1].name, "conv.weight");
    }
}

#[test]
fn a_pickle_that_would_run_a_command_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let before = std::env::current_dir().unwrap();
    let file = folder.path().join("evil.pth");
    std::fs::copy(data("evil.pth"), &file).unwrap();
    match Model::open(&file) {
        Ok(model) => {
            let names: Vec<_> = model.layers().iter().map(|l| l.name.as_str()).collect();
            assert_eq!(names, ["weight"]);
        }
        Err(error) => assert!(matches!(error, ModelError::Malformed { .. }), "{error}"),
    }
    for place in [folder.path(), &before] {
        assert!(!place.join("pwned").exists());
    }
}

/// Opening and reading everything must end in values or typed errors.
fn survive(path: &Path) {
    if let Ok(model) = Model::open(path) {
        for i in 0..model.layers().len() {
            let _ = model.kernel(i);
        }
    }
}

const FILES: [&str; 12] = [
    "state.pth",
    "legacy.pt",
    "views.pth",
    "views_legacy.th",
    "nested.ckpt",
    "module.pth",
    "evil.pth",
    "all.safetensors",
    "arrays.npz",
    "packed.npz",
    "one.npy",
    "sharded/model-00001-of-00002.safetensors",
];

#[test]
fn truncated_files_give_errors() {
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let whole = std::fs::read(data(file)).unwrap();
        let cut = folder.path().join(Path::new(file).file_name().unwrap());
        for part in 0..64 {
            std::fs::write(&cut, &whole[..whole.len() * part / 64]).unwrap();
            survive(&cut);
            assert!(
                Model::open(&cut).is_err() || file.ends_with(".th") || file.ends_with(".pt"),
                "{file} cut at {part}/64"
            );
        }
    }
}

#[test]
fn files_with_a_flipped_byte_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let whole = std::fs::read(data(file)).unwrap();
        let flipped = folder.path().join(Path::new(file).file_name().unwrap());
        // Every byte of a small file would take minutes; a stride prime to all field sizes.
        for at in (0..whole.len()).step_by(13) {
            for value in [0xff, whole[at] ^ 1, whole[at] ^ 0x80] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                std::fs::write(&flipped, bytes).unwrap();
                survive(&flipped);
            }
        }
    }
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn bombs_are_refused_before_they_unpack() {
    let folder = tempfile::tempdir().unwrap();
    // A pickle of 64 million empty dictionaries in 64 kB.
    let pickle = vec![b'}'; 64 << 20];
    let bomb = folder.path().join("bomb.pth");
    std::fs::write(
        &bomb,
        archive(&[("a/data.pkl", &pickle), ("a/version", b"3")]),
    )
    .unwrap();
    let error = Model::open(&bomb).unwrap_err().chain();
    assert!(error.contains("its pickle unpacks from"), "{error}");
    // Nested lists deep enough to overflow the stack of whoever follows them.
    let mut deep = vec![0x80, 2];
    deep.extend(std::iter::repeat_n(b']', 200_000));
    deep.extend(std::iter::repeat_n(b'a', 199_999));
    deep.push(b'.');
    let nest = folder.path().join("nest.pt");
    std::fs::write(&nest, deep).unwrap();
    assert!(matches!(
        Model::open(&nest),
        Err(ModelError::Malformed { .. })
    ));
}

#[test]
fn names_in_archives_reach_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let npy = std::fs::read(data("one.npy")).unwrap();
    let path = folder.path().join("paths.npz");
    std::fs::write(
        &path,
        archive(&[("../up.npy", &npy), ("/abs.npy", &npy), ("c:\\d.npy", &npy)]),
    )
    .unwrap();
    let model = Model::open(&path).unwrap();
    assert_eq!(model.layers().len(), 3);
    survive(&path);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!folder.path().parent().unwrap().join("up.npy").exists());
}

#[test]
fn many_tiny_tensors_are_no_burden() {
    let views = (0..100_000).map(|i| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![1, 1], &[0; 4]);
        (format!("t{i}"), view.unwrap())
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    let model = Model::from_bytes("many.safetensors", Format::Safetensors, bytes).unwrap();
    assert_eq!(model.layers().len(), 100_000);
    assert_eq!(model.layers()[99_999].name, "t99999");
}

#[test]
fn formats_that_need_a_file_say_so() {
    for format in [
        Format::Pytorch,
        Format::SafetensorsIndex,
        Format::PytorchIndex,
        Format::Memory,
    ] {
        let error = Model::from_bytes("some", format, vec![0; 10]).unwrap_err();
        assert!(matches!(error, ModelError::NeedsFile { .. }), "{error}");
    }
}
