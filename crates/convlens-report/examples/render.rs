//! Renders a saved analysis: `cargo run -p convlens-report --example render -- analysis.json
//! report.html`. Without arguments it renders one random layer to `report.html` in the system's
//! temporary folder.
#![expect(clippy::print_stdout, reason = "an example prints what it does")]

use std::error::Error;
use std::path::PathBuf;

use convlens::svd::ConvKernel;
use convlens::{Analysis, Monitor, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let analysis = match arguments.next() {
        Some(path) => Analysis::read_json(path)?,
        None => one_layer()?,
    };
    let target = arguments
        .next()
        .unwrap_or_else(|| std::env::temp_dir().join("report.html"));
    convlens_report::write_html(&analysis, &target)?;
    let layers = analysis.layers.len();
    println!("Rendered {layers} layers to {}", target.display());
    Ok(())
}

/// 32 filters of 16 x 3 x 3 entries that look random.
fn one_layer() -> Result<Analysis, convlens::Error> {
    let weights: Vec<f64> = (0..32 * 16 * 9)
        .map(|i| f64::from(i * i % 1009) / 1009.0 - 0.5)
        .collect();
    let kernel = ConvKernel::from_slice(&weights, &[32, 16, 3, 3])?;
    let mut monitor = Monitor::new(&Settings::default())?.with_name("one layer");
    monitor.layer("conv", &kernel)?;
    monitor.finish_unlabeled()
}
