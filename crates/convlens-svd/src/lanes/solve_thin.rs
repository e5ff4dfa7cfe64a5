//! Thin decompositions of small symbols, many in lanes.

use super::simd::{Complex, Instructions, Ops};
use super::solve::{Angles, Workspace, write_angles};
use super::symbol::{self, SymbolTaps};
use super::{jacobi, numbers};
use num_complex::Complex64;
use pulp::{Simd, WithSimd};

/// Values under this share of the largest have no vectors of their own: rounding made them.
const NOTHING: f64 = 4.0 * f64::EPSILON;

/// Largest values under this are left to a solver of one matrix, as their squares lose digits.
const LEAST: f64 = 1e-140;

/// `A = U diag(s) V^H` of one tall symbol, values descending.
#[derive(Debug, Default)]
pub(crate) struct LaneSvd {
    pub(crate) values: Vec<f64>,
    /// Column after column.
    u: Vec<Complex64>,
    v: Vec<Complex64>,
    order: Vec<usize>,
}

/// One-sided Jacobi on one group's symbols.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThinLanes<'a> {
    taps: &'a SymbolTaps,
    instructions: Instructions,
}

impl<'a> ThinLanes<'a> {
    pub(crate) fn new(taps: &'a SymbolTaps, instructions: Instructions) -> Self {
        Self { taps, instructions }
    }

    /// Decomposes the symbols at `count` frequencies, and calls `each(i, svd)` in order; with none where the rank is not full,
    /// or a lane did not converge, or is not finite: that symbol is to be decomposed another way.
    pub(crate) fn decompose(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        each: &mut dyn FnMut(usize, Option<&LaneSvd>),
    ) {
        self.instructions.run(Decompose {
            taps: self.taps,
            count,
            angles,
            work,
            each,
        });
    }
}

struct Decompose<'a> {
    taps: &'a SymbolTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    each: &'a mut dyn FnMut(usize, Option<&LaneSvd>),
}

impl WithSimd for Decompose<'_> {
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
        let (ops, lanes) = (Ops(simd), S::F64_LANES);
        let (m, n) = (taps.rows, taps.cols);
        work.matrix.fit(2 * (m + n) * n * lanes);
        work.tridiagonal.fit(n * lanes);
        work.fit_angles(&taps.positions, lanes);
        for first in (0..count).step_by(lanes) {
            let memory = (&mut work.row[..], &mut work.angles);
            let angle = write_angles(ops, first, count, angles, &taps.positions, memory);
            let columns = work.matrix.complex::<S>();
            let norms2 = work.tridiagonal.real::<S>();
            evaluate_over_identity(ops, taps, angle, columns);
            let converged = jacobi::orthogonalise(ops, columns, (m, m + n), norms2);
            for lane in 0..lanes.min(count - first) {
                let full = converged && work.svd.read_values::<S>(norms2, lane);
                if full {
                    work.svd.read_vectors::<S>(columns, m, lane);
                }
                each(first + lane, full.then_some(&work.svd));
            }
        }
    }
}

/// The symbol over a unit matrix, column after column.
#[inline(always)]
fn evaluate_over_identity<S: Simd>(
    ops: Ops<S>,
    taps: &SymbolTaps,
    angles: &[Complex<S>],
    columns: &mut [Complex<S>],
) {
    let (m, n) = (taps.rows, taps.cols);
    let coefficients = taps
        .coefficients
        .chunks_exact(m * taps.positions.len().max(1));
    let columns = columns.chunks_exact_mut(m + n);
    for (j, (column, coefficients)) in columns.zip(coefficients).enumerate() {
        let (symbol, unit) = column.split_at_mut(m);
        symbol::evaluate(ops, coefficients, angles, symbol);
        unit.fill(ops.zero());
        unit[j][0] = ops.splat(1.0);
    }
}

impl LaneSvd {
    /// The `i`-th vector of `u`, or of `v`.
    pub(crate) fn vector(&self, of_v: bool, i: usize) -> &[Complex64] {
        let side = if of_v { &self.v } else { &self.u };
        let length = side.len() / self.values.len();
        &side[i * length..(i + 1) * length]
    }

    /// False where the rank is not full, or a value is not finite.
    #[inline(always)]
    fn read_values<S: Simd>(&mut self, norms2: &[S::f64s], lane: usize) -> bool {
        let of = |j: usize| numbers::<S>(&norms2[j])[lane];
        self.order.clear();
        self.order.extend(0..norms2.len());
        self.order
            .sort_by(|&i, &j| of(j).total_cmp(&of(i)).then(i.cmp(&j)));
        self.values.clear();
        let values = self.order.iter().map(|&j| of(j).sqrt());
        self.values.extend(values);
        let (largest, least) = (self.values[0], self.values[norms2.len() - 1]);
        largest.is_finite() && largest > LEAST && least > NOTHING * largest
    }

    #[inline(always)]
    fn read_vectors<S: Simd>(&mut self, columns: &[Complex<S>], m: usize, lane: usize) {
        let length = m + self.values.len();
        let read = |x: &Complex<S>| {
            let [re, im] = [0, 1].map(|part| numbers::<S>(&x[part])[lane]);
            Complex64::new(re, im)
        };
        self.u.clear();
        self.v.clear();
        for (&from, value) in self.order.iter().zip(&self.values) {
            let (image, turned) = columns[from * length..][..length].split_at(m);
            let inverse = value.recip();
            self.u.extend(image.iter().map(|x| read(x) * inverse));
            self.v.extend(turned.iter().map(read));
        }
    }
}

#[cfg(test)]
mod tests;
