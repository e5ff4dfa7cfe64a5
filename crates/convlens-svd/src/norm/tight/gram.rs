//! The Gram matrix of one group, panel by panel.

use super::coupling::{Coupling, Line, Side};
use super::plan::Plan;

use crate::ConvKernel;
use crate::dense::product;
use crate::parallel::for_each_chunk;
use faer::{Accum, MatMut, MatRef};

/// Columns of the products of taps to a task.
const COLUMNS: usize = 128;

/// `G = A^T A` or `A A^T`: the block of two coupled positions is a sum of `W_p^T W_q` (or `W_p W_q^T`) over the pairs of taps
/// through which they meet.
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

    /// Panel `index` of `tau - G`, lower triangle: row-major, its rows those of the panel's own columns and of the band
    /// below. Positions past the last have `tau` on the diagonal.
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
