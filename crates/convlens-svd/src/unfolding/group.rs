//! The thin SVD of one group's unfolding.

use super::matrix::Unfolding;
use crate::dense::{Thin, thin_svd};
use crate::vector::sign_of;
use crate::{Rung, SvdError, scale};
use faer::Mat;

/// The thin SVD `W = U S V^T` of one group's unfolding, `rows x cols`, with `r = min(rows, cols)` values.
///
/// # Conventions
/// `U` is `rows x r` and `V^T` is `r x cols`, both row-major. Values descend. In each column of `U` the entry of
/// largest magnitude is positive; among entries within 1e-8 (relative) of the largest, the one of lowest index decides.
/// Where values repeat, only the subspace they span is determined.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupSvd {
    rows: usize,
    cols: usize,
    u: Vec<f64>,
    singular_values: Vec<f64>,
    v_t: Vec<f64>,
    rung: Rung,
}

impl GroupSvd {
    /// Decomposes one group of weights that were scaled by `2^-e`.
    pub(super) fn decompose(
        scaled: &[f64],
        at: Unfolding,
        exponent: i32,
    ) -> Result<Self, SvdError> {
        let (rows, cols) = (at.rows, at.cols());
        let w = Mat::from_fn(rows, cols, |i, j| scaled[at.index(i, j)]);
        let Thin { u, s, v, rung } = thin_svd(w.as_ref())?;
        let r = s.len();
        let signs: Vec<f64> = (0..r)
            .map(|l| sign_of(&u.col(l).iter().copied().collect::<Vec<_>>()))
            .collect();
        let singular_values = s
            .iter()
            .map(|&value| scale::restored(value.abs(), exponent, "a singular value"))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            rows,
            cols,
            u: (0..rows * r)
                .map(|e| signs[e % r] * u[(e / r, e % r)])
                .collect(),
            singular_values,
            v_t: (0..r * cols)
                .map(|e| signs[e / cols] * v[(e % cols, e / cols)])
                .collect(),
            rung,
        })
    }

    /// Rows of the unfolding: `c_out / groups`.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the unfolding: `c_in / groups * k_1 * .. * k_d`.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// `U`, row-major `rows x r`.
    pub fn u(&self) -> &[f64] {
        &self.u
    }

    /// The singular values, descending.
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
    }

    /// `V^T`, row-major `r x cols`.
    pub fn v_t(&self) -> &[f64] {
        &self.v_t
    }

    /// Column `l` of `U`.
    pub(super) fn left(&self, l: usize) -> impl Iterator<Item = f64> + '_ {
        self.u
            .iter()
            .skip(l)
            .step_by(self.singular_values.len())
            .copied()
    }

    /// Row `l` of `V^T`.
    pub(super) fn right(&self, l: usize) -> &[f64] {
        &self.v_t[l * self.cols..(l + 1) * self.cols]
    }

    /// The algorithm that gave this decomposition.
    pub fn rung(&self) -> Rung {
        self.rung
    }
}
