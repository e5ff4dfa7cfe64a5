//! Spectra of randomized matrices, what a spectrum is beside them, and what of them lies past the
//! edge of noise.

use crate::bulk;
use crate::error::{RmtError, require};
use crate::esd::Esd;
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::null::ensemble::GaussianEnsemble;

/// What a matrix is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Kind {
    /// The same entries in random order: keeps their distribution, heavy tails included.
    Permutation,
    /// Independent Gaussian entries of the same variance: the null of the limit laws.
    Gaussian,
}

/// What becomes of the mean of the entries.
///
/// A matrix whose entries have mean `mu` is noise plus `mu 1 1^T`, a direction of singular value
/// `|mu| sqrt(rows cols)`, which no permutation removes: it would stand out of every null as a
/// spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MeanTreatment {
    /// Subtracted, and reported as a direction of its own
    /// ([`MeanComponent`](crate::null::MeanComponent)). The default.
    #[default]
    Subtracted,
    /// Left in, as WeightWatcher does.
    Kept,
}

/// Spectra of seeded random matrices of one shape.
///
/// # Example
///
/// ```
/// use convlens_rmt::{GaussianEnsemble, NullSpectra};
///
/// let nulls = NullSpectra::gaussian(60, 40, 1.0, 11, 199)?;
/// // A direction at three times the threshold is past them all.
/// let esd = GaussianEnsemble::new(60, 40, 1.0)?.spike(3.0)?.esd(1, 0)?;
/// assert_eq!(nulls.p_value_of_largest(&esd), 1.0 / 200.0);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct NullSpectra {
    kind: Kind,
    mean_treatment: MeanTreatment,
    seed: u64,
    esds: Vec<Esd>,
}

/// Spectra as they stand in a file, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    kind: Kind,
    mean_treatment: MeanTreatment,
    seed: u64,
    esds: Vec<Esd>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for NullSpectra {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        for esd in &form.esds {
            let first = &form.esds[0];
            if (esd.n(), esd.m()) != (first.n(), first.m()) {
                return Err(RmtError::WrongLength {
                    given: esd.m(),
                    expected: first.m(),
                    rows: first.n(),
                    cols: first.m(),
                });
            }
        }
        Self::new(form.kind, form.mean_treatment, form.seed, form.esds)
    }
}

impl NullSpectra {
    pub(super) fn new(
        kind: Kind,
        mean_treatment: MeanTreatment,
        seed: u64,
        esds: Vec<Esd>,
    ) -> Result<Self, RmtError> {
        let count = esds.len() as f64;
        require(count >= 1.0, "replicates", count, "at least 1")?;
        Ok(Self {
            kind,
            mean_treatment,
            seed,
            esds,
        })
    }

    /// Spectra of Gaussian matrices of standard deviation `sigma`, exactly and without a matrix
    /// ([`GaussianEnsemble`]).
    ///
    /// # Errors
    ///
    /// Those of [`GaussianEnsemble::new`]; [`RmtError::ParameterOutOfRange`] for no replicates.
    ///
    /// # Complexity
    ///
    /// `O(M^2)` for each.
    pub fn gaussian(
        rows: usize,
        cols: usize,
        sigma: f64,
        seed: u64,
        replicates: usize,
    ) -> Result<Self, RmtError> {
        let ensemble = GaussianEnsemble::new(rows, cols, sigma)?;
        let esds = (0..replicates as u64)
            .map(|replicate| ensemble.esd(seed, replicate))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(Kind::Gaussian, MeanTreatment::Subtracted, seed, esds)
    }

    /// The spectra, in the order of the replicates.
    #[must_use]
    pub fn esds(&self) -> &[Esd] {
        &self.esds
    }

    /// Which null it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What became of the mean of the entries.
    #[must_use]
    pub fn mean_treatment(&self) -> MeanTreatment {
        self.mean_treatment
    }

    /// The seed they were drawn with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The largest eigenvalue of each, ascending.
    #[must_use]
    pub fn largest(&self) -> Vec<f64> {
        let mut largest: Vec<f64> = self.esds.iter().map(Esd::largest).collect();
        largest.sort_by(f64::total_cmp);
        largest
    }

    /// The value that a share `p` of the largest eigenvalues does not pass: the order statistic of
    /// rank `ceil(p B)`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    pub fn largest_quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..=1.0).contains(&p), "p", p, "in [0, 1]")?;
        let largest = self.largest();
        let rank = (p * largest.len() as f64).ceil() as usize;
        Ok(largest[rank.clamp(1, largest.len()) - 1])
    }

    /// `(1 + #{nulls with a largest eigenvalue as large}) / (1 + B)`.
    #[must_use]
    pub fn p_value_of_largest(&self, esd: &Esd) -> f64 {
        let as_large = self
            .esds
            .iter()
            .filter(|null| null.largest() >= esd.largest());
        (1 + as_large.count()) as f64 / (1 + self.esds.len()) as f64
    }
}

/// Correlation traps: eigenvalues of the *randomized* matrix past the Marchenko-Pastur edge (Martin
/// and Mahoney 2021, of WeightWatcher's `num_traps`).
///
/// Order cannot make them, for there is none left: a few entries far too large do, and so does a
/// mean that was [kept](crate::null::MeanTreatment::Kept).
#[doc(alias = "num_traps")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CorrelationTraps {
    /// Traps in each replicate that has a bulk.
    pub counts: Vec<usize>,
    /// Replicates with at least one.
    pub with_traps: usize,
    /// Replicates without a bulk to have an edge ([`bulk::Outcome`] other than a fit).
    pub without_bulk: usize,
    /// The rate at which Gaussian noise would have at least one.
    pub false_alarm_rate: f64,
    /// The exact binomial probability of as many replicates with traps, or more, at that rate.
    ///
    /// The replicates permute one and the same set of entries, so that it says whether *these
    /// entries* follow the law of the edge, not whether others like them would.
    pub p_value: f64,
    /// Seed of the replicates.
    pub seed: u64,
}

impl NullSpectra {
    /// Counts eigenvalues past the edge in each null spectrum, by [`MarchenkoPastur::fit`] with
    /// these options.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{bulk, NullSpectra};
    ///
    /// let nulls = NullSpectra::gaussian(60, 40, 1.0, 3, 200)?;
    /// let traps = nulls.traps(&bulk::Options::default())?;
    /// // Gaussian noise has them at the stated rate, 1%.
    /// assert!(traps.with_traps <= 8 && traps.p_value > 0.001);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn traps(&self, options: &bulk::Options) -> Result<CorrelationTraps, RmtError> {
        let outcomes = MarchenkoPastur::fit_all(self.esds(), options)?;
        let counts: Vec<usize> = outcomes
            .iter()
            .filter_map(bulk::Outcome::value)
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
