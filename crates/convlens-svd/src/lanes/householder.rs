//! Householder reductions, all lanes in lockstep.
//!
//! *Hermitian matrices to real tridiagonal form.*
//! Householder reduction from the last row up (Wilkinson 1965, section 5.29; Golub and Van Loan,
//! 4th ed., section 8.3.1, for Hermitian matrices): row `k` is reduced to its entry `k - 1` by
//! `H = I - tau v v^H`, and the leading block becomes `B - v w^H - w v^H` with
//! `w = tau B v - (tau^2 / 2) (v^H B v) v`. The rank-2 update of one step is fused with the
//! matrix-vector product of the next: each entry is read and written once per step. Backward
//! stable.
//!
//! Lower triangle, row by row: row `i` has the entries `(i, 0), .., (i, i)`, so the leading block
//! is a prefix.
//!
//! *Complex matrices to real bidiagonal form.*
//! Householder bidiagonalization (Golub and Kahan 1965; Golub and Van Loan, 4th ed., section
//! 5.4.8), column by column. Step `k` needs the matrix twice: for `z = tau A^H u` and, once the row
//! is known, for `y = tau' (A - u z^H) v`. The update `A -= u z^H + y v^H` of one step is fused
//! with the first product of the next. Backward stable.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// Squared lengths under this are zero: weights are scaled to the size of 1, so they are lost
/// beside the norm.
const TINY: f64 = 1e-280;

/// Turns `x` into `v`, with `(I - tau v v^H) x` zero but for the entry `pivot`, and returns
/// `(tau, |x|^2)`.
///
/// A vector of zeros has `tau = 0`. (Golub and Van Loan, 4th ed., section 5.1.13: the sign that
/// adds.)
#[inline(always)]
pub(super) fn reflector<S: Simd>(
    ops: Ops<S>,
    x: &mut [Complex<S>],
    pivot: usize,
) -> (S::f64s, S::f64s) {
    let (zero, one) = (ops.splat(0.0), ops.splat(1.0));
    let length2 = norm2(ops, x);
    let regular = ops.0.greater_than_f64s(length2, ops.splat(TINY));
    let head = x[pivot];
    let head2 = ops.abs2(head, zero);
    let has_phase = ops.0.greater_than_f64s(head2, ops.splat(TINY));
    let (length, modulus) = (
        ops.sqrt(length2),
        ops.sqrt(ops.select(has_phase, head2, one)),
    );
    let inverse = ops.div(one, modulus);
    let phase = [
        ops.select(has_phase, ops.mul(head[0], inverse), one),
        ops.select(has_phase, ops.mul(head[1], inverse), zero),
    ];
    let stretch = ops.add(length, ops.select(has_phase, modulus, zero));
    x[pivot] = [ops.mul(phase[0], stretch), ops.mul(phase[1], stretch)];
    let half = ops.select(regular, ops.mul(length, stretch), one);
    (ops.select(regular, ops.div(one, half), zero), length2)
}

/// `|x|^2`, in two sums so that one waits for the other's addition.
#[inline(always)]
pub(super) fn norm2<S: Simd>(ops: Ops<S>, x: &[Complex<S>]) -> S::f64s {
    let (mut even, mut odd) = (ops.splat(0.0), ops.splat(0.0));
    let (pairs, rest) = x.as_chunks::<2>();
    for [a, b] in pairs {
        even = ops.abs2(*a, even);
        odd = ops.abs2(*b, odd);
    }
    if let [a] = rest {
        even = ops.abs2(*a, even);
    }
    ops.add(even, odd)
}

/// Where row `i` of a packed lower triangle starts.
#[inline(always)]
pub(super) fn row_start(i: usize) -> usize {
    i * (i + 1) / 2
}

/// Vectors of a step, each as long as the matrix: `v` and `w` of the pending update, `x` the next
/// `v`, `p` the product.
#[derive(Debug)]
pub(super) struct TridiagonalVectors<'a, S: Simd> {
    pub(super) v: &'a mut [Complex<S>],
    pub(super) w: &'a mut [Complex<S>],
    pub(super) x: &'a mut [Complex<S>],
    pub(super) p: &'a mut [Complex<S>],
}

