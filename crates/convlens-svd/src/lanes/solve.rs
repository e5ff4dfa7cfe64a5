//! Batches of frequencies through the lane kernels.

use super::simd::{Aligned, Complex, Instructions, Ops};
use super::solve_thin::LaneSvd;
use super::tridiagonal::{Vectors, row_start, tridiagonalise};
use super::{GramTaps, Offsets, definite, gram, numbers, numbers_mut, ql};
use num_complex::Complex64;
use pulp::{Simd, WithSimd};

/// Batches that share one QL run.
pub(super) const SIDE_BY_SIDE: usize = 2;

/// From this side on, a task has one batch: the run that batches share is nothing beside the rest, and smaller tasks
/// spread better over threads.
const ALONE: usize = 96;

/// Batches of a task on matrices of side `n`.
pub(super) fn batches_per_task(n: usize) -> usize {
    if n < ALONE { SIDE_BY_SIDE } else { 1 }
}

/// `(cos, sin)` of `d theta` for one frequency, one pair for each factor of the offsets of the taps.
pub(crate) type Angles<'a> = &'a dyn Fn(usize, &mut [[f64; 2]]);

/// The lane kernels on one group's Gram taps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Solver<'a> {
    taps: &'a GramTaps,
    instructions: Instructions,
}

/// Scratch memory of a task, to be used again by the next.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(super) matrix: Aligned,
    pub(super) vectors: Aligned,
    pub(super) tridiagonal: Aligned,
    pub(super) angles: Aligned,
    pub(super) row: Vec<[f64; 2]>,
    pub(super) svd: LaneSvd,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(taps: &'a GramTaps, instructions: Instructions) -> Self {
        Self { taps, instructions }
    }

    /// The taps.
    pub(crate) fn taps(&self) -> &'a GramTaps {
        self.taps
    }

    /// Frequencies of one task.
    pub(crate) fn frequencies_per_task(&self) -> usize {
        batches_per_task(self.taps.n) * self.instructions.lanes()
    }

    /// The eigenvalues at `count` frequencies (at most [`Self::frequencies_per_task`]), ascending, `n` for each, into `out`.
    /// False where a lane did not converge or is not finite; `out` is then to be computed another way.
    pub(crate) fn eigenvalues(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        out: &mut [f64],
    ) -> bool {
        let taps = self.taps;
        self.instructions.run(Eigenvalues {
            taps,
            count,
            angles,
            work,
            out,
        })
    }

    /// Calls `each(i, G)` with the Gram matrix at each of `count` frequencies, Hermitian, `n x n`.
    pub(crate) fn matrices(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        each: &mut dyn FnMut(usize, &[Complex64]),
    ) {
        let taps = self.taps;
        self.instructions.run(Matrices {
            taps,
            count,
            angles,
            work,
            each,
        });
    }

    /// Whether all eigenvalues at `count` frequencies are under `theta`, up to rounding.
    pub(crate) fn all_below(
        &self,
        theta: f64,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
    ) -> bool {
        let taps = self.taps;
        self.instructions.run(Below {
            taps,
            theta,
            count,
            angles,
            work,
        })
    }
}

impl Workspace {
    fn fit(&mut self, taps: &GramTaps, lanes: usize) {
        let n = taps.n;
        self.matrix.fit(2 * row_start(n) * lanes);
        self.vectors.fit(8 * n * lanes);
        self.tridiagonal.fit(2 * (SIDE_BY_SIDE + 1) * n * lanes);
        self.fit_angles(&taps.offsets, lanes);
    }

    /// Room for the angles of the offsets and of their factors.
    pub(super) fn fit_angles(&mut self, offsets: &Offsets, lanes: usize) {
        let factors = offsets.factors();
        self.angles.fit(2 * (offsets.len() + factors) * lanes);
        self.row.resize(factors, [0.0; 2]);
    }

    /// The Gram matrices of the batch that starts at frequency `first`; lanes past the end repeat the last frequency.
    #[inline(always)]
    fn evaluate<S: Simd>(
        &mut self,
        ops: Ops<S>,
        taps: &GramTaps,
        first: usize,
        count: usize,
        angles: Angles<'_>,
    ) {
        let memory = (&mut self.row[..], &mut self.angles);
        let angle = write_angles(ops, first, count, angles, &taps.offsets, memory);
        gram::evaluate(ops, taps, angle, self.matrix.complex::<S>());
    }
}

