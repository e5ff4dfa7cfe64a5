//! Batches of symbols through the lane kernels that decompose the symbols themselves: values alone,
//! or thin decompositions of small symbols.

use super::dqds::{Arrays, squared_values};
use super::householder::{BidiagonalVectors, bidiagonalize};
use super::jacobi::orthogonalize;
use super::simd::{Aligned, Complex, Instructions, Ops, numbers};
use super::taps::{SymbolTaps, evaluate_symbol};
use super::workspace::{Angles, LaneSvd, SIDE_BY_SIDE, Workspace, batches_per_task, write_angles};
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

    /// The singular values at `count` frequencies (at most [`Self::frequencies_per_task`]),
    /// descending, `cols` for each, into `out`. False where a lane did not converge or is not
    /// finite; `out` is then to be computed another way.
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
            evaluate_symbol(ops, &taps.coefficients, angle, matrix);
            let vectors = split_vectors(&mut work.vectors, m, n);
            let (one_q, one_e) = split_one::<S>(&mut work.tridiagonal, n);
            bidiagonalize(ops, matrix, m, vectors, one_q, one_e);
            interleave::<S>(&mut work.tridiagonal, n, batch);
        }
        let converged = squared_values(ops, split_arrays(&mut work.tridiagonal, n));
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

fn split_vectors<S: Simd>(memory: &mut Aligned, m: usize, n: usize) -> BidiagonalVectors<'_, S> {
    let (u, rest) = memory.complex::<S>().split_at_mut(m);
    let (next, rest) = rest.split_at_mut(m);
    let (y, rest) = rest.split_at_mut(m);
    let (z, v) = rest.split_at_mut(n);
    BidiagonalVectors { u, next, y, z, v }
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

    /// Decomposes the symbols at `count` frequencies, and calls `each(i, svd)` in order; with none
    /// where the rank is not full, or a lane did not converge, or is not finite: that symbol is to
    /// be decomposed another way.
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
            let converged = orthogonalize(ops, columns, (m, m + n), norms2);
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
        evaluate_symbol(ops, coefficients, angles, symbol);
        unit.fill(ops.zero());
        unit[j][0] = ops.splat(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::taps::Offsets;
    use num_complex::Complex64;

    const ALL: [Instructions; 3] = [
        Instructions::Detected,
        Instructions::Avx2,
        Instructions::Portable,
    ];

    fn noise(len: usize, seed: u64) -> Vec<f64> {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
            (x >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        (0..len).map(|_| next()).collect()
    }

    /// Two taps, at 0 and at 1, of a `rows x cols` symbol.
    fn taps(rows: usize, cols: usize, column: impl Fn(usize) -> f64) -> SymbolTaps {
        let mut coefficients = noise(2 * rows * cols, (rows * 31 + cols) as u64);
        for (j, of_column) in coefficients.chunks_exact_mut(2 * rows).enumerate() {
            of_column.iter_mut().for_each(|w| *w *= column(j));
        }
        SymbolTaps {
            rows,
            cols,
            positions: Offsets::new(&[vec![0], vec![1]]),
            coefficients,
        }
    }

    /// The angles of frequency `i`.
    fn angles(i: usize, out: &mut [[f64; 2]]) {
        let (sin, cos) = (0.7 * i as f64).sin_cos();
        out.copy_from_slice(&[[1.0, 0.0], [cos, sin]]);
    }

    /// The symbol by its definition, column by column.
    fn symbol(taps: &SymbolTaps, i: usize) -> Vec<Complex64> {
        let turn = Complex64::from_polar(1.0, -0.7 * i as f64);
        let entries = taps.coefficients.as_chunks::<2>().0;
        entries.iter().map(|w| w[0] + w[1] * turn).collect()
    }

    /// The largest entry of `X^H X - I`, for `n` columns.
    fn defect(x: &[Complex64], n: usize) -> f64 {
        let column = |j: usize| &x[j * x.len() / n..(j + 1) * x.len() / n];
        let mut worst = 0.0f64;
        for i in 0..n {
            for j in 0..n {
                let pairs = column(i).iter().zip(column(j));
                let product: Complex64 = pairs.map(|(a, b)| a.conj() * b).sum();
                worst = worst.max((product - f64::from(u8::from(i == j))).norm());
            }
        }
        worst
    }

    #[test]
    fn all_instructions_decompose_symbols_of_any_shape() {
        for (m, n) in [(1, 1), (5, 1), (7, 3), (16, 16), (64, 3), (33, 7)] {
            for (count, instructions) in [1, 5, 8, 19].into_iter().zip(ALL.into_iter().cycle()) {
                let taps = taps(m, n, |_| 1.0);
                let mut next = 0;
                let each = &mut |i: usize, svd: Option<&LaneSvd>| {
                    let svd = svd.expect("noise has full rank");
                    assert_eq!(i, next);
                    next += 1;
                    assert!(svd.values.is_sorted_by(|a, b| a >= b));
                    let a = symbol(&taps, i);
                    for (j, a) in a.chunks_exact(m).enumerate() {
                        for (r, a) in a.iter().enumerate() {
                            let terms = (0..n).map(|k| {
                                svd.vector(false, k)[r]
                                    * svd.values[k]
                                    * svd.vector(true, k)[j].conj()
                            });
                            // Entries of about 1, at most eight sweeps of 15 rotations to a column.
                            assert!((terms.sum::<Complex64>() - a).norm() < 1e-13);
                        }
                    }
                    // The same roundings: 120 rotations keep a unit vector to 120 eps = 3e-14.
                    assert!(defect(&svd.u, n) < 1e-13 && defect(&svd.v, n) < 1e-13);
                };
                ThinLanes::new(&taps, instructions).decompose(
                    count,
                    &angles,
                    &mut Workspace::default(),
                    each,
                );
                assert_eq!(next, count);
            }
        }
    }

    #[test]
    fn columns_of_very_different_length_stay_orthogonal() {
        // Down to 1e-14 of the largest: full rank, if only just.
        let taps = taps(9, 5, |j| 10f64.powf(-3.5 * j as f64));
        for instructions in ALL {
            let each = &mut |_: usize, svd: Option<&LaneSvd>| {
                let svd = svd.expect("rank is full");
                assert!(svd.values[4] < 1e-12 * svd.values[0]);
                assert!(defect(&svd.u, 5) < 1e-13 && defect(&svd.v, 5) < 1e-13);
            };
            ThinLanes::new(&taps, instructions).decompose(
                3,
                &angles,
                &mut Workspace::default(),
                each,
            );
        }
    }

    #[test]
    fn a_lane_does_not_depend_on_its_neighbors() {
        let taps = taps(6, 4, |_| 1.0);
        let values = |count: usize| {
            let mut found = Vec::new();
            let each = &mut |_: usize, svd: Option<&LaneSvd>| {
                let svd = svd.expect("noise has full rank");
                found.push((svd.values.clone(), svd.u.clone()));
            };
            let lanes = ThinLanes::new(&taps, Instructions::Detected);
            lanes.decompose(count, &angles, &mut Workspace::default(), each);
            found
        };
        assert_eq!(values(1)[0], values(13)[0]);
        assert_eq!(values(9)[8], values(13)[8]);
    }

    #[test]
    fn what_lanes_cannot_do_is_left_to_others() {
        let refused = |taps: &SymbolTaps| {
            ALL.into_iter().all(|instructions| {
                let mut none = true;
                let each = &mut |_: usize, svd: Option<&LaneSvd>| none &= svd.is_none();
                let lanes = ThinLanes::new(taps, instructions);
                lanes.decompose(2, &angles, &mut Workspace::default(), each);
                none
            })
        };
        // A column of zeros; a symbol of which squares lose digits; not a number.
        assert!(refused(&taps(6, 4, |j| if j == 2 { 0.0 } else { 1.0 })));
        assert!(refused(&taps(6, 4, |_| 1e-150)));
        assert!(refused(&taps(6, 4, |_| f64::NAN)));
        assert!(!refused(&taps(6, 4, |_| 1e-130)));
    }
}
