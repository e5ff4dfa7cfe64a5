//! Complex matrices to real bidiagonal form, all lanes in lockstep.
//!
//! Householder bidiagonalisation (Golub and Kahan 1965; Golub and Van Loan, 4th ed., section 5.4.8), column by column. Step `k` needs
//! the matrix twice: for `z = tau A^H u` and, once the row is known, for `y = tau' (A - u z^H) v`. The update
//! `A -= u z^H + y v^H` of one step is fused with the first product of the next. Backward stable.

use super::reflector::reflector;
use super::simd::{Complex, Ops};
use pulp::Simd;

/// Vectors of a step: `u`, `next`, `y` as long as a column, `z`, `v` as long as a row.
#[derive(Debug)]
pub(super) struct Vectors<'a, S: Simd> {
    pub(super) u: &'a mut [Complex<S>],
    pub(super) next: &'a mut [Complex<S>],
    pub(super) y: &'a mut [Complex<S>],
    pub(super) z: &'a mut [Complex<S>],
    pub(super) v: &'a mut [Complex<S>],
}

/// Reduces the matrix `a` of `m` rows, `m >= n = q.len()` columns, stored column by column, to the squared diagonal `q` and the
/// squared superdiagonal `e`, where `e[k]` stands between columns `k` and `k + 1`. The matrix is overwritten.
#[inline(always)]
pub(super) fn bidiagonalise<S: Simd>(
    ops: Ops<S>,
    a: &mut [Complex<S>],
    m: usize,
    vectors: Vectors<'_, S>,
    q: &mut [S::f64s],
    e: &mut [S::f64s],
) {
    let n = q.len();
    let Vectors {
        mut u,
        mut next,
        y,
        z,
        v,
    } = vectors;
    let mut pending = false;
    for k in 0..n {
        let (column, rest) = a[k * m..].split_at_mut(m);
        let column = &mut column[k..];
        if pending {
            update(ops, column, &u[k..], &y[k..], z[k], v[k]);
        }
        next[k..].copy_from_slice(column);
        let (tau, length2) = reflector(ops, &mut next[k..], 0);
        q[k] = length2;
        e[k] = ops.splat(0.0);
        if k + 1 == n {
            break;
        }
        let from = [&u[k..], &y[k..], &next[k..]];
        if pending {
            sweep::<S, true>(ops, rest, m, k, from, &mut z[k + 1..], &v[k + 1..], tau);
        } else {
            sweep::<S, false>(ops, rest, m, k, from, &mut z[k + 1..], &v[k + 1..], tau);
        }
        // The row, reflected: conj(a - u conj(z)).
        let (head, row) = (next[k], &mut v[k + 1..]);
        for ((column, v), &z) in rest.chunks_exact(m).zip(row.iter_mut()).zip(&z[k + 1..]) {
            let r = ops.cmsub_conj(head, z, column[k]);
            *v = [r[0], ops.sub(ops.splat(0.0), r[1])];
        }
        let (tau, length2) = reflector(ops, row, 0);
        e[k] = length2;
        product(ops, rest, m, k + 1, &v[k + 1..], &mut y[k + 1..]);
        let mut zv = ops.zero();
        for (&z, &v) in z[k + 1..].iter().zip(&v[k + 1..]) {
            zv = ops.cmadd_conj(z, v, zv);
        }
        for (y, &u) in y[k + 1..].iter_mut().zip(&next[k + 1..]) {
            let minus = [ops.sub(ops.splat(0.0), u[0]), ops.sub(ops.splat(0.0), u[1])];
            let sum = ops.cmadd(minus, zv, *y);
            *y = [ops.mul(tau, sum[0]), ops.mul(tau, sum[1])];
        }
        std::mem::swap(&mut u, &mut next);
        pending = true;
    }
}

