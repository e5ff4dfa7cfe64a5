//! Memory that tasks share, and the angles of a batch.

use super::simd::{Aligned, Complex, Ops, numbers, numbers_mut};
use super::taps::Offsets;
use num_complex::Complex64;
use pulp::Simd;

/// Batches that share one QL run.
pub(super) const SIDE_BY_SIDE: usize = 2;

/// From this side on, a task has one batch: the run that batches share is nothing beside the rest,
/// and smaller tasks spread better over threads.
const ALONE: usize = 96;

/// Batches of a task on matrices of side `n`.
pub(super) fn batches_per_task(n: usize) -> usize {
    if n < ALONE { SIDE_BY_SIDE } else { 1 }
}

/// `(cos, sin)` of `d theta` for one frequency, one pair for each factor of the offsets of the
/// taps.
pub(crate) type Angles<'a> = &'a dyn Fn(usize, &mut [[f64; 2]]);

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

impl Workspace {
    /// Room for the angles of the offsets and of their factors.
    pub(super) fn fit_angles(&mut self, offsets: &Offsets, lanes: usize) {
        let factors = offsets.factors();
        self.angles.fit(2 * (offsets.len() + factors) * lanes);
        self.row.resize(factors, [0.0; 2]);
    }
}

/// The angles of the batch that starts at frequency `first`, one for each offset; lanes past the
/// end repeat the last frequency.
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

/// Values under this share of the largest have no vectors of their own: rounding made them.
const NOTHING: f64 = 4.0 * f64::EPSILON;

/// Largest values under this are left to a solver of one matrix, as their squares lose digits.
const LEAST: f64 = 1e-140;

/// `A = U diag(s) V^H` of one tall symbol, values descending.
#[derive(Debug, Default)]
pub(crate) struct LaneSvd {
    pub(crate) values: Vec<f64>,
    /// Column after column.
    pub(super) u: Vec<Complex64>,
    pub(super) v: Vec<Complex64>,
    order: Vec<usize>,
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
    pub(super) fn read_values<S: Simd>(&mut self, norms2: &[S::f64s], lane: usize) -> bool {
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
    pub(super) fn read_vectors<S: Simd>(&mut self, columns: &[Complex<S>], m: usize, lane: usize) {
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
