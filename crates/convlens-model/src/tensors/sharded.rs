//! Several files of tensors under one index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use super::pytorch::Checkpoint;
use super::safetensors::Safetensors;
use super::{Contents, TensorInfo, layers, skipped};
use crate::format::Format;
use crate::layer::{Note, SkipReason, Skipped};
use crate::source::Source;

/// The longest index that is read: 10^5 tensors take some 10 MB.
const MAX_INDEX: u64 = 100_000_000;

/// The index that Hugging Face's tools write.
#[derive(Debug, serde::Deserialize)]
struct Index {
    /// The file that holds each tensor.
    weight_map: BTreeMap<String, String>,
}

impl Index {
    fn read(path: &Path) -> Result<Self, String> {
        let source = Source::open(path).map_err(|e| e.to_string())?;
        if source.len() > MAX_INDEX {
            return Err(format!(
                "an index of more than {MAX_INDEX} bytes is not read"
            ));
        }
        serde_json::from_slice(&source.read(0, source.len())?)
            .map_err(|e| format!("it is no index of files of weights: {e}"))
    }

    fn files(&self) -> BTreeSet<&str> {
        self.weight_map.values().map(String::as_str).collect()
    }
}

/// The files that an index names; an error if one of them is not beside it.
pub(crate) fn shards(index: &Path) -> Result<Vec<PathBuf>, String> {
    let names = Index::read(index)?;
    names
        .files()
        .iter()
        .map(|name| beside(index, name))
        .collect()
}

/// The files, and which tensor is in which.
#[derive(Debug)]
pub(crate) struct Sharded {
    /// Sorted by their names.
    files: Vec<(String, Shard)>,
    file_of: HashMap<String, usize>,
}

/// One of the files.
#[derive(Debug)]
pub(super) enum Shard {
    Safetensors(Safetensors),
    Pytorch(Checkpoint),
}

/// What a file holds: tensors, those left out, and what was done to it.
type Found = (Vec<TensorInfo>, Vec<Skipped>, Vec<Note>);

impl Shard {
    fn open(path: &Path) -> Result<(Self, Found), String> {
        match Format::of_path(path) {
            Some(Format::Safetensors) => {
                let source = Source::open(path).map_err(|e| e.to_string())?;
                let (file, infos) = Safetensors::open(source)?;
                Ok((Shard::Safetensors(file), (infos, Vec::new(), Vec::new())))
            }
            Some(Format::Pytorch) => {
                let (file, infos, left_out, notes) = Checkpoint::open(path)?;
                Ok((Shard::Pytorch(file), (infos, left_out, notes)))
            }
            _ => Err("neither a safetensors nor a PyTorch file".into()),
        }
    }
}

impl Sharded {
    /// Opens all files of an index. Tensors that it promises and no file has are left out with a
    /// reason, and so is what a file has beyond the index.
    pub(super) fn open(path: &Path) -> Result<(Self, Contents), String> {
        let index = Index::read(path)?;
        let mut files = Vec::new();
        let (mut infos, mut left_out, mut notes) = Found::default();
        let mut file_of = HashMap::new();
        for name in index.files() {
            let opened = Shard::open(&beside(path, name)?);
            let (file, (held, unread, said)) =
                opened.map_err(|reason| format!("its file `{name}`: {reason}"))?;
            left_out.extend(unread);
            notes.extend(said);
            for info in held {
                if index.weight_map.get(&info.name).map(String::as_str) == Some(name) {
                    file_of.insert(info.name.clone(), files.len());
                    infos.push(info);
                } else {
                    let reason = format!("the index does not name it for `{name}`");
                    left_out.push(skipped(&info.name, SkipReason::Unreadable(reason)));
                }
            }
            files.push((name.to_owned(), file));
        }
        for (tensor, file) in &index.weight_map {
            if !file_of.contains_key(tensor) {
                let reason = format!("the index names it, but `{file}` does not hold it");
                left_out.push(skipped(tensor, SkipReason::Unreadable(reason)));
            }
        }
        // Each file has the same to say.
        notes.dedup();
        let contents = layers::of(infos, left_out, notes);
        Ok((Sharded { files, file_of }, contents))
    }

    /// The file that holds a tensor.
    pub(super) fn shard(&self, name: &str) -> Result<&Shard, String> {
        let file = self.file_of.get(name).and_then(|&i| self.files.get(i));
        let (_, shard) = file.ok_or("it is not in the files")?;
        Ok(shard)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, String> {
        match self.shard(name)? {
            Shard::Safetensors(file) => file.read(name),
            Shard::Pytorch(file) => file.read(name),
        }
    }
}

/// A file of the index, which may lie nowhere but beside it.
fn beside(index: &Path, name: &str) -> Result<PathBuf, String> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(file)), None) => Ok(index.with_file_name(file)),
        _ => Err(format!(
            "it names the file `{name}`, which is not beside it"
        )),
    }
}
