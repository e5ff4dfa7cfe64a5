//! convlens-rmt: fits of tail and bulk, metrics, nulls, quantiles.
#![expect(
    missing_docs,
    reason = "criterion_group! writes an undocumented function"
)]

use std::hint::black_box;

use convlens_rmt::{
    DiscretePowerLaw, Esd, FittedSpectrum, GaussianEnsemble, Hill, LayerMetrics, MarchenkoPastur,
    NullSpectra, PowerLaw, TracyWidom, bulk,
    law::DysonIndex,
    metrics, null, phase,
    tail::{self, Bootstrap, ComparisonOptions, GofOptions, HillThreshold},
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
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

/// The spectrum of noise with ten directions above it.
fn spectrum() -> Esd {
    let law = MarchenkoPastur::new(2.0, 1.0).expect("a valid law");
    let mut values = law.sample(502, SEED);
    values.extend((1..=10).map(|k| 4.0 * f64::from(k)));
    Esd::from_eigenvalues(&values, 1024, 512).expect("512 finite values")
}

fn power_law(c: &mut Criterion) {
    let mut group = c.benchmark_group("rmt/power_law_fit");
    for n in [512, 2048, 100_000] {
        let data = heavy_tail(n);
        let options = tail::Options::default();
        group.throughput(Throughput::Elements(n as u64));
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
    let mut group = c.benchmark_group("rmt/power_law_bootstrap");
    group.throughput(Throughput::Elements(512 * 1000));
    let options = tail::Options::default().bootstrap(Bootstrap::new(SEED).replicates(1000));
    group.bench_function("n=512,b=1000", |b| {
        b.iter(|| PowerLaw::fit(black_box(&data), &options));
    });
    group.finish();
    let mut group = c.benchmark_group("rmt/power_law_gof");
    group.throughput(Throughput::Elements(512 * 999));
    let options = tail::Options::default().goodness_of_fit(GofOptions::new(SEED));
    group.bench_function("n=512,b=999", |b| {
        b.iter(|| PowerLaw::fit(black_box(&data), &options));
    });
    group.finish();
    let outcome = PowerLaw::fit(&data, &tail::Options::default()).expect("finite values");
    let fit = outcome.value().expect("a tail");
    let mut group = c.benchmark_group("rmt/power_law_compare");
    group.throughput(Throughput::Elements(fit.n_tail as u64));
    group.bench_function("n=512", |b| {
        b.iter(|| fit.compare(black_box(&data), &ComparisonOptions::default()));
    });
    group.finish();
    let mut group = c.benchmark_group("rmt/hill");
    group.throughput(Throughput::Elements(512));
    group.bench_function("n=512", |b| {
        b.iter(|| Hill::estimate(black_box(&data), HillThreshold::Count(100)));
    });
    group.finish();
}

fn discrete(c: &mut Criterion) {
    let options = tail::DiscreteOptions::default();
    let mut group = c.benchmark_group("rmt/discrete_fit");
    group.sample_size(10);
    let few = DiscretePowerLaw::new(2.5, 2)
        .expect("a valid law")
        .sample(2000, SEED);
    // A distinct value for nearly every one.
    let many: Vec<u64> = PowerLaw::new(2.5, 1e6)
        .expect("a valid law")
        .sample(16_000, SEED)
        .iter()
        .map(|&x| x as u64)
        .collect();
    for (name, values) in [("n=2000", few), ("n=16000,distinct", many)] {
        group.throughput(Throughput::Elements(values.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| DiscretePowerLaw::fit(black_box(&values), &options));
        });
    }
    group.finish();
}

fn bulk_fit(c: &mut Criterion) {
    let esd = spectrum();
    let mut group = c.benchmark_group("rmt/mp_fit");
    group.throughput(Throughput::Elements(512));
    let options = bulk::Options::default();
    group.bench_function("n=512", |b| {
        b.iter(|| MarchenkoPastur::fit(black_box(&esd), &options));
    });
    group.finish();
}

fn layer(c: &mut Criterion) {
    let esd = spectrum();
    let mut group = c.benchmark_group("rmt/metrics");
    group.throughput(Throughput::Elements(512));
    for (name, options) in [
        ("n=512", metrics::Options::default()),
        (
            "n=512,weightwatcher",
            metrics::Options::compat(metrics::Compat::WeightWatcher),
        ),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| LayerMetrics::new(black_box(&esd), &options));
        });
    }
    group.bench_function("n=512,with_phase", |b| {
        b.iter(|| {
            let (by_bulk, by_tail) = (bulk::Options::default(), tail::Options::default());
            let fitted = FittedSpectrum::new(black_box(esd.clone()), by_bulk, by_tail)?;
            let metrics = fitted.metrics(&metrics::Options::default())?;
            Ok::<_, convlens_rmt::RmtError>((metrics, fitted.phase(&phase::Options::default())?))
        });
    });
    group.finish();
}

fn nulls(c: &mut Criterion) {
    let mut group = c.benchmark_group("rmt/gaussian_ensemble");
    for m in [200, 512] {
        let ensemble = GaussianEnsemble::new(2 * m, m, 1.0).expect("a valid shape");
        group.throughput(Throughput::Elements(m as u64));
        group.bench_function(format!("m={m}"), |b| {
            b.iter(|| ensemble.esd(black_box(SEED), 0));
        });
    }
    group.finish();
    let spectra = NullSpectra::gaussian(128, 64, 1.0, SEED, 99).expect("a valid shape");
    let esd = GaussianEnsemble::new(128, 64, 1.0)
        .and_then(|ensemble| ensemble.esd(SEED, 1))
        .expect("a valid shape");
    let mut group = c.benchmark_group("rmt/rand_distance");
    group.throughput(Throughput::Elements(100 * 64));
    group.bench_function("m=64,b=99", |b| {
        b.iter(|| spectra.rand_distance(black_box(&esd), null::RandDistanceConvention::Histogram));
    });
    group.finish();
}

fn tracy_widom_quantile(c: &mut Criterion) {
    let law = TracyWidom::new(DysonIndex::One);
    c.bench_function("rmt/tracy_widom_quantile", |b| {
        b.iter(|| law.upper_quantile(black_box(0.01)));
    });
}

criterion_group!(
    benches,
    power_law,
    discrete,
    bulk_fit,
    layer,
    nulls,
    tracy_widom_quantile
);
criterion_main!(benches);
