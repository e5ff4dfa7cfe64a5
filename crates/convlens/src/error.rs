//! The facade's one error.

use std::path::PathBuf;

use convlens_activations::ActivationsError;
use convlens_hypergraph::HypergraphError;
use convlens_model::ModelError;
use convlens_rmt::RmtError;
use convlens_svd::SvdError;

/// Why an analysis could not be made, written or read back.
///
/// What concerns a single layer is no error: it stands in the analysis, as an
/// [`Outcome::Unavailable`](crate::Outcome::Unavailable) or among the skipped layers, and the other
/// layers go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The model could not be opened.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The inputs could not be read, or do not fit the model.
    #[error(transparent)]
    Inputs(#[from] ActivationsError),
    /// A setting of the separation is out of its range.
    #[error(transparent)]
    Separation(#[from] HypergraphError),
    /// A random-matrix statistic was refused.
    #[error(transparent)]
    Statistics(#[from] RmtError),
    /// A kernel could not be decomposed.
    #[error(transparent)]
    Decomposition(#[from] SvdError),
    /// The model has no layer that can be analysed.
    #[error("{}: no layer to analyse ({skipped} skipped, e.g. {example})", path.display())]
    NoLayers {
        /// The model.
        path: PathBuf,
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
    /// An analysis could not be written to or read from its JSON form.
    #[error("{}: {cause}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        cause: serde_json::Error,
    },
    /// A file could not be written or read.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// An analysis was written with another schema.
    #[error("{}: schema version {found}; this version reads {supported}", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version that is read.
        supported: u32,
    },
}
