//! Fits of `convlens-rmt`: the power law, the Marchenko-Pastur bulk, the
//! Tracy-Widom quantile.
#![expect(
    missing_docs,
    reason = "criterion_group! writes an undocumented function"
)]

use std::hint::black_box;

use convlens_rmt::{
    Esd, MarchenkoPastur, PowerLaw, TracyWidom, bulk,
    law::DysonIndex,
    tail::{self, Bootstrap},
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

const SEED: u64 = 20_220_806;

/// A lognormal body under a Pareto tail with one value in five: a search for
/// `xmin` with somewhere to go.
fn heavy_tail(n: usize) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let body = LogNormal::new(-1.0, 0.7).expect("a valid law");
    let mut values = PowerLaw::new(3.0, 1.0)
        .expect("a valid law")
        .sample(n / 5, SEED);
    values.extend((n / 5..n).map(|_| body.sample(&mut rng)));
    values
}

fn power_law_fit(c: &mut Criterion) {
    let mut group = c.benchmark_group("power_law_fit");
    for n in [512, 2048, 100_000] {
        let data = heavy_tail(n);
        let options = tail::Options::default();
        group.bench_with_input(
            BenchmarkId::from_parameter(format!("n={n}")),
            &data,
            |b, d| {
                b.iter(|| PowerLaw::fit(black_box(d), &options));
            },
        );
    }
    group.finish();
    let data = heavy_tail(512);
    let options = tail::Options::default().bootstrap(Bootstrap::new(SEED).replicates(1000));
    c.bench_function("power_law_bootstrap/n=512,b=1000", |b| {
        b.iter(|| PowerLaw::fit(black_box(&data), &options));
    });
}

fn mp_fit(c: &mut Criterion) {
    let law = MarchenkoPastur::new(2.0, 1.0).expect("a valid law");
    let mut values = law.sample(502, SEED);
    values.extend((1..=10).map(|k| 4.0 * f64::from(k)));
    let esd = Esd::from_eigenvalues(&values, 1024, 512).expect("512 finite values");
    let options = bulk::Options::default();
    c.bench_function("mp_fit/n=512", |b| {
        b.iter(|| MarchenkoPastur::fit(black_box(&esd), &options));
    });
}

fn tracy_widom_quantile(c: &mut Criterion) {
    let law = TracyWidom::new(DysonIndex::One);
    c.bench_function("tracy_widom_quantile", |b| {
        b.iter(|| law.upper_quantile(black_box(0.01)));
    });
}

criterion_group!(benches, power_law_fit, mp_fit, tracy_widom_quantile);
criterion_main!(benches);
