//! Several safetensors files under one index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use super::safetensors::Safetensors;
use super::{TensorInfo, skipped};
use crate::layer::{SkipReason, Skipped};
use crate::source::Source;

/// The longest index that is read: 10^5 tensors take some 10 MB.
const MAX_INDEX: u64 = 100_000_000;

/// The index that Hugging Face's tools write.
#[derive(Debug, serde::Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The files, and which tensor is in which.
#[derive(Debug)]
pub(crate) struct Sharded {
    files: Vec<Safetensors>,
    file_of: HashMap<String, usize>,
}

impl Sharded {
    /// Opens all files of an index. Tensors that it promises and no file has are left out with a
    /// reason, and so is what a file has beyond the index.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<TensorInfo>, Vec<Skipped>), String> {
        let source = Source::open(path).map_err(|e| e.to_string())?;
        if source.len() > MAX_INDEX {
            return Err(format!(
                "an index of more than {MAX_INDEX} bytes is not read"
            ));
        }
        let index: Index = serde_json::from_slice(&source.read(0, source.len())?)
            .map_err(|e| format!("it is no index of safetensors files: {e}"))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let names: BTreeSet<&str> = index.weight_map.values().map(String::as_str).collect();
        let mut files = Vec::new();
        let mut infos = Vec::new();
        let mut left_out = Vec::new();
        let mut file_of = HashMap::new();
        for name in names {
            let shard = beside(folder, name)?;
            let opened = Source::open(&shard)
                .map_err(|e| e.to_string())
                .and_then(Safetensors::open);
            let (file, found) = opened.map_err(|reason| format!("its file `{name}`: {reason}"))?;
            for info in found {
                if index.weight_map.get(&info.name).map(String::as_str) == Some(name) {
                    file_of.insert(info.name.clone(), files.len());
                    infos.push(info);
                } else {
                    let reason = format!("the index does not name it for `{name}`");
                    left_out.push(skipped(&info.name, SkipReason::Unreadable(reason)));
                }
            }
            files.push(file);
        }
        for (tensor, file) in &index.weight_map {
            if !file_of.contains_key(tensor) {
                let reason = format!("the index names it, but `{file}` does not hold it");
                left_out.push(skipped(tensor, SkipReason::Unreadable(reason)));
            }
        }
        Ok((Sharded { files, file_of }, infos, left_out))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, String> {
        let file = self.file_of.get(name).and_then(|&i| self.files.get(i));
        file.ok_or("it is not in the files")?.read(name)
    }
}

/// A file of the index, which may lie nowhere but beside it.
fn beside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(file)), None) => Ok(folder.join(file)),
        _ => Err(format!(
            "it names the file `{name}`, which is not beside it"
        )),
    }
}

/// The model files of a folder: as Hugging Face lays it out one, the index or the weights under their usual names, PyTorch's
/// and ONNX's only beside a `config.json`; else an index, or all files of weights.
pub(crate) fn index_of_folder(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    const SAFETENSORS: [&str; 2] = ["model.safetensors.index.json", "model.safetensors"];
    const OTHERS: [&str; 2] = ["pytorch_model.bin", "model.onnx"];
    let configured = folder.join("config.json").is_file();
    let others = OTHERS.iter().filter(|_| configured);
    let mut named = SAFETENSORS.iter().chain(others).map(|n| folder.join(n));
    if let Some(found) = named.find(|p| p.is_file()) {
        return Ok(vec![found]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        let is_index = name.ends_with(".safetensors.index.json");
        if path.is_file()
            && (is_index || crate::Format::of_path(&path).is_some_and(|f| f.is_model()))
        {
            found.push((!is_index, path));
        }
    }
    found.sort();
    // An index stands for its files.
    if found.first().is_some_and(|(plain, _)| !plain) {
        found.retain(|(plain, _)| !plain);
    }
    Ok(found.into_iter().map(|(_, path)| path).collect())
}
