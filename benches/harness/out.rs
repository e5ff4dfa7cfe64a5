//! Where tables and progress go.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{Write, stderr, stdout};
use std::path::PathBuf;

/// Writes what was found to standard output and to a file.
#[derive(Debug)]
pub struct Out(Option<File>);

impl Out {
    /// Opens the file, if one is named.
    ///
    /// # Errors
    ///
    /// In a debug build, and where the file cannot be written.
    pub fn new(path: Option<&PathBuf>) -> Result<Self> {
        if cfg!(debug_assertions) {
            bail!("measure what users run: cargo run --release");
        }
        let file = path.map(|path| {
            File::create(path).with_context(|| format!("{} cannot be written", path.display()))
        });
        Ok(Self(file.transpose()?))
    }

    /// Writes a paragraph to both.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn say(&mut self, text: &str) -> Result<()> {
        writeln!(stdout().lock(), "{text}")?;
        if let Some(file) = &mut self.0 {
            writeln!(file, "{text}")?;
        }
        Ok(())
    }
}

/// Progress, on standard error; not worth an end of the run.
pub fn tell(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}
