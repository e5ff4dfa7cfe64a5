//! The symbols of one slab of frequencies (all that share the index of the first axis), by fast Fourier transform.

use super::polyphase::GroupTaps;
use num_complex::Complex64;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

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
