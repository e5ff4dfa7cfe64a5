//! The one error type of this crate.

use std::path::{Path, PathBuf};

/// Why a file could not be opened, or a layer of it could not be loaded.
///
/// Each variant names the file and, where it concerns one, the layer or tensor and the value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be read at all. Check the path and its permissions.
    #[error("{}: cannot be read: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file's extension names no format that is read.
    #[error(
        "{}: unknown model format; .onnx, .safetensors, .safetensors.index.json, .bin.index.json, .pth, .pt, \
         .th, .bin, .ckpt, .npz and .npy are read", path.display()
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A folder holds no model file, or several and nothing to say which. Name the file.
    #[error("{}: {}", path.display(), models_of(models))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The model files in it.
        models: Vec<PathBuf>,
    },
    /// A format that is read by position was given as bytes in memory. Open the file instead.
    #[error("{}: a {format} file is read from disk only", path.display())]
    NeedsFile {
        /// The name that was given.
        path: PathBuf,
        /// The format.
        format: &'static str,
    },
    /// A glob matches no layer, or a hint on geometry does not fit.
    #[error("{}: `{hint}`: {reason}", path.display())]
    Hint {
        /// The model's file.
        path: PathBuf,
        /// The glob that names the layers.
        hint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The bytes are not a valid file of the format that the name promises.
    #[error("{}: not a valid {format} file: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The format that was expected.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor's declared shape and its bytes disagree, or its type is not a float that is read.
    #[error("{}: tensor `{tensor}`: {reason}", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name in the file.
        tensor: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A layer's weights are no kernel: not finite, empty, or of a shape that its geometry refuses.
    #[error("{}: layer `{layer}`: {cause}", path.display())]
    Kernel {
        /// The file.
        path: PathBuf,
        /// The layer's name.
        layer: String,
        /// The kernel's own complaint, with index and value.
        cause: convlens_svd::SvdError,
    },
    /// The shape that was given for the input cannot be it.
    #[error("{}: the input's shape cannot be set: {reason}", path.display())]
    InputShape {
        /// The file.
        path: PathBuf,
        /// Why not, with the numbers that disagree.
        reason: String,
    },
    /// An edited kernel cannot take the place of a layer's weights.
    #[error("{}: layer `{layer}`: {reason}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// Why not, with the numbers that disagree.
        reason: String,
    },
    /// The format, or the way in which the file keeps its numbers, cannot be written in place.
    #[error("{}: edits cannot be written: {reason}", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// Why not, and what would do.
        reason: String,
    },
    /// The copy could not be written.
    #[error("{}: cannot be written: {cause}", path.display())]
    Write {
        /// The copy.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// An archive of arrays holds no array under a name that was asked for.
    #[error("{}: no array `{array}`; it holds {}", path.display(), held.join(", "))]
    NoSuchArray {
        /// The file.
        path: PathBuf,
        /// The array that was asked for.
        array: String,
        /// The arrays that are there.
        held: Vec<String>,
    },
}

impl ModelError {
    pub(crate) fn tensor(path: &Path, tensor: &str, reason: String) -> Self {
        ModelError::Tensor {
            path: path.to_owned(),
            tensor: tensor.to_owned(),
            reason,
        }
    }

    pub(crate) fn no_such_array(path: &Path, array: &str, held: Vec<String>) -> Self {
        ModelError::NoSuchArray {
            path: path.to_owned(),
            array: array.to_owned(),
            held,
        }
    }
}

fn models_of(models: &[PathBuf]) -> String {
    if models.is_empty() {
        return "the folder holds no model file".into();
    }
    let names = models.iter().filter_map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    format!("the folder holds several models: {}", names.join(", "))
}
