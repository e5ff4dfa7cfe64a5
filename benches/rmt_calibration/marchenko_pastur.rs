//! The tables of the Marchenko-Pastur fit: false alarms, power, p-values, sigma, denoising.

pub(crate) mod bounds;
pub(crate) mod planted;
mod tables;

use std::io::Write;

use anyhow::Result;

/// The seed of every table.
const SEED: u64 = 20_220_815;

/// All tables; with `quick` the false alarms alone.
pub(crate) fn run(out: &mut impl Write, quick: bool) -> Result<()> {
    writeln!(out, "# Calibration of the Marchenko-Pastur fit\n")?;
    writeln!(
        out,
        "Made by `cargo run --release -p convlens-benches --bin rmt-calibration -- marchenko-pastur`, \
         seed {SEED}. Every bound is the exact central 99.9% of the binomial law; a count outside it \
         is marked `!`. Strengths are singular values over the BBP threshold \
         `sigma (N M)^(1/4)`.\n"
    )?;
    tables::false_alarms(out, SEED)?;
    if quick {
        return Ok(());
    }
    tables::power(out, SEED)?;
    tables::p_values(out, SEED)?;
    tables::sigma(out, SEED)?;
    tables::denoising(out, SEED)
}
