//! Calibration of the Marchenko-Pastur fit: prints the tables of `docs/calibration_marchenko_pastur.md` as Markdown.
//!
//! ```sh
//! cargo run --release -p convlens-rmt --example calibration_marchenko_pastur > crates/convlens-rmt/docs/calibration_marchenko_pastur.md
//! ```

mod bounds;
mod planted;
mod tables;

use std::io::{Write, stdout};

/// The seed of every table.
const SEED: u64 = 20_220_815;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = stdout().lock();
    writeln!(out, "# Calibration of the Marchenko-Pastur fit\n")?;
    writeln!(
        out,
        "Made by `cargo run --release -p convlens-rmt --example calibration_marchenko_pastur`, seed {SEED}. Every bound is \
         the exact central 99.9% of the binomial law; a count outside it is marked `!`. Strengths are singular values over \
         the BBP threshold `sigma (N M)^(1/4)`.\n"
    )?;
    tables::false_alarms(&mut out, SEED)?;
    tables::power(&mut out, SEED)?;
    tables::p_values(&mut out, SEED)?;
    tables::sigma(&mut out, SEED)?;
    tables::denoising(&mut out, SEED)?;
    Ok(())
}
