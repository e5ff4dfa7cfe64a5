//! Spectra of randomised matrices, and what a spectrum is beside them.

use super::ensemble::GaussianEnsemble;
use super::randomise::{MeanTreatment, NullKind};
use crate::error::{RmtError, require};
use crate::esd::Esd;

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
    kind: NullKind,
    mean_treatment: MeanTreatment,
    seed: u64,
    esds: Vec<Esd>,
}

/// Spectra as they stand in a file, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    kind: NullKind,
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
        kind: NullKind,
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
        Self::new(NullKind::Gaussian, MeanTreatment::Subtracted, seed, esds)
    }

    /// The spectra, in the order of the replicates.
    #[must_use]
    pub fn esds(&self) -> &[Esd] {
        &self.esds
    }

    /// Which null it is.
    #[must_use]
    pub fn kind(&self) -> NullKind {
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

    /// The value that a share `p` of the largest eigenvalues does not pass: the order statistic of rank
    /// `ceil(p B)`.
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
