//! Gram iteration in space: on the taps of a matrix polynomial.

use super::iterate::Iterate;
use crate::kernel::checked_product;
use crate::norm::margin;
use crate::operator::{Polyphase, unravel};
use crate::parallel::map_ordered;
use crate::vector::norm;
use crate::{SvdError, scale};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

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
    /// One group of a layer on the lattice, transposed where that has fewer columns (the norm is the same).
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
    /// `P^H P`, of twice the degree: taps at `d` and `-d` are transposes of each other, so half of them are computed.
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

    /// By Parseval, the mean of `|P(theta)|_F^2` over the torus is the sum of the squares of all taps.
    fn frobenius(&self) -> f64 {
        norm(&self.taps)
    }

    /// `sup |P| <= sum_q |P_q|_F`, also for the moduli.
    fn absolute(&self) -> f64 {
        self.norms().sum()
    }

    /// The lesser of `sum_q |P_q|_F` and Schur's `sqrt(max row sum * max column sum)` of moduli on the lattice.
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
            .for_each(|w| *w = scale::scaled(*w, -e));
    }
}
