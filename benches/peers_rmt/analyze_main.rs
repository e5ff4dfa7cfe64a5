//! `rmt-analyze`: a ResNet-20-sized set of layers, WeightWatcher's `analyze(mp_fit=True, randomize=True)` against ours.
//!
//! ```text
//! pip install weightwatcher==0.7.7 torch numpy
//! cargo run --release -p convlens-benches --bin rmt-analyze -- --python PYTHON
//! ```

mod analyze;

use analyze::{Work, check_same, ours, peer, resnet20};
use anyhow::{Context, Result};
use clap::Parser;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

/// WeightWatcher's `analyze(mp_fit=True, randomize=True)` against ours, all warm, imports and model building excluded.
#[derive(Debug, Parser)]
struct Arguments {
    /// The Python that has WeightWatcher.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Runs of each; the least time counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Seed of the weights and of permutations.
    #[arg(long, default_value_t = 20)]
    seed: u64,
}

fn main() -> Result<()> {
    let mut out = io::stdout().lock();
    let arguments = Arguments::parse();
    let layers = resnet20(arguments.seed)?;
    let peer = peer(&arguments.python, &layers, arguments.runs)?;
    let theirs = least(&peer.seconds)?;
    check_same(&ours(&layers, Work::Theirs, arguments.seed)?, &peer)?;
    writeln!(
        out,
        "{} layers, seed {}, {} runs, least time",
        layers.len(),
        arguments.seed,
        arguments.runs
    )?;
    writeln!(
        out,
        "{} ({} threads of torch)\n",
        peer.versions, peer.threads
    )?;
    writeln!(
        out,
        "| what | threads | seconds | WeightWatcher over it |\n|---|---:|---:|---:|"
    )?;
    writeln!(out, "| WeightWatcher | all | {theirs:.3} | 1 |")?;
    for threads in [1, std::thread::available_parallelism()?.get()] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?;
        for (name, work) in [
            (
                "convlens, the same work, same alpha and spikes",
                Work::Theirs,
            ),
            ("convlens, its defaults (unfolded kernels)", Work::Ours),
        ] {
            let mut seconds = Vec::new();
            // One more to warm up.
            for run in 0..=arguments.runs {
                let start = Instant::now();
                let found = pool.install(|| ours(&layers, work, arguments.seed))?;
                std::hint::black_box(found);
                if run > 0 {
                    seconds.push(start.elapsed().as_secs_f64());
                }
            }
            let ours = least(&seconds)?;
            writeln!(
                out,
                "| {name} | {threads} | {ours:.4} | {:.0} |",
                theirs / ours
            )?;
        }
    }
    Ok(())
}

fn least(seconds: &[f64]) -> Result<f64> {
    seconds.iter().copied().reduce(f64::min).context("no runs")
}