/// Reduces the packed lower triangle `a` of `n` rows to the diagonal `d` and the squared
/// off-diagonal `e2`, where `e2[k]` stands between `k - 1` and `k` (and `e2[0] = 0`). The matrix is
/// overwritten.
#[inline(always)]
pub(super) fn tridiagonalize<S: Simd>(
    ops: Ops<S>,
    a: &mut [Complex<S>],
    vectors: TridiagonalVectors<'_, S>,
    d: &mut [S::f64s],
    e2: &mut [S::f64s],
) {
    let n = d.len();
    let TridiagonalVectors { mut v, w, mut x, p } = vectors;
    let mut pending = false;
    e2[0] = ops.splat(0.0);
    for k in (2..n).rev() {
        let (block, row) = a.split_at_mut(row_start(k));
        let row = &mut row[..=k];
        if pending {
            update_row(ops, row, k, v, w);
        }
        d[k] = row[k][0];
        for (x, r) in x.iter_mut().zip(&row[..k]) {
            *x = [r[0], ops.sub(ops.splat(0.0), r[1])];
        }
        let (tau, length2) = reflector(ops, &mut x[..k], k - 1);
        e2[k] = length2;
        p[..k].fill(ops.zero());
        if pending {
            sweep_packed::<S, true>(ops, block, k, [v, w, x], p);
        } else {
            sweep_packed::<S, false>(ops, block, k, [v, w, x], p);
        }
        second_vector(ops, tau, &x[..k], &p[..k], &mut w[..k]);
        std::mem::swap(&mut v, &mut x);
        pending = true;
    }
    for k in (0..n.min(2)).rev() {
        let row = &mut a[row_start(k)..=row_start(k) + k];
        if pending {
            update_row(ops, row, k, v, w);
        }
        d[k] = row[k][0];
        if k == 1 {
            e2[1] = ops.abs2(row[0], ops.splat(0.0));
        }
    }
}

/// Row `i` of `B - v w^H - w v^H`.
#[inline(always)]
fn update_row<S: Simd>(
    ops: Ops<S>,
    row: &mut [Complex<S>],
    i: usize,
    v: &[Complex<S>],
    w: &[Complex<S>],
) {
    let (vi, wi) = (v[i], w[i]);
    for ((b, &vj), &wj) in row.iter_mut().zip(v).zip(w) {
        *b = ops.cmsub_conj(wi, vj, ops.cmsub_conj(vi, wj, *b));
    }
}

/// `w = tau p - (tau^2 / 2) (v^H p) v` for `p = B v`.
#[inline(always)]
fn second_vector<S: Simd>(
    ops: Ops<S>,
    tau: S::f64s,
    v: &[Complex<S>],
    p: &[Complex<S>],
    w: &mut [Complex<S>],
) {
    let (mut even, mut odd) = (ops.splat(0.0), ops.splat(0.0));
    for (v, p) in v.iter().zip(p) {
        even = ops.madd(v[0], p[0], even);
        odd = ops.madd(v[1], p[1], odd);
    }
    let half = ops.mul(ops.mul(tau, tau), ops.splat(0.5));
    let gamma = ops.mul(half, ops.add(even, odd));
    for ((w, v), p) in w.iter_mut().zip(v).zip(p) {
        *w = [
            ops.msub(gamma, v[0], ops.mul(tau, p[0])),
            ops.msub(gamma, v[1], ops.mul(tau, p[1])),
        ];
    }
}

