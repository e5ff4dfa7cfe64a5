//! Eigenvalues past the edge of noise in a matrix that has been randomised.

use super::spectra::NullSpectra;
use crate::error::RmtError;
use crate::law::MarchenkoPastur;
use crate::mp_fit::{MpOptions, MpOutcome};

/// Correlation traps: eigenvalues of the *randomised* matrix past the Marchenko-Pastur edge (Martin and Mahoney 2021, of
/// WeightWatcher's `num_traps`).
///
/// Order cannot make them, for there is none left: a few entries far too large do, and so does a mean that was
/// [kept](crate::MeanTreatment::Kept).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CorrelationTraps {
    /// Traps in each replicate that has a bulk.
    pub counts: Vec<usize>,
    /// Replicates with at least one.
    pub with_traps: usize,
    /// Replicates without a bulk to have an edge ([`MpOutcome`] other than a fit).
    pub without_bulk: usize,
    /// The rate at which Gaussian noise would have at least one.
    pub false_alarm_rate: f64,
    /// The exact binomial probability of as many replicates with traps, or more, at that rate.
    ///
    /// The replicates permute one and the same set of entries, so that it says whether *these entries* follow the law of
    /// the edge, not whether others like them would.
    pub p_value: f64,
    /// Seed of the replicates.
    pub seed: u64,
}

impl NullSpectra {
    /// Counts eigenvalues past the edge in each null spectrum, by [`MarchenkoPastur::fit`] with these options.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{MpOptions, NullSpectra};
    ///
    /// let nulls = NullSpectra::gaussian(60, 40, 1.0, 3, 200)?;
    /// let traps = nulls.traps(&MpOptions::default())?;
    /// // Gaussian noise has them at the stated rate, 1%.
    /// assert!(traps.with_traps <= 8 && traps.p_value > 0.001);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn traps(&self, options: &MpOptions) -> Result<CorrelationTraps, RmtError> {
        let outcomes = MarchenkoPastur::fit_all(self.esds(), options)?;
        let counts: Vec<usize> = outcomes
            .iter()
            .filter_map(MpOutcome::fit)
            .map(|fit| fit.spikes)
            .collect();
        let with_traps = counts.iter().filter(|&&count| count > 0).count();
        Ok(CorrelationTraps {
            with_traps,
            without_bulk: outcomes.len() - counts.len(),
            false_alarm_rate: options.false_alarm_rate,
            p_value: binomial_tail(with_traps, counts.len(), options.false_alarm_rate),
            counts,
            seed: self.seed(),
        })
    }
}

/// `P(X >= k)` for `X` binomial, `0 < p < 1`.
fn binomial_tail(k: usize, trials: usize, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    let log_choose: f64 = (0..k)
        .map(|i| ((trials - i) as f64 / (k - i) as f64).ln())
        .sum();
    let mut term = (log_choose + k as f64 * p.ln() + (trials - k) as f64 * (-p).ln_1p()).exp();
    let mut sum = term;
    for i in k..trials {
        term *= (trials - i) as f64 / (i + 1) as f64 * p / (1.0 - p);
        sum += term;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::binomial_tail;

    #[test]
    fn tails_by_hand() {
        assert_eq!(binomial_tail(0, 5, 0.1), 1.0);
        assert!((binomial_tail(1, 3, 0.5) - 0.875).abs() < 1e-15);
        assert!((binomial_tail(2, 3, 0.25) - (3.0 * 0.0625 * 0.75 + 0.015625)).abs() < 1e-15);
        assert!((binomial_tail(4, 4, 0.1) - 1e-4).abs() < 1e-18);
    }
}
