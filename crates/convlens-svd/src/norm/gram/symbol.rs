//! Gram iteration of the symbols on a grid of frequencies.

use super::iterate::{Iterate, ends};
use crate::SvdError;
use crate::dense::gram;
use crate::kernel::checked_product;
use crate::operator::{Polyphase, unravel};
use crate::parallel::map_ordered;
use faer::Mat;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Bounds of the norm over the symbols of a frequency grid, without the error of the symbols themselves.
///
/// One task is one index of the first axis, up to half of it (real weights: the other half is conjugate). Within a task,
/// symbols that cannot reach the best lower end so far are dropped as soon as that is shown.
pub(super) fn over_frequencies(
    taps: &Polyphase,
    grid: &[usize],
    iterations: usize,
) -> Result<(f64, f64), SvdError> {
    let grid: &[usize] = if grid.is_empty() { &[1] } else { grid };
    let slab = checked_product(&grid[1..])?;
    checked_product(grid)?;
    let slabs = map_ordered(grid[0] / 2 + 1, |first| {
        let (mut lower, mut upper) = (0.0f64, 0.0f64);
        for flat in first * slab..(first + 1) * slab {
            let frequency = unravel(flat, grid);
            for group in 0..taps.groups.len() {
                let found = ends(symbol(taps, group, &frequency, grid), iterations, lower);
                (lower, upper) = (lower.max(found.0), upper.max(found.1));
            }
        }
        (lower, upper)
    });
    Ok(slabs
        .into_iter()
        .fold((0.0, 0.0), |(l, u), (lower, upper)| {
            (l.max(lower), u.max(upper))
        }))
}

/// The symbol of a group at a frequency, with at least as many rows as columns.
fn symbol(taps: &Polyphase, group: usize, frequency: &[usize], grid: &[usize]) -> Mat<Complex64> {
    let mut sum = vec![Complex64::ZERO; taps.rows * taps.cols];
    for (position, matrix) in &taps.groups[group] {
        let turn: f64 = position
            .iter()
            .zip(frequency.iter().zip(grid))
            .map(|(&q, (&f, &n))| (q as u128 * f as u128 % n as u128) as f64 / n as f64)
            .sum();
        let phase = Complex64::from_polar(1.0, -TAU * turn);
        sum.iter_mut()
            .zip(matrix)
            .for_each(|(x, w)| *x += phase * w);
    }
    if taps.rows >= taps.cols {
        Mat::from_fn(taps.rows, taps.cols, |i, j| sum[i * taps.cols + j])
    } else {
        Mat::from_fn(taps.cols, taps.rows, |i, j| sum[j * taps.cols + i])
    }
}

impl Iterate for Mat<Complex64> {
    fn gram(&self) -> Self {
        gram(self.as_ref())
    }

    fn terms(&self) -> usize {
        self.nrows()
    }

    fn frobenius(&self) -> f64 {
        let columns =
            (0..self.ncols()).map(|j| self.col(j).iter().map(|z| z.norm_sqr()).sum::<f64>());
        columns.sum::<f64>().sqrt()
    }

    fn absolute(&self) -> f64 {
        self.frobenius()
    }

    fn bound(&self) -> f64 {
        self.frobenius()
    }

    fn slack(&self) -> f64 {
        f64::EPSILON * (self.nrows() + self.ncols() + 8) as f64
    }

    fn divide(&mut self, e: i32) {
        let factor = crate::scale::scaled(1.0, -e);
        for j in 0..self.ncols() {
            self.col_mut(j).iter_mut().for_each(|z| *z *= factor);
        }
    }
}
