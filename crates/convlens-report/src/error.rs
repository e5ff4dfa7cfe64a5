//! The crate's one error.

use std::path::PathBuf;

/// Why a report or a table could not be written.
///
/// A missing part of the analysis is not an error: the report prints the reason in its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A figure could not be drawn: a defect of this crate or of the plot library.
    #[error("figure `{figure}`: {message}; please report this defect with the analysis as JSON")]
    Figure {
        /// The figure's title.
        figure: String,
        /// The message of the plot library.
        message: String,
    },
    /// The page could not be rendered: a defect of this crate.
    #[error("the page could not be rendered; please report this defect with the analysis as JSON")]
    Page {
        /// The error of the template engine.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The path's extension names no table format.
    #[error(
        "{}: unknown table format; use .csv, .jsonl, or .parquet (needs the feature `parquet`)",
        path.display()
    )]
    TableFormat {
        /// The path.
        path: PathBuf,
    },
    /// The file could not be written. Does its folder exist?
    #[error("{}: cannot be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}
