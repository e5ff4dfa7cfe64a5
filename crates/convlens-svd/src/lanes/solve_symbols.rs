//! Batches of symbols through the lane kernels that decompose the symbols themselves.

use super::dqds::{self, Arrays};
use super::simd::{Aligned, Instructions, Ops};
use super::solve::{Angles, SIDE_BY_SIDE, Workspace, batches_per_task, write_angles};
use super::symbol::{self, SymbolTaps};
use super::{bidiagonal, numbers};
use pulp::{Simd, WithSimd};

/// The lane kernels on one group's symbols.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SymbolSolver<'a> {
    taps: &'a SymbolTaps,
    instructions: Instructions,
}

impl<'a> SymbolSolver<'a> {
    pub(crate) fn new(taps: &'a SymbolTaps, instructions: Instructions) -> Self {
        Self { taps, instructions }
    }

    /// The taps.
    pub(crate) fn taps(&self) -> &'a SymbolTaps {
        self.taps
    }

    /// Frequencies of one task.
    pub(crate) fn frequencies_per_task(&self) -> usize {
        batches_per_task(self.taps.cols) * self.instructions.lanes()
    }

    /// The singular values at `count` frequencies (at most [`Self::frequencies_per_task`]), descending, `cols` for each, into
    /// `out`. False where a lane did not converge or is not finite; `out` is then to be computed another way.
    pub(crate) fn singular_values(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        out: &mut [f64],
    ) -> bool {
        let taps = self.taps;
        self.instructions.run(SingularValues {
            taps,
            count,
            angles,
            work,
            out,
        })
    }
}

struct SingularValues<'a> {
    taps: &'a SymbolTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    out: &'a mut [f64],
}

impl WithSimd for SingularValues<'_> {
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
        let (ops, lanes) = (Ops(simd), S::F64_LANES);
        let (m, n) = (taps.rows, taps.cols);
        work.matrix.fit(2 * m * n * lanes);
        work.vectors.fit((6 * m + 4 * n) * lanes);
        work.tridiagonal.fit((5 * SIDE_BY_SIDE + 2) * n * lanes);
        work.fit_angles(&taps.positions, lanes);
        for batch in 0..SIDE_BY_SIDE {
            if batch > 0 && batch * lanes >= count {
                interleave::<S>(&mut work.tridiagonal, n, batch);
                continue;
            }
            let memory = (&mut work.row[..], &mut work.angles);
            let angle = write_angles(ops, batch * lanes, count, angles, &taps.positions, memory);
            let matrix = work.matrix.complex::<S>();
            symbol::evaluate(ops, &taps.coefficients, angle, matrix);
            let vectors = split_vectors(&mut work.vectors, m, n);
            let (one_q, one_e) = split_one::<S>(&mut work.tridiagonal, n);
            bidiagonal::bidiagonalise(ops, matrix, m, vectors, one_q, one_e);
            interleave::<S>(&mut work.tridiagonal, n, batch);
        }
        let converged = dqds::squared_values(ops, split_arrays(&mut work.tridiagonal, n));
        let Arrays { q, .. } = split_arrays::<S>(&mut work.tridiagonal, n);
        let mut finite = true;
        for (at, values) in out.chunks_exact_mut(n).take(count).enumerate() {
            let (batch, lane) = (at / lanes, at % lanes);
            for (value, q) in values.iter_mut().zip(q.iter()) {
                *value = numbers::<S>(&q[batch])[lane].max(0.0).sqrt();
                finite &= numbers::<S>(&q[batch])[lane].is_finite();
            }
            values.sort_unstable_by(|a, b| b.total_cmp(a));
        }
        converged && finite
    }
}

fn split_vectors<S: Simd>(memory: &mut Aligned, m: usize, n: usize) -> bidiagonal::Vectors<'_, S> {
    let (u, rest) = memory.complex::<S>().split_at_mut(m);
    let (next, rest) = rest.split_at_mut(m);
    let (y, rest) = rest.split_at_mut(m);
    let (z, v) = rest.split_at_mut(n);
    bidiagonal::Vectors { u, next, y, z, v }
}

/// `q` and `e` of one batch, behind the arrays of all.
fn split_one<S: Simd>(memory: &mut Aligned, n: usize) -> (&mut [S::f64s], &mut [S::f64s]) {
    memory.real::<S>()[5 * SIDE_BY_SIDE * n..].split_at_mut(n)
}

fn split_arrays<S: Simd>(memory: &mut Aligned, n: usize) -> Arrays<'_, S> {
    let wide = memory.real::<S>()[..5 * SIDE_BY_SIDE * n].as_chunks_mut().0;
    let (q, rest) = wide.split_at_mut(n);
    let (e, rest) = rest.split_at_mut(n);
    let (next_q, rest) = rest.split_at_mut(n);
    let (next_e, shifts) = rest.split_at_mut(n);
    Arrays {
        q,
        e,
        next_q,
        next_e,
        shifts,
    }
}

/// Puts `q` and `e` of one batch beside those of the others.
fn interleave<S: Simd>(memory: &mut Aligned, n: usize, batch: usize) {
    let (arrays, one) = memory.real::<S>().split_at_mut(5 * SIDE_BY_SIDE * n);
    let wide = arrays.as_chunks_mut::<SIDE_BY_SIDE>().0;
    for (to, &from) in wide.iter_mut().zip(one.iter()) {
        to[batch] = from;
    }
}
