//! Errors as reasons: what a result gives for a part that it lacks.

use std::error::Error as StdError;
use std::path::Path;

use convlens_model::error_chain;

/// An error with its causes, which names the file but not the folders of this machine.
pub(crate) fn reason(error: &dyn StdError, file: &Path) -> String {
    error_chain(error).replace(&file.display().to_string(), &file_name(file))
}

/// The last part of a path: what a report may say without telling of the machine.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
