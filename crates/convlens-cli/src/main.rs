//! The `convlens` command: analyze a convolutional network from the shell.
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]

mod analyze;
mod args;
mod batch;
mod merge;
mod results;
mod summary;
mod taps;
mod terminal;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::args::Settings;

const EXIT_CODES: &str = "Exit codes: 0 success; 1 failure; 2 invalid command line.";

/// Explain a convolutional network from its weights
#[derive(Debug, Parser)]
#[command(version, after_help = format!(
    "Without a command, `convlens` runs `convlens demo`.\n{EXIT_CODES}"
))]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Analyze the built-in digits network on 450 held-out images
    #[command(after_help = format!(
        "The images are the UCI handwritten digits (E. Alpaydin and C. Kaynak, 1998, \
         doi 10.24432/C50P49), CC BY 4.0.\n{EXIT_CODES}"
    ))]
    Demo(Settings),
    /// Analyze a model file
    #[command(after_help = format!(
        "Example: convlens analyze model.onnx --inputs val/ --preset imagenet --out report\n\
         {PRESETS}\n{EXIT_CODES}"
    ))]
    Analyze(analyze::Analyze),
    /// Save the values that an ONNX model computes at any point of its graph
    #[command(after_help = format!("{PRESETS}\n{EXIT_CODES}"))]
    Taps(taps::Taps),
    /// Analyze many models; re-running resumes where it stopped
    #[command(after_help = format!(
        "All jobs share one pool of threads: one thread per core, or RAYON_NUM_THREADS. The results do \
         not depend on the number of jobs, threads or shards.\n{PRESETS}\n\
         Exit codes: 0 success; 1 at least one model failed, or another failure; 2 invalid command line."
    ))]
    Batch(batch::Batch),
    /// Join the results of `batch` into one table, with one row per layer
    #[command(after_help = format!(
        "The rows are sorted by model path. Skipped layers and failed models are rows too, with the \
         reason. If several folders have results of one model, the first successful one counts.\n\
         {EXIT_CODES}"
    ))]
    Merge(merge::Merge),
}

const PRESETS: &str = "Presets: imagenet: resize 256, center crop 224 (torchvision V1 weights); cifar: CIFAR-10's \
     mean and standard deviation; none: pixels from 0 to 1.";

fn run(cli: Cli) -> Result<()> {
    match cli
        .command
        .unwrap_or_else(|| Command::Demo(Settings::default()))
    {
        Command::Demo(settings) => analyze::demo(&settings),
        Command::Analyze(command) => command.run(),
        Command::Taps(command) => command.run(),
        Command::Batch(command) => command.run(),
        Command::Merge(command) => command.run(),
    }
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error with its causes. Where even this cannot be written, the exit code remains.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_and_demo_have_the_same_settings() {
        let Some(Command::Demo(parsed)) = Cli::parse_from(["convlens", "demo"]).command else {
            panic!("demo expected")
        };
        let default = Settings::default();
        assert_eq!(parsed.out, default.out);
        assert_eq!(
            parsed.analysis.to_analysis(),
            default.analysis.to_analysis()
        );
        assert_eq!(parsed.analysis.to_analysis(), convlens::Settings::default());
    }
}
