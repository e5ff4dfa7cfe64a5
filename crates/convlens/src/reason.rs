//! Errors as reasons: what a result gives for a part that it lacks.

use std::error::Error as StdError;
#[cfg(feature = "files")]
use std::path::Path;

/// An error with all of its causes, joined by ": ": what a result gives as a reason.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// An error with its causes, which names the file but not the folders of this machine.
#[cfg(feature = "files")]
pub(crate) fn reason(error: &dyn StdError, file: &Path) -> String {
    chain(error).replace(&file.display().to_string(), &file_name(file))
}

/// The last part of a path: what a report may say without telling of the machine.
#[cfg(feature = "files")]
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
