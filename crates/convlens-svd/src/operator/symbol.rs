//! One symbol at a time, by the direct sum over its taps.

use super::angles::Angles;
use super::polyphase::GroupTaps;
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
            positions: group
                .keys()
                .map(|q| q.iter().map(|&q| q as i64).collect())
                .collect(),
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
