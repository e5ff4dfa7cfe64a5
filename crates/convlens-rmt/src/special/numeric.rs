//! Gauss-Legendre quadrature, roots of continuous functions, and the normal law far out.

use std::f64::consts::FRAC_1_SQRT_2;
use std::f64::consts::PI;

/// Nodes and weights of the `N`-point rule on `[-1, 1]`, by Newton's method on the Legendre
/// recurrence (Abramowitz and Stegun 25.4.29).
pub(crate) fn gauss_legendre<const N: usize>() -> [(f64, f64); N] {
    let mut rule = [(0.0, 0.0); N];
    let n = N as f64;
    for (i, node) in rule.iter_mut().enumerate() {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..20 {
            let (mut last, mut value) = (1.0, x);
            for k in 2..=N {
                let k = k as f64;
                (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
            }
            slope = n * (x * value - last) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        *node = (x, 2.0 / ((1.0 - x * x) * slope * slope));
    }
    rule
}

/// A zero of `f` between `a` and `b`, where it has values of opposite signs (or 0), by
/// Chandrupatla's method (1997): inverse quadratic steps where they are safe, else bisection. Ends
/// after 200 steps or at the last bits.
pub(crate) fn root(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> f64 {
    let (mut x1, mut x2) = (b, a);
    let (mut f1, mut f2) = (f(b), f(a));
    let (mut x3, mut f3);
    let mut share = 0.5;
    for _ in 0..200 {
        let x = x1 + share * (x2 - x1);
        let value = f(x);
        if (value > 0.0) == (f1 > 0.0) {
            (x3, f3) = (x1, f1);
        } else {
            (x3, f3, x2, f2) = (x2, f2, x1, f1);
        }
        (x1, f1) = (x, value);
        let nearer = if f2.abs() < f1.abs() { x2 } else { x1 };
        let tolerance = 4.0 * f64::EPSILON * nearer.abs() / (x2 - x1).abs();
        if tolerance > 0.5 || f1 == 0.0 || f2 == 0.0 || x1 == x2 {
            return if f2.abs() < f1.abs() { x2 } else { x1 };
        }
        let (xi, phi) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2));
        let safe = 1.0 - (1.0 - xi).sqrt() < phi && phi < xi.sqrt();
        share = match safe {
            true => {
                f1 / (f2 - f1) * f3 / (f2 - f3)
                    + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
            }
            false => 0.5,
        };
        share = share.clamp(tolerance.min(0.5), 1.0 - tolerance.min(0.5));
    }
    x1
}

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
/// Above 5 by its continued fraction `1/(x + 1/(x + 2/(x + 3/(x + ..))))` (Abramowitz and Stegun
/// 26.2.14): 60 terms give all digits there.
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

/// Mean and squared coefficient of variation of `Z - a` given `Z > a`, the overshoot of a standard
/// normal variable.
///
/// `1/M - a` and `(1 - (mean + a) mean) / mean^2` with the Mills ratio `M`; above 5, where both
/// cancel, by its continued fraction. The second rises from 0 to 1 with `a`.
pub(crate) fn overshoot(a: f64) -> (f64, f64) {
    if a < 5.0 {
        let hazard = 1.0 / mills(a);
        let mean = hazard - a;
        return (mean, (1.0 - hazard * mean) / (mean * mean));
    }
    let mean = 1.0 / fraction(a, 2);
    (mean, 2.0 / (fraction(a, 3) * mean) - 1.0)
}

/// Where a function that is positive at `inside` and not at `outside` changes sign, to a thousandth
/// of the distance.
pub(crate) fn bisect(f: impl Fn(f64) -> f64, inside: f64, outside: f64) -> f64 {
    let (mut inside, mut outside) = (inside, outside);
    for _ in 0..10 {
        let middle = inside.midpoint(outside);
        match f(middle) > 0.0 {
            true => inside = middle,
            false => outside = middle,
        }
    }
    outside
}

#[cfg(test)]
mod gauss_tests {
    use super::*;

    #[test]
    fn is_exact_for_polynomials() {
        let rule = gauss_legendre::<16>();
        for power in 0..32 {
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            let exact = if power % 2 == 0 {
                2.0 / f64::from(power + 1)
            } else {
                0.0
            };
            assert!((sum - exact).abs() < 1e-14, "{power}: {sum}");
        }
    }
}

#[cfg(test)]
mod root_tests {
    use super::*;

    #[test]
    fn finds_known_roots_in_few_steps() {
        let mut calls = 0;
        let cube = |x: f64| {
            calls += 1;
            x * x * x - 2.0
        };
        assert!((root(cube, 0.0, 10.0) - 2.0_f64.cbrt()).abs() < 1e-15);
        assert!(calls < 25, "{calls}");
        assert!((root(|x| 0.5 - x, 0.0, 1.0) - 0.5).abs() < 1e-16);
        assert_eq!(root(|x| x, 0.0, 1.0), 0.0);
        // A step has no zero: the place where it jumps.
        let jump = root(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0);
        assert!((jump - 0.3).abs() < 1e-14);
    }
}

#[cfg(test)]
mod normal_tests {
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
        // Under 5 the variance is the difference of numbers near 1 and 0.96, over a mean squared of
        // 0.035.
        assert!((below.0 - above.0).abs() < 1e-12 && (below.1 - above.1).abs() < 1e-11);
        // Far out the overshoot is exponential: squared coefficient of variation 1.
        assert!((overshoot(1e3).1 - 1.0).abs() < 1e-5);
        // A half-normal variable: mean sqrt(2/pi), variance 1 - 2/pi.
        let (mean, variation) = overshoot(0.0);
        assert!((mean - (2.0 / PI).sqrt()).abs() < 1e-15);
        assert!((variation - (0.5 * PI - 1.0)).abs() < 1e-14);
    }
}
