//! The Gram matrix of a symbol as a trigonometric polynomial, evaluated in many lanes.
//!
//! For `A(f) = sum_p W_p e^{-i <p, theta>}` the Gram matrix is `G(f) = A^H A = sum_d R_d e^{-i <d, theta>}` with the real taps
//! `R_d = sum_p W_p^T W_{p + d}`, `R_{-d} = R_d^T`, computed once in space. Of `d` and `-d` one is kept:
//! `Re G_ij = R_0 + sum_d (R_d + R_d^T)_ij cos <d, theta>` and `Im G_ij = sum_d (R_d^T - R_d)_ij sin <d, theta>`. So a frequency
//! costs two real multiply-adds for each entry and tap, and no matrix product.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// The taps of one group's Gram matrix, laid out for evaluation.
#[derive(Debug)]
pub(crate) struct GramTaps {
    /// Rows and columns of the Gram matrix: the smaller side of the symbol.
    pub(crate) n: usize,
    /// One displacement of each pair `d`, `-d`; zero is not among them.
    pub(crate) offsets: Vec<Vec<i64>>,
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
    for (entry, out) in taps.coefficients.chunks_exact(taps.stride()).zip(out) {
        let (mut re, mut im) = (ops.splat(entry[0]), ops.splat(0.0));
        for (pair, angle) in entry[1..].as_chunks::<2>().0.iter().zip(angles) {
            re = ops.madd(ops.splat(pair[0]), angle[0], re);
            im = ops.madd(ops.splat(pair[1]), angle[1], im);
        }
        *out = [re, im];
    }
}
