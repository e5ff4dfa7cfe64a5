//! Renders a saved analysis: `cargo run --example render -- analysis.json report.html`.

use std::error::Error;

use convlens::Analysis;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: render ANALYSIS.json REPORT.html".into());
    };
    let analysis = Analysis::read_json(from)?;
    convlens_report::write_html(&analysis, to)?;
    Ok(())
}
