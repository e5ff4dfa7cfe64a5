//! Householder reflectors, one in each lane.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// Squared lengths under this are zero: weights are scaled to the size of 1, so they are lost beside the norm.
const TINY: f64 = 1e-280;

/// Turns `x` into `v`, with `(I - tau v v^H) x` zero but for the entry `pivot`, and returns `(tau, |x|^2)`.
///
/// A vector of zeros has `tau = 0`. (Golub and Van Loan, 4th ed., section 5.1.13: the sign that adds.)
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
