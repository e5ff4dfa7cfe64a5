//! A residual network from both of PyTorch's exporters: every tap and the logits against PyTorch.

use std::path::PathBuf;

use convlens_activations::{InputOptions, Inputs, RunOptions, Runner};
use convlens_model::arrays::Npz;
use convlens_model::{LayerKind, Model, error_chain};

fn data(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    PathBuf::from(folder).join(name)
}

/// A layer's output by the name of its weight, which both exporters keep.
fn reference(prefix: &str, weight: &str) -> Vec<f32> {
    let mut npz = Npz::open(data("resnet-reference.npz")).unwrap();
    let module = weight.strip_suffix(".weight").unwrap();
    let array = npz.array(&format!("{prefix}{module}")).unwrap();
    array.values.into_f32()
}

/// The exporters and where their activations stand: the optimizer of the second folds batch
/// normalization, so that its convolutions are those of the folded network.
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
fn activations_and_logits_equal_pytorchs() {
    let inputs = Inputs::open(data("resnet-reference.npz"), &InputOptions::default()).unwrap();
    for (file, prefix) in FILES {
        let model = Model::open(data(file)).unwrap();
        outputs_equal(&model, &inputs, file, prefix);
    }
}

#[test]
fn folding_gives_the_network_that_pytorch_fuses() {
    let inputs = Inputs::open(data("resnet-reference.npz"), &InputOptions::default()).unwrap();
    let fused = Model::open(data("resnet-dynamo.onnx")).unwrap();
    for file in ["resnet-torchscript.onnx", "resnet-dynamo-plain.onnx"] {
        let mut model = Model::open(data(file)).unwrap();
        let listed = |model: &Model| {
            let norms = model.skipped().iter();
            norms.filter(|s| s.kind == "BatchNormalization").count()
        };
        assert_eq!(listed(&model), 12, "{file}");
        assert_eq!(model.fold_batch_norms(), 12, "{file}");
        assert_eq!((listed(&model), model.fold_batch_norms()), (0, 0));
        assert_eq!(
            model.notes()[0].to_string(),
            "batch normalization is folded into 12 layers"
        );
        for (index, layer) in model.layers().iter().enumerate() {
            let other = fused.layers().iter().position(|l| l.weight == layer.weight);
            let other = other.unwrap();
            // The exporter folded in single precision: weights of order 1 to a few units of 6e-8.
            let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
            let (a, b) = (model.kernel(index).unwrap(), fused.kernel(other).unwrap());
            let mut weights = a.weights().iter().zip(b.weights());
            assert!(weights.all(close), "{file}, {}", layer.name);
            let (a, b) = (model.bias(index).unwrap(), fused.bias(other).unwrap());
            // The second exporter, unoptimized, computes biases of zero while the model runs.
            let stored = layer.batch_norm.is_some() && !file.contains("dynamo");
            assert!(a.is_some() || !stored, "{file}, {}", layer.name);
            let mut biases = a.iter().flatten().zip(b.iter().flatten());
            assert!(biases.all(close), "{file}, {}", layer.name);
        }
        // Outputs are those behind the normalizations.
        outputs_equal(&model, &inputs, file, "folded/");
    }
}

/// Every number of every layer's output, against PyTorch's.
fn outputs_equal(model: &Model, inputs: &Inputs, file: &str, prefix: &str) {
    let runner = Runner::new(model).unwrap();
    let layers = model.layers();
    let names = layers
        .iter()
        .map(|l| l.output.as_ref().unwrap().name.clone());
    let names: Vec<String> = names.collect();
    let mut found: Vec<Vec<f32>> = vec![Vec::new(); names.len()];
    let options = RunOptions::default().batch_size(2);
    let tapped = runner.tap_values(inputs, &names, &options, &mut |batch| {
        for (all, array) in found.iter_mut().zip(batch.values) {
            all.extend(array.unwrap().values.into_f32());
        }
        Ok(())
    });
    assert!(tapped.unwrap().refused.is_empty());
    for (layer, found) in layers.iter().zip(&found) {
        let expected = reference(prefix, &layer.weight);
        assert_eq!(found.len(), expected.len(), "{file}, {}", layer.name);
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            // Two runtimes in single precision: up to 200 terms of order 1 through 15 layers. The
            // head's outputs are the logits.
            assert!(
                (found - expected).abs() <= 1e-4,
                "{file}, {}, {at}: {found}, {expected}",
                layer.name
            );
        }
    }
    let run = runner.run(inputs, &[], &options, &mut |_| ()).unwrap();
    assert_eq!(run.correct(inputs), Some(5), "{file}");
}

#[test]
fn weights_in_another_file_are_missed_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resnet.onnx");
    std::fs::copy(data("resnet-external/resnet.onnx"), &path).unwrap();
    let model = Model::open(&path).unwrap();
    assert!(model.external_files().is_empty());
    let error = error_chain(&Runner::new(&model).unwrap_err());
    assert!(error.contains("resnet.onnx.data"), "{error}");
}
