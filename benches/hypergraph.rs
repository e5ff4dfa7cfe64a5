//! convlens-hypergraph on seeded data: construction, s-walks, homology, HIF files, clusters, class
//! separation.

use std::hint::black_box;

use convlens_hypergraph::{
    Hypergraph, IncidenceRule, Labels, Separation, SeparationOptions, SignalTable, hif, homology,
    modularity, spectral, walks,
};
use criterion::{Criterion, Throughput};
use rand::seq::index::sample;
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
    let mut group = c.benchmark_group("hypergraph/construction");
    for len in [100_000, 1_000_000] {
        let pairs = incidences(10_000, 2_000, len);
        group.throughput(Throughput::Elements(len as u64));
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
    let mut group = c.benchmark_group("hypergraph/s_line_graph");
    group.throughput(Throughput::Elements(h.n_incidences() as u64));
    for s in [2, 4] {
        group.bench_function(format!("2000x500/s={s}"), |b| {
            b.iter(|| black_box(&h).s_line_graph(s))
        });
    }
    group.bench_function("2000x500/all s", |b| b.iter(|| black_box(&h).overlaps()));
    group.finish();
    let mut group = c.benchmark_group("hypergraph/s_walks");
    group.throughput(Throughput::Elements(h.n_edges() as u64));
    for s in [2, 4] {
        group.bench_function(format!("components/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&h).s_components(s))
        });
        let found = h.s_walks(s).expect("s is at least 1");
        group.bench_function(format!("betweenness/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&found).betweenness(walks::Normalization::None))
        });
        group.bench_function(format!("harmonic/2000x500/s={s}"), |b| {
            b.iter(|| black_box(&found).harmonic(walks::Normalization::None))
        });
    }
    group.finish();
}

/// Betti numbers in dimensions 0 to 2 of uniform hypergraphs, as in the comparison with peers.
fn betti_numbers(c: &mut Criterion) {
    let mut group = c.benchmark_group("hypergraph/homology");
    for n in [80, 150] {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let edges: Vec<Vec<u32>> = (0..3 * n)
            .map(|_| sample(&mut rng, n, 4).iter().map(|v| v as u32).collect())
            .collect();
        let h = Hypergraph::from_edges(n, &edges).expect("indices are in range");
        let options = homology::Options::default();
        group.throughput(Throughput::Elements(h.n_edges() as u64));
        group.bench_function(format!("betti/{n} nodes, {} of 4", h.n_edges()), |b| {
            b.iter(|| black_box(&h).homology(&options))
        });
    }
    group.finish();
}

/// A file of 100,000 incidences, read record by record, and made a hypergraph.
fn interchange_files(c: &mut Criterion) {
    let pairs = incidences(10_000, 2_000, 100_000);
    let h = Hypergraph::from_incidences(10_000, 2_000, pairs).expect("indices are in range");
    let mut file = Vec::new();
    let document = hif::Document::from_hypergraph(&h);
    document.write(&mut file).expect("memory can be written to");
    let mut group = c.benchmark_group("hypergraph/hif");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(file.len() as u64));
    group.bench_function("events/incidences=100000", |b| {
        b.iter(|| {
            let mut events = 0;
            let read = hif::for_each_event(black_box(&file[..]), |_| events += 1);
            (read, events)
        })
    });
    group.bench_function("read/incidences=100000", |b| {
        b.iter(|| hif::Document::read(black_box(&file[..])))
    });
    group.bench_function("to_hypergraph/incidences=100000", |b| {
        b.iter(|| black_box(&document).to_hypergraph())
    });
    group.finish();
}

/// Clusters of 2,000 nodes by modularity and by spectra.
fn clusters(c: &mut Criterion) {
    let pairs = incidences(2_000, 500, 10_000);
    let h = Hypergraph::from_incidences(2_000, 500, pairs).expect("indices are in range");
    let mut group = c.benchmark_group("hypergraph/clusters");
    group.sample_size(10);
    group.throughput(Throughput::Elements(h.n_nodes() as u64));
    group.bench_function("modularity/2000x500", |b| {
        b.iter(|| modularity::cluster(black_box(&h), &modularity::Options::default().max_passes(5)))
    });
    group.bench_function("spectral/2000x500", |b| {
        b.iter(|| spectral::cluster(black_box(&h), &spectral::Options::default().clusters(10)))
    });
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
    let mut group = c.benchmark_group("hypergraph/separation");
    group.sample_size(10);
    for (inputs, permutations) in [(450, 999), (10_000, 99)] {
        let (table, labels) = table(inputs, 64);
        let options = SeparationOptions::default().permutations(permutations);
        group.throughput(Throughput::Elements(permutations as u64));
        group.bench_function(format!("{inputs}x64/B={permutations}"), |b| {
            b.iter(|| Separation::new(black_box(&table), &labels, &options))
        });
        let options = options.incidence_rule(IncidenceRule::ZScore { threshold: 1.3 });
        group.bench_function(format!("{inputs}x64/B={permutations}/z-scores"), |b| {
            b.iter(|| Separation::new(black_box(&table), &labels, &options))
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    construction(&mut criterion);
    line_graph(&mut criterion);
    betti_numbers(&mut criterion);
    interchange_files(&mut criterion);
    clusters(&mut criterion);
    separation(&mut criterion);
    criterion.final_summary();
}
