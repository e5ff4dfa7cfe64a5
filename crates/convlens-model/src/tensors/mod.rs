//! Files of named tensors without a graph.

mod layers;
mod names;
mod numpy;
mod pytorch;
pub(crate) mod safetensors;
mod sharded;

use std::path::Path;

use self::sharded::Shard;
use crate::dtype::DType;
use crate::layer::{LayerSpec, Note, SkipReason, Skipped};
use crate::source::Source;

pub(crate) use self::sharded::shards;

/// What a file says of one tensor.
#[derive(Debug, Clone)]
pub(crate) struct TensorInfo {
    /// The name under which the file has it.
    name: String,
    shape: Vec<usize>,
    /// Why it cannot be read, if so.
    dtype: Result<DType, String>,
}

/// An opened file, or several that belong together.
#[derive(Debug)]
pub(crate) enum Tensors {
    Safetensors(safetensors::Safetensors),
    Sharded(sharded::Sharded),
    Pytorch(pytorch::Checkpoint),
    Numpy(numpy::Arrays),
}

/// The layers of a file of tensors.
pub(crate) type Found = (Tensors, Contents);

/// What is in a file of tensors.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) layers: Vec<LayerSpec>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) notes: Vec<Note>,
}

impl Tensors {
    /// Opens a safetensors file; errors of all openers are reasons without the file's name.
    pub(crate) fn safetensors(source: Source) -> Result<Found, String> {
        let (file, infos) = safetensors::Safetensors::open(source)?;
        let contents = layers::of(infos, Vec::new(), Vec::new());
        Ok((Tensors::Safetensors(file), contents))
    }

    /// Opens the files that an index names.
    pub(crate) fn sharded(index: &Path) -> Result<Found, String> {
        let (files, contents) = sharded::Sharded::open(index)?;
        Ok((Tensors::Sharded(files), contents))
    }

    /// Opens a PyTorch checkpoint.
    pub(crate) fn pytorch(path: &Path) -> Result<Found, String> {
        let (file, infos, skipped, notes) = pytorch::Checkpoint::open(path)?;
        Ok((Tensors::Pytorch(file), layers::of(infos, skipped, notes)))
    }

    /// Opens a NumPy archive or array.
    pub(crate) fn numpy(path: &Path) -> Result<Found, String> {
        let (file, infos, skipped) = numpy::Arrays::open(path)?;
        let contents = layers::of(infos, skipped, Vec::new());
        Ok((Tensors::Numpy(file), contents))
    }

    /// All numbers of one tensor, in row-major order; the error is a reason without names.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<f64>, String> {
        match self {
            Tensors::Safetensors(file) => file.read(name),
            Tensors::Sharded(files) => files.read(name),
            Tensors::Pytorch(file) => file.read(name),
            Tensors::Numpy(file) => file.read(name),
        }
    }

    /// The files beside the index, if it is one, sorted.
    pub(crate) fn files(&self) -> Vec<&str> {
        match self {
            Tensors::Sharded(files) => files.names().collect(),
            Tensors::Safetensors(_) | Tensors::Pytorch(_) | Tensors::Numpy(_) => Vec::new(),
        }
    }

    /// Where a tensor's bytes begin in the file; the error says why they cannot be replaced.
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        let refused = |format: &str| {
            Err(format!(
                "{format} files are not written; convert it to safetensors first"
            ))
        };
        match self {
            Tensors::Safetensors(file) => file.offset(name),
            Tensors::Sharded(files) => match files.shard(name)? {
                Shard::Safetensors(_) => {
                    Err("it lies in one of several files; open and edit that one alone".into())
                }
                Shard::Pytorch(_) => refused("PyTorch"),
            },
            Tensors::Pytorch(_) => refused("PyTorch"),
            Tensors::Numpy(_) => refused("NumPy"),
        }
    }

    /// The bytes of a file in which tensors have an [`offset`](Self::offset).
    pub(crate) fn source(&self) -> Option<&Source> {
        match self {
            Tensors::Safetensors(file) => Some(file.source()),
            Tensors::Sharded(_) | Tensors::Pytorch(_) | Tensors::Numpy(_) => None,
        }
    }
}

/// A tensor that is left out whatever its shape.
fn skipped(name: &str, reason: SkipReason) -> Skipped {
    Skipped {
        name: name.to_owned(),
        kind: "tensor".into(),
        reason,
    }
}
