//! The power-law tail of a layer, the metrics that its exponent gives, and the search for fingers.

use std::fmt;

use crate::compat::Compat;
use crate::error::RmtError;
use crate::metrics::options::{FingerRule, Options};
use crate::metrics::spectrum::{Fits, Spectrum};
use crate::tail;
use crate::tail::power_law::PowerLaw;

/// The tail, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TailOutcome {
    /// A tail was fitted.
    Fit(TailMetrics),
    /// The eigenvalues allow no fit. Values named there are in the unit of the [`Esd`](crate::Esd),
    /// and with a tool's conventions in that of the metrics.
    NoFit(tail::Outcome),
}

impl TailOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&TailMetrics> {
        match self {
            TailOutcome::Fit(tail) => Some(tail),
            TailOutcome::NoFit(_) => None,
        }
    }
}

impl fmt::Display for TailOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit(tail) => write!(
                f,
                "alpha {:.3} with {} eigenvalues from {:.4} on",
                tail.alpha, tail.num_pl_spikes, tail.xmin
            ),
            Self::NoFit(outcome) => write!(f, "no tail: {outcome}"),
        }
    }
}

/// WeightWatcher's reading of an exponent (`warning` in its table): 2 and 6 are its thresholds,
/// after the theory of Martin and Hinrichs (SETOL, arXiv 2507.17912, 2025), in which 2 is the ideal
/// value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum AlphaWarning {
    /// `alpha < 2`.
    OverTrained,
    /// `alpha > 6`.
    UnderTrained,
}

impl fmt::Display for AlphaWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OverTrained => "over-trained (alpha under 2)",
            Self::UnderTrained => "under-trained (alpha above 6)",
        })
    }
}

/// What was cut off as fingers, see [`FingerRule`](crate::metrics::FingerRule).
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
    /// Exponent of the density of eigenvalues, `p(lambda) ~ lambda^-alpha` for `lambda >= xmin`
    /// (Clauset, Shalizi and Newman 2009, eq. 3.1).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(n)` with `n` values in the tail: the standard error of `alpha` at a
    /// known `xmin` (eq. 3.2). Its name is WeightWatcher's; it is no standard deviation of weights.
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
    /// `alpha log10(lambda_max)`, the alpha-hat of Martin, Peng and Mahoney (2021); with natural
    /// logarithm under [`Compat::DeepDataProfiler`].
    pub alpha_weighted: f64,
    /// `log10(sum of lambda^alpha)`, the log of the alpha-Schatten norm to the power `2 alpha`.
    pub log_alpha_norm: f64,
    /// WeightWatcher's reading of `alpha`.
    pub warning: Option<AlphaWarning>,
    /// What was cut as fingers; `None` where none were looked for.
    pub fingers: Option<FingerCut>,
}

pub(super) fn tail_metrics(
    spectrum: &Spectrum<'_>,
    options: &Options,
    fits: Fits<'_>,
) -> Result<TailOutcome, RmtError> {
    let Some(tool) = options.compat else {
        // In the unit of the ESD: no unit changes a digit of the exponent.
        let by = fits.tail_options();
        let first = match fits {
            Fits::Made(fitted) => fitted.tail().clone(),
            Fits::TailBy(_) => PowerLaw::fit(&spectrum.nonzero, by)?,
        };
        return from_fit(
            spectrum,
            options,
            &spectrum.nonzero,
            first,
            by,
            spectrum.factor,
        );
    };
    // Every positive value, numerically zero or not; the fit leaves out what the tool does.
    let by = tail::Options::compat(tool);
    let first = PowerLaw::fit(&spectrum.values, &by)?;
    from_fit(spectrum, options, &spectrum.values, first, &by, 1.0)
}

/// The metrics of a fit of `fitted`, and of fits without fingers by the same options; `unit` takes
/// a fitted value to the unit of the metrics.
fn from_fit(
    spectrum: &Spectrum<'_>,
    options: &Options,
    fitted: &[f64],
    first: tail::Outcome,
    by: &tail::Options,
    unit: f64,
) -> Result<TailOutcome, RmtError> {
    let Some(fit) = first.value() else {
        return Ok(TailOutcome::NoFit(first));
    };
    let Clipped { fit, cut, fingers } = clip(fitted, options, by, spectrum.values.len(), fit)?;
    let fingers = fingers.map(|mut fingers| {
        for value in &mut fingers.removed {
            *value *= unit;
        }
        fingers
    });
    let xmin = fit.xmin * unit;
    let largest = spectrum.largest();
    // sum of lambda^alpha over lambda_max^alpha: from 1 to the number of values whatever alpha is.
    let relative: f64 = spectrum
        .values
        .iter()
        .map(|v| (v / largest).powf(fit.alpha))
        .sum();
    let alpha_weighted = fit.alpha * largest.log10();
    Ok(TailOutcome::Fit(TailMetrics {
        alpha: fit.alpha,
        sigma: fit.alpha_std_err,
        d: fit.ks_distance,
        xmin,
        xmax: fitted[fitted.len() - 1 - cut] * unit,
        num_pl_spikes: spectrum.values.len() - spectrum.values.partition_point(|&v| v < xmin),
        alpha_weighted: if options.compat == Some(Compat::DeepDataProfiler) {
            fit.alpha * largest.ln()
        } else {
            alpha_weighted
        },
        log_alpha_norm: alpha_weighted + relative.log10(),
        warning: warning(fit.alpha),
        fingers,
    }))
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

/// The fit that was chosen.
struct Clipped {
    fit: tail::Fit,
    /// Largest values left out of it.
    cut: usize,
    fingers: Option<FingerCut>,
}

/// The fit of ascending `values` by the rule of the options, from `first`, that of all of them made
/// `by` the same options. `total` is the number of all eigenvalues, by which WeightWatcher counts.
fn clip(
    values: &[f64],
    options: &Options,
    by: &tail::Options,
    total: usize,
    first: &tail::Fit,
) -> Result<Clipped, RmtError> {
    let FingerRule::Clip {
        max,
        drop,
        min_alpha,
    } = options.fingers
    else {
        return Ok(Clipped {
            fit: first.clone(),
            cut: 0,
            fingers: None,
        });
    };
    let theirs = options.compat == Some(Compat::WeightWatcher);
    // WeightWatcher takes 10 for any number under half the spectrum, starts at 2 and leaves the
    // last out.
    let tried = if theirs {
        let max = if max < total.div_ceil(2) { 10 } else { max };
        2..max
    } else {
        1..max.saturating_add(1)
    };
    let mut chosen = (first.clone(), 0);
    for cut in tried {
        let Some(kept) = values.len().checked_sub(cut) else {
            break;
        };
        let outcome = PowerLaw::fit(&values[..kept], by)?;
        let Some(next) = outcome.value() else {
            break;
        };
        if next.alpha + drop < first.alpha {
            chosen = (next.clone(), cut);
            break;
        }
        if next.alpha <= min_alpha {
            break;
        }
    }
    let (fit, cut) = chosen;
    Ok(Clipped {
        fit,
        cut,
        fingers: Some(FingerCut {
            num_fingers: if theirs { cut.saturating_sub(1) } else { cut },
            removed: values[values.len() - cut..].to_vec(),
            raw_alpha: first.alpha,
        }),
    })
}
