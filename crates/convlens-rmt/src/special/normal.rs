//! The standard normal law, far out too.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// `P(Z <= x)`.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The `x` with `P(Z <= x) = p`, for `0 < p < 1`, by bisection: to the last bits.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-39.0, 39.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        match normal_cdf(middle) < p {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

/// The Mills ratio `P(Z > x) / phi(x)`.
///
/// Above 5 by its continued fraction `1/(x + 1/(x + 2/(x + 3/(x + ..))))` (Abramowitz and Stegun 26.2.14): 60 terms give all
/// digits there.
pub(crate) fn mills(x: f64) -> f64 {
    if x < 5.0 {
        let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
        return 0.5 * libm::erfc(x * FRAC_1_SQRT_2) / density;
    }
    1.0 / (x + 1.0 / fraction(x, 2))
}

/// `x + k/(x + (k + 1)/(x + ..))`, for `x >= 5`.
fn fraction(x: f64, k: u32) -> f64 {
    (k..k + 60).rev().fold(x, |tail, k| x + f64::from(k) / tail)
}

/// Mean and squared coefficient of variation of `Z - a` given `Z > a`, the overshoot of a standard normal variable.
///
/// `1/M - a` and `(1 - (mean + a) mean) / mean^2` with the Mills ratio `M`; above 5, where both cancel, by its continued
/// fraction. The second rises from 0 to 1 with `a`.
pub(crate) fn overshoot(a: f64) -> (f64, f64) {
    if a < 5.0 {
        let hazard = 1.0 / mills(a);
        let mean = hazard - a;
        return (mean, (1.0 - hazard * mean) / (mean * mean));
    }
    let mean = 1.0 / fraction(a, 2);
    (mean, 2.0 / (fraction(a, 3) * mean) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_values() {
        // mpmath, 30 digits: ncdf(-1.5), log(ncdf(-40)).
        assert!((normal_cdf(-1.5) - 0.066_807_201_268_858_07).abs() < 1e-16);
        let log_sf = mills(40.0).ln() - 800.0 - 0.5 * (2.0 * PI).ln();
        assert!((log_sf / -804.608_442_013_753_8 - 1.0).abs() < 1e-14);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
    }

    #[test]
    fn both_branches_of_the_mills_ratio_meet() {
        let (below, above) = (mills(5.0 - 1e-12), mills(5.0));
        assert!((below / above - 1.0).abs() < 1e-11);
        let (below, above) = (overshoot(5.0 - 1e-12), overshoot(5.0));
        // Under 5 the variance is the difference of numbers near 1 and 0.96, over a mean squared of 0.035.
        assert!((below.0 - above.0).abs() < 1e-12 && (below.1 - above.1).abs() < 1e-11);
        // Far out the overshoot is exponential: squared coefficient of variation 1.
        assert!((overshoot(1e3).1 - 1.0).abs() < 1e-5);
        // A half-normal variable: mean sqrt(2/pi), variance 1 - 2/pi.
        let (mean, variation) = overshoot(0.0);
        assert!((mean - (2.0 / PI).sqrt()).abs() < 1e-15);
        assert!((variation - (0.5 * PI - 1.0)).abs() < 1e-14);
    }
}
