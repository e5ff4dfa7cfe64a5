//! Calibration of convlens-hypergraph's significance tests: do p-values of pure noise keep their
//! level?
//!
//! ```sh
//! cargo run --release -p convlens-benches --bin hypergraph-calibration
//! ```
//!
//! Checks bounds, prints what it measured, and exits with a code other than 0 if a bound is broken:
//! too slow for `cargo test`. With `-- --tables`, the tables alone, as Markdown on standard output:
//! `crates/convlens-hypergraph/docs/calibration_separation.md`. With `-- --quick`, a twentieth of
//! the shuffles of the tables, whose bounds are then not enforced. The numbers do not depend on the
//! number of threads.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the tables are its output"
)]

mod checks;
mod tables;

use std::process::ExitCode;

use convlens_hypergraph::HypergraphError;

fn main() -> Result<ExitCode, HypergraphError> {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let mut broken = 0;
    if !has("--tables") {
        for (name, check) in checks::ALL {
            let found = check()?;
            let verdict = if found.is_empty() { "ok" } else { "BROKEN" };
            eprintln!("{name}: {verdict}");
            found.iter().for_each(|bound| eprintln!("  {bound}"));
            broken += found.len();
        }
    }
    let quick = has("--quick");
    let over = tables::print(quick)?;
    // The bound, a normal one, holds for many shuffles only.
    if over > 0 && !quick {
        eprintln!("tables: {over} shares are over their bound");
        broken += over;
    }
    Ok(match broken {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
