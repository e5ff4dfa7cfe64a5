//! Whether `theta I - G` is positive definite, all lanes in lockstep.
//!
//! Cholesky without pivoting, row by row (Golub and Van Loan, 4th ed., section 4.2.5): it runs to its end with positive pivots
//! if, up to rounding, all eigenvalues of `G` are under `theta` (Higham 2002, theorem 10.7). Two rows by two columns go
//! together. A quarter of the work of a tridiagonalisation.

use super::simd::{Complex, Ops};
use super::tridiagonal::row_start;
use pulp::Simd;

/// Overwrites the packed lower triangle `a` of `n` rows by the factor of `theta I - a`. `inverse` has `n` entries. Returns
/// whether every pivot of every lane was positive.
#[inline(always)]
pub(super) fn below<S: Simd>(
    ops: Ops<S>,
    theta: f64,
    a: &mut [Complex<S>],
    inverse: &mut [S::f64s],
) -> bool {
    let n = inverse.len();
    let theta = ops.splat(theta);
    let mut least = ops.splat(f64::INFINITY);
    let mut i = 0;
    while i < n {
        let rows = (n - i).min(2);
        let (done, rest) = a.split_at_mut(row_start(i));
        let (row0, row1) = rest[..row_start(i + rows) - row_start(i)].split_at_mut(i + 1);
        let mut j = 0;
        while j + 1 < i {
            let above = [
                &done[row_start(j)..row_start(j) + j + 1],
                &done[row_start(j + 1)..row_start(j + 1) + j + 2],
            ];
            if rows == 2 {
                block(ops, above, j, [row0, row1], inverse);
            } else {
                single(ops, above[0], j, row0, inverse);
                single(ops, above[1], j + 1, row0, inverse);
            }
            j += 2;
        }
        least = pivot(ops, theta, row0, i, inverse, least);
        if rows == 2 {
            single(ops, row0, i, row1, inverse);
            least = pivot(ops, theta, row1, i + 1, inverse, least);
        }
        i += rows;
    }
    ops.0.reduce_min_f64s(least) > 0.0
}

/// Entries `(i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)` of the factor.
#[inline(always)]
fn block<S: Simd>(
    ops: Ops<S>,
    above: [&[Complex<S>]; 2],
    j: usize,
    [row0, row1]: [&mut [Complex<S>]; 2],
    inverse: &[S::f64s],
) {
    let mut acc = [ops.zero(); 4];
    let columns = above[0][..j].iter().zip(&above[1][..j]);
    for ((&u, &v), (&x, &y)) in columns.zip(row0[..j].iter().zip(&row1[..j])) {
        acc[0] = ops.cmsub_conj(x, u, acc[0]);
        acc[1] = ops.cmsub_conj(x, v, acc[1]);
        acc[2] = ops.cmsub_conj(y, u, acc[2]);
        acc[3] = ops.cmsub_conj(y, v, acc[3]);
    }
    let (corner, inverse) = (above[1][j], [inverse[j], inverse[j + 1]]);
    finish(ops, &mut row0[j..j + 2], [acc[0], acc[1]], corner, inverse);
    finish(ops, &mut row1[j..j + 2], [acc[2], acc[3]], corner, inverse);
}

/// Two neighbours of a row, from their sums over the columns before both; `corner` couples them.
#[inline(always)]
fn finish<S: Simd>(
    ops: Ops<S>,
    entries: &mut [Complex<S>],
    sums: [Complex<S>; 2],
    corner: Complex<S>,
    inverse: [S::f64s; 2],
) {
    let first = scaled(ops, difference(ops, sums[0], entries[0]), inverse[0]);
    let rest = ops.cmsub_conj(first, corner, difference(ops, sums[1], entries[1]));
    entries[0] = first;
    entries[1] = scaled(ops, rest, inverse[1]);
}

/// Entry `(i, j)` of the factor.
#[inline(always)]
fn single<S: Simd>(
    ops: Ops<S>,
    above: &[Complex<S>],
    j: usize,
    row: &mut [Complex<S>],
    inverse: &[S::f64s],
) {
    let mut acc = ops.zero();
    for (&u, &x) in above[..j].iter().zip(&row[..j]) {
        acc = ops.cmsub_conj(x, u, acc);
    }
    row[j] = scaled(ops, difference(ops, acc, row[j]), inverse[j]);
}

/// The reciprocal of the pivot of row `i`; the least squared pivot so far.
#[inline(always)]
fn pivot<S: Simd>(
    ops: Ops<S>,
    theta: S::f64s,
    row: &[Complex<S>],
    i: usize,
    inverse: &mut [S::f64s],
    least: S::f64s,
) -> S::f64s {
    let (mut even, mut odd) = (ops.splat(0.0), ops.splat(0.0));
    for x in &row[..i] {
        even = ops.madd(x[0], x[0], even);
        odd = ops.madd(x[1], x[1], odd);
    }
    let square = ops.sub(ops.sub(theta, row[i][0]), ops.add(even, odd));
    let positive = ops.0.greater_than_f64s(square, ops.splat(0.0));
    let safe = ops.select(positive, square, ops.splat(1.0));
    inverse[i] = ops.div(ops.splat(1.0), ops.sqrt(safe));
    // A pivot that is not a number counts as negative.
    let square = ops.select(positive, square, ops.splat(-1.0));
    ops.0.min_f64s(least, square)
}

/// `sum - entry`: off the diagonal, `theta I - G` has the entries `-g`.
#[inline(always)]
fn difference<S: Simd>(ops: Ops<S>, sum: Complex<S>, entry: Complex<S>) -> Complex<S> {
    [ops.sub(sum[0], entry[0]), ops.sub(sum[1], entry[1])]
}

#[inline(always)]
fn scaled<S: Simd>(ops: Ops<S>, a: Complex<S>, by: S::f64s) -> Complex<S> {
    [ops.mul(a[0], by), ops.mul(a[1], by)]
}
