//! The crate's one error.

use std::path::PathBuf;

/// Why there is no report.
///
/// A part of the analysis that is missing is no error: the report prints its reason in place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A figure could not be drawn: a defect of this crate or of the plot library.
    #[error("figure `{figure}`: {message}; please report this with the analysis as JSON")]
    Figure {
        /// The figure's title.
        figure: String,
        /// What the plot library said.
        message: String,
    },
    /// The page could not be put together: a defect of this crate.
    #[error("page: {message}; please report this with the analysis as JSON")]
    Page {
        /// What the template engine said.
        message: String,
    },
    /// The path's extension names no format of tables.
    #[error(
        "{}: tables are written as .csv, .jsonl or, if built with the feature `parquet`, .parquet",
        path.display()
    )]
    TableFormat {
        /// The path.
        path: PathBuf,
    },
    /// The file could not be written. Does its folder exist?
    #[error("{}: cannot be written: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
}
