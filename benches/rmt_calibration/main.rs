//! Calibration of convlens-rmt by simulation: prints the tables of `crates/convlens-rmt/docs` as
//! Markdown, and fails where a stated bound does not hold. `checks` are tests with more draws, or
//! more values, than belong into `cargo test`.
//!
//! ```sh
//! cargo run --release -p convlens-benches --bin rmt-calibration -- --quick
//! cargo run --release -p convlens-benches --bin rmt-calibration -- power-law \
//!     > crates/convlens-rmt/docs/calibration_power_law.md
//! ```
//!
//! The power law takes some twenty minutes on two cores, the Marchenko-Pastur fit and the phases a
//! few, the discrete law under one. The numbers do not depend on the number of threads.

mod checks;
mod discrete;
mod marchenko_pastur;
mod phases;
mod power_law;

use std::io::stdout;

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// Tables of false alarms, coverage and confusion, by simulation.
#[derive(Debug, Parser)]
struct Arguments {
    /// Which tables to make; all by default.
    #[arg(value_enum)]
    which: Vec<Table>,
    /// A fraction of the samples, to see whether the bounds hold at all.
    #[arg(long)]
    quick: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Table {
    Checks,
    PowerLaw,
    Discrete,
    MarchenkoPastur,
    Phases,
}

fn main() -> Result<()> {
    let Arguments { which, quick } = Arguments::parse();
    let mut out = stdout().lock();
    let asked = |table| which.is_empty() || which.contains(&table);
    if asked(Table::Checks) {
        checks::run(&mut out)?;
    }
    if asked(Table::PowerLaw) {
        power_law::run(&mut out, quick)?;
    }
    if asked(Table::Discrete) {
        discrete::run(&mut out, quick)?;
    }
    if asked(Table::MarchenkoPastur) {
        marchenko_pastur::run(&mut out, quick)?;
    }
    if asked(Table::Phases) {
        phases::run(&mut out, quick)?;
    }
    Ok(())
}
