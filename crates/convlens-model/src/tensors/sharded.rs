//! Several files of tensors under one index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use super::layers::{self, Contents, TensorInfo, skipped};
#[cfg(feature = "pytorch")]
use super::pytorch::Checkpoint;
#[cfg(feature = "safetensors")]
use super::safetensors::Safetensors;
use crate::error::{Cause, concerning};
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
    fn read(path: &Path) -> Result<Self, Cause> {
        let source = Source::open(path)?;
        if source.len() > MAX_INDEX {
            return Err(format!("it has more than {MAX_INDEX} bytes").into());
        }
        serde_json::from_slice(&source.read(0, source.len())?)
            .map_err(|source| concerning("it is no index of files of weights")(source.into()))
    }

    fn files(&self) -> BTreeSet<&str> {
        self.weight_map.values().map(String::as_str).collect()
    }
}

/// The files that an index lists; an error if one of them is not beside it.
pub(crate) fn shards(index: &Path) -> Result<Vec<PathBuf>, Cause> {
    let names = Index::read(index)?;
    names
        .files()
        .iter()
        .map(|name| Ok(beside(index, name)?))
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
enum Shard {
    #[cfg(feature = "safetensors")]
    Safetensors(Safetensors),
    #[cfg(feature = "pytorch")]
    Pytorch(Checkpoint),
}

/// The tensors of a file, those that are skipped, and what the reader changed.
type Listed = (Vec<TensorInfo>, Vec<Skipped>, Vec<Note>);

impl Shard {
    fn open(path: &Path) -> Result<(Self, Listed), Cause> {
        match Format::of_path(path) {
            #[cfg(feature = "safetensors")]
            Some(Format::Safetensors) => {
                let source = Source::open(path)?;
                let (file, infos) = Safetensors::open(source)?;
                Ok((Shard::Safetensors(file), (infos, Vec::new(), Vec::new())))
            }
            #[cfg(feature = "pytorch")]
            Some(Format::Pytorch) => {
                let (file, infos, left_out, notes) = Checkpoint::open(path)?;
                Ok((Shard::Pytorch(file), (infos, left_out, notes)))
            }
            #[cfg(not(feature = "safetensors"))]
            Some(Format::Safetensors) => Err(Format::Safetensors.off(path).into()),
            #[cfg(not(feature = "pytorch"))]
            Some(Format::Pytorch) => Err(Format::Pytorch.off(path).into()),
            _ => Err("it is neither a safetensors nor a PyTorch file".into()),
        }
    }
}

impl Sharded {
    /// Opens all files of an index. Tensors that it promises and no file has are skipped with a
    /// reason, and so is what a file has beyond the index.
    pub(super) fn open(path: &Path) -> Result<(Self, Contents), Cause> {
        let index = Index::read(path)?;
        let mut files = Vec::new();
        let (mut infos, mut left_out, mut notes) = Listed::default();
        let mut file_of = HashMap::new();
        for name in index.files() {
            let opened = Shard::open(&beside(path, name)?);
            let (file, (tensors, more_skipped, more_notes)) =
                opened.map_err(concerning(format!("its file `{name}`")))?;
            left_out.extend(more_skipped);
            notes.extend(more_notes);
            for info in tensors {
                if index.weight_map.get(&info.name).map(String::as_str) == Some(name) {
                    file_of.insert(info.name.clone(), files.len());
                    infos.push(info);
                } else {
                    let reason = format!("the index does not list it for `{name}`");
                    left_out.push(skipped(&info.name, SkipReason::Unreadable(reason)));
                }
            }
            files.push((name.to_owned(), file));
        }
        for (tensor, file) in &index.weight_map {
            if !file_of.contains_key(tensor) {
                let reason = format!("the index lists it, but `{file}` does not have it");
                left_out.push(skipped(tensor, SkipReason::Unreadable(reason)));
            }
        }
        // Each file has the same notes.
        notes.dedup();
        let contents = layers::of(infos, left_out, notes);
        Ok((Sharded { files, file_of }, contents))
    }

    /// Why a tensor's bytes cannot be replaced.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(super) fn not_writable(&self, name: &str) -> String {
        match self.shard(name) {
            #[cfg(feature = "safetensors")]
            Ok(Shard::Safetensors(_)) => {
                "it is in one of several files; open and edit that file alone".into()
            }
            #[cfg(feature = "pytorch")]
            Ok(Shard::Pytorch(_)) => Format::Pytorch.not_written(),
            Err(reason) => reason.into(),
        }
    }

    /// The file that has a tensor.
    fn shard(&self, name: &str) -> Result<&Shard, &'static str> {
        let file = self.file_of.get(name).and_then(|&i| self.files.get(i));
        let (_, shard) = file.ok_or("it is not in the files")?;
        Ok(shard)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        match self.shard(name)? {
            #[cfg(feature = "safetensors")]
            Shard::Safetensors(file) => file.read(name),
            #[cfg(feature = "pytorch")]
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
            "it lists the file `{name}`, which is not beside it"
        )),
    }
}
