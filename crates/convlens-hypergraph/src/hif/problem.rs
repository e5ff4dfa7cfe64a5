//! From serde's errors to ours.

use serde_json::error::Category;

use super::section::Place;
use crate::HypergraphError;

/// The error with the place it is blamed on.
pub(super) fn blame(error: &serde_json::Error, place: &Place) -> HypergraphError {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    let reason = text
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&text)
        .to_owned();
    match error.classify() {
        Category::Io => HypergraphError::HifRead { reason },
        Category::Syntax | Category::Eof => HypergraphError::HifSyntax {
            path: place.to_string(),
            reason,
            line,
            column,
        },
        Category::Data => HypergraphError::HifSchema {
            path: place.to_string(),
            reason,
            line,
            column,
        },
    }
}
