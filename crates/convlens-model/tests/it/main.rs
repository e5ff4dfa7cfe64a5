//! Integration tests: files against their makers, odd and hostile files, and saving.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

use std::path::{Path, PathBuf};

mod arrays;
mod folders;
mod formats;
mod hints;
mod memory;
mod model;
mod save;
mod tensors;

/// A file of `tests/data`.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// An error with its causes, as users see it.
trait Chain {
    fn chain(&self) -> String;
}

impl Chain for convlens_model::ModelError {
    fn chain(&self) -> String {
        convlens_model::error_chain(self)
    }
}
