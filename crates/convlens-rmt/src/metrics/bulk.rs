//! The Marchenko-Pastur bulk of a layer.

use super::options::MetricOptions;
use super::spectrum::Spectrum;
use super::{deep_data_profiler, weightwatcher};
use crate::compat::Compat;
use crate::error::RmtError;
use crate::fitted::FittedSpectrum;
use crate::law::MarchenkoPastur;
use crate::mp_fit::MpOutcome;

/// The bulk, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BulkOutcome {
    /// A bulk was fitted.
    Fit(BulkMetrics),
    /// The eigenvalues allow no fit.
    NoFit(MpOutcome),
    /// Eigenvalues of several matrices: fit them one by one. Each is a matrix of its own with its own edge and spikes.
    Pooled {
        /// Number of matrices.
        rf: usize,
    },
    /// All eigenvalues are zero.
    AllZero,
}

impl BulkOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn fit(&self) -> Option<&BulkMetrics> {
        match self {
            BulkOutcome::Fit(bulk) => Some(bulk),
            _ => None,
        }
    }
}

/// A fitted bulk and the spikes above it.
///
/// By default the fit is that of [`MarchenkoPastur::fit`]. WeightWatcher 0.7.7 divides the eigenvalues by their mean, smooths
/// them with a linear kernel of width 0.1, fits the density by least squares (grid of 195 values of sigma, then
/// Nelder-Mead) and adds `sqrt(Q^(-1/2) b^(2/3) M^(-2/3))` to the edge `b` for Tracy-Widom, which is not the size of those
/// fluctuations. DeepDataProfiler puts the edge at the largest eigenvalue, so that no spike can be.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BulkMetrics {
    /// Eigenvalues above `threshold`.
    pub num_spikes: usize,
    /// Scale of the law: the standard deviation of weights in the noise, with
    /// [`EigenvalueScale::LargerSide`](crate::EigenvalueScale::LargerSide). In WeightWatcher it is that of weights scaled so
    /// that the mean eigenvalue is 1.
    pub sigma_mp: f64,
    /// `bulk_max / lambda_max`, the Marchenko-Pastur soft rank (Martin and Mahoney 2021, section 3.1): 1 for
    /// noise, near 0 where a spike is far out.
    pub mp_softrank: f64,
    /// Lower edge of the bulk, in the unit of the layer's metrics.
    pub bulk_min: f64,
    /// Upper edge of the bulk.
    pub bulk_max: f64,
    /// Where spikes begin.
    pub threshold: f64,
}

pub(super) fn bulk(
    spectrum: &Spectrum<'_>,
    options: &MetricOptions,
    fits: Option<&FittedSpectrum>,
) -> Result<BulkOutcome, RmtError> {
    match options.compat {
        Some(Compat::WeightWatcher) => return Ok(theirs(weightwatcher::bulk::fit(spectrum))),
        Some(Compat::DeepDataProfiler) => return Ok(theirs(deep_data_profiler::fit(spectrum))),
        Some(Compat::Powerlaw) | None => {}
    }
    let [only] = spectrum.slices else {
        return Ok(BulkOutcome::Pooled {
            rf: spectrum.slices.len(),
        });
    };
    let outcome = match fits.and_then(|fits| fits.bulk_by(&options.marchenko_pastur)) {
        Some(outcome) => outcome.clone(),
        None => MarchenkoPastur::fit(only, &options.marchenko_pastur)?,
    };
    let Some(fit) = outcome.fit() else {
        return Ok(BulkOutcome::NoFit(outcome));
    };
    let scaled = |value: f64| value * spectrum.factor;
    Ok(BulkOutcome::Fit(BulkMetrics {
        num_spikes: fit.spikes,
        sigma_mp: fit.sigma * spectrum.factor.sqrt(),
        mp_softrank: fit.bulk_upper / only.largest(),
        bulk_min: scaled(fit.bulk_lower),
        bulk_max: scaled(fit.bulk_upper),
        threshold: scaled(fit.spike_threshold),
    }))
}

fn theirs(fit: Option<BulkMetrics>) -> BulkOutcome {
    fit.map_or(BulkOutcome::AllZero, BulkOutcome::Fit)
}
