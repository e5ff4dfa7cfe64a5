//! The confusion matrix of the phases on synthetic ensembles.

use std::io::Write;

use anyhow::Result;
use convlens_rmt::{Phase, phase};

#[path = "../../crates/convlens-rmt/tests/it/ensembles.rs"]
mod ensembles;

use ensembles::{ENSEMBLES, confusion};

const SHAPES: [(usize, usize); 4] = [(64, 64), (144, 16), (256, 128), (400, 200)];
const MATRICES: u64 = 200;
const SEED: u64 = 20_210_101;

/// The tables; with `quick` of a tenth of the matrices.
pub(crate) fn run(out: &mut impl Write, quick: bool) -> Result<()> {
    let matrices = if quick { MATRICES / 10 } else { MATRICES };
    writeln!(
        out,
        "# Phases: confusion on synthetic ensembles\n\nMade by `cargo run --release -p convlens-benches --bin rmt-calibration -- phases`, seed {SEED}, {matrices} matrices for each row of each\n\
         table; rows are the ensemble drawn from, columns the phase found, in percent. Settings are the defaults.\n\n\
         ## Ensembles\n"
    )?;
    for ensemble in &ENSEMBLES {
        writeln!(out, "- **{}**: {}", ensemble.name, ensemble.description)?;
    }
    let options = phase::Options::default();
    for (n, m) in SHAPES {
        write!(out, "\n## {n} x {m}\n\n| ensemble |")?;
        for phase in Phase::ALL {
            write!(out, " {} |", phase.name())?;
        }
        writeln!(out, "\n|---|{}", "---:|".repeat(6))?;
        for ensemble in &ENSEMBLES {
            let counts = confusion(ensemble, n, m, matrices, SEED, &options);
            write!(out, "| {} |", ensemble.name)?;
            for (phase, count) in Phase::ALL.into_iter().zip(counts) {
                let percent = 100.0 * count as f64 / matrices as f64;
                let bold = if phase == ensemble.phase { "**" } else { "" };
                write!(out, " {bold}{percent:.1}{bold} |")?;
            }
            writeln!(out)?;
        }
    }
    out.write_all(include_bytes!("phases-notes.md"))?;
    Ok(())
}
