//! convlens-svd: operator spectra, unfoldings and norm brackets of seeded Gaussian kernels.

use convlens_svd::{ConvKernel, Geometry, LanczosOptions, LayerSvd, NormBracket, OperatorSpectrum};
use criterion::{BenchmarkId, Criterion};
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

fn operator_spectrum(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("operator_spectrum");
    group.sample_size(10);
    for (channels, n) in [(16, 32), (64, 32)] {
        let kernel = kernel(channels);
        let id = BenchmarkId::new(format!("{channels}x{channels}x3x3"), format!("n={n}"));
        group.bench_function(id, |b| {
            b.iter(|| OperatorSpectrum::new(black_box(&kernel), &[n, n]));
        });
    }
    group.finish();
}

fn layer_svd(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layer_svd");
    group.sample_size(20);
    for channels in [16, 64] {
        let kernel = kernel(channels);
        let id = BenchmarkId::from_parameter(format!("{channels}x{channels}x3x3"));
        group.bench_function(id, |b| b.iter(|| LayerSvd::new(black_box(&kernel))));
    }
    group.finish();
}

fn norm_bracket(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("norm_bracket_zero_padded");
    group.sample_size(10);
    for (channels, n) in [(16, 32), (64, 8)] {
        let kernel = kernel(channels);
        let id = BenchmarkId::new(format!("{channels}x{channels}x3x3"), format!("n={n}"));
        let options = LanczosOptions::default();
        group.bench_function(id, |b| {
            b.iter(|| NormBracket::zero_padded(black_box(&kernel), &[n, n], &options));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    operator_spectrum(&mut criterion);
    layer_svd(&mut criterion);
    norm_bracket(&mut criterion);
    criterion.final_summary();
}
