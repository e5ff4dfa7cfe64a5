//! The stretched exponential law above `xmin`.

use super::tail::{Fitted, Tail};
use crate::special::root;

/// Parameters of the stretched exponential, `exp(-(lambda x)^beta)` above `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretched {
    pub(super) beta: f64,
    /// `beta ln(lambda xmin)`.
    pub(super) log_scale: f64,
}

/// With `c = (lambda xmin)^beta`, `p(y) = beta c exp(beta y - c (e^(beta y) - 1))`. At the best `c`, one over the mean of
/// `e^(beta y) - 1`, the log-likelihood a value is `ln beta + ln c + beta mean(y) - 1`: concave in `beta`, for
/// `ln((1/beta) mean(e^(beta y) - 1))` is the logarithm of a Laplace transform. At `beta = 0` it is the power law's, with the
/// slope `mean (1 - variation) / 2`: there is a maximum above 0 exactly where the variation of `y` is under 1.
pub(super) fn fit(tail: &Tail) -> Fitted<Stretched> {
    if tail.variation >= 1.0 {
        return None;
    }
    let slope = |beta: f64| {
        let excess = |y: f64| (beta * (y - tail.largest)).exp() * -(-beta * y).exp_m1();
        let weighted = |y: f64| y * (beta * (y - tail.largest)).exp();
        1.0 / beta + tail.mean - tail.average(weighted) / tail.average(excess)
    };
    let mut high = 1.0 / tail.largest;
    while slope(high) > 0.0 && high < 1e200 {
        high *= 2.0;
    }
    let mut low = high;
    while slope(low) <= 0.0 {
        low *= 0.5;
        // The rounding of the slope is about eps / beta.
        if low * tail.largest < 1e-7 {
            return None;
        }
    }
    let beta = root(slope, low, high);
    let excess = |y: f64| (beta * (y - tail.largest)).exp() * -(-beta * y).exp_m1();
    let mean = tail.average(excess);
    let log_scale = -beta * tail.largest - mean.ln();
    let densities = tail.densities(|y| beta.ln() + log_scale + beta * y - excess(y) / mean);
    Some((Stretched { beta, log_scale }, densities))
}
