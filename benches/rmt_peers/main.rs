//! Times convlens-rmt beside powerlaw and weightwatcher, on the same values in one run: see README.md beside this file.
#![forbid(unsafe_code)]

mod peer;
mod power_law;
#[path = "../peers/table.rs"]
mod table;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use std::fs::{self, File};
use std::io::{Write, stderr, stdout};
use std::path::PathBuf;

/// A table of the harness; another one is a variant here, a module, and variants of its mode in rmt_peers.py.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Fits of power laws to eigenvalues.
    PowerLaw,
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

/// Writes what was found to standard output and to the file.
struct Out(Option<File>);

impl Out {
    fn say(&mut self, text: &str) -> Result<()> {
        writeln!(stdout().lock(), "{text}")?;
        if let Some(file) = &mut self.0 {
            writeln!(file, "{text}")?;
        }
        Ok(())
    }
}

/// Progress, on standard error; not worth an end of the run.
fn tell(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// The load average over a minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .next()
        .unwrap_or("unknown")
        .to_owned()
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

fn main() -> Result<()> {
    let args = Args::parse();
    if cfg!(debug_assertions) {
        bail!("measure what users run: cargo run --release");
    }
    let file = args.out.as_ref().map(|path| {
        File::create(path).with_context(|| format!("{} cannot be written", path.display()))
    });
    let mut out = Out(file.transpose()?);
    let mut peers = peer::Peers::start(&args.python)?;
    out.say(&format!(
        "- processor: {}, one thread on our side",
        processor()
    ))?;
    out.say(&format!(
        "- peers: {}; values by seed {}",
        peers.hello.versions,
        power_law::SEED
    ))?;
    out.say(&format!("- load average at the start: {}\n", load()))?;
    if args.mode.is_empty() || args.mode.contains(&Mode::PowerLaw) {
        let table = power_law::table(&mut peers, args.quick, tell)?;
        out.say(&format!("## Power laws\n\n{table}"))?;
    }
    out.say(&format!("Load average at the end: {}.", load()))
}
