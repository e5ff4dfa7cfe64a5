//! Folders that hold models: which file of them to open.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::ModelError;
use crate::format::Format;

/// The names under which Hugging Face's tools save a model; the first that exists counts.
const SAFETENSORS: [&str; 2] = ["model.safetensors.index.json", "model.safetensors"];

/// Further names, which mean as much only beside a `config.json`.
const OTHERS: [&str; 3] = [
    "pytorch_model.bin.index.json",
    "pytorch_model.bin",
    "model.onnx",
];

/// The file to open for a folder; see `Model::file_of_folder`.
pub(crate) fn file_of(folder: &Path) -> Result<PathBuf, ModelError> {
    if let Some(named) = named(folder, true) {
        return Ok(named);
    }
    let models = files_of(folder)?;
    let is_index = |path: &&PathBuf| Format::of_path(path).is_some_and(Format::is_index);
    let mut indices = models.iter().filter(is_index);
    match (&models[..], indices.next(), indices.next()) {
        ([only], _, _) | (_, Some(only), None) => Ok(only.clone()),
        _ => Err(ModelError::Folder {
            path: folder.to_owned(),
            models,
        }),
    }
}

/// All models of a folder; see `Model::files_of_folder`.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    if let Some(named) = named(folder, false) {
        return Ok(vec![named]);
    }
    let io = |source| ModelError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut models = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if Format::of_model(&path).is_some() && path.is_file() {
            models.insert(path);
        }
    }
    // External data of an ONNX file may be called `weights.bin`; only then is it worth parsing.
    let is = |path: &Path, format| Format::of_path(path) == Some(format);
    let doubtful = models.iter().any(|path| is(path, Format::Pytorch));
    let parts: BTreeSet<PathBuf> = models
        .iter()
        .filter(|path| doubtful || !is(path, Format::Onnx))
        .flat_map(|path| parts(path))
        .collect();
    Ok(models.difference(&parts).cloned().collect())
}

/// The other files that hold the weights of a model; none where they cannot be told.
fn parts(path: &Path) -> Vec<PathBuf> {
    match Format::of_path(path) {
        #[cfg(feature = "onnx")]
        Some(Format::Onnx) => crate::onnx::external_files_of(path),
        #[cfg(any(feature = "safetensors", feature = "pytorch"))]
        Some(format) if format.is_index() => {
            crate::tensors::sharded::shards(path).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The model under one of the usual names; with `anywhere`, some count without a `config.json`.
fn named(folder: &Path, anywhere: bool) -> Option<PathBuf> {
    let configured = folder.join("config.json").is_file();
    let safetensors = SAFETENSORS.iter().filter(|_| configured || anywhere);
    let others = OTHERS.iter().filter(|_| configured);
    let mut names = safetensors.chain(others).map(|name| folder.join(name));
    names.find(|path| path.is_file())
}
