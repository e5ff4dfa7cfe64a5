//! The lognormal law above `xmin`.

use std::f64::consts::PI;

use super::tail::{Fitted, Tail};
use crate::special::{mills, normal_cdf, overshoot, root};

/// Parameters of a lognormal law in units of `xmin`: `ln(x / xmin)` is normal, cut off at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lognormal {
    pub(super) mean: f64,
    pub(super) sigma: f64,
}

/// Past this cut, in standard deviations, the law differs from a power law by less than `1e-8` relative.
const FARTHEST: f64 = 1e4;

/// `y` is normal given `y > 0`, an exponential family in `y` and `y^2` whose likelihood has one maximum: where mean and
/// variation are those of the sample (Cohen 1950). It is the power law, the limit of the cut `a = -mean/sigma` at infinity,
/// where the variation is 1 or more.
pub(super) fn fit(tail: &Tail) -> Fitted<Lognormal> {
    if tail.variation >= overshoot(FARTHEST).1 {
        return None;
    }
    // Toward minus infinity the variation is 1/a^2, and above it nowhere.
    let low = -1.0 / tail.variation.sqrt() - 1.0;
    let cut = root(|a| overshoot(a).1 - tail.variation, low, FARTHEST);
    let sigma = tail.mean / overshoot(cut).0;
    let densities = if cut > 0.0 {
        // The squares of `cut` in density and normaliser cancel: they are left out of both.
        let log_norm = sigma.ln() + mills(cut).ln();
        tail.densities(|y| -(y / sigma) * (0.5 * y / sigma + cut) - log_norm)
    } else {
        let log_norm = sigma.ln() + 0.5 * (2.0 * PI).ln() + normal_cdf(-cut).ln();
        tail.densities(|y| -0.5 * (y / sigma + cut) * (y / sigma + cut) - log_norm)
    };
    let mean = -cut * sigma;
    Some((Lognormal { mean, sigma }, densities))
}
