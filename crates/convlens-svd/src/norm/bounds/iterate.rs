//! Gram iteration with both ends, each rounding error carried along: of the symbols on a grid of
//! frequencies, and in space, of the taps of a matrix polynomial.
//!
//! # Theorem
//! Let `A` be a matrix (or a matrix polynomial on the torus), `G_0 = A`, `G_{t + 1} = G_t^H G_t`.
//! Then `|A| = |G_T|^(1 / 2^T)` for the operator norm, as `|G^H G| = |G|^2`. So any upper bound `b`
//! of `|G_T|` gives `|A| <= b^(1 / 2^T)`: with the Frobenius norm `f`,
//! `|G_T| <= f(G_T) <= sqrt(r) |G_T|` for rank `r`, and the bound is within `r^(1 / 2^(T + 1))` of
//! `|A|` (Delattre, Barthelemy, Araujo, Allauzen, ICML 2023, theorem 1). As `f` is
//! submultiplicative, no step makes it worse. For the lower end, `G_T` with `T >= 1` is positive
//! semidefinite: `f(G_T)^2 = sum lambda_i^2 <= |G_T| sum lambda_i`, so
//! `|G_T| >= f(G_T)^2 / tr G_T`, and `tr G_T = f(G_{T - 1})^2`.
//!
//! # Rounding
//! Each `G_t` is divided by a power of two, exactly, so that `1 <= f(G_t) < 2`: nothing overflows,
//! and what underflows is far under the margins. With computed matrices `G~_t`,
//! `G~_{t + 1} = 2^-e_t (G~_t^H G~_t + E_t)`, and `|E_t| <= error_t`: entries of a product are off
//! by at most `of_product` times the entries of the product of moduli, and moduli have norm at most
//! `absolute(G_t)`. So `|G~_t|^2` lies within `error_t` of `|G~_t^H G~_t + E_t|`: the ends go back
//! step by step as `sqrt(end +- error_t)`. The same error stands between the computed `f(G_T)` and
//! that of the exact square of `G~_{T - 1}`, whose trace, a sum of squares, is exact to a few
//! `eps`.

use crate::dense::gram;
use crate::error::SvdError;
use crate::kernel::checked_product;
use crate::norm::margin;
use crate::numeric;
use crate::numeric::{norm, scaled};
use crate::parallel::map_ordered;
use crate::periodic::{Polyphase, unravel};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// What can be squared in this way.
pub(super) trait Iterate: Sized {
    /// `A^H A`.
    fn gram(&self) -> Self;
    /// Number of products behind an entry of `A^H A`.
    fn terms(&self) -> usize;
    /// The Frobenius norm; for a polynomial the root mean square of it over the torus.
    fn frobenius(&self) -> f64;
    /// A bound on the norm of the entries' moduli.
    fn absolute(&self) -> f64;
    /// A bound on the norm.
    fn bound(&self) -> f64;
    /// A bound on the relative error of each of these three numbers.
    fn slack(&self) -> f64;
    /// Divides by `2^e`.
    fn divide(&mut self, e: i32);
}

/// Bounds of `|A|` after `iterations >= 1` Gram products: `(lower, upper)`. Stops early, with 0
/// below, where the norm is shown to be at most `floor`.
pub(super) fn ends_by_iteration<T: Iterate>(mut a: T, iterations: usize, floor: f64) -> (f64, f64) {
    let mut steps: Vec<(i32, f64)> = Vec::with_capacity(iterations);
    let mut lower = 0.0;
    for _ in 0..iterations {
        let frobenius = a.frobenius();
        if frobenius == 0.0 {
            // Exactly zero, or an underflow that the errors of the steps before cover.
            lower = 0.0;
            break;
        }
        let e = numeric::exponent(&[frobenius]);
        a.divide(e);
        let error = margin::of_product(a.terms()) * (a.absolute() * (1.0 + a.slack())).powi(2);
        let trace = a.frobenius().powi(2) * (1.0 + 4.0 * a.slack());
        a = a.gram();
        steps.push((e, error));
        let size = (a.frobenius() * (1.0 - a.slack()) - error).max(0.0);
        lower = size * size / trace * (1.0 - 4.0 * f64::EPSILON);
        let upper = back(a.bound() * (1.0 + a.slack()), &steps, 1.0);
        if upper <= floor {
            return (0.0, upper);
        }
    }
    (
        back(lower, &steps, -1.0),
        back(a.bound() * (1.0 + a.slack()), &steps, 1.0),
    )
}

/// From an end of `|G_T|` to one of `|A|`, rounded outward: `side` is 1 for the upper end, -1 for
/// the lower one.
fn back(end: f64, steps: &[(i32, f64)], side: f64) -> f64 {
    steps.iter().rev().fold(end, |end, &(e, error)| {
        let root = (end + side * error).max(0.0).sqrt();
        numeric::scaled(root * (1.0 + side * 4.0 * f64::EPSILON), e)
    })
}

/// Bounds of the norm over the symbols of a frequency grid, without the error of the symbols
/// themselves.
///
/// One task is one index of the first axis, up to half of it (real weights: the other half is
/// conjugate). Within a task, symbols that cannot reach the best lower end so far are dropped as
/// soon as that is shown.
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
                let found =
                    ends_by_iteration(symbol(taps, group, &frequency, grid), iterations, lower);
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
        let factor = scaled(1.0, -e);
        for j in 0..self.ncols() {
            self.col_mut(j).iter_mut().for_each(|z| *z *= factor);
        }
    }
}

/// `P(theta) = sum_q P_q exp(-i <q, theta>)` over a box of positions, `rows >= cols`.
#[derive(Debug)]
pub(super) struct Polynomial {
    /// Positions on each axis.
    size: Vec<usize>,
    rows: usize,
    cols: usize,
    /// `[position][row][column]`.
    taps: Vec<f64>,
}

