//! A table of Lipschitz constants: the operator norm of every layer, between certified bounds.
//!
//! ```sh
//! cargo run --release -p convlens --example lipschitz_table -- model.onnx
//! ```
//!
//! An ONNX file tells the size of each layer's input, so that the bounds hold for that size; for
//! other files they hold for every size. Without a file it takes a small model in memory.

#![expect(clippy::print_stdout, reason = "the lines are its output")]

mod support;

use std::error::Error;

use convlens::model::Model;
use convlens::{Analysis, Outcome, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let model = match std::env::args().nth(1) {
        Some(path) => Model::open(path)?,
        None => support::small_model()?,
    };
    // The norms need no confidence interval of the tail exponent.
    let settings = Settings::default().bootstrap_replicates(0);
    let analysis = Analysis::builder(&model).settings(settings).run()?;

    println!(
        "{:<24} {:<12} {:>10} {:>10} {:>9}",
        "layer", "grid", "at least", "at most", "width"
    );
    let mut product = 1.0;
    for layer in &analysis.layers {
        match &layer.norm {
            Outcome::Value(norm) => {
                product *= norm.upper;
                let grid = match &norm.grid {
                    Some(grid) => format!("{grid:?}"),
                    None => "any".to_owned(),
                };
                println!(
                    "{:<24} {grid:<12} {:>10.5} {:>10.5} {:>8.0e}",
                    layer.name,
                    norm.lower,
                    norm.upper,
                    norm.relative_width()
                );
            }
            Outcome::Unavailable { reason } => println!("{:<24} {reason}", layer.name),
        }
    }
    println!("Product of the upper bounds: {product:.3}");
    println!("It bounds a chain of these layers with ReLU or other 1-Lipschitz maps between them.");
    Ok(())
}
