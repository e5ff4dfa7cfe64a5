//! Symbols by direct sums over their taps: one at a time, or laid out for lanes.

use super::angles::Angles;
use super::polyphase::{GroupTaps, Polyphase};
use super::transfer::Transfer;
use crate::lanes::{Offsets, SymbolTaps};
use num_complex::Complex64;

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

/// The taps of a group for lanes: turned so that it has at least as many rows as columns, column by column.
pub(super) fn symbol_taps(taps: &Polyphase, group: &GroupTaps) -> SymbolTaps {
    let matrices: Vec<&[f64]> = group.values().map(Vec::as_slice).collect();
    let cols = taps.cols;
    let entry = |i: usize, j: usize| matrices.iter().map(move |m| m[i * cols + j]);
    turned((taps.rows, cols), positions(group), entry)
}

/// The same for the symbol `P(f)` of a layer with the phases of its padding, or where it is wide for its adjoint.
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