impl Polynomial {
    /// One group of a layer on the lattice, transposed where that has fewer columns (the norm is
    /// the same).
    pub(super) fn new(taps: &Polyphase, group: usize, dims: usize) -> Result<Self, SvdError> {
        let size: Vec<usize> = taps.degrees(dims).iter().map(|m| m + 1).collect();
        let tall = taps.rows >= taps.cols;
        let (rows, cols) = if tall {
            (taps.rows, taps.cols)
        } else {
            (taps.cols, taps.rows)
        };
        let positions = checked_product(&size)?;
        let mut data = vec![0.0; checked_product(&[positions, rows, cols])?];
        for (position, matrix) in &taps.groups[group] {
            let at = flat(position, &size) * rows * cols;
            for (entry, &w) in matrix.iter().enumerate() {
                let (i, j) = (entry / taps.cols, entry % taps.cols);
                let to = if tall { i * cols + j } else { j * cols + i };
                data[at + to] = w;
            }
        }
        Ok(Self {
            size,
            rows,
            cols,
            taps: data,
        })
    }

    /// Refuses a number of Gram products whose taps overflow memory's address range.
    pub(super) fn check(&self, iterations: usize) -> Result<(), SvdError> {
        let grown = |&k: &usize| {
            (k - 1)
                .checked_mul(1 << iterations)
                .and_then(|m| m.checked_add(1))
        };
        let mut sizes = self
            .size
            .iter()
            .map(grown)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| SvdError::SizeOverflow {
                sizes: self.size.clone(),
            })?;
        sizes.extend([self.cols, self.cols]);
        checked_product(&sizes).map(|_| ())
    }

    fn tap(&self, position: usize) -> MatRef<'_, f64> {
        let n = self.rows * self.cols;
        let entries = &self.taps[position * n..(position + 1) * n];
        MatRef::from_row_major_slice(entries, self.rows, self.cols)
    }

    fn norms(&self) -> impl Iterator<Item = f64> + '_ {
        self.taps.chunks_exact(self.rows * self.cols).map(norm)
    }

    /// The largest sum of moduli over the rows, or over the columns.
    fn largest_sum(&self, along: impl Fn(usize) -> usize, lines: usize) -> f64 {
        let mut sums = vec![0.0; lines];
        for tap in self.taps.chunks_exact(self.rows * self.cols) {
            tap.iter()
                .enumerate()
                .for_each(|(entry, w)| sums[along(entry)] += w.abs());
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// `R_d = sum_p P_p^T P_{p + d}`, for the `d` that stands at `index` of the box of differences.
    fn difference(&self, index: &[usize], positions: &[Vec<usize>]) -> Mat<f64> {
        let mut sum = Mat::zeros(self.cols, self.cols);
        for (p, position) in positions.iter().enumerate() {
            let moved: Option<Vec<usize>> = (0..index.len())
                .map(|axis| {
                    let to = (position[axis] + index[axis]).checked_sub(self.size[axis] - 1)?;
                    (to < self.size[axis]).then_some(to)
                })
                .collect();
            if let Some(moved) = moved {
                let other = self.tap(flat(&moved, &self.size));
                let this = self.tap(p).transpose();
                matmul(sum.as_mut(), Accum::Add, this, other, 1.0, Par::Seq);
            }
        }
        sum
    }
}

fn flat(position: &[usize], size: &[usize]) -> usize {
    position.iter().zip(size).fold(0, |acc, (q, n)| acc * n + q)
}

impl Iterate for Polynomial {
    /// `P^H P`, of twice the degree: taps at `d` and `-d` are transposes of each other, so half of
    /// them are computed.
    fn gram(&self) -> Self {
        let size: Vec<usize> = self.size.iter().map(|k| 2 * k - 1).collect();
        let (count, n) = (size.iter().product::<usize>(), self.cols);
        let positions: Vec<_> = (0..self.size.iter().product())
            .map(|p| unravel(p, &self.size))
            .collect();
        let half = map_ordered(count / 2 + 1, |at| {
            self.difference(&unravel(at, &size), &positions)
        });
        let mut taps = vec![0.0; count * n * n];
        for (at, matrix) in half.iter().enumerate() {
            for i in 0..n {
                for j in 0..n {
                    taps[(at * n + i) * n + j] = matrix[(i, j)];
                    taps[((count - 1 - at) * n + j) * n + i] = matrix[(i, j)];
                }
            }
        }
        Self {
            size,
            rows: n,
            cols: n,
            taps,
        }
    }

    fn terms(&self) -> usize {
        self.rows * self.size.iter().product::<usize>()
    }

    /// By Parseval, the mean of `|P(theta)|_F^2` over the torus is the sum of the squares of all
    /// taps.
    fn frobenius(&self) -> f64 {
        norm(&self.taps)
    }

    /// `sup |P| <= sum_q |P_q|_F`, also for the moduli.
    fn absolute(&self) -> f64 {
        self.norms().sum()
    }

    /// The lesser of `sum_q |P_q|_F` and Schur's `sqrt(max row sum * max column sum)` of moduli on
    /// the lattice.
    fn bound(&self) -> f64 {
        let rows = self.largest_sum(|entry| entry / self.cols, self.rows);
        let cols = self.largest_sum(|entry| entry % self.cols, self.cols);
        self.absolute().min((rows * cols).sqrt())
    }

    fn slack(&self) -> f64 {
        margin::of_norm(self.taps.len()) + f64::EPSILON * self.terms() as f64
    }

    fn divide(&mut self, e: i32) {
        self.taps
            .iter_mut()
            .for_each(|w| *w = numeric::scaled(*w, -e));
    }
}
