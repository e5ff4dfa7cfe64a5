//! The layers that are timed, and their seeded weights.

use anyhow::Result;
use convlens_svd::{ConvKernel, Geometry};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Seed of every kernel.
pub(crate) const SEED: u64 = 2208;

/// A convolution with a square kernel, on a square grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) c_out: usize,
    pub(crate) c_in: usize,
    pub(crate) k: usize,
    pub(crate) stride: usize,
    pub(crate) n: usize,
}

/// The cases of the tables, by ascending cost, so that the cost of the next can be told from those
/// before it. The first four are those of `--quick`.
pub(crate) const CASES: [Layer; 15] = [
    square(16, 3, 16),
    same(64, 3, 3, 32),
    square(16, 3, 32),
    square(32, 3, 16),
    same(3, 64, 3, 32),
    square(16, 7, 32),
    square(32, 3, 32),
    square(32, 5, 32),
    square(64, 3, 16),
    square(64, 3, 32),
    square(128, 3, 16),
    square(256, 3, 8),
    square(128, 3, 32),
    square(256, 3, 16),
    square(256, 3, 32),
];

/// How many of [`CASES`] are in `--quick`.
pub(crate) const QUICK: usize = 4;

const fn same(c_out: usize, c_in: usize, k: usize, n: usize) -> Layer {
    Layer {
        c_out,
        c_in,
        k,
        stride: 1,
        n,
    }
}

/// A layer with stride 1 and as many outputs as inputs.
pub(crate) const fn square(c: usize, k: usize, n: usize) -> Layer {
    same(c, c, k, n)
}

impl Layer {
    /// As the tables name it.
    pub(crate) fn name(&self) -> String {
        let Self {
            c_in, c_out, k, n, ..
        } = self;
        let stride = match self.stride {
            1 => String::new(),
            s => format!(" / {s}"),
        };
        format!("{c_in} -> {c_out}, {k}x{k}{stride}, n = {n}")
    }

    pub(crate) fn shape(&self) -> [usize; 4] {
        [self.c_out, self.c_in, self.k, self.k]
    }

    pub(crate) fn grid(&self) -> [usize; 2] {
        [self.n, self.n]
    }

    /// Independent Gaussian weights of variance `2 / (c_in k^2)` (He et al., ICCV 2015, equation
    /// 10).
    pub(crate) fn weights(&self) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let fan_in = self.c_in * self.k * self.k;
        let scale = (2.0 / fan_in as f64).sqrt();
        let mut draw = || -> f64 { StandardNormal.sample(&mut rng) };
        (0..self.c_out * fan_in).map(|_| scale * draw()).collect()
    }

    pub(crate) fn kernel(&self) -> Result<ConvKernel> {
        let pad = self.k / 2;
        let geometry = Geometry::new(2)
            .with_stride(&[self.stride; 2])
            .with_padding(&[(pad, pad); 2]);
        Ok(ConvKernel::new(self.weights(), &self.shape(), geometry)?)
    }

    /// What the time of a decomposition grows with: frequencies times `max min^2` of the symbol's
    /// sides.
    pub(crate) fn work(&self) -> f64 {
        let columns = self.c_in * self.stride.pow(2);
        let (short, long) = (self.c_out.min(columns), self.c_out.max(columns));
        let frequencies = (self.n / self.stride).pow(2);
        frequencies as f64 * long as f64 * (short as f64).powi(2)
    }
}
