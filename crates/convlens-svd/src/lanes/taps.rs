//! Symbols and their Gram matrices as trigonometric polynomials, evaluated in many lanes; the
//! displacements of their taps, with roots of unity as products over axes.
//!
//! For `A(f) = sum_p W_p e^{-i <p, theta>}` the Gram matrix is
//! `G(f) = A^H A = sum_d R_d e^{-i <d, theta>}` with the real taps `R_d = sum_p W_p^T W_{p + d}`,
//! `R_{-d} = R_d^T`, computed once in space. Of `d` and `-d` one is kept:
//! `Re G_ij = R_0 + sum_d (R_d + R_d^T)_ij cos <d, theta>` and
//! `Im G_ij = sum_d (R_d^T - R_d)_ij sin <d, theta>`. So a frequency costs two real multiply-adds
//! for each entry and tap, and no matrix product.

use super::simd::{AT_ONCE, Complex, Ops, by_length};
use pulp::Simd;

/// Displacements of taps. `exp(i <d, theta>)` is a product over axes, and few displacements along
/// an axis differ: so a frequency costs one root of unity for each of those, and each displacement
/// a product in lanes.
#[derive(Debug)]
pub(crate) struct Offsets {
    /// Different displacements along each axis, ascending.
    axes: Vec<Vec<i64>>,
    /// For each displacement the place of its factor on each axis, all axes' factors one after
    /// another.
    places: Vec<Vec<usize>>,
}

impl Offsets {
    pub(crate) fn new(all: &[Vec<i64>]) -> Self {
        let dims = all.first().map_or(0, Vec::len);
        let distinct = |axis: usize| {
            let mut values: Vec<i64> = all.iter().map(|d| d[axis]).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let axes: Vec<Vec<i64>> = (0..dims).map(distinct).collect();
        let places = |d: &Vec<i64>| {
            let mut start = 0;
            let axes = d.iter().zip(&axes).map(|(d, values)| {
                let place = start + values.partition_point(|value| value < d);
                start += values.len();
                place
            });
            axes.collect()
        };
        Self {
            places: all.iter().map(places).collect(),
            axes,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Different displacements along each axis.
    pub(crate) fn axes(&self) -> &[Vec<i64>] {
        &self.axes
    }

    /// Factors over all axes.
    pub(super) fn factors(&self) -> usize {
        self.axes.iter().map(Vec::len).sum()
    }

    /// `(cos, sin)` of each displacement from those of the factors.
    #[inline(always)]
    pub(super) fn expand<S: Simd>(
        &self,
        ops: Ops<S>,
        factors: &[Complex<S>],
        out: &mut [Complex<S>],
    ) {
        let one = [ops.splat(1.0), ops.splat(0.0)];
        for (places, out) in self.places.iter().zip(out) {
            let mut places = places.iter();
            *out = places.next().map_or(one, |&first| factors[first]);
            for &place in places {
                *out = ops.cmadd(*out, factors[place], ops.zero());
            }
        }
    }
}

/// The taps of one group's Gram matrix, laid out for evaluation.
#[derive(Debug)]
pub(crate) struct GramTaps {
    /// Rows and columns of the Gram matrix: the smaller side of the symbol.
    pub(crate) n: usize,
    /// One displacement of each pair `d`, `-d`; zero is not among them.
    pub(crate) offsets: Offsets,
    /// For each entry of the packed lower triangle: `R_0`, then for each offset
    /// `(R_d + R_d^T, R_d^T - R_d)`.
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
pub(super) fn evaluate_gram<S: Simd>(
    ops: Ops<S>,
    taps: &GramTaps,
    angles: &[Complex<S>],
    out: &mut [Complex<S>],
) {
    let stride = taps.stride();
    let (together, alone) = by_length(&taps.coefficients, stride, angles.len(), out);
    for (entries, out) in together.0.chunks_exact(AT_ONCE * stride).zip(together.1) {
        let entry = |e: usize| &entries[e * stride..(e + 1) * stride];
        *out = gram_sums(ops, [entry(0), entry(1), entry(2), entry(3)], angles);
    }
    for (entry, out) in alone.0.chunks_exact(stride).zip(alone.1) {
        [*out] = gram_sums(ops, [entry], angles);
    }
}

/// The sums of some entries at once.
#[inline(always)]
fn gram_sums<S: Simd, const E: usize>(
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

/// The taps of one group's symbol, turned so that it has at least as many rows as columns, laid out
/// for evaluation.
#[derive(Debug)]
pub(crate) struct SymbolTaps {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Position of each tap.
    pub(crate) positions: Offsets,
    /// For each entry, column by column: the weight of each tap.
    pub(crate) coefficients: Vec<f64>,
}

/// `sum_q W_q e^{-i <q, theta>}` for some entries, at the angles whose `(cos, sin)` are given for
/// each tap.
#[inline(always)]
pub(super) fn evaluate_symbol<S: Simd>(
    ops: Ops<S>,
    coefficients: &[f64],
    angles: &[Complex<S>],
    out: &mut [Complex<S>],
) {
    let taps = angles.len().max(1);
    let (together, alone) = by_length(coefficients, taps, angles.len(), out);
    for (entries, out) in together.0.chunks_exact(AT_ONCE * taps).zip(together.1) {
        let entry = |e: usize| &entries[e * taps..(e + 1) * taps];
        *out = symbol_sums(ops, [entry(0), entry(1), entry(2), entry(3)], angles);
    }
    for (entry, out) in alone.0.chunks_exact(taps).zip(alone.1) {
        [*out] = symbol_sums(ops, [entry], angles);
    }
}

/// The sums of some entries at once.
#[inline(always)]
fn symbol_sums<S: Simd, const E: usize>(
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
