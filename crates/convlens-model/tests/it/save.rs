//! Edited kernels written back: their bytes change, and no other.

use std::path::{Path, PathBuf};

use convlens_model::{DType, LayerKind, Model, ModelError};
use convlens_svd::{ConvKernel, edit::ClipOptions};

use super::{Chain, data};

/// The same kernel with every weight through `f`, which also gets its flat index.
fn mapped(kernel: &ConvKernel, f: impl Fn(usize, f64) -> f64) -> ConvKernel {
    let weights = kernel.weights().iter().enumerate();
    let weights = weights.map(|(i, &w)| f(i, w)).collect();
    ConvKernel::new(weights, kernel.shape(), kernel.geometry().clone()).unwrap()
}

/// Where two files of one length differ: the first byte and the one after the last.
fn differing(a: &Path, b: &Path) -> Option<(usize, usize)> {
    let (a, b) = (std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
    assert_eq!(a.len(), b.len());
    let mut places = (0..a.len()).filter(|&i| a[i] != b[i]);
    let first = places.next()?;
    Some((first, places.next_back().unwrap_or(first) + 1))
}

fn files() -> Vec<PathBuf> {
    let mut files = vec![
        convlens_fixtures::digits_safetensors(),
        convlens_fixtures::digits_onnx(),
        convlens_fixtures::digits_folded_onnx(),
        data("all.safetensors"),
    ];
    let cases = [
        "grouped",
        "transpose",
        "conv1d",
        "conv3d",
        "matmul-add",
        "constant-weights",
    ];
    files.extend(cases.map(convlens_fixtures::onnx_case));
    files
}

#[test]
fn every_layer_of_every_file_changes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut layers = 0;
    let mut kinds = Vec::new();
    for file in files() {
        let model = Model::open(&file).unwrap();
        for (index, spec) in model.layers().iter().enumerate() {
            let to = folder.path().join(file.file_name().unwrap());
            // Eighths of small integers: exact in every type, and different from what was there.
            let edited = mapped(&model.kernel(index).unwrap(), |i, _| {
                (i % 61) as f64 / 8.0 - 3.5
            });
            let saved = model.save_with(&[(index, &edited)], &to).unwrap();
            assert_eq!((&saved[0].layer, saved[0].max_rounding), (&spec.name, 0.0));
            assert_eq!(saved[0].tied, Vec::<String>::new(), "{file:?}");
            let (first, end) = differing(&file, &to).unwrap();
            let bytes = spec.dtype.size() * edited.weights().len();
            assert!(end - first <= bytes, "{file:?}: {}", spec.name);
            let again = Model::open(&to).unwrap();
            assert_eq!(again.layers(), model.layers());
            for other in 0..model.layers().len() {
                let expected = if other == index {
                    edited.clone()
                } else {
                    model.kernel(other).unwrap()
                };
                assert_eq!(again.kernel(other).unwrap(), expected, "{file:?}: {other}");
            }
            layers += 1;
            kinds.push(spec.kind);
        }
    }
    assert!(layers >= 30, "{layers}");
    assert!(kinds.contains(&LayerKind::ConvTranspose) && kinds.contains(&LayerKind::Dense));
}

#[test]
fn a_kernel_that_was_not_edited_gives_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for file in files() {
        let model = Model::open(&file).unwrap();
        let kernels: Vec<ConvKernel> = (0..model.layers().len())
            .map(|i| model.kernel(i).unwrap())
            .collect();
        let edits: Vec<(usize, &ConvKernel)> = kernels.iter().enumerate().collect();
        let to = folder.path().join("copy");
        model.save_with(&edits, &to).unwrap();
        assert_eq!(differing(&file, &to), None, "{file:?}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays");
}

