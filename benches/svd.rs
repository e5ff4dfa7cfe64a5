//! convlens-svd on seeded Gaussian kernels: one benchmark for each claim of `docs/benchmarks.md`.
//!
//! Ids are `svd/<what>/<kernel>/<grid>`. Throughput counts singular values where all are computed,
//! else weights.

use convlens_svd::edit::ClipOptions;
use convlens_svd::norm::{DavidsonOptions, TightOptions};
use convlens_svd::periodic::SpectrumOptions;
use convlens_svd::{
    Accuracy, ConvKernel, Geometry, LayerSvd, LayerValues, NormBracket, OperatorSpectrum,
    OperatorSvd,
};
use criterion::{BenchmarkId, Criterion, Throughput};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;

const SEED: u64 = 2208;

/// A 3 x 3 "same" layer.
fn kernel(channels: usize) -> ConvKernel {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let count = channels * channels * 9;
    let weights: Vec<f64> = (0..count)
        .map(|_| StandardNormal.sample(&mut rng))
        .collect();
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    ConvKernel::new(weights, &[channels, channels, 3, 3], same).expect("a valid kernel")
}

/// Runs `work` on kernels of so many channels and grids of so many samples to a side.
fn on_grids<T>(
    criterion: &mut Criterion,
    name: &str,
    cases: &[(usize, usize)],
    throughput: impl Fn(usize, usize) -> Throughput,
    work: impl Fn(&ConvKernel, [usize; 2]) -> T,
) {
    let mut group = criterion.benchmark_group(format!("svd/{name}"));
    group.sample_size(10);
    for &(channels, n) in cases {
        let kernel = kernel(channels);
        group.throughput(throughput(channels, n));
        let id = BenchmarkId::new(format!("{channels}x{channels}x3x3"), format!("n={n}"));
        group.bench_function(id, |b| b.iter(|| work(black_box(&kernel), [n, n])));
    }
    group.finish();
}

fn values(channels: usize, n: usize) -> Throughput {
    Throughput::Elements((channels * n * n) as u64)
}

fn weights(channels: usize, _: usize) -> Throughput {
    Throughput::Elements((9 * channels * channels) as u64)
}

/// All singular values, the largest alone, and vectors, under circular padding.
fn periodic(criterion: &mut Criterion) {
    let cases = [(16, 32), (64, 32)];
    on_grids(criterion, "operator_spectrum", &cases, values, |k, grid| {
        OperatorSpectrum::new(k, &grid)
    });
    let gram = SpectrumOptions::default().accuracy(Accuracy::Gram);
    let name = "operator_spectrum_gram";
    on_grids(criterion, name, &cases, values, |k, grid| {
        OperatorSpectrum::with_options(k, &grid, &gram)
    });
    let options = SpectrumOptions::default();
    let name = "operator_spectrum_largest";
    on_grids(criterion, name, &cases, weights, |k, grid| {
        OperatorSpectrum::largest(k, &grid, &options)
    });
    let cases = [(16, 32), (64, 16)];
    on_grids(criterion, "operator_svd", &cases, values, |k, grid| {
        OperatorSvd::new(k, &grid).map(|svd| svd.iter().filter(Result::is_ok).count())
    });
}

/// The unfolding: with vectors, and values alone through the Gram matrix.
fn unfolding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("svd/layer_svd");
    group.sample_size(20);
    for channels in [16, 64] {
        let kernel = kernel(channels);
        group.throughput(weights(channels, 0));
        let id = BenchmarkId::from_parameter(format!("{channels}x{channels}x3x3"));
        group.bench_function(id, |b| b.iter(|| LayerSvd::new(black_box(&kernel))));
    }
    group.finish();
    let mut group = criterion.benchmark_group("svd/layer_values_gram");
    group.sample_size(20);
    for channels in [64, 256] {
        let kernel = kernel(channels);
        group.throughput(weights(channels, 0));
        let id = BenchmarkId::from_parameter(format!("{channels}x{channels}x3x3"));
        group.bench_function(id, |b| {
            b.iter(|| LayerValues::new(black_box(&kernel), Accuracy::Gram));
        });
    }
    group.finish();
}

/// Brackets, quick and tight.
fn norm(criterion: &mut Criterion) {
    let options = DavidsonOptions::default();
    let (name, cases) = ("norm_bracket_zero_padded", [(16, 32), (64, 8)]);
    on_grids(criterion, name, &cases, weights, |k, grid| {
        NormBracket::zero_padded(k, &grid, &options)
    });
    let (name, cases) = ("norm_bracket_circular", [(16, 32), (64, 32)]);
    on_grids(criterion, name, &cases, weights, |k, grid| {
        NormBracket::circular(k, &grid)
    });
    let options = TightOptions::default();
    let (name, cases) = ("norm_bracket_tight", [(16, 8), (64, 8)]);
    on_grids(criterion, name, &cases, weights, |k, grid| {
        NormBracket::tight(k, &grid, &options)
    });
}

/// Clipping to half of about the norm.
fn clip(criterion: &mut Criterion) {
    let options = ClipOptions::default().rounds(5);
    on_grids(
        criterion,
        "clip_spectrum",
        &[(16, 8)],
        weights,
        |k, grid| {
            let bound = 0.5 * 6.0 * 16f64.sqrt();
            k.clip_spectrum(&grid, bound, &options)
        },
    );
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    periodic(&mut criterion);
    unfolding(&mut criterion);
    norm(&mut criterion);
    clip(&mut criterion);
    criterion.final_summary();
}
