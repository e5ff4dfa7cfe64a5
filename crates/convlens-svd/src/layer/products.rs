//! Apply and adjoint as products of matrices: the patches that a range of positions reads (im2col)
//! times the weights.
//!
//! A task is a range of positions and a block of channels, both fixed by the problem and not by the
//! threads; it holds one patch matrix of at most `PATCH` entries (or one position, where that is
//! more) and one block of results.
//!
//! Apply and adjoint by direct sums, one run at a time: for groups of few channels, where a product
//! of matrices has nothing to gain.

use super::axis::{Copy, Run, copies, tap_at};
use super::operator::LayerOperator;
use crate::dense::product;
use crate::parallel::{for_each_chunk, for_each_task};
use faer::{Accum, MatMut, MatRef};

/// Groups of fewer output rows than this go by direct sums.
const FEWEST_ROWS: usize = 4;
/// Entries of a patch matrix: 2 MiB, about a core's second-level cache.
const PATCH: usize = 1 << 18;
/// Positions to a range, at least (where the layer has as many) and at most.
const POSITIONS: (usize, usize) = (64, 512);
/// Ranges to aim for, so that there is work for many threads.
const RANGES: usize = 32;
/// Rows of patches to a block of the adjoint, at least and at most, and the blocks to aim for.
const BLOCK: (usize, usize) = (72, 288);
const BLOCKS: usize = 8;

impl LayerOperator {
    /// Whether the layer is worth a product of matrices.
    pub(super) fn has_blocks(&self) -> bool {
        self.rows >= FEWEST_ROWS
    }

    /// Positions to a range of `height` patch rows.
    fn range(&self, height: usize) -> usize {
        let wanted = self.coarse_plane().div_ceil(RANGES);
        (PATCH / height)
            .min(wanted)
            .clamp(POSITIONS.0, POSITIONS.1)
            .min(self.coarse_plane())
    }

    /// The copies of each tap for coarse positions `start..end`.
    fn copies(&self, start: usize, end: usize) -> Vec<Vec<Copy>> {
        (0..self.taps())
            .map(|index| copies(&self.axes, tap_at(&self.axes, index), start, end))
            .collect()
    }

    /// The weights of a group, row-major `rows x (cols * taps)`.
    fn group_weights(&self, group: usize) -> MatRef<'_, f64> {
        let width = self.cols * self.taps();
        let part = &self.weights[group * self.rows * width..][..self.rows * width];
        MatRef::from_row_major_slice(part, self.rows, width)
    }

    /// From the fine grid to the coarse one: weights times patches.
    pub(super) fn gather_by_patches(&self, x: &[f64], y: &mut [f64]) {
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        let height = self.cols * self.taps();
        let range = self.range(height);
        let ranges = ny.div_ceil(range);
        let mut tasks: Vec<Vec<&mut [f64]>> = Vec::new();
        tasks.resize_with(self.groups * ranges, Vec::new);
        for (row, plane) in y.chunks_mut(ny).enumerate() {
            for (at, part) in plane.chunks_mut(range).enumerate() {
                tasks[row / self.rows * ranges + at].push(part);
            }
        }
        let tasks = tasks.into_iter().enumerate().collect();
        for_each_task(tasks, |(at, parts): (usize, Vec<&mut [f64]>)| {
            let (group, start) = (at / ranges, at % ranges * range);
            let end = ny.min(start + range);
            let len = end - start;
            let mut patches = vec![0.0; height * len];
            let copies = self.copies(start, end);
            for (row, patch) in patches.chunks_mut(len).enumerate() {
                let (col, tap) = (row / self.taps(), row % self.taps());
                let plane = &x[(group * self.cols + col) * nx..][..nx];
                copies[tap].iter().for_each(|copy| copy.read(plane, patch));
            }
            let mut out = vec![0.0; self.rows * len];
            product(
                MatMut::from_row_major_slice_mut(&mut out, self.rows, len),
                Accum::Replace,
                self.group_weights(group),
                MatRef::from_row_major_slice(&patches, height, len),
                1.0,
            );
            for (part, row) in parts.into_iter().zip(out.chunks(len)) {
                part.copy_from_slice(row);
            }
        });
    }

    /// From the coarse grid to the fine one: transposed weights times signal, then the patches
    /// added where they were read, for a block of fine channels at a time.
    pub(super) fn scatter_by_patches(&self, y: &[f64], x: &mut [f64]) {
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        let wanted = (self.cols * self.taps() / BLOCKS).clamp(BLOCK.0, BLOCK.1);
        let block = wanted.div_ceil(self.taps()).min(self.cols);
        let range = self.range(block * self.taps());
        let mut tasks = Vec::new();
        for (group, part) in x.chunks_mut(self.cols * nx).enumerate() {
            let blocks = part.chunks_mut(block * nx).enumerate();
            tasks.extend(blocks.map(|(at, part)| (group, at * block, part)));
        }
        for_each_task(tasks, |(group, first, x): (usize, usize, &mut [f64])| {
            let height = x.len() / nx * self.taps();
            let signal = &y[group * self.rows * ny..][..self.rows * ny];
            let signal = MatRef::from_row_major_slice(signal, self.rows, ny);
            let weights = self.group_weights(group);
            let weights = weights.subcols(first * self.taps(), height).transpose();
            let mut patches = vec![0.0; height * range];
            x.fill(0.0);
            for start in (0..ny).step_by(range) {
                let end = ny.min(start + range);
                let len = end - start;
                let patches = &mut patches[..height * len];
                product(
                    MatMut::from_row_major_slice_mut(patches, height, len),
                    Accum::Replace,
                    weights,
                    signal.subcols(start, len),
                    1.0,
                );
                let copies = self.copies(start, end);
                for (row, patch) in patches.chunks(len).enumerate() {
                    let plane = &mut x[row / self.taps() * nx..][..nx];
                    let copies = &copies[row % self.taps()];
                    copies.iter().for_each(|copy| copy.add(patch, plane));
                }
            }
        });
    }
}

