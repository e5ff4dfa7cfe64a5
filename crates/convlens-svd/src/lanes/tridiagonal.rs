//! Hermitian matrices to real tridiagonal form, all lanes in lockstep.
//!
//! Householder reduction from the last row up (Wilkinson 1965, section 5.29; Golub and Van Loan, 4th ed., section 8.3.1, for
//! Hermitian matrices): row `k` is reduced to its entry `k - 1` by `H = I - tau v v^H`, and the leading block becomes
//! `B - v w^H - w v^H` with `w = tau B v - (tau^2 / 2) (v^H B v) v`. The rank-2 update of one step is fused with the
//! matrix-vector product of the next: each entry is read and written once per step. Backward stable.
//!
//! Lower triangle, row by row: row `i` has the entries `(i, 0), .., (i, i)`, so the leading block is a prefix.

use super::reflector::reflector;
use super::simd::{Complex, Ops};
use pulp::Simd;

/// Where row `i` of a packed lower triangle starts.
#[inline(always)]
pub(super) fn row_start(i: usize) -> usize {
    i * (i + 1) / 2
}

/// Vectors of a step, each as long as the matrix: `v` and `w` of the pending update, `x` the next `v`, `p` the product.
#[derive(Debug)]
pub(super) struct Vectors<'a, S: Simd> {
    pub(super) v: &'a mut [Complex<S>],
    pub(super) w: &'a mut [Complex<S>],
    pub(super) x: &'a mut [Complex<S>],
    pub(super) p: &'a mut [Complex<S>],
}

/// Reduces the packed lower triangle `a` of `n` rows to the diagonal `d` and the squared off-diagonal `e2`, where `e2[k]`
/// stands between `k - 1` and `k` (and `e2[0] = 0`). The matrix is overwritten.
#[inline(always)]
pub(super) fn tridiagonalise<S: Simd>(
    ops: Ops<S>,
    a: &mut [Complex<S>],
    vectors: Vectors<'_, S>,
    d: &mut [S::f64s],
    e2: &mut [S::f64s],
) {
    let n = d.len();
    let Vectors { mut v, w, mut x, p } = vectors;
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
            sweep::<S, true>(ops, block, k, [v, w, x], p);
        } else {
            sweep::<S, false>(ops, block, k, [v, w, x], p);
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
fn sweep<S: Simd, const UPDATE: bool>(
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
