//! The lognormal law on the whole numbers.

use super::sums::Sums;
use super::tail::{Found, Tail, zero_of_falling};
use crate::discrete::range::zeta;
use crate::special::root;

/// Mean, in units of `xmin`, and standard deviation of the logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lognormal {
    pub(super) mean: f64,
    pub(super) sigma: f64,
}

/// With `t = y - mean(y)` the probabilities go by `exp(-b t - c t^2)`, `c = 1 / (2 sigma^2)`: an exponential family, whose
/// likelihood is concave in `b` and `c` and greatest where the law's means of `t` and `t^2` are the sample's. At `c = 0` it is
/// the power law; the maximum is there where its mean of `y^2` is not above the sample's.
/// Two neighbouring numbers alone are the limit of ever narrower laws.
pub(super) fn fit(tail: &Tail, sums: &Sums) -> Found<Lognormal> {
    if tail.neighbours {
        return Found::Nowhere;
    }
    if !bends(tail) {
        return Found::PowerLaw;
    }
    let law = |b: f64, c: f64| {
        // Of -b t - c t^2 + y.
        let mode = (tail.mean + 0.5 * (1.0 - b) / c).max(0.0);
        let density = |y: f64| -(y - tail.mean) * (b + c * (y - tail.mean));
        sums.of(mode, density, |y| {
            let t = y - tail.mean;
            [t, t * t]
        })
    };
    let slope_at = |c: f64| {
        let off = |b: f64| law(b, c).1[0];
        let (mut low, mut high, mut step) = (1.0, 1.0, 1.0);
        while off(low) < 0.0 && step < 1e18 {
            low -= step;
            step *= 2.0;
        }
        step = 1.0;
        while off(high) > 0.0 && step < 1e18 {
            high += step;
            step *= 2.0;
        }
        root(off, low, high)
    };
    // What is left of the gradient falls with c, the profile of a concave function being concave.
    let off = |log_c: f64| {
        let c = log_c.exp();
        law(slope_at(c), c).1[1] / tail.variance - 1.0
    };
    // Twenty further, it is narrower by e^10 than the sample.
    let c = match zero_of_falling(off, -(2.0 * tail.variance).ln(), 20.0) {
        Ok(log) => log.exp(),
        Err(found) => return found,
    };
    let b = slope_at(c);
    let (log_norm, _) = law(b, c);
    let logs = tail.each(|y| -(y - tail.mean) * (b + c * (y - tail.mean)) - log_norm);
    let mean = tail.mean + 0.5 * (1.0 - b) / c;
    let sigma = (0.5 / c).sqrt();
    Found::At(Lognormal { mean, sigma }, logs)
}

/// Whether the tail falls off faster and faster, against the power law.
pub(super) fn bends(tail: &Tail) -> bool {
    let [norm, _, squares] = zeta(tail.alpha, tail.from as u64, None);
    squares / norm > tail.variance + tail.mean * tail.mean
}
