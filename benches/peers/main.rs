//! Times convlens-svd beside numpy and torch, on the same seeded kernels in one run: see README.md
//! beside this file.
#![forbid(unsafe_code)]

mod layers;
mod machine;
mod measure;
mod memory;
mod ours;
mod peer;
mod report;
mod resnet50;
mod scaling;

use anyhow::{Result, ensure};
use clap::Parser;
use convlens_benches::harness::{Out, load, tell};
use ours::Task;
use report::Row;
use std::io::stdout;
use std::path::PathBuf;

/// convlens-svd beside numpy and torch, as Markdown tables.
#[derive(Debug, Parser)]
struct Args {
    /// The Python with benches/peers/requirements.txt installed.
    #[arg(long, required_unless_present_any = ["resnet50", "threads", "probe"])]
    python: Option<PathBuf>,
    /// A few small cases, three runs each: under a minute on an idle machine.
    #[arg(long)]
    quick: bool,
    /// Time and peak memory of this crate on the layers of ResNet-50.
    #[arg(long)]
    resnet50: bool,
    /// This crate with one thread and with two.
    #[arg(long)]
    threads: bool,
    /// Also write the tables to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only layers whose name, such as "64 -> 64, 3x3, n = 32", holds this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Threads of each side.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Threads of the peers, if other: BLAS may be faster on small matrices with one.
    #[arg(long, value_name = "WORKERS")]
    peer_workers: Option<usize>,
    /// Skip a variant where a call is predicted to take more seconds.
    #[arg(long, default_value_t = 60.0, value_name = "SECONDS")]
    limit: f64,
    /// One layer of ResNet-50 by one variant: the process that --resnet50 starts for each.
    #[arg(long, hide = true, num_args = 2, value_names = ["LAYER", "VARIANT"])]
    probe: Option<Vec<usize>>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(probe) = &args.probe {
        let found = resnet50::probe(probe[0], probe[1])?;
        return Ok(serde_json::to_writer(stdout().lock(), &found)?);
    }
    let mut out = Out::new(args.out.as_ref())?;
    let faults = match &args.python {
        Some(python) => compare(&args, python.clone(), &mut out)?,
        None => {
            out.say(&machine::header(args.workers, None))?;
            Vec::new()
        }
    };
    if args.threads {
        let (channels, repeats): (&[usize], _) = match args.quick {
            true => (&[64], 3),
            false => (&[64, 128], 5),
        };
        out.say(&format!(
            "## Threads\n\n{}",
            scaling::table(channels, repeats)?
        ))?;
    }
    if args.resnet50 {
        let shown = if args.quick {
            resnet50::QUICK
        } else {
            resnet50::LAYERS.len()
        };
        let table = resnet50::table(&resnet50::LAYERS[..shown], args.workers, tell)?;
        out.say(&format!("## ResNet-50 at 224 x 224\n\n{table}"))?;
        for task in resnet50::missing() {
            out.say(&format!("This crate has no way yet for: {task}."))?;
        }
    }
    out.say(&format!("Load average at the end: {}.", load()))?;
    ensure!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    Ok(())
}

/// The tables beside the peers; returns what did not agree.
fn compare(args: &Args, python: PathBuf, out: &mut Out) -> Result<Vec<String>> {
    let start = load();
    let peers = peer::Peers::start(&python, args.peer_workers.unwrap_or(args.workers))?;
    out.say(&machine::header(args.workers, Some(&peers.hello)))?;
    out.say(&format!("Load average at the start: {start}.\n"))?;
    let repeats = if args.quick { 3 } else { 5 };
    let pool = scaling::pool(args.workers)?;
    let mut session = measure::Session::new(peers, pool, repeats, args.limit);
    let cases = if args.quick {
        &layers::CASES[..layers::QUICK]
    } else {
        &layers::CASES
    };
    let mut sections = Task::ALL.map(|task| (task, Vec::<Row>::new()));
    for layer in cases {
        let name = layer.name();
        if args.only.as_ref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        tell(&name);
        for (task, rows) in &mut sections {
            rows.push((*layer, session.measure(layer, *task)?));
        }
    }
    ensure!(
        !sections[0].1.is_empty(),
        "no layer has {:?} in its name",
        args.only
    );
    let mut faults = Vec::new();
    for (task, rows) in &sections {
        out.say(&report::section(*task, rows))?;
        faults.extend(report::faults(rows));
    }
    Ok(faults)
}
