//! The eigenvalues that metrics are made of, one matrix's or several pooled.

use super::scale::EigenvalueScale;
use crate::error::RmtError;
use crate::esd::{Esd, common_shape};

/// Eigenvalues in the unit asked for, with the matrices that they came from.
pub(super) struct Spectrum<'a> {
    /// All of them, ascending.
    pub(super) values: Vec<f64>,
    /// Those that are not zero in their own matrix, ascending.
    pub(super) nonzero: Vec<f64>,
    pub(super) slices: &'a [Esd],
    pub(super) n: usize,
    pub(super) m: usize,
    /// What an eigenvalue of an `Esd` was multiplied by.
    pub(super) factor: f64,
}

impl<'a> Spectrum<'a> {
    pub(super) fn new(slices: &'a [Esd], scale: EigenvalueScale) -> Result<Self, RmtError> {
        let (n, m) = common_shape(slices)?;
        let factor = scale.factor(n);
        let pool = |part: fn(&Esd) -> &[f64]| {
            let mut values: Vec<f64> = slices
                .iter()
                .flat_map(|slice| part(slice).iter().map(|lambda| lambda * factor))
                .collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let spectrum = Self {
            values: pool(Esd::eigenvalues),
            nonzero: pool(Esd::nonzero),
            slices,
            n,
            m,
            factor,
        };
        let largest = spectrum.largest();
        // The sum of all is at most this.
        if !(largest * spectrum.values.len() as f64).is_finite() {
            return Err(RmtError::NormOverflows {
                eigenvalue: slices.iter().map(Esd::largest).fold(0.0, f64::max),
            });
        }
        Ok(spectrum)
    }

    pub(super) fn q(&self) -> f64 {
        self.n as f64 / self.m as f64
    }

    pub(super) fn largest(&self) -> f64 {
        // At least one slice with at least one value.
        self.values[self.values.len() - 1]
    }

    /// `sum of lambda / lambda_max`, or `None` for a matrix of zeros.
    pub(super) fn relative_sum(&self) -> Option<f64> {
        let largest = self.largest();
        (largest > 0.0).then(|| self.values.iter().map(|v| v / largest).sum())
    }

    /// The eigenvalues times `count / sum`, so that their mean is 1, ascending; `None` for a matrix of zeros.
    pub(super) fn rescaled(&self) -> Option<Vec<f64>> {
        let largest = self.largest();
        let mean = self.relative_sum()? / self.values.len() as f64;
        Some(self.values.iter().map(|v| v / largest / mean).collect())
    }
}
