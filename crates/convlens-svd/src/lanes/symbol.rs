//! Symbols as trigonometric polynomials, evaluated in many lanes.

use super::Offsets;
use super::simd::{AT_ONCE, Complex, Ops, by_length};
use pulp::Simd;

/// The taps of one group's symbol, turned so that it has at least as many rows as columns, laid out for evaluation.
#[derive(Debug)]
pub(crate) struct SymbolTaps {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Position of each tap.
    pub(crate) positions: Offsets,
    /// For each entry, column by column: the weight of each tap.
    pub(crate) coefficients: Vec<f64>,
}

/// `sum_q W_q e^{-i <q, theta>}` for some entries, at the angles whose `(cos, sin)` are given for each tap.
#[inline(always)]
pub(super) fn evaluate<S: Simd>(
    ops: Ops<S>,
    coefficients: &[f64],
    angles: &[Complex<S>],
    out: &mut [Complex<S>],
) {
    let taps = angles.len().max(1);
    let (together, alone) = by_length(coefficients, taps, angles.len(), out);
    for (entries, out) in together.0.chunks_exact(AT_ONCE * taps).zip(together.1) {
        let entry = |e: usize| &entries[e * taps..(e + 1) * taps];
        *out = sums(ops, [entry(0), entry(1), entry(2), entry(3)], angles);
    }
    for (entry, out) in alone.0.chunks_exact(taps).zip(alone.1) {
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
    let mut sums = [ops.zero(); E];
    for (k, angle) in angles.iter().enumerate() {
        for (sum, entry) in sums.iter_mut().zip(&entries) {
            let w = ops.splat(entry[k]);
            sum[0] = ops.madd(w, angle[0], sum[0]);
            sum[1] = ops.msub(w, angle[1], sum[1]);
        }
    }
    sums
}