impl LayerOperator {
    /// From the fine grid to the coarse one.
    pub(super) fn gather_directly(&self, x: &[f64], y: &mut [f64]) {
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        for_each_chunk(y, ny, |row, y| {
            let group = row / self.rows;
            y.fill(0.0);
            for col in 0..self.cols {
                let x = &x[(group * self.cols + col) * nx..][..nx];
                self.for_each_run(row, col, |w, to, from, run| {
                    let y = &mut y[to..to + run.len];
                    if run.step == 1 {
                        let x = &x[from..from + run.len];
                        y.iter_mut().zip(x).for_each(|(y, x)| *y += w * x);
                    } else {
                        let at = |i: usize| (from as isize + run.step * i as isize) as usize;
                        let entries = y.iter_mut().enumerate();
                        entries.for_each(|(i, y)| *y += w * x[at(i)]);
                    }
                });
            }
        });
    }

    /// From the coarse grid to the fine one.
    pub(super) fn scatter_directly(&self, y: &[f64], x: &mut [f64]) {
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        for_each_chunk(x, nx, |channel, x| {
            let (group, col) = (channel / self.cols, channel % self.cols);
            x.fill(0.0);
            for row in group * self.rows..(group + 1) * self.rows {
                let y = &y[row * ny..][..ny];
                self.for_each_run(row, col, |w, to, from, run| {
                    let y = &y[to..to + run.len];
                    if run.step == 1 {
                        let x = &mut x[from..from + run.len];
                        x.iter_mut().zip(y).for_each(|(x, y)| *x += w * y);
                    } else {
                        let at = |i: usize| (from as isize + run.step * i as isize) as usize;
                        y.iter().enumerate().for_each(|(i, y)| x[at(i)] += w * y);
                    }
                });
            }
        });
    }

    /// Calls `f(weight, offset in the coarse plane, offset in the fine plane, run)` for all that a
    /// pair of channels shares.
    pub(super) fn for_each_run(
        &self,
        row: usize,
        col: usize,
        mut f: impl FnMut(f64, usize, usize, &Run),
    ) {
        let [outer, middle, inner] = &self.axes;
        let taps = self.taps();
        let weights = &self.weights[(row * self.cols + col) * taps..][..taps];
        for (index, &w) in weights.iter().enumerate() {
            if w == 0.0 {
                continue;
            }
            let tap = tap_at(&self.axes, index);
            for (a_to, a_from) in points(&outer.taps[tap[0]]) {
                for (b_to, b_from) in points(&middle.taps[tap[1]]) {
                    let to = (a_to * middle.coarse + b_to) * inner.coarse;
                    let from = (a_from * middle.fine + b_from) * inner.fine;
                    for run in &inner.taps[tap[2]] {
                        f(w, to + run.to, from + run.from, run);
                    }
                }
            }
        }
    }
}

/// The pairs (output, input) of runs, one by one.
fn points(runs: &[Run]) -> impl Iterator<Item = (usize, usize)> + '_ {
    runs.iter()
        .flat_map(|run| (0..run.len).map(|i| (run.to + i, run.at(i))))
}
