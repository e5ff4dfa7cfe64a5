//! The `convlens` command: analyse a convolutional network from the shell.
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]

mod args;
mod cmd;
mod inputs;
mod progress;
mod summary;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cmd::run(args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            // If not even this can be written, the exit code still says it.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
