//! Symbols and Gram matrices of symbols as sums over taps: one at a time, or laid out for lanes.

use super::frequency::{Angles, negated, unravel};
use super::symbol::{GroupTaps, Polyphase, Transfer};
use crate::dense::add_product;
use crate::lanes::{GramTaps, Offsets, SymbolTaps};
use crate::parallel::map_ordered;
use num_complex::Complex64;
use std::collections::BTreeMap;

/// The taps of one group as two lists, for direct sums.
#[derive(Debug)]
pub(super) struct DirectSum<'a> {
    positions: Vec<Vec<i64>>,
    matrices: Vec<&'a [f64]>,
}

impl<'a> DirectSum<'a> {
    pub(super) fn new(group: &'a GroupTaps) -> Self {
        Self {
            positions: positions(group),
            matrices: group.values().map(Vec::as_slice).collect(),
        }
    }

    /// `A(f) = sum_q W_q exp(-2 pi i <f, q> / n)`, row-major, for the row-major index of `f`.
    pub(super) fn at(&self, flat: usize, angles: &Angles) -> Vec<Complex64> {
        let mut phases = vec![[0.0; 2]; self.positions.len()];
        angles.at(flat, &self.positions, &mut phases);
        let mut symbol = vec![Complex64::ZERO; self.matrices.first().map_or(0, |m| m.len())];
        for (&[cos, sin], matrix) in phases.iter().zip(&self.matrices) {
            for (z, &w) in symbol.iter_mut().zip(*matrix) {
                z.re += w * cos;
                z.im -= w * sin;
            }
        }
        symbol
    }
}

/// The taps of a group for lanes: turned so that it has at least as many rows as columns, column by
/// column.
pub(super) fn symbol_taps(taps: &Polyphase, group: &GroupTaps) -> SymbolTaps {
    let matrices: Vec<&[f64]> = group.values().map(Vec::as_slice).collect();
    let cols = taps.cols;
    let entry = |i: usize, j: usize| matrices.iter().map(move |m| m[i * cols + j]);
    turned((taps.rows, cols), positions(group), entry)
}

/// The same for the symbol `P(f)` of a layer with the phases of its padding, or where it is wide
/// for its adjoint.
pub(super) fn transfer_taps(at: &Transfer, group: usize) -> SymbolTaps {
    let (rows, slots, taps) = (at.rows, at.slots, &at.taps[group]);
    let mut places: Vec<&Vec<usize>> = taps.iter().map(|tap| &tap.position).collect();
    places.sort_unstable();
    places.dedup();
    let cols = at.channels * slots;
    // P(f) has the sign of a wave that comes in, the sum in lanes that of its adjoint.
    let sign = if rows >= cols { -1 } else { 1 };
    let signed = |place: &&Vec<usize>| place.iter().map(|&q| sign * q as i64).collect();
    let positions = places.iter().map(signed).collect();
    // Index into `taps` of each slot and place.
    let mut held = vec![None; slots * places.len()];
    for (index, tap) in taps.iter().enumerate() {
        let place = places.partition_point(|&place| *place < tap.position);
        held[tap.slot * places.len() + place] = Some(index);
    }
    let entry = |i: usize, j: usize| {
        let of_slot = held[j % slots * places.len()..][..places.len()].iter();
        of_slot.map(move |tap| tap.map_or(0.0, |tap: usize| taps[tap].block[j / slots * rows + i]))
    };
    turned((rows, cols), positions, entry)
}

/// The layout for lanes of a `rows x cols` symbol with the taps `entry(i, j)`.
fn turned<I: Iterator<Item = f64>>(
    (rows, cols): (usize, usize),
    positions: Vec<Vec<i64>>,
    entry: impl Fn(usize, usize) -> I,
) -> SymbolTaps {
    let tall = rows >= cols;
    let (m, n) = (rows.max(cols), rows.min(cols));
    let mut coefficients = Vec::with_capacity(m * n * positions.len());
    for j in 0..n {
        for i in 0..m {
            coefficients.extend(if tall { entry(i, j) } else { entry(j, i) });
        }
    }
    SymbolTaps {
        rows: m,
        cols: n,
        positions: Offsets::new(&positions),
        coefficients,
    }
}

