//! A spectrum with the two fits that its metrics and its phase rest on.

use crate::bulk;
use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::tail;
use crate::tail::power_law::PowerLaw;

/// A spectrum with its bulk and its tail, fitted once for all that rests on them: the metrics of
/// the layer ([`metrics`](Self::metrics)) and its phase ([`phase`](Self::phase)).
///
/// # Example
///
/// ```
/// use convlens_rmt::{Esd, FittedSpectrum, LayerMetrics, bulk, metrics, phase, tail};
///
/// let values: Vec<f64> = (1..=40).map(|i| 1.0 / f64::from(i)).collect();
/// let esd = Esd::from_eigenvalues(&values, 90, 40)?;
/// let bulk = bulk::Options::default().false_alarm_rate(0.05);
/// let fitted = FittedSpectrum::new(esd, bulk, tail::Options::default())?;
/// let metrics = fitted.metrics(&metrics::Options::default())?;
/// assert_eq!(metrics.alpha(), fitted.tail().value().map(|fit| fit.alpha));
/// assert!(fitted.phase(&phase::Options::default())?.phase().is_some());
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FittedSpectrum {
    esd: Esd,
    bulk: bulk::Outcome,
    tail: tail::Outcome,
    bulk_options: bulk::Options,
    tail_options: tail::Options,
}

impl FittedSpectrum {
    /// Fits a bulk to the spectrum, and a tail to its eigenvalues that are not zero
    /// ([`Esd::nonzero`]).
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Spectra that cannot be fitted are
    /// outcomes.
    ///
    /// # Complexity
    ///
    /// That of [`MarchenkoPastur::fit`] and [`PowerLaw::fit`].
    pub fn new(esd: Esd, bulk: bulk::Options, tail: tail::Options) -> Result<Self, RmtError> {
        Ok(Self {
            bulk: MarchenkoPastur::fit(&esd, &bulk)?,
            tail: PowerLaw::fit(esd.nonzero(), &tail)?,
            esd,
            bulk_options: bulk,
            tail_options: tail,
        })
    }

    /// The spectrum.
    #[must_use]
    pub fn esd(&self) -> &Esd {
        &self.esd
    }

    /// The bulk fit.
    #[must_use]
    pub fn bulk(&self) -> &bulk::Outcome {
        &self.bulk
    }

    /// The tail fit.
    #[must_use]
    pub fn tail(&self) -> &tail::Outcome {
        &self.tail
    }

    /// The options that the bulk was fitted by.
    #[must_use]
    pub fn bulk_options(&self) -> &bulk::Options {
        &self.bulk_options
    }

    /// The options that the tail was fitted by.
    #[must_use]
    pub fn tail_options(&self) -> &tail::Options {
        &self.tail_options
    }

    /// Spectrum, bulk and tail.
    #[must_use]
    pub fn into_parts(self) -> (Esd, bulk::Outcome, tail::Outcome) {
        (self.esd, self.bulk, self.tail)
    }
}
