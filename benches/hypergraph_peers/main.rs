//! Times convlens-hypergraph beside HyperNetX and xgi, on the same hypergraphs in one run: see
//! README.md beside this file.
#![forbid(unsafe_code)]

mod homology;
mod peer;
mod s_metrics;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use convlens_benches::harness::{Out, load, processor};
use std::path::PathBuf;

/// Seed of all hypergraphs.
const SEED: u64 = 20_200_612;

/// A table of the harness; another one is a variant here, a module, and tasks in
/// hypergraph_peers.py.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Construction, s-line graphs, s-components, s-betweenness.
    SMetrics,
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
    /// One run of each peer.
    #[arg(long)]
    quick: bool,
    /// Threads on our side; all that the machine has if not named.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Also write the tables to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let mut out = Out::new(args.out.as_ref())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads);
    pool.build_global()?;
    let mut peers = peer::Peers::start(&args.python)?;
    out.say(&format!("- processor: {}", processor()))?;
    out.say(&format!(
        "- peers: {}; hypergraphs by seed {SEED}",
        peers.hello.versions
    ))?;
    out.say(&format!(
        "- threads on our side: {}",
        rayon::current_num_threads()
    ))?;
    out.say(&format!("- load average at the start: {}\n", load()))?;
    let wanted = |mode| args.mode.is_empty() || args.mode.contains(&mode);
    if wanted(Mode::SMetrics) {
        let table = s_metrics::table(&mut peers, args.quick)?;
        out.say(&format!("## s-metrics\n\n{table}"))?;
    }
    if wanted(Mode::Homology) {
        let table = homology::table(&mut peers, args.quick)?;
        out.say(&format!(
            "## Betti numbers in dimensions 1 and 2\n\n{table}"
        ))?;
    }
    out.say(&format!("Load average at the end: {}.", load()))
}
