//! Symbols by direct sums over their taps: one at a time, or laid out for lanes.

use super::angles::Angles;
use super::polyphase::{GroupTaps, Polyphase};
use crate::lanes::SymbolTaps;
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
    let tall = taps.rows >= taps.cols;
    let (rows, cols) = if tall {
        (taps.rows, taps.cols)
    } else {
        (taps.cols, taps.rows)
    };
    let matrices: Vec<&[f64]> = group.values().map(Vec::as_slice).collect();
    let mut coefficients = Vec::with_capacity(rows * cols * matrices.len());
    for j in 0..cols {
        for i in 0..rows {
            let entry = if tall { i * cols + j } else { j * rows + i };
            coefficients.extend(matrices.iter().map(|m| m[entry]));
        }
    }
    SymbolTaps {
        rows,
        cols,
        positions: positions(group),
        coefficients,
    }
}

fn positions(group: &GroupTaps) -> Vec<Vec<i64>> {
    let signed = |q: &Vec<usize>| q.iter().map(|&q| q as i64).collect();
    group.keys().map(signed).collect()
}
