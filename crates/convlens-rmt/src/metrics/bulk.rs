//! The Marchenko-Pastur bulk of a layer: by the fit of this crate, and as two tools have it.
//!
//! WeightWatcher 0.7.7 fits by least squares between a kernel density and the law.

use std::f64::consts::PI;
use std::fmt;

use crate::bulk;
use crate::compat::Compat;
use crate::error::RmtError;
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::metrics::options::Options;
use crate::metrics::spectrum::{Fits, Spectrum};
use crate::special::simplex::simplex_search;

/// The bulk, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BulkOutcome {
    /// A bulk was fitted.
    Fit(BulkMetrics),
    /// The eigenvalues allow no fit.
    NoFit(bulk::Outcome),
    /// Eigenvalues of several matrices: fit them one by one. Each is a matrix of its own with its
    /// own edge and spikes.
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
    pub fn value(&self) -> Option<&BulkMetrics> {
        match self {
            BulkOutcome::Fit(bulk) => Some(bulk),
            _ => None,
        }
    }
}

impl fmt::Display for BulkOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit(bulk) => write!(
                f,
                "noise of scale {:.4} and {} eigenvalues above {:.4}",
                bulk.sigma_mp, bulk.num_spikes, bulk.threshold
            ),
            Self::NoFit(outcome) => write!(f, "no bulk: {outcome}"),
            Self::Pooled { rf } => write!(
                f,
                "no bulk: the eigenvalues are those of {rf} matrices, each with an edge of its own"
            ),
            Self::AllZero => f.write_str("no bulk: all eigenvalues are zero"),
        }
    }
}

/// A fitted bulk and the spikes above it.
///
/// By default the fit is that of [`MarchenkoPastur::fit`]. WeightWatcher 0.7.7 divides the
/// eigenvalues by their mean, smooths them with a linear kernel of width 0.1, fits the density by
/// least squares (grid of 195 values of sigma, then Nelder-Mead) and adds `sqrt(Q^(-1/2) b^(2/3)
/// M^(-2/3))` to the edge `b` for Tracy-Widom, which is not the size of those fluctuations.
/// DeepDataProfiler puts the edge at the largest eigenvalue, so that no spike can be.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BulkMetrics {
    /// Eigenvalues above `threshold`.
    pub num_spikes: usize,
    /// Scale of the law: the standard deviation of weights in the noise, with
    /// [`EigenvalueScale::LargerSide`](crate::metrics::EigenvalueScale::LargerSide). In
    /// WeightWatcher it is that of weights scaled so that the mean eigenvalue is 1.
    pub sigma_mp: f64,
    /// `bulk_max / lambda_max`, the Marchenko-Pastur soft rank (Martin and Mahoney 2021, section
    /// 3.1): 1 for noise, near 0 where a spike is far out.
    pub mp_softrank: f64,
    /// Lower edge of the bulk, in the unit of the layer's metrics.
    pub bulk_min: f64,
    /// Upper edge of the bulk.
    pub bulk_max: f64,
    /// Where spikes begin.
    pub threshold: f64,
}

