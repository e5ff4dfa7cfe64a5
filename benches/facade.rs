//! The whole analysis of the demo's network, weights alone and with its inputs, and the collector
//! that takes activations.

use std::hint::black_box;

use convlens::activations::{Basis, Inputs, SignalCollector};
use convlens::model::arrays::Npz;
use convlens::model::{Format, Model};
use convlens::{Analysis, Settings};
use criterion::{BenchmarkId, Criterion, Throughput};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const MODEL: &[u8] = include_bytes!("../crates/convlens-cli/demo/digits.onnx");
const IMAGES: &[u8] = include_bytes!("../crates/convlens-cli/demo/digits-heldout.npz");
const SEED: u64 = 20_260;

fn analyze(criterion: &mut Criterion) {
    let model = Model::from_bytes("digits.onnx", Format::Onnx, MODEL).expect("the demo's model");
    let archive = Npz::from_bytes("digits-heldout.npz", IMAGES).expect("the demo's images");
    let inputs = Inputs::from_arrays(archive).expect("images and labels");
    let weights: usize = model
        .layers()
        .iter()
        .map(|l| l.shape.iter().product::<usize>())
        .sum();
    let mut group = criterion.benchmark_group("facade/analyze");
    group.sample_size(10);
    group.throughput(Throughput::Elements(weights as u64));
    group.bench_function("digits, weights", |b| {
        b.iter(|| {
            Analysis::builder(black_box(&model))
                .run()
                .expect("an analysis")
        });
    });
    for permutations in [99, 999] {
        let settings = Settings::default().permutations(permutations);
        let id = BenchmarkId::new("digits, 450 inputs", format!("B={permutations}"));
        group.bench_function(id, |b| {
            b.iter(|| {
                Analysis::builder(black_box(&model))
                    .inputs(&inputs)
                    .settings(settings.clone())
                    .run()
                    .expect("an analysis")
            });
        });
    }
    group.finish();
}

/// Batches of a layer's output, projected on as many directions as it has channels.
fn collector(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("facade/collector");
    group.sample_size(20);
    for (channels, side) in [(16, 32), (64, 8)] {
        let (batch, positions) = (32, side * side);
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut uniform = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.random()).collect() };
        let vectors: Vec<f64> = uniform(channels * channels)
            .iter()
            .map(|&x| x.into())
            .collect();
        let values = uniform(batch * channels * positions);
        let basis = Basis::new(vectors, channels).expect("whole vectors");
        group.throughput(Throughput::Elements(values.len() as u64));
        group.bench_function(format!("{channels}x{side}x{side}, batch {batch}"), |b| {
            b.iter(|| {
                let mut collector = SignalCollector::new(vec![basis.clone()]);
                collector.add(black_box(&values), &[batch, channels, side, side])
            });
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    analyze(&mut criterion);
    collector(&mut criterion);
    criterion.final_summary();
}
