//! The power law with an exponential cutoff.

use crate::special::numeric::{bisect, gauss_legendre, root};
use crate::tail::continuous::tail::{Fitted, Tail};

/// Parameters of `x^-alpha exp(-lambda x)` above `xmin`, in units of `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Truncated {
    /// `alpha - 1`.
    pub(super) slope: f64,
    pub(super) rate: f64,
}

/// `p(y)` is proportional to `exp(-b y - r (e^y - 1))`, an exponential family in `y` and `e^y - 1`:
/// the log-likelihood is concave in `b = alpha - 1` and `r = lambda xmin`, and its gradient is what
/// the law expects of the two less their means in the sample. At `r = 0` it is the power law: `b =
/// 1/mean(y)`, and `e^y - 1` has the expectation `1/(b - 1)`, infinite for `b <= 1`. Where the
/// sample's is not smaller, the maximum is there.
///
/// The normalizer is the incomplete gamma function `Gamma(1 - alpha, lambda)` with its first
/// argument negative; it and the expectations come from one quadrature.
///
/// `least`: the smallest `alpha - 1` allowed.
pub(super) fn fit(tail: &Tail, least: f64) -> Fitted<Truncated> {
    let excess = tail.average(f64::exp_m1);
    let power_law = 1.0 / tail.mean;
    let limit = power_law > 1.0 && excess >= 1.0 / (power_law - 1.0);
    if limit || excess > 1e290 {
        return None;
    }
    let rule = gauss_legendre::<16>();
    // The best slope at a rate: the law's mean of `y` falls with the slope, and is under 1/slope.
    let slope_at = |rate: f64| {
        let off = |slope: f64| Law::new(slope, rate, &rule).log - tail.mean;
        if off(least) <= 0.0 {
            return least;
        }
        root(off, least, power_law)
    };
    // What is left of the gradient falls with the rate, the profile of a concave function being
    // concave.
    let off = |log_rate: f64| {
        let rate = log_rate.exp();
        Law::new(slope_at(rate), rate, &rule).excess / excess - 1.0
    };
    let mut high = -excess.ln();
    while off(high) > 0.0 && high < 600.0 {
        high += 2.0;
    }
    let mut low = high - 2.0;
    while off(low) <= 0.0 {
        low -= 2.0;
        // The gain in likelihood is gone by then.
        if low < -excess.ln() - 60.0 {
            return None;
        }
    }
    let rate = root(off, low, high).exp();
    let slope = slope_at(rate);
    let law = Law::new(slope, rate, &rule);
    let densities = tail.densities(|y| -slope * y - rate * y.exp_m1() - law.log_norm);
    Some((Truncated { slope, rate }, densities))
}

/// Logarithm of the integral of `exp(-slope y - rate (e^y - 1))` over `y > 0`.
pub(super) fn log_norm(slope: f64, rate: f64, rule: &[(f64, f64)]) -> f64 {
    Law::new(slope, rate, rule).log_norm
}

/// Normalizer and expectations of one law of the family.
#[derive(Debug)]
struct Law {
    /// Logarithm of the integral of `exp(-b y - r (e^y - 1))` over `y > 0`.
    log_norm: f64,
    /// Expectation of `y`.
    log: f64,
    /// Expectation of `e^y - 1`.
    excess: f64,
}

/// Panels of the quadrature: each takes at most a sixteenth of a fall by `e^-40`.
const PANELS: u32 = 16;
/// What is left out of the integrals is under `e^-40` of the density at its mode.
const DEPTH: f64 = 40.0;

impl Law {
    fn new(slope: f64, rate: f64, rule: &[(f64, f64)]) -> Self {
        let exponent = |y: f64| -slope * y - rate * y.exp_m1();
        // Concave: one mode, inside where the slope is negative enough.
        let mode = (-slope / rate).max(1.0).ln();
        let top = exponent(mode);
        let mut wide = 1.0 / (1.0 + slope.abs() + rate);
        while exponent(mode + wide) > top - DEPTH {
            wide *= 2.0;
        }
        let edge = |y: f64| exponent(y) - top + DEPTH;
        let high = bisect(edge, mode, mode + wide);
        let low = match exponent(0.0) < top - DEPTH {
            true => bisect(edge, mode, 0.0),
            false => 0.0,
        };
        let half = 0.5 * (high - low) / f64::from(PANELS);
        let (mut norm, mut log, mut excess) = (0.0, 0.0, 0.0);
        for panel in 0..PANELS {
            let middle = low + half * f64::from(2 * panel + 1);
            for (node, weight) in rule {
                let y = middle + half * node;
                let density = weight * (exponent(y) - top).exp();
                norm += density;
                log += density * y;
                excess += density * y.exp_m1();
            }
        }
        Self {
            log_norm: top + (half * norm).ln(),
            log: log / norm,
            excess: excess / norm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizer_and_means_match_mpmath() {
        // mpmath, 30 digits: integrals of t^-alpha exp(-r (t - 1)) over t > 1, of ln(t) and of t -
        // 1 in that law, with alpha = 1 + slope.
        for (slope, rate, norm, log, excess) in REFERENCE {
            let law = Law::new(slope, rate, &gauss_legendre::<16>());
            for (found, exact) in [
                (law.log_norm.exp(), norm),
                (law.log, log),
                (law.excess, excess),
            ] {
                assert!(
                    (found / exact - 1.0).abs() < 1e-11,
                    "{slope} {rate}: {found} {exact}"
                );
            }
        }
    }

    const REFERENCE: [(f64, f64, f64, f64, f64); 6] = [
        (
            1.5,
            0.01,
            0.6554519048350899,
            0.6428880738618974,
            1.566495363469513,
        ),
        (
            0.0,
            1e-6,
            13.238309131365003,
            6.681274733980011,
            75537.34784162424,
        ),
        (
            -1.0,
            0.3,
            3.3333333333333335,
            1.2225356050805856,
            3.3333333333333335,
        ),
        (
            3.0,
            2.0,
            0.1848951774823699,
            0.1718249044069308,
            0.20423494440614043,
        ),
        (
            0.02,
            1e-12,
            20.884253849159254,
            12.32953250742872,
            27882965185.24521,
        ),
        (
            8.0,
            50.0,
            0.016991868145953087,
            0.016752251733013205,
            0.0170336156217968,
        ),
    ];
}