pub(super) fn bulk_metrics(
    spectrum: &Spectrum<'_>,
    options: &Options,
    fits: Fits<'_>,
) -> Result<BulkOutcome, RmtError> {
    match options.compat {
        Some(Compat::WeightWatcher) => return Ok(theirs(weightwatcher_bulk(spectrum))),
        Some(Compat::DeepDataProfiler) => return Ok(theirs(deep_data_profiler(spectrum))),
        Some(Compat::Powerlaw) | None => {}
    }
    let [only] = spectrum.slices else {
        return Ok(BulkOutcome::Pooled {
            rf: spectrum.slices.len(),
        });
    };
    let outcome = match fits {
        Fits::Made(fitted) => fitted.bulk().clone(),
        Fits::TailBy(_) => MarchenkoPastur::fit(only, &bulk::Options::default())?,
    };
    let Some(fit) = outcome.value() else {
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

/// `sigma = sqrt(lambda_max) / (1 + Q^(-1/2))`: the edge at the largest eigenvalue
/// (`marchpast_layer_fit` of its `matrix_theory.py`).
pub(super) fn deep_data_profiler(spectrum: &Spectrum<'_>) -> Option<BulkMetrics> {
    let largest = spectrum.largest();
    if largest == 0.0 {
        return None;
    }
    let root = spectrum.q().sqrt().recip();
    let sigma = largest.sqrt() / (1.0 + root);
    Some(BulkMetrics {
        num_spikes: 0,
        sigma_mp: sigma,
        mp_softrank: 1.0,
        bulk_min: (sigma * (1.0 - root)).powi(2),
        bulk_max: largest,
        threshold: largest,
    })
}

/// Width of the kernel.
const WIDTH: f64 = 0.1;
/// Points of the grid, from 0 to the largest value and this much more.
const POINTS: usize = 1000;
const MARGIN: f64 = 0.5;
/// Points with a density up to this are left out.
const LEAST_DENSITY: f64 = 0.01;
/// The residual at each point where a sigma is out of the question.
const PENALTY: f64 = 1000.0;

/// Its `mp_fit`; `None` for a matrix of zeros.
fn weightwatcher_bulk(spectrum: &Spectrum<'_>) -> Option<BulkMetrics> {
    let q = spectrum.q();
    let m = spectrum.m as f64;
    let values = spectrum.rescaled()?;
    let largest = values[values.len() - 1];
    let sigma = sigma(&values, q);
    let root = q.sqrt().recip();
    let upper = (sigma * (1.0 + root)).powi(2);
    let lower = (sigma * (1.0 - root)).powi(2);
    let fluctuation = root * upper.powf(2.0 / 3.0) * m.powf(-2.0 / 3.0);
    let threshold = upper + fluctuation.sqrt();
    // Back to the unit of the layer: times the mean eigenvalue.
    let mean = spectrum.relative_sum()? / values.len() as f64 * spectrum.largest();
    Some(BulkMetrics {
        num_spikes: values.len() - values.partition_point(|&v| v <= threshold),
        sigma_mp: sigma,
        mp_softrank: upper / largest,
        bulk_min: lower * mean,
        bulk_max: upper * mean,
        threshold: threshold * mean,
    })
}

/// The best of a grid of 195 values, then the simplex search from it.
fn sigma(values: &[f64], q: f64) -> f64 {
    let largest = values[values.len() - 1];
    let unit = (largest / (1.0 + q.sqrt().recip()).powi(2)).sqrt();
    let target = Target::new(values, q);
    // Numbered as NumPy's `mgrid` of one slice does.
    let (start, stop, step) = (0.05 * unit, 2.0 * unit, 0.01 * unit);
    let steps = ((stop - start) / step).ceil() as usize;
    let delta = (start + step) - start;
    let mut best = (f64::INFINITY, start);
    for i in 0..steps {
        let sigma = start + i as f64 * delta;
        let misfit = target.misfit(sigma);
        if misfit < best.0 {
            best = (misfit, sigma);
        }
    }
    let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
    let [sigma] = simplex_search([best.1], [everywhere], |&[sigma]| target.misfit(sigma));
    sigma
}

/// The density to be fitted: of eigenvalues, or of singular values for a square matrix.
struct Target {
    x: Vec<f64>,
    y: Vec<f64>,
    q: f64,
    peak: f64,
    last: f64,
}

impl Target {
    fn new(values: &[f64], q: f64) -> Self {
        let values: Vec<f64> = if q == 1.0 {
            values.iter().map(|v| v.sqrt()).collect()
        } else {
            values.to_vec()
        };
        let end = values[values.len() - 1] + MARGIN;
        let step = end / (POINTS - 1) as f64;
        let mut grid: Vec<f64> = (0..POINTS).map(|i| i as f64 * step).collect();
        grid[POINTS - 1] = end;
        let density = linear_kernel(&values, &grid, WIDTH);
        let (x, y): (Vec<f64>, Vec<f64>) = grid
            .into_iter()
            .zip(density)
            .filter(|&(_, y)| y > LEAST_DENSITY)
            .unzip();
        let highest = y.iter().copied().fold(0.0, f64::max);
        let peak = y.iter().position(|&v| v == highest).map_or(0.0, |i| x[i]);
        let last = x.last().copied().unwrap_or(0.0);
        Self {
            x,
            y,
            q,
            peak,
            last,
        }
    }

    /// Sum of squared residuals.
    fn misfit(&self, sigma: f64) -> f64 {
        let points = self.x.iter().zip(&self.y);
        if self.q == 1.0 {
            return points
                .map(|(&x, y)| (quarter_circle(x, sigma) - y).powi(2))
                .sum();
        }
        let root = self.q.sqrt().recip();
        let upper = (sigma * (1.0 + root)).powi(2);
        let lower = (sigma * (1.0 - root)).powi(2);
        if upper < self.peak || upper > self.last || lower > self.peak {
            return self.y.len() as f64 * PENALTY * PENALTY;
        }
        let density = |x: f64| {
            let under = (upper - x) * (x - lower);
            if under > 0.0 && x > 0.0 {
                self.q * under.sqrt() / (2.0 * PI * sigma * sigma * x)
            } else {
                0.0
            }
        };
        points.map(|(&x, y)| (density(x) - y).powi(2)).sum()
    }
}

/// Its quarter circle: the support stays `[0, 2]` whatever `sigma` is.
fn quarter_circle(x: f64, sigma: f64) -> f64 {
    let under = 4.0 - x * x;
    if under > 0.0 {
        under.sqrt() / (PI * sigma * sigma)
    } else {
        0.0
    }
}

/// The density of ascending `values` with the kernel `max(0, 1 - |u| / h) / h` at each of an
/// ascending `grid`.
fn linear_kernel(values: &[f64], grid: &[f64], h: f64) -> Vec<f64> {
    let scale = 1.0 / (h * values.len() as f64);
    let mut first = 0;
    grid.iter()
        .map(|&x| {
            while first < values.len() && values[first] <= x - h {
                first += 1;
            }
            let near = values[first..].iter().take_while(|&&v| v < x + h);
            near.map(|v| 1.0 - (x - v).abs() / h).sum::<f64>() * scale
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sum_of_tents() {
        let values = [0.5, 1.0, 1.05];
        let density = linear_kernel(&values, &[0.0, 0.45, 1.0, 2.0], 0.1);
        for (found, expected) in density.iter().zip([0.0, 0.5, 1.0 + 0.5, 0.0]) {
            assert!((found - expected / 0.3).abs() < 1e-12);
        }
    }
}
