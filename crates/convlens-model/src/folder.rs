//! Folders that hold models.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::ModelError;
use crate::format::Format;
use crate::model::Model;
use crate::tensors;

/// The names under which Hugging Face's tools save a model, the first that is there counts.
const SAFETENSORS: [&str; 2] = ["model.safetensors.index.json", "model.safetensors"];

/// Further ones, which mean as much only beside a `config.json`.
const OTHERS: [&str; 3] = [
    "pytorch_model.bin.index.json",
    "pytorch_model.bin",
    "model.onnx",
];

impl Model {
    /// The file that is opened for a folder: `model.safetensors.index.json` or `model.safetensors`; beside a
    /// `config.json`, as Hugging Face's tools write it, also `pytorch_model.bin.index.json`, `pytorch_model.bin` or
    /// `model.onnx`; else the only index, or the only file of weights.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if the folder cannot be read, [`ModelError::Folder`] if it holds no model or several.
    pub fn file_of_folder(folder: impl AsRef<Path>) -> Result<PathBuf, ModelError> {
        let folder = folder.as_ref();
        if let Some(named) = named(folder, true) {
            return Ok(named);
        }
        let models = Model::files_of_folder(folder)?;
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

    /// The models that lie in a folder, each by the file to open, sorted: beside a `config.json` the one that
    /// [`file_of_folder`](Self::file_of_folder) finds under the usual names; else all indices and files of weights that
    /// are no parts of these: shards that an index names, external data of an ONNX file. NumPy files are as often data, and are not among them; folders within
    /// are not looked into.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if the folder cannot be read.
    pub fn files_of_folder(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, ModelError> {
        let folder = folder.as_ref();
        if let Some(named) = named(folder, false) {
            return Ok(vec![named]);
        }
        let io = |cause| ModelError::Io {
            path: folder.to_owned(),
            cause,
        };
        let mut models = BTreeSet::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if Format::of_model(&path).is_some() && path.is_file() {
                models.insert(path);
            }
        }
        // Data of an ONNX file may be called `weights.bin`; nothing else makes it worth parsing.
        let is = |path: &Path, format| Format::of_path(path) == Some(format);
        let doubtful = models.iter().any(|path| is(path, Format::Pytorch));
        let parts: BTreeSet<PathBuf> = models
            .iter()
            .filter(|path| doubtful || !is(path, Format::Onnx))
            .flat_map(parts)
            .collect();
        Ok(models.difference(&parts).cloned().collect())
    }
}

/// The files that hold the weights of a model beside its own, for a file that is not opened yet; none where it cannot be
/// read.
fn parts(path: &PathBuf) -> Vec<PathBuf> {
    match Format::of_path(path) {
        Some(Format::Onnx) => {
            let named = Model::open(path).map(|model| model.external_files());
            let named = named.unwrap_or_default();
            named.into_iter().map(|(_, file)| file).collect()
        }
        Some(format) if format.is_index() => tensors::shards(path).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The model under one of the usual names; `anywhere`, some of them count also without a `config.json`.
fn named(folder: &Path, anywhere: bool) -> Option<PathBuf> {
    let configured = folder.join("config.json").is_file();
    let safetensors = SAFETENSORS.iter().filter(|_| configured || anywhere);
    let others = OTHERS.iter().filter(|_| configured);
    let mut names = safetensors.chain(others).map(|name| folder.join(name));
    names.find(|path| path.is_file())
}
