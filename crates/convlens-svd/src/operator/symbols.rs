//! Symbols on a grid of frequencies, slab by slab, and their singular values.

use super::frequency::negated;
use super::polyphase::{GroupTaps, Polyphase};
use crate::dense::singular_values;
use crate::parallel::map_ordered;
use crate::{Rung, SvdError, kernel::checked_product};
use faer::Mat;
use num_complex::Complex64;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::TAU;
use std::sync::Arc;

/// What to keep of each frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All singular values.
    All,
    /// The largest one.
    Largest,
}

/// Values at the canonical half of the frequencies: those whose row-major index is at most that of their negative.
#[derive(Debug)]
pub(crate) struct HalfSpectrum {
    /// Row-major indices, ascending.
    pub(crate) frequencies: Vec<usize>,
    /// Equally many values per frequency, descending.
    pub(crate) values: Vec<f64>,
    /// The worst rung.
    pub(crate) rung: Rung,
}

/// The singular values of `A(f) = sum_q W_q exp(-2 pi i <f, q> / n)` for the canonical half of the frequencies.
///
/// One task is one index of the first axis: the phase sum over that axis is direct (as many terms as the kernel has
/// rows), the other axes go through an FFT. So a task holds the symbols of one slab, `rows * cols * n_2 * .. * n_d`
/// complex numbers, and no more slabs are alive than there are threads.
pub(crate) fn half_spectrum(
    taps: &Polyphase,
    grid: &[usize],
    keep: Keep,
) -> Result<HalfSpectrum, SvdError> {
    // A dense layer is one frequency of a one-point grid.
    let grid: &[usize] = if grid.is_empty() { &[1] } else { grid };
    let rest = &grid[1..];
    let slab = checked_product(rest)?;
    checked_product(&[slab, taps.rows, taps.cols])?;
    checked_product(&[slab, grid[0], taps.values, taps.groups.len()])?;
    let mut planner = FftPlanner::new();
    let ffts: Vec<_> = rest.iter().map(|&n| planner.plan_fft_forward(n)).collect();
    let slabs = map_ordered(grid[0] / 2 + 1, |first| {
        let flat = first * slab..(first + 1) * slab;
        let frequencies: Vec<usize> = flat.filter(|&f| f <= negated(f, grid)).collect();
        let mut values =
            vec![Vec::with_capacity(taps.values * taps.groups.len()); frequencies.len()];
        let mut worst = Rung::Direct;
        for group in &taps.groups {
            let symbols = slab_symbols(group, first, taps.rows * taps.cols, grid, &ffts);
            for (&f, values) in frequencies.iter().zip(&mut values) {
                let at = f - first * slab;
                let entry = |i, j| symbols[(i * taps.cols + j) * slab + at];
                let (found, rung) =
                    singular_values(Mat::from_fn(taps.rows, taps.cols, entry).as_ref())?;
                let zeros = std::iter::repeat_n(0.0, taps.values - found.len());
                values.extend(found.into_iter().chain(zeros));
                worst = worst.max(rung);
            }
        }
        for values in &mut values {
            values.sort_by(|a, b| b.total_cmp(a));
            if keep == Keep::Largest {
                values.truncate(1);
            }
        }
        Ok((frequencies, values.concat(), worst))
    });
    let mut half = HalfSpectrum {
        frequencies: Vec::new(),
        values: Vec::new(),
        rung: Rung::Direct,
    };
    for slab in slabs {
        let (frequencies, values, rung) = slab?;
        half.frequencies.extend(frequencies);
        half.values.extend(values);
        half.rung = half.rung.max(rung);
    }
    Ok(half)
}

/// The symbols of one slab, `[entry][frequency of the other axes]`.
fn slab_symbols(
    taps: &GroupTaps,
    first: usize,
    entries: usize,
    grid: &[usize],
    ffts: &[Arc<dyn Fft<f64>>],
) -> Vec<Complex64> {
    let rest = &grid[1..];
    let slab: usize = rest.iter().product();
    let mut symbols = vec![Complex64::ZERO; entries * slab];
    for (position, matrix) in taps {
        // A kernel without spatial axes has one tap and no position.
        let (lead, others) = position.split_first().unwrap_or((&0, &[]));
        let at = others
            .iter()
            .zip(rest)
            .fold(0, |acc, (&q, &n)| acc * n + q % n);
        let turn = (first as u128 * *lead as u128 % grid[0] as u128) as f64 / grid[0] as f64;
        let phase = Complex64::from_polar(1.0, -TAU * turn);
        for (entry, &w) in matrix.iter().enumerate() {
            symbols[entry * slab + at] += phase * w;
        }
    }
    let mut after = 1;
    for (fft, &n) in ffts.iter().zip(rest).rev() {
        transform_axis(&mut symbols, fft, n, after);
        after *= n;
    }
    symbols
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
