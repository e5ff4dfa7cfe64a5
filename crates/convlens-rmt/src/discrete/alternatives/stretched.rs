//! The stretched exponential law on the whole numbers.

use super::lognormal::bends;
use super::sums::Sums;
use super::tail::{Found, Tail};
use crate::special::root;

/// `P(X = x)` in proportion to `x^(beta - 1) exp(-(lambda x)^beta)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretched {
    pub(super) beta: f64,
    /// `beta ln(lambda xmin)`.
    pub(super) log_scale: f64,
}

/// With `c = (lambda xmin)^beta` the probabilities go by `exp((beta - 1) y - c u)`, `u = e^(beta y) - 1`: for one `beta` an
/// exponential family, the best `c` of which has the sample's mean of `u`. The derivative of what is left in `beta` is the
/// law's mean of `(c (u + 1) - 1) y` less the sample's. Toward `beta = 0`, where `c beta` stays, it is that of the lognormal law
/// toward the power law but for a positive factor: so is its sign there.
/// Two neighbouring numbers alone are the limit of ever narrower laws.
pub(super) fn fit(tail: &Tail, sums: &Sums) -> Found<Stretched> {
    if tail.neighbours {
        return Found::Nowhere;
    }
    if !bends(tail) {
        return Found::PowerLaw;
    }
    let law = |beta: f64, log_c: f64| {
        let c = log_c.exp();
        // Of beta y - c u.
        let mode = (-log_c / beta).max(0.0);
        let density = |y: f64| (beta - 1.0) * y - c * (beta * y).exp_m1();
        sums.of(mode, density, |y| {
            let u = (beta * y).exp_m1();
            [u, (c * (u + 1.0) - 1.0) * y]
        })
    };
    let scale_at = |beta: f64| {
        let mean = tail.average(|y| (beta * y).exp_m1());
        let off = |log_c: f64| law(beta, log_c).1[0] / mean - 1.0;
        let start = -mean.ln();
        let (mut low, mut high, mut step) = (start, start, 0.5);
        while off(low) < 0.0 && step < 1e3 {
            low -= step;
            step *= 2.0;
        }
        step = 0.5;
        while off(high) > 0.0 && step < 1e3 {
            high += step;
            step *= 2.0;
        }
        root(off, low, high)
    };
    let slope = |beta: f64| {
        let log_c = scale_at(beta);
        let c = log_c.exp();
        let sample = tail.average(|y| (c * (beta * y).exp() - 1.0) * y);
        law(beta, log_c).1[1] - sample
    };
    let mut high = 1.0 / tail.largest;
    while slope(high) > 0.0 {
        high *= 2.0;
        if high * tail.largest > 500.0 {
            return Found::Nowhere;
        }
    }
    let mut low = 0.5 * high;
    while slope(low) <= 0.0 {
        low *= 0.5;
        // The rounding of the slope is about eps / beta.
        if low * tail.largest < 1e-7 {
            return Found::PowerLaw;
        }
    }
    let beta = root(slope, low, high);
    let log_scale = scale_at(beta);
    let c = log_scale.exp();
    let (log_norm, _) = law(beta, log_scale);
    let logs = tail.each(|y| (beta - 1.0) * y - c * (beta * y).exp_m1() - log_norm);
    Found::At(Stretched { beta, log_scale }, logs)
}
