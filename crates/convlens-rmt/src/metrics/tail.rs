//! The power-law tail of a layer and the metrics that its exponent gives.

use super::fingers::{self, Clipped};
use super::options::MetricOptions;
use super::spectrum::Spectrum;
use crate::compat::Compat;
use crate::error::RmtError;
use crate::fitted::FittedSpectrum;
use crate::power_law::{PowerLaw, PowerLawOutcome};

/// The tail, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TailOutcome {
    /// A tail was fitted.
    Fit(TailMetrics),
    /// The eigenvalues allow no fit.
    NoFit(PowerLawOutcome),
}

impl TailOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn fit(&self) -> Option<&TailMetrics> {
        match self {
            TailOutcome::Fit(tail) => Some(tail),
            TailOutcome::NoFit(_) => None,
        }
    }
}

/// WeightWatcher's reading of an exponent (`warning` in its table): 2 and 6 are its thresholds, after the theory of
/// Martin and Hinrichs (SETOL, arXiv 2507.17912, 2025), in which 2 is the ideal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum AlphaWarning {
    /// `alpha < 2`.
    OverTrained,
    /// `alpha > 6`.
    UnderTrained,
}

/// What was cut off as fingers, see [`FingerRule`](crate::FingerRule).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FingerCut {
    /// Number of eigenvalues cut; WeightWatcher reports one less than it cuts.
    pub num_fingers: usize,
    /// The eigenvalues cut, ascending.
    pub removed: Vec<f64>,
    /// The exponent of all eigenvalues.
    pub raw_alpha: f64,
}

/// A fitted tail and the metrics that follow from its exponent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TailMetrics {
    /// Exponent of the density of eigenvalues, `p(lambda) ~ lambda^-alpha` for `lambda >= xmin` (Clauset, Shalizi and
    /// Newman 2009, eq. 3.1).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(n)` with `n` values in the tail: the standard error of `alpha` at a known `xmin` (eq. 3.2). Its name is WeightWatcher's;
    /// it is no standard deviation of weights.
    pub sigma: f64,
    /// Kolmogorov-Smirnov distance of the tail to the law.
    #[cfg_attr(feature = "serde", serde(rename = "D"))]
    pub d: f64,
    /// Where the tail begins.
    pub xmin: f64,
    /// Where it ends: the largest eigenvalue that was fitted.
    pub xmax: f64,
    /// Eigenvalues at or above `xmin`, those cut as fingers included.
    pub num_pl_spikes: usize,
    /// `alpha log10(lambda_max)`, the alpha-hat of Martin, Peng and Mahoney (2021); with natural logarithm under
    /// [`Compat::DeepDataProfiler`].
    pub alpha_weighted: f64,
    /// `log10(sum of lambda^alpha)`, the log of the alpha-Schatten norm to the power `2 alpha`.
    pub log_alpha_norm: f64,
    /// WeightWatcher's reading of `alpha`.
    pub warning: Option<AlphaWarning>,
    /// What was cut as fingers; `None` where none were looked for.
    pub fingers: Option<FingerCut>,
}

pub(super) fn tail(
    spectrum: &Spectrum<'_>,
    options: &MetricOptions,
    fits: Option<&FittedSpectrum>,
) -> Result<TailOutcome, RmtError> {
    let values = match options.compat {
        // Every positive value, numerically zero or not; the fit leaves out what the tool does.
        Some(_) => &spectrum.values,
        None => &spectrum.nonzero,
    };
    let same = options.compat.is_none() && spectrum.factor == 1.0;
    let known = fits.filter(|_| same);
    let first = match known.and_then(|fits| fits.tail_by(&options.power_law)) {
        Some(outcome) => outcome.clone(),
        None => PowerLaw::fit(values, &options.tail_fit())?,
    };
    let Some(fit) = first.fit() else {
        return Ok(TailOutcome::NoFit(first));
    };
    let clipped = fingers::clip(values, options, spectrum.values.len(), fit)?;
    Ok(TailOutcome::Fit(metrics(
        spectrum, options, values, clipped,
    )))
}

fn metrics(
    spectrum: &Spectrum<'_>,
    options: &MetricOptions,
    fitted: &[f64],
    clipped: Clipped,
) -> TailMetrics {
    let Clipped { fit, cut, fingers } = clipped;
    let largest = spectrum.largest();
    // sum of lambda^alpha over lambda_max^alpha: from 1 to the number of values whatever alpha is.
    let relative: f64 = spectrum
        .values
        .iter()
        .map(|v| (v / largest).powf(fit.alpha))
        .sum();
    let alpha_weighted = fit.alpha * largest.log10();
    TailMetrics {
        alpha: fit.alpha,
        sigma: fit.alpha_std_err,
        d: fit.ks_distance,
        xmin: fit.xmin,
        xmax: fitted[fitted.len() - 1 - cut],
        num_pl_spikes: spectrum.values.len() - spectrum.values.partition_point(|&v| v < fit.xmin),
        alpha_weighted: if options.compat == Some(Compat::DeepDataProfiler) {
            fit.alpha * largest.ln()
        } else {
            alpha_weighted
        },
        log_alpha_norm: alpha_weighted + relative.log10(),
        warning: warning(fit.alpha),
        fingers,
    }
}

fn warning(alpha: f64) -> Option<AlphaWarning> {
    if alpha < 2.0 {
        Some(AlphaWarning::OverTrained)
    } else if alpha > 6.0 {
        Some(AlphaWarning::UnderTrained)
    } else {
        None
    }
}
