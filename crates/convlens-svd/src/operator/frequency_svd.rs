//! The thin SVD at one frequency.

use crate::Rung;
use num_complex::Complex64;

/// The thin SVD `P(f) = U S V^H` of a layer's symbol at one frequency, all groups merged: see
/// [`OperatorSvd`](crate::OperatorSvd) for what its rows and columns stand for.
///
/// # Conventions
/// - Vectors are stored one after another, in the order of the values: `u` is row-major `[values, left_len]`, the
///   transpose of `U`. A vector covers the channels of its group only; it is zero on the others.
/// - Values descend over all groups, the lower group first among equals. There are `min(rows, cols)` of them per group.
/// - In each left vector the entry of largest magnitude is real and positive; among entries within 1e-8 (relative) of
///   the largest, the one of lowest index decides. Where values repeat, only the subspace they span is determined.
/// - At a frequency that is its own negative all entries are real.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FrequencySvd {
    /// The frequency `f`: an index on [`OperatorSvd::frequency_grid`](crate::OperatorSvd::frequency_grid), that is the
    /// angle `2 pi f_j / m_j` per sample of that grid.
    pub frequency: Vec<usize>,
    /// 2 where `-f` is another frequency (with the same values and the conjugate vectors), 1 where `f = -f`.
    pub multiplicity: usize,
    /// The singular values, descending.
    pub singular_values: Vec<f64>,
    /// The group of each value.
    pub groups: Vec<usize>,
    /// Left vectors, of `c_out / g` entries; for a transposed layer of `c_out / g * prod(s)`.
    pub u: Vec<Complex64>,
    /// Right vectors, of `c_in / g * prod(s)` entries; for a transposed layer of `c_in / g`.
    pub v: Vec<Complex64>,
    /// The worst algorithm that a group needed.
    pub rung: Rung,
}

impl FrequencySvd {
    /// The `i`-th left vector.
    ///
    /// # Panics
    /// If `i >= singular_values.len()`.
    pub fn left(&self, i: usize) -> &[Complex64] {
        nth(&self.u, i, self.singular_values.len())
    }

    /// The `i`-th right vector.
    ///
    /// # Panics
    /// If `i >= singular_values.len()`.
    pub fn right(&self, i: usize) -> &[Complex64] {
        nth(&self.v, i, self.singular_values.len())
    }

    /// That of `-f`: the conjugate.
    pub(super) fn conjugate(mut self, frequency: &[usize]) -> Self {
        self.frequency = frequency.to_vec();
        let both = self.u.iter_mut().chain(&mut self.v);
        both.for_each(|x| *x = x.conj());
        self
    }
}

fn nth(all: &[Complex64], i: usize, count: usize) -> &[Complex64] {
    let len = all.len() / count;
    &all[i * len..(i + 1) * len]
}
