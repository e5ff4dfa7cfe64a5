//! Fourier transforms: of real images, two at a time, and of the taps of a slab of frequencies.

use super::frequency::negated;
use super::symbol::GroupTaps;
use num_complex::Complex64;
use rustfft::{Fft, FftDirection, FftPlanner};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

/// Transforms of planes on one grid: `x[q] = sum_f X(f) exp(2 pi i <f, q> / m) / prod(m)`.
pub(super) struct Planes {
    grid: Vec<usize>,
    forward: Vec<Arc<dyn Fft<f64>>>,
    inverse: Vec<Arc<dyn Fft<f64>>>,
    /// Row-major indices of the canonical half, ascending, and those of their negatives.
    pub(super) half: Vec<(usize, usize)>,
}

impl Planes {
    pub(super) fn new(grid: &[usize]) -> Self {
        let mut planner = FftPlanner::new();
        let mut plan = |direction: FftDirection| -> Vec<_> {
            let axes = grid.iter().map(|&n| planner.plan_fft(n, direction));
            axes.collect()
        };
        let points: usize = grid.iter().product();
        let pairs = (0..points).map(|f| (f, negated(f, grid)));
        Self {
            forward: plan(FftDirection::Forward),
            inverse: plan(FftDirection::Inverse),
            half: pairs.filter(|(f, minus)| f <= minus).collect(),
            grid: grid.to_vec(),
        }
    }

    /// Half spectra of two planes, from the transform of `a + i b`:
    /// `A(f) = (Z(f) + conj Z(-f)) / 2` and `B(f) = (Z(f) - conj Z(-f)) / 2i`.
    pub(super) fn analyze(&self, mut z: Vec<Complex64>) -> [Vec<Complex64>; 2] {
        self.transform(&mut z, &self.forward);
        let both = self.half.iter().map(|&(f, minus)| {
            let (z, w) = (z[f], z[minus].conj());
            let d = z - w;
            (0.5 * (z + w), 0.5 * Complex64::new(d.im, -d.re))
        });
        both.unzip::<_, _, Vec<_>, Vec<_>>().into()
    }

    /// The planes `a + i b` of two half spectra.
    pub(super) fn synthesize(&self, a: &[Complex64], b: Option<&[Complex64]>) -> Vec<Complex64> {
        let points: usize = self.grid.iter().product();
        let size = (points as f64).recip();
        let mut z = vec![Complex64::ZERO; points];
        for (i, &(f, minus)) in self.half.iter().enumerate() {
            let (a, b) = (a[i] * size, b.map_or(Complex64::ZERO, |b| b[i] * size));
            if f == minus {
                // Both are real; what is not is rounding.
                z[f] = Complex64::new(a.re, b.re);
            } else {
                z[f] = Complex64::new(a.re - b.im, a.im + b.re);
                z[minus] = Complex64::new(a.re + b.im, b.re - a.im);
            }
        }
        self.transform(&mut z, &self.inverse);
        z
    }

    /// Transforms every axis: the last is contiguous, and rotating the axes brings each there in
    /// turn.
    fn transform(&self, z: &mut Vec<Complex64>, ffts: &[Arc<dyn Fft<f64>>]) {
        for (fft, &n) in ffts.iter().zip(&self.grid).rev() {
            fft.process(z);
            if ffts.len() > 1 {
                let rows = z.len() / n;
                *z = (0..z.len()).map(|e| z[e % rows * n + e / rows]).collect();
            }
        }
    }
}

/// Transforms of the axes behind the first, which is summed directly.
pub(super) struct Slabs {
    grid: Vec<usize>,
    ffts: Vec<Arc<dyn Fft<f64>>>,
}

impl fmt::Debug for Slabs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slabs").field("grid", &self.grid).finish()
    }
}

impl Slabs {
    /// For a grid of at least one axis.
    pub(super) fn new(grid: &[usize]) -> Self {
        let mut planner = FftPlanner::new();
        let ffts = grid[1..].iter().map(|&n| planner.plan_fft_forward(n));
        Self {
            ffts: ffts.collect(),
            grid: grid.to_vec(),
        }
    }

    /// Frequencies of a slab.
    pub(super) fn len(&self) -> usize {
        self.grid[1..].iter().product()
    }

    /// The symbols of the slab `first`, `[entry][frequency of the other axes]`.
    pub(super) fn symbols(&self, taps: &GroupTaps, first: usize, entries: usize) -> Vec<Complex64> {
        let (rest, slab) = (&self.grid[1..], self.len());
        let mut symbols = vec![Complex64::ZERO; entries * slab];
        for (position, matrix) in taps {
            let (lead, others) = position.split_first().unwrap_or((&0, &[]));
            let at = others
                .iter()
                .zip(rest)
                .fold(0, |acc, (&q, &n)| acc * n + q % n);
            let n = self.grid[0];
            let turn = (first as u128 * *lead as u128 % n as u128) as f64 / n as f64;
            let phase = Complex64::from_polar(1.0, -TAU * turn);
            for (entry, &w) in matrix.iter().enumerate() {
                symbols[entry * slab + at] += phase * w;
            }
        }
        let mut after = 1;
        for (fft, &n) in self.ffts.iter().zip(rest).rev() {
            transform_axis(&mut symbols, fft, n, after);
            after *= n;
        }
        symbols
    }
}

/// Transforms an axis of length `n` whose entries stand `after` apart.
fn transform_axis(data: &mut [Complex64], fft: &Arc<dyn Fft<f64>>, n: usize, after: usize) {
    if after == 1 {
        fft.process(data);
        return;
    }
    let mut lines = vec![Complex64::ZERO; n * after];
    for block in data.chunks_exact_mut(n * after) {
        for (i, line) in lines.chunks_exact_mut(n).enumerate() {
            line.iter_mut()
                .enumerate()
                .for_each(|(j, x)| *x = block[j * after + i]);
        }
        fft.process(&mut lines);
        for (i, line) in lines.chunks_exact(n).enumerate() {
            line.iter()
                .enumerate()
                .for_each(|(j, x)| block[j * after + i] = *x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::periodic::frequency::unravel;
    use crate::periodic::symbol::turns;

    #[test]
    fn half_spectra_are_those_of_the_definition_and_come_back() {
        for grid in [vec![], vec![1], vec![6], vec![5, 4], vec![2, 3, 4]] {
            let planes = Planes::new(&grid);
            let points: usize = grid.iter().product();
            let z: Vec<_> = (0..points)
                .map(|e| Complex64::new((7 * e % 5) as f64 - 2.0, (3 * e * e % 11) as f64))
                .collect();
            let [a, b] = planes.analyze(z.clone());
            for (i, &(f, _)) in planes.half.iter().enumerate() {
                let f = unravel(f, &grid);
                let sum = |of: fn(&Complex64) -> f64| -> Complex64 {
                    let terms = z.iter().enumerate().map(|(q, z)| {
                        let angle = -TAU * turns(&f, &unravel(q, &grid), &grid);
                        of(z) * Complex64::from_polar(1.0, angle)
                    });
                    terms.sum()
                };
                // Sums of at most 24 numbers under 11.
                assert!((a[i] - sum(|z| z.re)).norm() < 1e-13, "{grid:?}");
                assert!((b[i] - sum(|z| z.im)).norm() < 1e-13, "{grid:?}");
            }
            let back = planes.synthesize(&a, Some(&b));
            assert!(z.iter().zip(&back).all(|(x, y)| (x - y).norm() < 1e-13));
            let alone = planes.synthesize(&a, None);
            assert!(z.iter().zip(&alone).all(|(x, y)| (x.re - y).norm() < 1e-13));
        }
    }
}
