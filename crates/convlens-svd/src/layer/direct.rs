//! Apply and adjoint by direct sums, one run at a time: for groups of few channels, where a product of matrices has
//! nothing to gain.

use super::ConvLayer;
use super::axis::tap_at;
use super::runs::Run;
use crate::parallel::for_each_chunk;

impl ConvLayer {
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

    /// Calls `f(weight, offset in the coarse plane, offset in the fine plane, run)` for all that a pair of channels
    /// shares.
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
