//! Times convlens-rmt beside powerlaw and weightwatcher, on the same values in one run: see
//! README.md beside this file.
#![forbid(unsafe_code)]

mod analyze;
mod peer;
mod power_law;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use convlens_benches::harness::{Out, load, processor};
use std::path::PathBuf;

/// Seed of all values.
const SEED: u64 = 20_220_806;

/// A table of the harness; another one is a variant here, a module, and variants of its mode in
/// rmt_peers.py.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Fits of power laws to eigenvalues.
    PowerLaw,
    /// All statistics of a model's layers, with random draws beside.
    Analyze,
}

/// convlens-rmt beside powerlaw and weightwatcher, as Markdown tables.
#[derive(Debug, Parser)]
struct Args {
    /// The Python with benches/rmt_peers/requirements.txt installed.
    #[arg(long)]
    python: PathBuf,
    /// The tables to make; all if none is named.
    #[arg(long, value_enum)]
    mode: Vec<Mode>,
    /// The small tasks alone, three runs each.
    #[arg(long)]
    quick: bool,
    /// Also write the tables to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let mut out = Out::new(args.out.as_ref())?;
    let mut peers = peer::Peers::start(&args.python)?;
    out.say(&format!("- processor: {}", processor()))?;
    out.say(&format!(
        "- peers: {}; values by seed {SEED}",
        peers.hello.versions
    ))?;
    out.say(&format!("- load average at the start: {}\n", load()))?;
    let wanted = |mode| args.mode.is_empty() || args.mode.contains(&mode);
    if wanted(Mode::PowerLaw) {
        let table = power_law::table(&mut peers, args.quick)?;
        out.say(&format!("## Power laws, one thread on our side\n\n{table}"))?;
    }
    if wanted(Mode::Analyze) {
        let table = analyze::table(&mut peers, args.quick)?;
        out.say(&format!("## A model's layers\n\n{table}"))?;
    }
    out.say(&format!("Load average at the end: {}.", load()))
}
