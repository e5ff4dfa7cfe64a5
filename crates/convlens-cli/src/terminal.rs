//! Standard output, and progress bars on standard error.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use convlens::{Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints to standard output; a reader that went away, such as `head`, is not an error.
pub(crate) fn print(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("standard output: cannot be written"),
    }
}

/// A path as messages print it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The width of the terminal that standard output goes to, if it is one.
pub(crate) fn width() -> Option<usize> {
    let table = comfy_table::Table::new();
    table.width().filter(|_| table.is_tty()).map(usize::from)
}

/// The bar of the current stage.
#[derive(Debug)]
pub(crate) struct Bars {
    bar: ProgressBar,
}

impl Default for Bars {
    fn default() -> Self {
        Bars {
            bar: ProgressBar::hidden(),
        }
    }
}

/// A bar of so many steps; indicatif draws on standard error, and only where that is a terminal.
pub(crate) fn bar(name: &'static str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64).with_prefix(name);
    let style = ProgressStyle::with_template("{prefix:>12} {bar:30} {pos}/{len} {wide_msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Bars {
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Bars {
    /// Shows how far an analysis is.
    pub(crate) fn show(&mut self, progress: Progress<'_>) {
        if progress.done == 0 {
            self.begin(progress.stage, progress.total);
        }
        self.update(progress.done, progress.current);
    }

    pub(crate) fn begin(&mut self, stage: Stage, total: usize) {
        self.finish();
        let name = match stage {
            Stage::Weights => "weights",
            Stage::Activations => "activations",
            Stage::Separation => "separation",
            _ => "working",
        };
        self.bar = bar(name, total);
    }

    pub(crate) fn update(&mut self, done: usize, current: &str) {
        self.bar.set_position(done as u64);
        self.bar.set_message(current.to_owned());
    }
}
