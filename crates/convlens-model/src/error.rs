//! The one error type of this crate, and how a chain of errors is read.

use std::error::Error;
use std::path::{Path, PathBuf};

/// An error of whatever kind, on its way into a `source` field.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A cause with what it concerns, such as one of several files.
#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
struct Concerning {
    what: String,
    source: Cause,
}

/// Says what a cause concerns: `read().map_err(concerning("its file `a`"))`.
#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
pub(crate) fn concerning(what: impl Into<String>) -> impl FnOnce(Cause) -> Cause {
    let what = what.into();
    |source| Concerning { what, source }.into()
}

/// Why a file could not be opened, or one of its layers could not be loaded.
///
/// Each variant names the file and, where it concerns one, the layer or tensor and the value.
/// `Display` says what failed and [`source`](Error::source) says why; [`error_chain`] gives both in
/// one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be read at all. Check the path and its permissions.
    #[error("{}: cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file's extension is not that of a model format.
    #[error(
        "{}: unknown model format; use .onnx, .safetensors, .safetensors.index.json, \
         .bin.index.json, .pth, .pt, .th, .bin, .ckpt, .npz or .npy", path.display()
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The reader of this format is a Cargo feature that is off.
    #[error(
        "{}: {format} files need the feature `{feature}` of convlens-model, which is off",
        path.display()
    )]
    FeatureOff {
        /// The file.
        path: PathBuf,
        /// The format.
        format: &'static str,
        /// The feature to turn on.
        feature: &'static str,
    },
    /// A folder holds no model file, or several and nothing to choose between them. Name the file.
    #[error("{}: {}", path.display(), models_of(models))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The model files in it.
        models: Vec<PathBuf>,
    },
    /// A format that is only read from disk was passed as bytes. Open the file instead.
    #[error("{}: {format} files are read from disk only; open the file by its path", path.display())]
    NeedsFile {
        /// The name that was passed.
        path: PathBuf,
        /// The format.
        format: &'static str,
    },
    /// A glob matches no layer, or a geometry hint does not fit.
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
    #[error("{}: not a valid {format} file", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The expected format.
        format: &'static str,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A tensor's shape and bytes disagree, or its element type is not supported.
    #[error("{}: tensor `{tensor}` cannot be used", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name in the file.
        tensor: String,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A layer's weights are no kernel: not finite, empty, or of a shape that its geometry refuses.
    #[error("{}: the weights of layer `{layer}` cannot be used", path.display())]
    Kernel {
        /// The file.
        path: PathBuf,
        /// The layer's name.
        layer: String,
        /// What is wrong with them, with index and value.
        source: convlens_svd::SvdError,
    },
    /// A layer in memory cannot be part of a model.
    #[error("{}: layer `{layer}`: {reason}", path.display())]
    Layer {
        /// The model's name.
        path: PathBuf,
        /// The layer's name.
        layer: String,
        /// What is wrong with it, with the numbers that disagree.
        reason: String,
    },
    /// The input cannot have this shape.
    #[error("{}: the input shape cannot be set: {reason}", path.display())]
    InputShape {
        /// The file.
        path: PathBuf,
        /// Why not, with the numbers that disagree.
        reason: String,
    },
    /// An edited kernel cannot replace a layer's weights.
    #[error("{}: layer `{layer}` cannot be replaced: {reason}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// Why not, with the numbers that disagree.
        reason: String,
    },
    /// The format, or the way in which the file stores its numbers, cannot be written in place.
    #[error("{}: edits cannot be saved: {reason}", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// Why not, and what to do instead.
        reason: String,
    },
    /// The file could not be written.
    #[error("{}: cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file of arrays has no array of this name.
    #[error("{}: no array `{array}`; the file has {}", path.display(), available.join(", "))]
    NoSuchArray {
        /// The file.
        path: PathBuf,
        /// The array that was asked for.
        array: String,
        /// The arrays that the file has.
        available: Vec<String>,
    },
}

impl ModelError {
    pub(crate) fn tensor(path: &Path, tensor: &str, source: Cause) -> Self {
        ModelError::Tensor {
            path: path.to_owned(),
            tensor: tensor.to_owned(),
            source,
        }
    }
}

fn models_of(models: &[PathBuf]) -> String {
    if models.is_empty() {
        return "the folder has no model file".into();
    }
    let names = models.iter().filter_map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    format!("the folder has several models: {}", names.join(", "))
}

/// An error and its causes in one line, joined by `": "`, for messages and for reasons in results.
///
/// A cause whose text already ends the line is not repeated: some libraries put it into their own
/// message.
///
/// # Example
///
/// ```
/// use convlens_model::{Model, error_chain};
///
/// let error = Model::open("missing.onnx").unwrap_err();
/// assert_eq!(error.to_string(), "missing.onnx: cannot be read");
/// let line = error_chain(&error); // "missing.onnx: cannot be read: No such file or directory .."
/// assert!(line.starts_with("missing.onnx: cannot be read: "));
/// ```
#[must_use]
pub fn error_chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error that repeats its cause, as some libraries' do.
    #[derive(Debug, thiserror::Error)]
    #[error("said: {source}")]
    struct Doubled {
        source: std::io::Error,
    }

    #[test]
    fn a_chain_names_each_cause_once() {
        let cause = std::io::Error::other("disk on fire");
        let error = ModelError::tensor(Path::new("a.npz"), "w", cause.into());
        assert_eq!(error.to_string(), "a.npz: tensor `w` cannot be used");
        assert_eq!(
            error_chain(&error),
            "a.npz: tensor `w` cannot be used: disk on fire"
        );
        let doubled = Doubled {
            source: std::io::Error::other("twice"),
        };
        assert_eq!(error_chain(&doubled), "said: twice");
    }
}
