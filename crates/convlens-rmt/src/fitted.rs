//! A spectrum with the two fits that its metrics and its phase rest on.

use std::slice;

use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::MarchenkoPastur;
use crate::metrics::{self, LayerMetrics, MetricOptions};
use crate::mp_fit::{MpOptions, MpOutcome};
use crate::phases::{self, PhaseOptions, PhaseOutcome};
use crate::power_law::{PowerLaw, PowerLawOptions, PowerLawOutcome};

/// A spectrum with its bulk and its tail, fitted once for all that rests on them.
///
/// [`metrics`](Self::metrics) and [`phase`](Self::phase) are those of [`LayerMetrics::new`] and
/// [`Phase::classify`](crate::Phase::classify), bit for bit; they take the fits from here where their options ask for the same ones.
///
/// # Example
///
/// ```
/// use convlens_rmt::{Esd, FittedSpectrum, LayerMetrics, MetricOptions, MpOptions, PhaseOptions, PowerLawOptions};
///
/// let values: Vec<f64> = (1..=40).map(|i| 1.0 / f64::from(i)).collect();
/// let esd = Esd::from_eigenvalues(&values, 90, 40)?;
/// let fitted = FittedSpectrum::new(esd.clone(), MpOptions::default(), PowerLawOptions::default())?;
/// let options = MetricOptions::default();
/// assert_eq!(fitted.metrics(&options)?, LayerMetrics::new(&esd, &options)?);
/// assert!(fitted.phase(&PhaseOptions::default())?.phase().is_some());
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FittedSpectrum {
    esd: Esd,
    bulk: MpOutcome,
    tail: PowerLawOutcome,
    bulk_options: MpOptions,
    tail_options: PowerLawOptions,
}

impl FittedSpectrum {
    /// Fits a bulk to the spectrum, and a tail to its eigenvalues that are not zero ([`Esd::nonzero`]).
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Spectra that cannot be fitted are outcomes.
    ///
    /// # Complexity
    ///
    /// That of [`MarchenkoPastur::fit`] and [`PowerLaw::fit`].
    pub fn new(esd: Esd, bulk: MpOptions, tail: PowerLawOptions) -> Result<Self, RmtError> {
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
    pub fn bulk(&self) -> &MpOutcome {
        &self.bulk
    }

    /// The tail fit.
    #[must_use]
    pub fn tail(&self) -> &PowerLawOutcome {
        &self.tail
    }

    /// As [`LayerMetrics::new`].
    ///
    /// # Errors
    ///
    /// Those of [`LayerMetrics::new`].
    pub fn metrics(&self, options: &MetricOptions) -> Result<LayerMetrics, RmtError> {
        metrics::compute(slice::from_ref(&self.esd), options, Some(self))
    }

    /// As [`Phase::classify`](crate::Phase::classify).
    ///
    /// # Errors
    ///
    /// Those of [`Phase::classify`](crate::Phase::classify).
    pub fn phase(&self, options: &PhaseOptions) -> Result<PhaseOutcome, RmtError> {
        phases::classify(&self.esd, options, Some(self))
    }

    /// Spectrum, bulk and tail.
    #[must_use]
    pub fn into_parts(self) -> (Esd, MpOutcome, PowerLawOutcome) {
        (self.esd, self.bulk, self.tail)
    }

    /// The bulk fit, if it was made by these options.
    pub(crate) fn bulk_by(&self, options: &MpOptions) -> Option<&MpOutcome> {
        (self.bulk_options == *options).then_some(&self.bulk)
    }

    /// The tail fit, if it was made by these options.
    pub(crate) fn tail_by(&self, options: &PowerLawOptions) -> Option<&PowerLawOutcome> {
        (self.tail_options == *options).then_some(&self.tail)
    }
}
