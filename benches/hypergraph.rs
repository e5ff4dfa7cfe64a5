//! Hypergraph construction, s-line graphs and class separation on seeded data.

use std::hint::black_box;

use convlens_hypergraph::{Hypergraph, Labels, Separation, SeparationOptions, SignalTable, walks};
use criterion::Criterion;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SEED: u64 = 20_240;

/// Uniform pairs: a few are duplicates.
fn incidences(n_nodes: u32, n_edges: u32, len: usize) -> Vec<(u32, u32)> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    (0..len)
        .map(|_| (rng.random_range(0..n_nodes), rng.random_range(0..n_edges)))
        .collect()
}

fn construction(c: &mut Criterion) {
    let mut group = c.benchmark_group("construction");
    for len in [100_000, 1_000_000] {
        let pairs = incidences(10_000, 2_000, len);
        group.bench_function(format!("incidences={len}"), |b| {
            b.iter(|| Hypergraph::from_incidences(10_000, 2_000, black_box(&pairs).iter().copied()))
        });
    }
    group.finish();
}

fn line_graph(c: &mut Criterion) {
    // 500 hyperedges of about 60 among 2,000 nodes.
    let pairs = incidences(2_000, 500, 30_000);
    let h = Hypergraph::from_incidences(2_000, 500, pairs).expect("indices are in range");
    let mut group = c.benchmark_group("s_line_graph");
    for s in [2, 4] {
        group.bench_function(format!("2000x500/s={s}"), |b| {
            b.iter(|| black_box(&h).s_line_graph(s))
        });
    }
    group.bench_function("2000x500/all s", |b| b.iter(|| black_box(&h).overlaps()));
    group.finish();
    let mut group = c.benchmark_group("s_walks");
    for s in [2, 4] {
        group.bench_function(format!("components/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&h).s_components(s))
        });
        let walks = h.s_walks(s);
        group.bench_function(format!("betweenness/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&walks).betweenness(walks::Normalization::None))
        });
        group.bench_function(format!("harmonic/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&walks).harmonic(walks::Normalization::None))
        });
    }
    group.finish();
}

/// Noise, with every feature raised on one of ten classes.
fn table(inputs: usize, features: usize) -> (SignalTable, Labels) {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let classes: Vec<i64> = (0..inputs as i64).map(|i| i % 10).collect();
    let values = (0..inputs * features)
        .map(|at| {
            let own = (at / features) % 10 == (at % features) % 10;
            rng.random::<f64>() + if own { 0.2 } else { 0.0 }
        })
        .collect();
    (
        SignalTable::new(values, inputs, features).expect("finite values"),
        Labels::new(&classes).expect("ten classes"),
    )
}

fn separation(c: &mut Criterion) {
    let mut group = c.benchmark_group("separation");
    group.sample_size(10);
    for (inputs, permutations) in [(450, 999), (10_000, 99)] {
        let (table, labels) = table(inputs, 64);
        let options = SeparationOptions::default().permutations(permutations);
        group.bench_function(format!("{inputs}x64/B={permutations}"), |b| {
            b.iter(|| Separation::new(black_box(&table), &labels, &options))
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    construction(&mut criterion);
    line_graph(&mut criterion);
    separation(&mut criterion);
    criterion.final_summary();
}