/// The angles of the batch that starts at frequency `first`, one for each offset; lanes past the end repeat the last frequency.
#[inline(always)]
pub(super) fn write_angles<'m, S: Simd>(
    ops: Ops<S>,
    first: usize,
    count: usize,
    angles: Angles<'_>,
    offsets: &Offsets,
    (row, memory): (&mut [[f64; 2]], &'m mut Aligned),
) -> &'m [Complex<S>] {
    let (factors, out) = memory.complex::<S>().split_at_mut(offsets.factors());
    for lane in 0..S::F64_LANES {
        angles((first + lane).min(count - 1), row);
        for (pair, factor) in row.iter().zip(factors.iter_mut()) {
            for (&x, part) in pair.iter().zip(factor) {
                numbers_mut::<S>(part)[lane] = x;
            }
        }
    }
    offsets.expand(ops, factors, out);
    &out[..offsets.len()]
}

struct Eigenvalues<'a> {
    taps: &'a GramTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    out: &'a mut [f64],
}

impl WithSimd for Eigenvalues<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self {
            taps,
            count,
            angles,
            work,
            out,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        for batch in 0..SIDE_BY_SIDE {
            // A batch past the end repeats the one before.
            if batch == 0 || batch * lanes < count {
                work.evaluate(ops, taps, batch * lanes, count, angles);
                let vectors = split_vectors(work.vectors.complex::<S>(), n);
                let (_, _, one_d, one_e2) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
                tridiagonalise(ops, work.matrix.complex::<S>(), vectors, one_d, one_e2);
            }
            let (d, e2, one_d, one_e2) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
            for i in 0..n {
                d[i][batch] = one_d[i];
                e2[i][batch] = one_e2[i];
            }
        }
        let (d, e2, ..) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
        let converged = ql::eigenvalues(ops, d, e2);
        let mut finite = true;
        for (at, values) in out.chunks_exact_mut(n).take(count).enumerate() {
            let (batch, lane) = (at / lanes, at % lanes);
            for (value, d) in values.iter_mut().zip(d.iter()) {
                *value = numbers::<S>(&d[batch])[lane];
                finite &= value.is_finite();
            }
            values.sort_unstable_by(f64::total_cmp);
        }
        converged && finite
    }
}

struct Matrices<'a> {
    taps: &'a GramTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    each: &'a mut dyn FnMut(usize, &[Complex64]),
}

impl WithSimd for Matrices<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            taps,
            count,
            angles,
            work,
            each,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        let mut one = vec![Complex64::ZERO; n * n];
        for first in (0..count).step_by(lanes) {
            work.evaluate(ops, taps, first, count, angles);
            let matrix = work.matrix.complex::<S>();
            for lane in 0..lanes.min(count - first) {
                for i in 0..n {
                    for (j, entry) in matrix[row_start(i)..=row_start(i) + i].iter().enumerate() {
                        let [re, im] = [0, 1].map(|part| numbers::<S>(&entry[part])[lane]);
                        one[i * n + j] = Complex64::new(re, im);
                        one[j * n + i] = Complex64::new(re, -im);
                    }
                }
                each(first + lane, &one);
            }
        }
    }
}

struct Below<'a> {
    taps: &'a GramTaps,
    theta: f64,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
}

impl WithSimd for Below<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self {
            taps,
            theta,
            count,
            angles,
            work,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        for first in (0..count).step_by(lanes) {
            work.evaluate(ops, taps, first, count, angles);
            let inverse = &mut work.tridiagonal.real::<S>()[..n];
            if !definite::below(ops, theta, work.matrix.complex::<S>(), inverse) {
                return false;
            }
        }
        true
    }
}

/// `d` and `e^2` of all batches side by side, then of one batch.
type Tridiagonal<'a, S> = (
    &'a mut [[<S as Simd>::f64s; SIDE_BY_SIDE]],
    &'a mut [[<S as Simd>::f64s; SIDE_BY_SIDE]],
    &'a mut [<S as Simd>::f64s],
    &'a mut [<S as Simd>::f64s],
);

fn split_tridiagonal<S: Simd>(memory: &mut Aligned, n: usize) -> Tridiagonal<'_, S> {
    let (both, one) = memory.real::<S>().split_at_mut(2 * SIDE_BY_SIDE * n);
    let (d, e2) = both.as_chunks_mut().0.split_at_mut(n);
    let (one_d, one_e2) = one.split_at_mut(n);
    (d, e2, one_d, one_e2)
}

fn split_vectors<S: Simd>(vectors: &mut [Complex<S>], n: usize) -> Vectors<'_, S> {
    let (v, rest) = vectors.split_at_mut(n);
    let (w, rest) = rest.split_at_mut(n);
    let (x, p) = rest.split_at_mut(n);
    Vectors { v, w, x, p }
}
