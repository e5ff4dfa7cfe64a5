//! The facade's one error.

use std::path::{Path, PathBuf};

use convlens_activations::ActivationsError;
use convlens_hypergraph::HypergraphError;
use convlens_model::ModelError;
use convlens_rmt::RmtError;
use convlens_svd::SvdError;

use crate::analysis::Analysis;
use crate::progress::Canceled;

/// Why an analysis could not be made, written or read back.
///
/// What concerns a single layer of a file is no error: it stands in the analysis, as an
/// [`Outcome::Unavailable`](crate::Outcome::Unavailable) or among the skipped layers, and the other
/// layers go on. An error's text says what is wrong; its
/// [`source`](std::error::Error::source) says why, and is not repeated in the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The model could not be opened.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The inputs could not be read or do not fit the model, or a layer's output does not fit the
    /// layer.
    #[error(transparent)]
    Inputs(#[from] ActivationsError),
    /// A setting of the separation is out of its range, or the labels cannot be used.
    #[error(transparent)]
    Separation(#[from] HypergraphError),
    /// A random-matrix statistic was refused.
    #[error(transparent)]
    Statistics(#[from] RmtError),
    /// A kernel could not be decomposed.
    #[error(transparent)]
    Decomposition(#[from] SvdError),
    /// A layer that was given to a [`Monitor`](crate::Monitor) cannot be used.
    #[error("layer `{layer}`")]
    Layer {
        /// The layer's name.
        layer: String,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// A bias has another length than the layer has output channels.
    #[error("a bias of {found} numbers for {expected} output channels")]
    BiasLength {
        /// The number of output channels.
        expected: usize,
        /// The length of the bias.
        found: usize,
    },
    /// A grid has another number of axes than the kernel, or an axis without positions.
    #[error("the grid {grid:?} is not {axes} sizes of at least 1")]
    Grid {
        /// The grid.
        grid: Vec<usize>,
        /// The number of spatial axes of the kernel.
        axes: usize,
    },
    /// A [`Monitor`](crate::Monitor) has a layer of this name already. Names tell layers apart in
    /// the result.
    #[error("there is a layer of this name already")]
    DuplicateLayer,
    /// The handle of a layer comes from another [`Monitor`](crate::Monitor).
    #[error("layer {index} of a monitor with {layers} layers; the handle comes from another one")]
    UnknownLayer {
        /// The index that the handle stands for.
        index: usize,
        /// How many layers the monitor has.
        layers: usize,
    },
    /// The model has no layer that can be analyzed.
    #[error("{model}: no layer to analyze ({skipped} skipped; {example})")]
    NoLayers {
        /// The model's path or name.
        model: String,
        /// How many things with weights were skipped.
        skipped: usize,
        /// One of them with its reason, or that there was none.
        example: String,
    },
    /// A setting is out of its range.
    #[error("setting `{setting}` is {value}; it must be {bound}")]
    Setting {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        bound: &'static str,
    },
    /// The analysis was canceled by its [`CancelToken`](crate::CancelToken).
    #[error("the analysis was canceled")]
    Canceled {
        /// The analysis of the layers whose weights were finished, as far as it had come: their
        /// separation is unavailable, and the layers that were not reached are among the skipped.
        /// `None` where no layer was finished.
        partial: Option<Box<Analysis>>,
    },
    /// A text is not the JSON form of an analysis.
    #[error("{}not the JSON of an analysis", of(path))]
    Json {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// What is wrong, with line and column.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An analysis was written with another schema. Analyze the model again.
    #[error(
        "{}schema version {found}; this version of convlens reads {supported}",
        of(path)
    )]
    Schema {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// The version in the file.
        found: u32,
        /// The version that is read.
        supported: u32,
    },
    /// A file or reader could not be read.
    #[error("{}cannot be read", of(path))]
    Read {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file or writer could not be written.
    #[error("{}cannot be written", of(path))]
    Write {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl Error {
    /// The same error, of a layer.
    pub(crate) fn of_layer(self, layer: &str) -> Error {
        Error::Layer {
            layer: layer.to_owned(),
            source: Box::new(self),
        }
    }

    /// The same error, of a file.
    pub(crate) fn in_file(mut self, file: &Path) -> Error {
        if let Error::Json { path, .. }
        | Error::Schema { path, .. }
        | Error::Read { path, .. }
        | Error::Write { path, .. } = &mut self
        {
            *path = Some(file.to_owned());
        }
        self
    }
}

impl From<Canceled> for Error {
    fn from(_: Canceled) -> Self {
        Error::Canceled { partial: None }
    }
}

fn of(path: &Option<PathBuf>) -> String {
    match path {
        Some(path) => format!("{}: ", path.display()),
        None => "analysis: ".to_owned(),
    }
}

#[cfg(all(test, feature = "files"))]
mod tests {
    use super::*;
    use crate::reason::reason;

    #[test]
    fn a_reason_has_every_cause_once_and_no_folder() {
        let source = std::io::Error::other("disk on fire");
        let error = Error::Read {
            path: Some("/secret/model.onnx".into()),
            source,
        };
        let error = error.of_layer("conv1");
        let file = Path::new("/secret/model.onnx");
        assert_eq!(
            reason(&error, file),
            "layer `conv1`: model.onnx: cannot be read: disk on fire"
        );
    }
}