/// One pass over the leading block of `k` rows: `B -= v w^H + w v^H` (where asked for), `p += B x`.
///
/// Two rows go together, so that the vectors are loaded once for both.
#[inline(always)]
fn sweep_packed<S: Simd, const UPDATE: bool>(
    ops: Ops<S>,
    block: &mut [Complex<S>],
    k: usize,
    [v, w, x]: [&[Complex<S>]; 3],
    p: &mut [Complex<S>],
) {
    let mut i = 0;
    while i + 1 < k {
        let (first, second) = block[row_start(i)..row_start(i + 2)].split_at_mut(i + 1);
        let (v0, w0, x0) = (v[i], w[i], x[i]);
        let (v1, w1, x1) = (v[i + 1], w[i + 1], x[i + 1]);
        let (mut acc0, mut acc1) = (ops.zero(), ops.zero());
        let before = first.iter_mut().zip(second.iter_mut()).take(i);
        let others = v.iter().zip(w).zip(x.iter().zip(p.iter_mut()));
        for ((b0, b1), ((&vj, &wj), (&xj, pj))) in before.zip(others) {
            let (mut c0, mut c1) = (*b0, *b1);
            if UPDATE {
                c0 = ops.cmsub_conj(w0, vj, ops.cmsub_conj(v0, wj, c0));
                c1 = ops.cmsub_conj(w1, vj, ops.cmsub_conj(v1, wj, c1));
                *b0 = c0;
                *b1 = c1;
            }
            acc0 = ops.cmadd(c0, xj, acc0);
            acc1 = ops.cmadd(c1, xj, acc1);
            *pj = ops.cmadd_conj(c1, x1, ops.cmadd_conj(c0, x0, *pj));
        }
        // The corner (i, i), (i + 1, i), (i + 1, i + 1): real on the diagonal.
        if UPDATE {
            first[i] = ops.cmsub_conj(w0, v0, ops.cmsub_conj(v0, w0, first[i]));
            second[i] = ops.cmsub_conj(w1, v0, ops.cmsub_conj(v1, w0, second[i]));
            second[i + 1] = ops.cmsub_conj(w1, v1, ops.cmsub_conj(v1, w1, second[i + 1]));
        }
        let (c00, c10, c11) = (first[i][0], second[i], second[i + 1][0]);
        acc0 = ops.cmadd_conj(c10, x1, scale_add(ops, c00, x0, acc0));
        acc1 = ops.cmadd(c10, x0, scale_add(ops, c11, x1, acc1));
        p[i] = add(ops, p[i], acc0);
        p[i + 1] = add(ops, p[i + 1], acc1);
        i += 2;
    }
    if i < k {
        let row = &mut block[row_start(i)..row_start(i + 1)];
        let (vi, wi, xi) = (v[i], w[i], x[i]);
        let mut acc = ops.zero();
        for (j, b) in row.iter_mut().enumerate().take(i) {
            if UPDATE {
                *b = ops.cmsub_conj(wi, v[j], ops.cmsub_conj(vi, w[j], *b));
            }
            acc = ops.cmadd(*b, x[j], acc);
            p[j] = ops.cmadd_conj(*b, xi, p[j]);
        }
        if UPDATE {
            row[i] = ops.cmsub_conj(wi, vi, ops.cmsub_conj(vi, wi, row[i]));
        }
        p[i] = add(ops, p[i], scale_add(ops, row[i][0], xi, acc));
    }
}

#[inline(always)]
fn add<S: Simd>(ops: Ops<S>, a: Complex<S>, b: Complex<S>) -> Complex<S> {
    [ops.add(a[0], b[0]), ops.add(a[1], b[1])]
}

/// `c + r a` for real `r`.
#[inline(always)]
fn scale_add<S: Simd>(ops: Ops<S>, r: S::f64s, a: Complex<S>, c: Complex<S>) -> Complex<S> {
    [ops.madd(r, a[0], c[0]), ops.madd(r, a[1], c[1])]
}

/// Vectors of a step: `u`, `next`, `y` as long as a column, `z`, `v` as long as a row.
#[derive(Debug)]
pub(super) struct BidiagonalVectors<'a, S: Simd> {
    pub(super) u: &'a mut [Complex<S>],
    pub(super) next: &'a mut [Complex<S>],
    pub(super) y: &'a mut [Complex<S>],
    pub(super) z: &'a mut [Complex<S>],
    pub(super) v: &'a mut [Complex<S>],
}

/// Reduces the matrix `a` of `m` rows, `m >= n = q.len()` columns, stored column by column, to the
/// squared diagonal `q` and the squared superdiagonal `e`, where `e[k]` stands between columns `k`
/// and `k + 1`. The matrix is overwritten.
#[inline(always)]
pub(super) fn bidiagonalize<S: Simd>(
    ops: Ops<S>,
    a: &mut [Complex<S>],
    m: usize,
    vectors: BidiagonalVectors<'_, S>,
    q: &mut [S::f64s],
    e: &mut [S::f64s],
) {
    let n = q.len();
    let BidiagonalVectors {
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
            sweep_columns::<S, true>(ops, rest, m, k, from, &mut z[k + 1..], &v[k + 1..], tau);
        } else {
            sweep_columns::<S, false>(ops, rest, m, k, from, &mut z[k + 1..], &v[k + 1..], tau);
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

/// One pass over columns: `A -= u z^H + y v^H` (where asked for), then `z = tau A^H x`. Rows from
/// `k` on; two columns go together.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the step of one algorithm")]
fn sweep_columns<S: Simd, const UPDATE: bool>(
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
