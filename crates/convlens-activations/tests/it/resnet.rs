//! A residual network from both of PyTorch's exporters: every tap and the logits against PyTorch.

use std::path::PathBuf;

use convlens_activations::{Aggregation, InputOptions, Inputs, RunOptions, Runner, Tap};
use convlens_model::{ArrayValues, LayerKind, Model, Npz};

use super::activations::{identity, tap};

fn data(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    PathBuf::from(folder).join(name)
}

/// Every layer's reference by the name of its weight, which both exporters keep.
fn reference(prefix: &str, weight: &str) -> (Vec<usize>, Vec<f64>) {
    let mut npz = Npz::open(data("resnet-reference.npz")).unwrap();
    let module = weight.strip_suffix(".weight").unwrap();
    let array = npz.array(&format!("{prefix}{module}")).unwrap();
    let ArrayValues::F32(values) = array.values else {
        panic!("f32 expected")
    };
    (array.shape, values.into_iter().map(f64::from).collect())
}

/// The exporters and where their activations stand: the optimiser of the second folds batch
/// normalisation, so that its convolutions are those of the folded network.
const FILES: [(&str, &str); 4] = [
    ("resnet-torchscript.onnx", ""),
    ("resnet-dynamo-plain.onnx", ""),
    ("resnet-dynamo.onnx", "folded/"),
    ("resnet-external/resnet.onnx", "folded/"),
];

#[test]
fn geometry_survives_both_exporters() {
    for (file, _) in FILES {
        let model = Model::open(data(file)).unwrap();
        assert_eq!(model.layers().len(), 15, "{file}: {:?}", model.skipped());
        let layer = |weight: &str| {
            let found = model.layers().iter().find(|l| l.weight == weight);
            found.unwrap_or_else(|| panic!("{file}: {weight}"))
        };
        let stem = layer("stem.0.weight");
        assert_eq!(stem.shape, [8, 3, 5, 3]);
        assert_eq!(stem.geometry.stride(), [2, 1]);
        assert_eq!(stem.geometry.padding(), [(2, 2), (1, 1)]);
        assert_eq!(stem.grid.as_deref(), Some(&[15, 12][..]));
        let grouped = layer("block3.b.0.weight");
        assert_eq!(grouped.shape, [12, 4, 3, 3]);
        assert_eq!(grouped.geometry.groups(), 3);
        assert_eq!(grouped.geometry.stride(), [2, 2]);
        assert_eq!(grouped.grid.as_deref(), Some(&[4, 6][..]));
        let depthwise = layer("block4.depthwise.0.weight");
        assert_eq!(depthwise.geometry.groups(), 16);
        assert_eq!(depthwise.geometry.dilation(), [2, 2]);
        let skip = layer("block2.skip.0.weight");
        assert_eq!(
            (&skip.shape[..], skip.geometry.stride()),
            (&[12, 8, 1, 1][..], &[2, 2][..])
        );
        assert_eq!(layer("mix.0.weight").grid.as_deref(), Some(&[2, 3][..]));
        let head = layer("head.weight");
        assert_eq!(
            (head.kind, &head.shape[..]),
            (LayerKind::Dense, &[5, 24][..])
        );
    }
}

#[test]
fn activations_equal_pytorchs() {
    let inputs = Inputs::open(data("resnet-reference.npz"), &InputOptions::default()).unwrap();
    for (file, prefix) in FILES {
        let model = Model::open(data(file)).unwrap();
        let runner = Runner::new(&model).unwrap();
        let taps: Vec<Tap> = model
            .layers()
            .iter()
            .map(|l| {
                let channels = reference(prefix, &l.weight).0[1];
                tap(l, vec![identity(channels)])
            })
            .collect();
        for how in [Aggregation::Max, Aggregation::Mean] {
            let options = RunOptions::default().aggregation(how).batch_size(2);
            let run = runner.run(&inputs, &taps, &options, &mut |_| ()).unwrap();
            assert_eq!(run.correct(&inputs), Some(5), "{file}");
            for (layer, tapped) in model.layers().iter().zip(run.taps) {
                let table = tapped.unwrap().remove(0);
                let (shape, values) = reference(prefix, &layer.weight);
                let positions: usize = shape[2..].iter().product();
                for (map, pair) in values.chunks(positions).zip(table.values.chunks(2)) {
                    let expected = match how {
                        Aggregation::Max => [
                            map.iter().copied().fold(f64::MIN, f64::max),
                            -map.iter().copied().fold(f64::MAX, f64::min),
                        ],
                        _ => [1.0, -1.0].map(|s| s * map.iter().sum::<f64>() / positions as f64),
                    };
                    for (found, expected) in pair.iter().zip(expected) {
                        // Two runtimes in single precision: up to 200 terms of order 1 through 15 layers.
                        assert!(
                            (found - expected).abs() <= 1e-4,
                            "{file}, {}: {found}, {expected}",
                            layer.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn weights_in_another_file_are_missed_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resnet.onnx");
    std::fs::copy(data("resnet-external/resnet.onnx"), &path).unwrap();
    let model = Model::open(&path).unwrap();
    assert!(model.external_files().is_empty());
    let error = Runner::new(&model).unwrap_err().to_string();
    assert!(error.contains("resnet.onnx.data"), "{error}");
}
