//! Eigenvalues of real symmetric tridiagonal matrices, all lanes in lockstep.
//!
//! Root-free QL with the shift of Wilkinson (Pal, Walker, Kahan; Parlett 1998, section 8.15; Reinsch 1973). `B` batches go side
//! by side, so that one waits for its division while the other computes. A sweep runs over the whole window: where a lane is decoupled
//! (`r = p + e^2 = 0`), the rotation is the identity and the chase starts anew behind it; where a lane has converged
//! already, its shift is its eigenvalue, and a sweep is one more similarity. Each lane is checked for convergence by
//! itself; what has not converged is said, and left to the caller.

use super::simd::Ops;
use pulp::Simd;

/// Sweeps for one eigenvalue; LAPACK allows 30, for one matrix.
const MOST_SWEEPS: usize = 40;

/// Squares under this are zero beside matrices of the size of 1.
const TINY: f64 = 1e-200;

/// Replaces the diagonal `d` by the eigenvalues, in no order. `e2[k]` is the squared off-diagonal between `k - 1` and `k`,
/// and is overwritten. Returns whether every lane converged.
///
/// An off-diagonal is dropped at `eps` times the largest entry: the error is of the order of `eps |T|`, absolute.
#[inline(always)]
pub(super) fn eigenvalues<S: Simd, const B: usize>(
    ops: Ops<S>,
    d: &mut [[S::f64s; B]],
    e2: &mut [[S::f64s; B]],
) -> bool {
    let cut = thresholds(ops, d, e2);
    let n = d.len();
    let mut converged = true;
    for l in 0..n.saturating_sub(1) {
        let mut sweeps = 0;
        while above(ops, &e2[l + 1], &cut) {
            if sweeps == MOST_SWEEPS {
                converged = false;
                break;
            }
            sweep(ops, &mut d[l..], &mut e2[l..]);
            sweeps += 1;
        }
    }
    converged
}

/// `eps^2` times the square of the largest entry.
#[inline(always)]
fn thresholds<S: Simd, const B: usize>(
    ops: Ops<S>,
    d: &[[S::f64s; B]],
    e2: &[[S::f64s; B]],
) -> [S::f64s; B] {
    let mut largest = [ops.splat(0.0); B];
    for (d, e2) in d.iter().zip(e2) {
        for b in 0..B {
            let most = ops.0.max_f64s(ops.mul(d[b], d[b]), e2[b]);
            largest[b] = ops.0.max_f64s(largest[b], most);
        }
    }
    for x in &mut largest {
        *x = ops.mul(*x, ops.splat(f64::EPSILON * f64::EPSILON));
    }
    largest
}

/// Whether any lane of any batch is above its bound, or not a number.
#[inline(always)]
fn above<S: Simd, const B: usize>(ops: Ops<S>, x: &[S::f64s; B], bound: &[S::f64s; B]) -> bool {
    let (zero, mut least) = (ops.splat(0.0), ops.splat(1.0));
    for b in 0..B {
        let within = ops.0.less_than_or_equal_f64s(x[b], bound[b]);
        least = ops.select(within, least, zero);
    }
    ops.0.reduce_min_f64s(least) < 0.5
}

/// One QL sweep over the window, from its last row to its first.
#[inline(always)]
fn sweep<S: Simd, const B: usize>(ops: Ops<S>, d: &mut [[S::f64s; B]], e2: &mut [[S::f64s; B]]) {
    let n = d.len();
    let (zero, one, tiny) = (ops.splat(0.0), ops.splat(1.0), ops.splat(TINY));
    let (mut sigma, mut gamma, mut p) = ([zero; B], [zero; B], [zero; B]);
    let (mut c, mut s) = ([one; B], [zero; B]);
    for b in 0..B {
        sigma[b] = shift(ops, d[0][b], d[1][b], e2[1][b]);
        gamma[b] = ops.sub(d[n - 1][b], sigma[b]);
        p[b] = ops.mul(gamma[b], gamma[b]);
    }
    for i in (0..n - 1).rev() {
        let (bb, alpha) = (e2[i + 1], d[i]);
        for b in 0..B {
            let r = ops.add(p[b], bb[b]);
            if i + 2 < n {
                e2[i + 2][b] = ops.mul(s[b], r);
            }
            let coupled = ops.0.greater_than_f64s(r, tiny);
            let inverse = ops.div(one, ops.select(coupled, r, one));
            let old_c = c[b];
            let old_gamma = gamma[b];
            c[b] = ops.select(coupled, ops.mul(p[b], inverse), one);
            s[b] = ops.select(coupled, ops.mul(bb[b], inverse), zero);
            let stretch = ops.div(r, p[b]);
            let moved = ops.mul(c[b], ops.sub(alpha[b], sigma[b]));
            gamma[b] = ops.msub(s[b], old_gamma, moved);
            d[i + 1][b] = ops.add(old_gamma, ops.sub(alpha[b], gamma[b]));
            let square = ops.mul(gamma[b], gamma[b]);
            let regular = ops.0.greater_than_f64s(p[b], tiny);
            let turned = ops.select(coupled, ops.mul(old_c, bb[b]), square);
            p[b] = ops.select(regular, ops.mul(square, stretch), turned);
        }
    }
    for b in 0..B {
        e2[1][b] = ops.mul(s[b], p[b]);
        d[0][b] = ops.add(sigma[b], gamma[b]);
    }
}

/// The eigenvalue of `[[a, e], [e, b]]` nearer to `a`, from `e^2`.
#[inline(always)]
fn shift<S: Simd>(ops: Ops<S>, a: S::f64s, b: S::f64s, e2: S::f64s) -> S::f64s {
    let zero = ops.splat(0.0);
    let half = ops.mul(ops.sub(b, a), ops.splat(0.5));
    let root = ops.sqrt(ops.madd(half, half, e2));
    let negative = ops.0.less_than_f64s(half, zero);
    let reach = ops.add(half, ops.select(negative, ops.sub(zero, root), root));
    let defined = ops.0.greater_than_f64s(ops.mul(reach, reach), zero);
    let step = ops.div(e2, ops.select(defined, reach, ops.splat(1.0)));
    ops.sub(a, ops.select(defined, step, zero))
}
