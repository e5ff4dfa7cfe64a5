//! WeightWatcher's bulk fit: least squares between a kernel density and the law.

use std::f64::consts::PI;

use super::super::bulk::BulkMetrics;
use super::super::spectrum::Spectrum;
use super::density;
use crate::special::simplex_search;

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
pub(in crate::metrics) fn fit(spectrum: &Spectrum<'_>) -> Option<BulkMetrics> {
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
        let density = density::linear_kernel(&values, &grid, WIDTH);
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
