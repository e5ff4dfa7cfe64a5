//! What every target does with its bytes.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use convlens_activations::{InputOptions, Inputs};
use convlens_model::Model;
use convlens_model::arrays::Arrays;

/// A folder of this process; in memory where `TMPDIR` says so.
static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// Bytes as a file, for parsers that read from files.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.path().join(name);
    std::fs::write(&path, bytes).expect("a writable temporary folder");
    path
}

/// Opens a model file and reads everything in it. Errors are as good as results, if they name the
/// file.
pub fn model(path: &Path) {
    match Model::open(path) {
        Ok(model) => explore(&model),
        Err(error) => named(&error.to_string(), path),
    }
}

/// Decodes every layer of a model.
pub fn explore(model: &Model) {
    for index in 0..model.layers().len() {
        if let Err(error) = model.kernel(index) {
            named(&error.to_string(), model.path());
        }
        if let Err(error) = model.bias(index) {
            named(&error.to_string(), model.path());
        }
    }
    let _ = (model.values(), model.inputs(), model.external_files());
}

/// Opens a file of arrays, also as inputs, and reads everything in it both ways.
pub fn arrays(path: &Path) {
    if let Ok(mut arrays) = Arrays::open(path) {
        for name in arrays.names() {
            let whole = arrays.array(&name);
            if let Ok(mut rows) = arrays.rows(&name)
                && rows.count() < 1 << 16
            {
                let read = rows.read(0..rows.count());
                // Both ways read the same numbers, or say what is wrong.
                if let (Ok(whole), Ok(read)) = (whole, read) {
                    let whole = whole.values.into_f32();
                    let bits = |v: &[f32]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                    assert_eq!(bits(&whole), bits(&read));
                }
            }
        }
    }
    inputs(path);
}

/// Reads all inputs there are.
pub fn inputs(path: &Path) {
    match Inputs::open(path, &InputOptions::default()) {
        Ok(inputs) => {
            for batch in inputs.batches(7).take(1 << 12) {
                let Ok(batch) = batch else { break };
                assert!(batch.values.iter().all(|v| v.is_finite()));
            }
        }
        Err(error) => named(&error.to_string(), path),
    }
}

fn named(error: &str, path: &Path) {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    assert!(error.contains(&*name), "the file is not named: {error}");
}
