//! Dense matrices with planted directions.

use convlens_rmt::{Esd, RmtError};
use faer::Mat;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The planted part: one coordinate axis for each strength.
pub(crate) fn signal(n: usize, m: usize, strengths: &[f64]) -> Mat<f64> {
    let threshold = ((n * m) as f64).powf(0.25);
    Mat::from_fn(n, m, |i, j| {
        let own = strengths.get(i).filter(|_| i == j);
        own.map_or(0.0, |strength| strength * threshold)
    })
}

/// The same with standard Gaussian noise.
pub(crate) fn noisy(n: usize, m: usize, strengths: &[f64], seed: u64, stream: u64) -> Mat<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    let mut matrix = signal(n, m, strengths);
    for j in 0..m {
        for i in 0..n {
            let z: f64 = StandardNormal.sample(&mut rng);
            matrix[(i, j)] += z;
        }
    }
    matrix
}

/// Its spectrum.
pub(crate) fn esd(
    n: usize,
    m: usize,
    strengths: &[f64],
    seed: u64,
    stream: u64,
) -> Result<Esd, RmtError> {
    let values = noisy(n, m, strengths, seed, stream).singular_values();
    Esd::from_singular_values(&values.expect("a finite matrix"), n, m)
}
