//! One-sided Jacobi, one matrix in each lane.
//!
//! Pairs of columns are rotated until all are orthogonal (Hestenes 1958): `A V = U S`. The columns
//! that come out are orthogonal relative to their own lengths, whatever those are (Demmel and
//! Veselic 1992). Of each pair the longer column comes first, as with de Rijk's pivoting (1989), by
//! taking the outer of the two rotations where it does not yet. A lane whose pair is orthogonal
//! turns by nothing, exactly, so no lane depends on its neighbors.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// Sweeps over all pairs; four to eight are usual.
const MOST_SWEEPS: usize = 30;

/// What makes two columns `x, y` orthogonal: `cos x - sin p y` and `sin x + cos p y`.
struct Rotation<S: Simd> {
    cos: S::f64s,
    sin: S::f64s,
    sin_p: Complex<S>,
    cos_p: Complex<S>,
}

/// Rotates columns of `length` entries, one for each of `norms2`, until their first `m` entries are
/// orthogonal; the entries below turn along. `norms2` are then their squared lengths. False where a
/// lane does not come to an end.
#[inline(always)]
pub(super) fn orthogonalize<S: Simd>(
    ops: Ops<S>,
    columns: &mut [Complex<S>],
    (m, length): (usize, usize),
    norms2: &mut [S::f64s],
) -> bool {
    let n = norms2.len();
    for _ in 0..MOST_SWEEPS {
        for (column, norm2) in columns.chunks_exact(length).zip(norms2.iter_mut()) {
            *norm2 = squared_norm(ops, &column[..m]);
        }
        let mut orthogonal = true;
        for i in 0..n {
            let (before, after) = columns[i * length..].split_at_mut(length);
            for (j, y) in (i + 1..n).zip(after.chunks_exact_mut(length)) {
                let (lower, upper) = norms2.split_at_mut(j);
                let lengths = (&mut lower[i], &mut upper[0]);
                if let Some(by) = rotation(ops, &before[..m], &y[..m], lengths) {
                    orthogonal = false;
                    rotate(ops, before, y, &by);
                }
            }
        }
        if orthogonal {
            return true;
        }
    }
    false
}

/// The rotation of two columns, whose squared lengths it brings up to date; none where they are
/// orthogonal in all lanes, up to rounding.
#[inline(always)]
fn rotation<S: Simd>(
    ops: Ops<S>,
    x: &[Complex<S>],
    y: &[Complex<S>],
    (a, b): (&mut S::f64s, &mut S::f64s),
) -> Option<Rotation<S>> {
    let (zero, one) = (ops.splat(0.0), ops.splat(1.0));
    let c = inner_product(ops, x, y);
    let size2 = ops.abs2(c, zero);
    // An inner product of m entries is off by about sqrt(m) roundings.
    let rounding2 = x.len() as f64 * f64::EPSILON * f64::EPSILON;
    let cut = ops.mul(ops.splat(rounding2), ops.mul(*a, *b));
    let turns = ops.0.greater_than_f64s(size2, cut);
    if ops.0.reduce_max_f64s(ops.select(turns, one, zero)) == 0.0 {
        // Not a number counts as orthogonal here, and is found by the caller.
        return None;
    }
    let size = ops.sqrt(ops.select(turns, size2, one));
    let inverse = ops.div(one, size);
    let half = ops.splat(0.5);
    let zeta = ops.mul(half, ops.mul(ops.sub(*b, *a), inverse));
    let steep = ops.0.abs_f64s(zeta);
    // |t| is the tangent of the inner rotation, of 45 degrees at most.
    let t = ops.div(one, ops.add(steep, ops.sqrt(ops.madd(zeta, zeta, one))));
    let near = ops.div(one, ops.sqrt(ops.madd(t, t, one)));
    let far = ops.mul(near, t);
    // With a >= b the inner rotation has sin <= 0; otherwise the outer one makes x the longer.
    let swaps = ops.0.greater_than_f64s(*b, *a);
    let cos = ops.select(turns, ops.select(swaps, far, near), one);
    let sin = ops.select(swaps, near, far);
    let sin = ops.select(turns, ops.sub(zero, sin), zero);
    let gain = ops.select(turns, ops.mul(t, size), zero);
    let (more, less) = (ops.0.max_f64s(*a, *b), ops.0.min_f64s(*a, *b));
    *a = ops.select(turns, ops.add(more, gain), *a);
    *b = ops.select(turns, ops.0.max_f64s(ops.sub(less, gain), zero), *b);
    let p = [
        ops.select(turns, ops.mul(c[0], inverse), one),
        ops.select(turns, ops.mul(ops.sub(zero, c[1]), inverse), zero),
    ];
    Some(Rotation {
        cos,
        sin,
        sin_p: [ops.mul(sin, p[0]), ops.mul(sin, p[1])],
        cos_p: [ops.mul(cos, p[0]), ops.mul(cos, p[1])],
    })
}

#[inline(always)]
fn rotate<S: Simd>(ops: Ops<S>, x: &mut [Complex<S>], y: &mut [Complex<S>], by: &Rotation<S>) {
    let (sin_p, cos_p) = (by.sin_p, by.cos_p);
    for (x, y) in x.iter_mut().zip(y) {
        let ([a, b], [c, d]) = (*x, *y);
        *x = [
            ops.madd(sin_p[1], d, ops.msub(sin_p[0], c, ops.mul(by.cos, a))),
            ops.msub(sin_p[1], c, ops.msub(sin_p[0], d, ops.mul(by.cos, b))),
        ];
        *y = [
            ops.msub(cos_p[1], d, ops.madd(cos_p[0], c, ops.mul(by.sin, a))),
            ops.madd(cos_p[1], c, ops.madd(cos_p[0], d, ops.mul(by.sin, b))),
        ];
    }
}

/// `x^H y`, in two sums so that one waits for the other's addition.
#[inline(always)]
fn inner_product<S: Simd>(ops: Ops<S>, x: &[Complex<S>], y: &[Complex<S>]) -> Complex<S> {
    let (x2, x1) = x.as_chunks::<2>();
    let (y2, y1) = y.as_chunks::<2>();
    let (mut even, mut odd) = (ops.zero(), ops.zero());
    for (x, y) in x2.iter().zip(y2) {
        even = ops.cmadd_conj(x[0], y[0], even);
        odd = ops.cmadd_conj(x[1], y[1], odd);
    }
    for (&x, &y) in x1.iter().zip(y1) {
        even = ops.cmadd_conj(x, y, even);
    }
    [ops.add(even[0], odd[0]), ops.add(even[1], odd[1])]
}

#[inline(always)]
fn squared_norm<S: Simd>(ops: Ops<S>, x: &[Complex<S>]) -> S::f64s {
    let (x2, x1) = x.as_chunks::<2>();
    let (mut even, mut odd) = (ops.splat(0.0), ops.splat(0.0));
    for x in x2 {
        even = ops.abs2(x[0], even);
        odd = ops.abs2(x[1], odd);
    }
    for &x in x1 {
        even = ops.abs2(x, even);
    }
    ops.add(even, odd)
}
