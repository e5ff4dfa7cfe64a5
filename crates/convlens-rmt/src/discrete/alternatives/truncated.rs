//! The power law with an exponential cutoff, on the whole numbers.

use super::sums::Sums;
use super::tail::{Found, Tail, zero_of_falling};
use crate::discrete::range::zeta;
use crate::special::root;

/// `P(X = x)` in proportion to `x^-alpha exp(-lambda x)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Truncated {
    pub(super) alpha: f64,
    /// `lambda xmin`.
    pub(super) rate: f64,
}

/// The probabilities go by `exp(-alpha y - rate (e^y - 1))`, normalised by Lerch's function: an exponential family in `y` and
/// `e^y - 1`, whose likelihood is concave in `alpha` and `rate`. At `rate = 0` it is the power law, whose mean of `e^y` is
/// infinite for `alpha <= 2`; the maximum is there where that is not above the sample's.
///
/// `least`: the smallest `alpha` allowed.
pub(super) fn fit(tail: &Tail, sums: &Sums, least: f64) -> Found<Truncated> {
    let excess = tail.average(f64::exp_m1);
    if tail.alpha > 2.0 {
        let from = tail.from as u64;
        let [moment, norm] = [tail.alpha - 1.0, tail.alpha].map(|s| zeta(s, from, None)[0]);
        if excess >= moment / norm - 1.0 {
            return Found::PowerLaw;
        }
    }
    let law = |alpha: f64, rate: f64| {
        // Of (1 - alpha) y - rate e^y.
        let mode = ((1.0 - alpha) / rate).max(1.0).ln();
        let density = |y: f64| -alpha * y - rate * y.exp_m1();
        sums.of(mode, density, |y| [y - tail.mean, y.exp_m1()])
    };
    let slope_at = |rate: f64| {
        let off = |alpha: f64| law(alpha, rate).1[0];
        match off(least) <= 0.0 {
            true => least,
            false => root(off, least, tail.alpha.max(least)),
        }
    };
    let off = |log_rate: f64| {
        let rate = log_rate.exp();
        law(slope_at(rate), rate).1[1] / excess - 1.0
    };
    // Sixty further, all of the law is on xmin.
    let rate = match zero_of_falling(off, -excess.ln(), 60.0) {
        Ok(log) => log.exp(),
        Err(found) => return found,
    };
    let alpha = slope_at(rate);
    let (log_norm, _) = law(alpha, rate);
    let logs = tail.each(|y| -alpha * y - rate * y.exp_m1() - log_norm);
    Found::At(Truncated { alpha, rate }, logs)
}
