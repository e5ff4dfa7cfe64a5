//! The Gram matrix of a symbol as a trigonometric polynomial, evaluated in many lanes.
//!
//! For `A(f) = sum_p W_p e^{-i <p, theta>}` the Gram matrix is `G(f) = A^H A = sum_d R_d e^{-i <d, theta>}` with the real taps
//! `R_d = sum_p W_p^T W_{p + d}`, `R_{-d} = R_d^T`, computed once in space. Of `d` and `-d` one is kept:
//! `Re G_ij = R_0 + sum_d (R_d + R_d^T)_ij cos <d, theta>` and `Im G_ij = sum_d (R_d^T - R_d)_ij sin <d, theta>`. So a frequency
//! costs two real multiply-adds for each entry and tap, and no matrix product.

use super::Offsets;
use super::simd::{AT_ONCE, Complex, Ops, by_length};
use pulp::Simd;

/// The taps of one group's Gram matrix, laid out for evaluation.
#[derive(Debug)]
pub(crate) struct GramTaps {
    /// Rows and columns of the Gram matrix: the smaller side of the symbol.
    pub(crate) n: usize,
    /// One displacement of each pair `d`, `-d`; zero is not among them.
    pub(crate) offsets: Offsets,
    /// For each entry of the packed lower triangle: `R_0`, then for each offset `(R_d + R_d^T, R_d^T - R_d)`.
    pub(crate) coefficients: Vec<f64>,
}

impl GramTaps {
    /// Numbers for each entry.
    pub(super) fn stride(&self) -> usize {
        1 + 2 * self.offsets.len()
    }
}

/// The packed lower triangle at the angles whose `(cos, sin)` are given for each offset.
#[inline(always)]
pub(super) fn evaluate<S: Simd>(
    ops: Ops<S>,
    taps: &GramTaps,
    angles: &[Complex<S>],
    out: &mut [Complex<S>],
) {
    let stride = taps.stride();
    let (together, alone) = by_length(&taps.coefficients, stride, angles.len(), out);
    for (entries, out) in together.0.chunks_exact(AT_ONCE * stride).zip(together.1) {
        let entry = |e: usize| &entries[e * stride..(e + 1) * stride];
        *out = sums(ops, [entry(0), entry(1), entry(2), entry(3)], angles);
    }
    for (entry, out) in alone.0.chunks_exact(stride).zip(alone.1) {
        [*out] = sums(ops, [entry], angles);
    }
}

/// The sums of some entries at once.
#[inline(always)]
fn sums<S: Simd, const E: usize>(
    ops: Ops<S>,
    entries: [&[f64]; E],
    angles: &[Complex<S>],
) -> [Complex<S>; E] {
    let pairs = entries.map(|entry| &entry[1..].as_chunks::<2>().0[..angles.len()]);
    let mut sums = entries.map(|entry| [ops.splat(entry[0]), ops.splat(0.0)]);
    for (k, angle) in angles.iter().enumerate() {
        for (sum, pairs) in sums.iter_mut().zip(&pairs) {
            let [even, odd] = pairs[k];
            sum[0] = ops.madd(ops.splat(even), angle[0], sum[0]);
            sum[1] = ops.madd(ops.splat(odd), angle[1], sum[1]);
        }
    }
    sums
}
