//! WeightWatcher's numbers of a model file: one row for each layer, in the tool's conventions.
//!
//! ```sh
//! cargo run --release -p convlens --example weightwatcher -- model.safetensors
//! ```
//!
//! Without a file it takes a small model in memory.

#![expect(clippy::print_stdout, reason = "the lines are its output")]

mod support;

use std::error::Error;

use convlens::model::Model;
use convlens::weightwatcher_metrics;

fn main() -> Result<(), Box<dyn Error>> {
    let model = match std::env::args().nth(1) {
        Some(path) => Model::open(path)?,
        None => support::small_model()?,
    };
    println!(
        "{:<24} {:>6} {:>6} {:>3} {:>8} {:>12} {:>14} {:>11} {:>8}",
        "layer", "N", "M", "rf", "alpha", "log_norm", "alpha_weighted", "stable_rank", "spikes"
    );
    for (index, layer) in model.layers().iter().enumerate() {
        let metrics = weightwatcher_metrics(&model.kernel(index)?)?;
        let tail = metrics.tail.value();
        println!(
            "{:<24} {:>6} {:>6} {:>3} {:>8} {:>12} {:>14} {:>11} {:>8}",
            layer.name,
            metrics.n,
            metrics.m,
            metrics.rf,
            number(metrics.alpha()),
            number(metrics.log_norm),
            number(tail.map(|tail| tail.alpha_weighted)),
            number(metrics.stable_rank),
            metrics
                .bulk
                .value()
                .map_or("-".to_owned(), |bulk| bulk.num_spikes.to_string()),
        );
    }
    Ok(())
}

/// Three decimals, or a dash where there is no such number.
fn number(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.3}"))
}
