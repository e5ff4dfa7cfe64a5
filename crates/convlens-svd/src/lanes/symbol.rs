//! Symbols as trigonometric polynomials, evaluated in many lanes.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// The taps of one group's symbol, turned so that it has at least as many rows as columns, laid out for evaluation.
#[derive(Debug)]
pub(crate) struct SymbolTaps {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Position of each tap.
    pub(crate) positions: Vec<Vec<i64>>,
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
    let entries = coefficients.chunks_exact(angles.len().max(1));
    for (entry, out) in entries.zip(out) {
        let (mut re, mut im) = (ops.splat(0.0), ops.splat(0.0));
        for (&w, angle) in entry.iter().zip(angles) {
            re = ops.madd(ops.splat(w), angle[0], re);
            im = ops.msub(ops.splat(w), angle[1], im);
        }
        *out = [re, im];
    }
}