#[test]
fn a_clipped_kernel_is_rounded_to_the_files_type_and_says_by_how_much() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("clipped.safetensors");
    let model = Model::open(convlens_fixtures::digits_safetensors()).unwrap();
    let index = model
        .layers()
        .iter()
        .position(|l| l.name.contains("conv2"))
        .unwrap();
    let kernel = model.kernel(index).unwrap();
    let (clipped, report) = kernel
        .clip_spectrum(&[8, 8], 1.0, &ClipOptions::default())
        .unwrap();
    assert!(report.before.lower > 1.0);
    let saved = model.save_with(&[(index, &clipped)], &to).unwrap();
    assert_eq!(saved[0].dtype, DType::F32);
    let again = Model::open(&to).unwrap().kernel(index).unwrap();
    let pairs = again.weights().iter().zip(clipped.weights());
    let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert_eq!(saved[0].max_rounding, largest);
    // Half a unit in the last place of numbers below 1.
    assert!(
        largest > 0.0 && largest <= f64::from(f32::EPSILON) / 4.0,
        "{largest}"
    );
    assert!(
        again
            .weights()
            .iter()
            .zip(clipped.weights())
            .all(|(&a, &b)| a == f64::from(b as f32))
    );
}

#[test]
fn a_shared_tensor_changes_for_all_its_layers_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("tied.onnx");
    let model = Model::open(convlens_fixtures::onnx_case("same-weight-twice")).unwrap();
    assert_eq!(model.layers()[0].weight, model.layers()[1].weight);
    let kernel = model.kernel(0).unwrap();
    let (a, b) = (
        mapped(&kernel, |_, w| 2.0 * w),
        mapped(&kernel, |_, w| 3.0 * w),
    );
    let saved = model.save_with(&[(0, &a)], &to).unwrap();
    assert_eq!(saved[0].tied, [model.layers()[1].name.clone()]);
    assert_eq!(
        Model::open(&to).unwrap().kernel(1).unwrap().weights(),
        a.weights()
    );
    let error = model.save_with(&[(0, &a), (1, &b)], &to).unwrap_err();
    assert!(error.chain().contains("shared tensor"), "{error}");
}

#[test]
fn what_cannot_be_written_is_said_and_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("never");
    let refused = |path: PathBuf, contains: &str| {
        let model = Model::open(&path).unwrap();
        let kernel = model.kernel(0).unwrap();
        let error = model.save_with(&[(0, &kernel)], &to).unwrap_err();
        assert!(matches!(error, ModelError::NotWritable { .. }), "{error}");
        let text = error.chain();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(text.contains(contains) && text.contains(name), "{text}");
    };
    refused(data("state.pth"), "PyTorch files");
    refused(data("arrays.npz"), "NumPy files");
    refused(data("external/grouped.onnx"), "another file");
    let index = std::fs::read_dir(data("sharded")).unwrap();
    let index = index
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().unwrap() == "json");
    refused(index.unwrap(), "shard");

    let model = Model::open(data("all.safetensors")).unwrap();
    let half = model
        .layers()
        .iter()
        .position(|l| l.dtype == DType::F16)
        .unwrap();
    let huge = mapped(
        &model.kernel(half).unwrap(),
        |i, w| if i == 2 { 7e4 } else { w },
    );
    let error = model.save_with(&[(half, &huge)], &to).unwrap_err().chain();
    assert!(
        error.contains("70000 at flat index 2") && error.contains("f16"),
        "{error}"
    );

    let other = ConvKernel::from_slice(&[1.0], &[1, 1]).unwrap();
    let error = model.save_with(&[(half, &other)], &to).unwrap_err();
    assert!(matches!(error, ModelError::Edit { .. }), "{error}");
    assert!(error.chain().contains("[1, 1]"), "{error}");
    assert!(model.save_with(&[], &to).is_err());

    let own = model.path().to_owned();
    let kernel = model.kernel(half).unwrap();
    let error = model.save_with(&[(half, &kernel)], &own).unwrap_err();
    assert!(error.chain().contains("another name"), "{error}");
    let nowhere = folder.path().join("no/such/folder/x");
    let error = model.save_with(&[(half, &kernel)], &nowhere).unwrap_err();
    assert!(matches!(error, ModelError::Write { .. }), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
