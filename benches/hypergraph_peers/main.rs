//! Times convlens-hypergraph beside HyperNetX and xgi, on the same hypergraphs in one run: see README.md beside this file.
#![forbid(unsafe_code)]

mod homology;
mod peer;
mod walks;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use convlens_benches::harness::{Out, load, processor};
use std::path::PathBuf;

/// Seed of all hypergraphs.
const SEED: u64 = 20_220_806;

/// A table of the harness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Construction, s-line graphs, s-components and s-betweenness.
    Walks,
    /// Betti numbers, on ever larger hypergraphs.
    Homology,
}

/// convlens-hypergraph beside HyperNetX and xgi, as Markdown tables.
#[derive(Debug, Parser)]
struct Args {
    /// The Python with benches/hypergraph_peers/requirements.txt installed.
    #[arg(long)]
    python: PathBuf,
    /// The tables to make; all if none is named.
    #[arg(long, value_enum)]
    mode: Vec<Mode>,
    /// One size, three rounds.
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
    out.say(&format!("- threads: {}", rayon::current_num_threads()))?;
    out.say(&format!(
        "- peers: {}; hypergraphs by seed {SEED}",
        peers.hello.versions
    ))?;
    out.say(&format!("- load average at the start: {}\n", load()))?;
    let wanted = |mode| args.mode.is_empty() || args.mode.contains(&mode);
    if wanted(Mode::Walks) {
        let table = walks::table(&mut peers, args.quick)?;
        out.say(&format!("## Construction and s-walks\n\n{table}"))?;
    }
    if wanted(Mode::Homology) {
        let table = homology::table(&mut peers, args.quick)?;
        out.say(&format!(
            "## Betti numbers in dimensions 1 and 2\n\n{table}"
        ))?;
    }
    out.say(&format!("Load average at the end: {}.", load()))
}