fn positions(group: &GroupTaps) -> Vec<Vec<i64>> {
    let signed = |q: &Vec<usize>| q.iter().map(|&q| q as i64).collect();
    group.keys().map(signed).collect()
}

/// For each displacement, by its row-major index on the grid, runs `(first, second, length)` of
/// neighboring pairs of taps: the first of each pair is transposed in the product.
type Pairs = BTreeMap<usize, Vec<(usize, usize, usize)>>;

/// Rows of one product, so that what it packs stays in the cache.
const MOST_ROWS: usize = 256;

/// The taps of `A^H A`, or of `conj(A A^H)` where that is smaller (it has the same eigenvalues),
/// for one group on a grid.
///
/// Displacements are taken modulo the grid, so that a kernel that wraps has no more of them than
/// the grid has points.
pub(super) fn gram_taps(taps: &Polyphase, group: &GroupTaps, grid: &[usize]) -> GramTaps {
    let (m, n) = (taps.rows.max(taps.cols), taps.rows.min(taps.cols));
    let pairs = pairs(group, grid);
    let signed = |&d: &usize| unravel(d, grid).iter().map(|&d| d as i64).collect();
    let offsets: Vec<Vec<i64>> = pairs.keys().skip(1).map(signed).collect();
    let all: Vec<_> = pairs.iter().collect();
    let stacked = stacked(taps, group);
    let most = (MOST_ROWS / m).max(1) * m * n;
    let products = map_ordered(all.len(), |i| {
        let mut sum = vec![0.0; n * n];
        for &(first, second, length) in all[i].1 {
            let run = |start: usize| stacked[start * m * n..(start + length) * m * n].chunks(most);
            run(first)
                .zip(run(second))
                .for_each(|(w, z)| add_product(w, z, n, &mut sum));
        }
        (sum, negated(*all[i].0, grid) == *all[i].0)
    });
    let mut coefficients = Vec::with_capacity(n * (n + 1) / 2 * (2 * products.len() - 1));
    for i in 0..n {
        for j in 0..=i {
            let mut found = products.iter();
            coefficients.extend(
                found
                    .next()
                    .map(|(r, _)| (r[i * n + j] + r[j * n + i]) / 2.0),
            );
            for (r, own_negative) in found {
                let (here, there) = (r[i * n + j], r[j * n + i]);
                // A displacement that is its own negative has the sine 0.
                let odd = if *own_negative { 0.0 } else { there - here };
                coefficients.extend([here + there, odd]);
            }
        }
    }
    GramTaps {
        n,
        offsets: Offsets::new(&offsets),
        coefficients,
    }
}

/// The taps one above the other, each turned so that it has at least as many rows as columns: a run
/// of taps is then one matrix.
fn stacked(taps: &Polyphase, group: &GroupTaps) -> Vec<f64> {
    let (rows, cols) = (taps.rows, taps.cols);
    if cols <= rows {
        return group.values().flatten().copied().collect();
    }
    let turned = |w: &Vec<f64>| {
        let entry = |e: usize| w[e % rows * cols + e / rows];
        (0..rows * cols).map(entry).collect::<Vec<f64>>()
    };
    group.values().flat_map(turned).collect()
}

/// All pairs `(W_p, W_q)`, `p <= q`, by the canonical one of `q - p` and `p - q`. Zero comes first.
fn pairs(group: &GroupTaps, grid: &[usize]) -> Pairs {
    let mut pairs = Pairs::new();
    pairs.insert(0, Vec::new());
    let positions: Vec<&Vec<usize>> = group.keys().collect();
    for (i, p) in positions.iter().enumerate() {
        for (j, q) in positions.iter().enumerate().skip(i) {
            let axes = p.iter().zip(*q).zip(grid);
            let d = axes.fold(0, |flat, ((&p, &q), &n)| flat * n + (q % n + n - p % n) % n);
            let opposite = negated(d, grid);
            let (key, (first, second)) = if d <= opposite {
                (d, (i, j))
            } else {
                (opposite, (j, i))
            };
            let runs = pairs.entry(key).or_default();
            match runs.last_mut() {
                Some((start, with, length))
                    if (*start + *length, *with + *length) == (first, second) =>
                {
                    *length += 1;
                }
                _ => runs.push((first, second, 1)),
            }
        }
    }
    pairs
}
