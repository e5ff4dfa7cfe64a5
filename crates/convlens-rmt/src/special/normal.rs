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

/// `ln P(Z > x)`, where the probability itself underflows too.
pub(crate) fn log_normal_sf(x: f64) -> f64 {
    if x < 5.0 {
        return (0.5 * libm::erfc(x * FRAC_1_SQRT_2)).ln();
    }
    mills(x).ln() - 0.5 * x * x - 0.5 * (2.0 * PI).ln()
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
    let inner = (1..=60).rev().fold(x, |tail, k| x + f64::from(k) / tail);
    1.0 / inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_values() {
        // mpmath, 30 digits: ncdf(-1.5), log(ncdf(-6)), log(ncdf(-40)), ncdf(-5)/npdf(5).
        assert!((normal_cdf(-1.5) - 0.066_807_201_268_858_07).abs() < 1e-16);
        assert!((log_normal_sf(6.0) / -20.736_768_949_974_7 - 1.0).abs() < 1e-13);
        assert!((log_normal_sf(40.0) / -804.608_442_013_754 - 1.0).abs() < 1e-14);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
    }

    #[test]
    fn both_branches_of_the_mills_ratio_meet() {
        let (below, above) = (mills(5.0 - 1e-12), mills(5.0));
        assert!((below / above - 1.0).abs() < 1e-11);
    }
}
