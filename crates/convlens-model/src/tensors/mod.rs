//! Files of named tensors without a graph.

mod layers;
#[cfg(feature = "numpy")]
mod numpy;
#[cfg(feature = "pytorch")]
mod pytorch;
#[cfg(feature = "safetensors")]
pub(crate) mod safetensors;
#[cfg(any(feature = "safetensors", feature = "pytorch"))]
pub(crate) mod sharded;

use std::path::Path;

use crate::error::Cause;
#[cfg(all(
    any(feature = "onnx", feature = "safetensors"),
    any(feature = "pytorch", feature = "numpy")
))]
use crate::format::Format;
#[cfg(any(feature = "safetensors", feature = "numpy"))]
use crate::source::Source;

pub(crate) use self::layers::Contents;

/// An open file, or several that belong together.
#[derive(Debug)]
pub(crate) enum Tensors {
    #[cfg(feature = "safetensors")]
    Safetensors(safetensors::Safetensors),
    #[cfg(any(feature = "safetensors", feature = "pytorch"))]
    Sharded(sharded::Sharded),
    #[cfg(feature = "pytorch")]
    Pytorch(pytorch::Checkpoint),
    #[cfg(feature = "numpy")]
    Numpy(numpy::Arrays),
}

/// A file of tensors and its layers.
pub(crate) type Opened = (Tensors, Contents);

impl Tensors {
    /// Opens a safetensors file; errors of all openers do not repeat the file's name.
    #[cfg(feature = "safetensors")]
    pub(crate) fn safetensors(source: Source) -> Result<Opened, Cause> {
        let (file, infos) = safetensors::Safetensors::open(source)?;
        let contents = layers::of(infos, Vec::new(), Vec::new());
        Ok((Tensors::Safetensors(file), contents))
    }

    /// Opens the files that an index lists.
    #[cfg(any(feature = "safetensors", feature = "pytorch"))]
    pub(crate) fn sharded(index: &Path) -> Result<Opened, Cause> {
        let (files, contents) = sharded::Sharded::open(index)?;
        Ok((Tensors::Sharded(files), contents))
    }

    /// Opens a PyTorch checkpoint.
    #[cfg(feature = "pytorch")]
    pub(crate) fn pytorch(path: &Path) -> Result<Opened, Cause> {
        let (file, infos, skipped, notes) = pytorch::Checkpoint::open(path)?;
        Ok((Tensors::Pytorch(file), layers::of(infos, skipped, notes)))
    }

    /// Opens a NumPy archive or array; `path` is its name.
    #[cfg(feature = "numpy")]
    pub(crate) fn numpy(path: &Path, source: Source) -> Result<Opened, Cause> {
        let (file, infos, skipped) = numpy::Arrays::open(path, source)?;
        let contents = layers::of(infos, skipped, Vec::new());
        Ok((Tensors::Numpy(file), contents))
    }

    /// All numbers of one tensor, in row-major order.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        match self {
            #[cfg(feature = "safetensors")]
            Tensors::Safetensors(file) => file.read(name),
            #[cfg(any(feature = "safetensors", feature = "pytorch"))]
            Tensors::Sharded(files) => files.read(name),
            #[cfg(feature = "pytorch")]
            Tensors::Pytorch(file) => file.read(name),
            #[cfg(feature = "numpy")]
            Tensors::Numpy(file) => file.read(name),
        }
    }

    /// The files beside the index, if it is one, sorted.
    pub(crate) fn files(&self) -> Vec<&str> {
        #[cfg(any(feature = "safetensors", feature = "pytorch"))]
        if let Tensors::Sharded(files) = self {
            return files.names().collect();
        }
        Vec::new()
    }

    /// Where a tensor's bytes begin in the file; the error says why they cannot be replaced.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        // Some builds have no reader that knows tensors by name.
        let _ = name;
        match self {
            #[cfg(feature = "safetensors")]
            Tensors::Safetensors(file) => file.offset(name),
            #[cfg(any(feature = "safetensors", feature = "pytorch"))]
            Tensors::Sharded(files) => Err(files.not_writable(name)),
            #[cfg(feature = "pytorch")]
            Tensors::Pytorch(_) => Err(Format::Pytorch.not_written()),
            #[cfg(feature = "numpy")]
            Tensors::Numpy(_) => Err(Format::Numpy.not_written()),
        }
    }

    /// The bytes of a file in which tensors have an [`offset`](Self::offset).
    #[cfg(feature = "safetensors")]
    pub(crate) fn source(&self) -> Option<&Source> {
        match self {
            Tensors::Safetensors(file) => Some(file.source()),
            _ => None,
        }
    }
}
