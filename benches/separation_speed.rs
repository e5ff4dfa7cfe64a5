//! Prints the seconds of one separation analysis: seeded tables, all measures, a permutation null
//! with thresholds and profiles fitted anew for each permutation, corrected over the tables.
//!
//! ```sh
//! cargo run --release -p convlens-benches --bin separation-speed
//! cargo run --release -p convlens-benches --bin separation-speed -- 10000 20 64 1000
//! ```
//!
//! The numbers are inputs, tables (layers), features of each and permutations; those above are the
//! default. Threads as rayon finds them (`RAYON_NUM_THREADS`).
#![expect(clippy::print_stdout, reason = "the seconds are its output")]

use std::time::Instant;

use convlens_hypergraph::{
    HypergraphError, IncidenceRule, Labels, MeasureKind, SeparationOptions, SignalTable,
    separate_layers,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SEED: u64 = 20_240;
const CLASSES: usize = 10;

/// Noise, with feature f raised on class f modulo the classes: a little more in deeper tables.
fn table(inputs: usize, features: usize, layer: usize) -> Result<SignalTable, HypergraphError> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    rng.set_stream(layer as u64);
    let raised = 0.01 * layer as f64;
    let values = (0..inputs * features)
        .map(|at| {
            let own = (at / features) % CLASSES == (at % features) % CLASSES;
            rng.random::<f64>() + if own { raised } else { 0.0 }
        })
        .collect();
    SignalTable::new(values, inputs, features)
}

fn main() -> Result<(), HypergraphError> {
    let mut sizes = [10_000, 20, 64, 1000];
    let given = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    sizes.iter_mut().zip(given).for_each(|(size, n)| *size = n);
    let [inputs, layers, features, permutations] = sizes;
    let tables = (0..layers)
        .map(|layer| table(inputs, features, layer))
        .collect::<Result<Vec<_>, _>>()?;
    let tables: Vec<&SignalTable> = tables.iter().collect();
    let classes: Vec<i64> = (0..inputs).map(|i| (i % CLASSES) as i64).collect();
    let labels = Labels::new(&classes)?;
    println!(
        "{inputs} inputs x {layers} layers x {features} features, {permutations} permutations"
    );
    for (name, rule) in [
        ("top 10%", IncidenceRule::default()),
        ("z >= 1.3", IncidenceRule::ZScore { threshold: 1.3 }),
    ] {
        let options = SeparationOptions::default()
            .incidence_rule(rule)
            .permutations(permutations)
            .seed(SEED);
        let start = Instant::now();
        let found = separate_layers(&tables, &labels, &options)?;
        let seconds = start.elapsed().as_secs_f64();
        println!("{name}: {seconds:.2} s");
        if let Some(last) = found.last() {
            for kind in MeasureKind::ALL {
                let measure = last.measure(kind);
                println!(
                    "  last layer, {kind:?}: {:.4}, p {:.4}",
                    measure.observed, measure.p_value
                );
            }
        }
    }
    Ok(())
}