/// `column -= u conj(z) + y conj(v)`.
#[inline(always)]
fn update<S: Simd>(
    ops: Ops<S>,
    column: &mut [Complex<S>],
    u: &[Complex<S>],
    y: &[Complex<S>],
    z: Complex<S>,
    v: Complex<S>,
) {
    for ((a, &u), &y) in column.iter_mut().zip(u).zip(y) {
        *a = ops.cmsub_conj(y, v, ops.cmsub_conj(u, z, *a));
    }
}

/// One pass over columns: `A -= u z^H + y v^H` (where asked for), then `z = tau A^H x`. Rows from `k` on; two columns
/// go together.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the step of one algorithm")]
fn sweep<S: Simd, const UPDATE: bool>(
    ops: Ops<S>,
    columns: &mut [Complex<S>],
    m: usize,
    k: usize,
    [u, y, x]: [&[Complex<S>]; 3],
    z: &mut [Complex<S>],
    v: &[Complex<S>],
    tau: S::f64s,
) {
    let mut pairs = columns.chunks_exact_mut(2 * m);
    let mut j = 0;
    for pair in &mut pairs {
        let (first, second) = pair.split_at_mut(m);
        let (z0, z1, v0, v1) = (z[j], z[j + 1], v[j], v[j + 1]);
        let (mut sum0, mut sum1) = (ops.zero(), ops.zero());
        let entries = first[k..].iter_mut().zip(second[k..].iter_mut());
        for ((a0, a1), ((&u, &y), &x)) in entries.zip(u.iter().zip(y).zip(x)) {
            let (mut b0, mut b1) = (*a0, *a1);
            if UPDATE {
                b0 = ops.cmsub_conj(y, v0, ops.cmsub_conj(u, z0, b0));
                b1 = ops.cmsub_conj(y, v1, ops.cmsub_conj(u, z1, b1));
                *a0 = b0;
                *a1 = b1;
            }
            sum0 = ops.cmadd_conj(b0, x, sum0);
            sum1 = ops.cmadd_conj(b1, x, sum1);
        }
        z[j] = [ops.mul(tau, sum0[0]), ops.mul(tau, sum0[1])];
        z[j + 1] = [ops.mul(tau, sum1[0]), ops.mul(tau, sum1[1])];
        j += 2;
    }
    let last = pairs.into_remainder();
    if !last.is_empty() {
        let column = &mut last[k..m];
        if UPDATE {
            update(ops, column, u, y, z[j], v[j]);
        }
        let mut sum = ops.zero();
        for (&a, &x) in column.iter().zip(x) {
            sum = ops.cmadd_conj(a, x, sum);
        }
        z[j] = [ops.mul(tau, sum[0]), ops.mul(tau, sum[1])];
    }
}

/// `y = A v` over the rows from `k` on; four columns go together.
#[inline(always)]
fn product<S: Simd>(
    ops: Ops<S>,
    columns: &[Complex<S>],
    m: usize,
    k: usize,
    v: &[Complex<S>],
    y: &mut [Complex<S>],
) {
    y.fill(ops.zero());
    let fours = columns.chunks_exact(4 * m);
    let rest = fours.remainder();
    let done = v.len() - rest.len() / m;
    for (four, v) in fours.zip(v.as_chunks::<4>().0) {
        let (a, b) = four.split_at(2 * m);
        let ((a, b), (c, d)) = (a.split_at(m), b.split_at(m));
        let entries = a[k..].iter().zip(&b[k..]).zip(c[k..].iter().zip(&d[k..]));
        for (((&a, &b), (&c, &d)), y) in entries.zip(y.iter_mut()) {
            let left = ops.cmadd(b, v[1], ops.cmadd(a, v[0], *y));
            *y = ops.cmadd(d, v[3], ops.cmadd(c, v[2], left));
        }
    }
    for (column, &v) in rest.chunks_exact(m).zip(&v[done..]) {
        for (&a, y) in column[k..].iter().zip(y.iter_mut()) {
            *y = ops.cmadd(a, v, *y);
        }
    }
}
