//! The Gram matrix of one group panel by panel, its blocked banded Cholesky factorization, solves
//! with it, and what it left.

use super::plan::{Coupling, Plan, Side};
use crate::dense::{cholesky, product, solve_lower};
use crate::kernel::ConvKernel;
use crate::norm::zero_padded::Line;
use crate::parallel::{for_each_chunk, map_ordered};
use faer::{Accum, MatMut, MatRef};

/// Rows of a panel to a task of the triangular solve.
const ROWS: usize = 256;

/// The factor `L` of `tau - G = L L^T`, by panels of columns. A panel is row-major: its columns'
/// own rows (zero above the diagonal), then the band below them.
#[derive(Debug)]
pub(super) struct Factor<'a> {
    plan: &'a Plan,
    data: Vec<f64>,
}

impl<'a> Factor<'a> {
    /// Right-looking: each panel is factored and taken out of the panels that its band reaches.
    /// None where a pivot is not positive.
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

    /// A bound on `|tau - G - L L^T|` in the 2-norm, where `tau - G` is the matrix that `gram`
    /// forms in floating point.
    ///
    /// The matrix is formed again, `L L^T` is taken out of it by products of matrices, and the
    /// Frobenius norm of what is left is the larger part of the bound. The products are off by at
    /// most `gamma_m |L| |L^T|`, entry by entry, with `m` the band's height and one; by Cauchy and
    /// Schwarz an entry of `|L| |L^T|` is at most the largest squared row of `L`, and an entry of
    /// the matrix at most that and the entry left. (Higham 2002, section 3.5.)
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

/// Takes the rows of `panel` from its `distance`-th block of columns on, times that block, out of
/// the panel that many further on.
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

/// Columns of the products of taps to a task.
const COLUMNS: usize = 128;

/// `G = A^T A` or `A A^T`: the block of two coupled positions is a sum of `W_p^T W_q` (or
/// `W_p W_q^T`) over the pairs of taps through which they meet.
#[derive(Debug)]
pub(super) struct Gram<'a> {
    plan: &'a Plan,
    axes: [Coupling; 3],
    /// All `W_p^T W_q`, as a symmetric matrix of rows and columns `[tap, channel]`.
    products: Vec<f64>,
}

impl<'a> Gram<'a> {
    /// For a kernel of one group.
    pub(super) fn new(plan: &'a Plan, kernel: &ConvKernel, lines: &[Line]) -> Self {
        let mut axes = [(); 3].map(|()| Coupling::trivial());
        for (to, &axis) in axes[3 - lines.len()..].iter_mut().zip(&plan.order) {
            let stride = kernel.kernel_size()[axis + 1..].iter().product();
            *to = lines[axis].coupling(plan.side).with_tap_stride(stride);
        }
        Self {
            plan,
            axes,
            products: products(plan, kernel),
        }
    }

    /// Panel `index` of `tau - G`, lower triangle: row-major, its rows those of the panel's own
    /// columns and of the band below. Positions past the last have `tau` on the diagonal.
    pub(super) fn panel(&self, index: usize, tau: f64, out: &mut [f64]) {
        let plan = self.plan;
        let (first, width) = (index * plan.panel, plan.width());
        out.fill(0.0);
        for position in first..(first + plan.panel).min(plan.positions) {
            self.for_each_block(position, |other, taps| {
                if other >= position {
                    let at = (other - first) * plan.channels;
                    let column = (position - first) * plan.channels;
                    self.subtract(taps, &mut out[at * width + column..]);
                }
            });
        }
        for i in 0..width {
            out[i * width + i] += tau;
        }
    }

    /// `out -= sum W_q^T W_p` over pairs `(p at the column, q at the row)`.
    fn subtract(&self, taps: &[(usize, usize)], out: &mut [f64]) {
        let (c, width) = (self.plan.channels, self.plan.width());
        let side = c * self.plan.taps;
        for &(p, q) in taps {
            for (i, row) in out.chunks_mut(width).take(c).enumerate() {
                let product = &self.products[(q * c + i) * side + p * c..][..c];
                let row = row[..c].iter_mut();
                row.zip(product).for_each(|(x, y)| *x -= y);
            }
        }
    }

    /// Calls `f(other position, pairs of taps (at the position, at the other))`.
    fn for_each_block(&self, position: usize, mut f: impl FnMut(usize, &[(usize, usize)])) {
        let [_, middle, inner] = self.axes.each_ref().map(|axis| axis.rows.len());
        let at = [
            position / (middle * inner),
            position / inner % middle,
            position % inner,
        ];
        let [a, b, c] = [0, 1, 2].map(|axis| &self.axes[axis].rows[at[axis]]);
        let mut taps = Vec::new();
        for (x, outer_taps) in a {
            for (y, middle_taps) in b {
                for (z, inner_taps) in c {
                    taps.clear();
                    for &(p, q) in outer_taps {
                        for &(r, s) in middle_taps {
                            taps.extend(inner_taps.iter().map(|&(t, u)| (p + r + t, q + s + u)));
                        }
                    }
                    f((x * middle + y) * inner + z, &taps);
                }
            }
        }
    }
}

/// `M^T M` for the weights `M` with rows for what is summed over and columns `[tap, channel]`.
fn products(plan: &Plan, kernel: &ConvKernel) -> Vec<f64> {
    let (taps, c, inner) = (plan.taps, plan.channels, plan.inner);
    let side = taps * c;
    let mut weights = vec![0.0; inner * side];
    for (at, weight) in weights.iter_mut().enumerate() {
        let (column, summed) = (at / inner, at % inner);
        let (tap, channel) = (column / c, column % c);
        let (row, col) = match plan.side {
            Side::Fine => (summed, channel),
            Side::Coarse => (channel, summed),
        };
        *weight = kernel.weights()[(row * kernel.shape()[1] + col) * taps + tap];
    }
    let weights = MatRef::from_column_major_slice(&weights, inner, side);
    let mut out = vec![0.0; side * side];
    for_each_chunk(&mut out, COLUMNS * side, |index, part| {
        let columns = part.len() / side;
        product(
            MatMut::from_column_major_slice_mut(part, side, columns),
            Accum::Replace,
            weights.transpose(),
            weights.subcols(index * COLUMNS, columns),
            1.0,
        );
    });
    out
}
