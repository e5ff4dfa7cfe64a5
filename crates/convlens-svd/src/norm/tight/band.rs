//! Blocked Cholesky factorisation of a banded matrix, solves with it, and what it left.

use super::gram::Gram;
use super::plan::Plan;
use crate::dense::{cholesky, product, solve_lower};
use crate::parallel::{for_each_chunk, map_ordered};
use faer::{Accum, MatMut, MatRef};

/// Rows of a panel to a task of the triangular solve.
const ROWS: usize = 256;

/// The factor `L` of `tau - G = L L^T`, by panels of columns. A panel is row-major: its columns' own rows (zero above the
/// diagonal), then the band below them.
#[derive(Debug)]
pub(super) struct Factor<'a> {
    plan: &'a Plan,
    data: Vec<f64>,
}

impl<'a> Factor<'a> {
    /// Right-looking: each panel is factored and taken out of the panels that its band reaches. None where a pivot is not
    /// positive.
    pub(super) fn new(plan: &'a Plan, gram: &Gram<'_>, tau: f64) -> Option<Self> {
        let (width, size) = (plan.width(), plan.width() * plan.height());
        let mut data = vec![0.0; plan.panels() * size];
        for_each_chunk(&mut data, size, |index, panel| {
            gram.panel(index, tau, panel)
        });
        for index in 0..plan.panels() {
            let (head, tail) = data.split_at_mut((index + 1) * size);
            let panel = &mut head[index * size..][..rows(plan, index) * width];
            let (own, below) = panel.split_at_mut(width * width);
            let l = cholesky(MatRef::from_row_major_slice(own, width, width))?;
            let entries = own.iter_mut().enumerate();
            entries.for_each(|(e, x)| *x = l[(e / width, e % width)]);
            for_each_chunk(below, ROWS * width, |_, part| {
                let columns = part.len() / width;
                let part = MatMut::from_column_major_slice_mut(part, width, columns);
                solve_lower(l.as_ref(), part);
            });
            let panel = &*panel;
            let reached = rows(plan, index).div_ceil(width) - 1;
            for_each_chunk(&mut tail[..reached * size], size, |next, out| {
                subtract_product(plan, panel, next + 1, out);
            });
        }
        Some(Self { plan, data })
    }

    fn panel(&self, index: usize) -> &[f64] {
        let size = self.plan.width() * self.plan.height();
        &self.data[index * size..][..rows(self.plan, index) * self.plan.width()]
    }

    /// A bound on `|tau - G - L L^T|` in the 2-norm, where `tau - G` is the matrix that `gram` forms in floating point.
    ///
    /// The matrix is formed again, `L L^T` is taken out of it by products of matrices, and the Frobenius norm of what is
    /// left is the larger part of the bound. The products are off by at most `gamma_m |L| |L^T|`, entry by entry, with `m`
    /// the band's height and one; by Cauchy and Schwarz an entry of `|L| |L^T|` is at most the largest squared row of `L`, and an
    /// entry of the matrix at most that and the entry left. (Higham 2002, section 3.5.)
    pub(super) fn defect(&self, gram: &Gram<'_>, tau: f64) -> f64 {
        let plan = self.plan;
        let (width, height) = (plan.width(), plan.height());
        let squares = map_ordered(plan.panels(), |index| {
            let mut left = vec![0.0; width * height];
            gram.panel(index, tau, &mut left);
            for distance in 0..=index.min((height - 1) / width) {
                subtract_product(plan, self.panel(index - distance), distance, &mut left);
            }
            let rows = left.chunks(width).take(rows(plan, index)).enumerate();
            // Each entry below the diagonal stands for two.
            rows.map(|(i, row)| {
                let (below, diagonal) = match row.get(i) {
                    Some(d) => (&row[..i], d * d),
                    None => (row, 0.0),
                };
                2.0 * below.iter().map(|x| x * x).sum::<f64>() + diagonal
            })
            .sum::<f64>()
        });
        let left = squares.into_iter().sum::<f64>().sqrt();
        let entries = plan.unknowns() as f64 * (2 * height) as f64;
        let gamma = gamma((height + 4) as f64);
        // Sums of squares are off by less than 1 in 1000 up to 1e12 terms.
        1.001 * (left + gamma * (left + 2.0 * self.largest_row() * entries.sqrt()))
    }

    /// The largest `sum_k L_ik^2`.
    fn largest_row(&self) -> f64 {
        let (width, unknowns) = (self.plan.width(), self.plan.unknowns());
        let mut sums = vec![0.0; unknowns];
        for index in 0..self.plan.panels() {
            let rows = self.panel(index).chunks(width);
            for (sum, row) in sums[index * width..].iter_mut().zip(rows) {
                *sum += row.iter().map(|x| x * x).sum::<f64>();
            }
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// `x := (L L^T)^-1 x`, in the order of the unknowns.
    pub(super) fn solve(&self, x: &mut [f64]) {
        let width = self.plan.width();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        for index in 0..self.plan.panels() {
            let (own, below) = x[index * width..].split_at_mut(width);
            let mut rows = self.panel(index).chunks(width);
            for (i, row) in rows.by_ref().take(width).enumerate() {
                own[i] = (own[i] - dot(&row[..i], &own[..i])) / row[i];
            }
            for (y, row) in below.iter_mut().zip(rows) {
                *y -= dot(row, own);
            }
        }
        for index in (0..self.plan.panels()).rev() {
            let (own, below) = x[index * width..].split_at_mut(width);
            let (head, tail) = self.panel(index).split_at(width * width);
            for (y, row) in below.iter().zip(tail.chunks(width)) {
                own.iter_mut().zip(row).for_each(|(x, l)| *x -= l * y);
            }
            for (i, row) in head.chunks(width).enumerate().rev() {
                own[i] /= row[i];
                let (before, at) = own.split_at_mut(i);
                before
                    .iter_mut()
                    .zip(row)
                    .for_each(|(x, l)| *x -= l * at[0]);
            }
        }
    }
}

/// `n u / (1 - n u)` with `u = eps / 2` (Higham 2002, lemma 3.1).
pub(super) fn gamma(n: f64) -> f64 {
    let error = n * f64::EPSILON / 2.0;
    error / (1.0 - error)
}

/// Rows of a panel that exist.
fn rows(plan: &Plan, index: usize) -> usize {
    plan.height().min(plan.unknowns() - index * plan.width())
}

/// Takes the rows of `panel` from its `distance`-th block of columns on, times that block, out of the panel that many
/// further on.
fn subtract_product(plan: &Plan, panel: &[f64], distance: usize, out: &mut [f64]) {
    let width = plan.width();
    let rows = (panel.len() / width).saturating_sub(distance * width);
    if rows == 0 {
        return;
    }
    let below = MatRef::from_column_major_slice(&panel[distance * width * width..], width, rows);
    let block = below.subcols(0, rows.min(width)).transpose();
    let out = MatMut::from_column_major_slice_mut(&mut out[..rows * width], width, rows);
    let out = out.subrows_mut(0, rows.min(width));
    product(out, Accum::Add, block, below, -1.0);
}
