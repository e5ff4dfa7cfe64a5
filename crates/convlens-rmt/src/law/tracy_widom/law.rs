//! The two Tracy-Widom laws as distributions.

use super::fredholm::AiryOperator;
use crate::error::{RmtError, require};

/// The symmetry class of a random matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Beta {
    /// `beta = 1`, real entries: the one for weights.
    #[default]
    One,
    /// `beta = 2`, complex entries: the symbol of a convolution at a frequency
    /// that is not its own conjugate.
    Two,
}

/// The Tracy-Widom law of the largest eigenvalue at a soft edge.
///
/// ```text
/// F_1(s) = det(1 - B_s),    B_s(x, y) = Ai(x + y + s) on L^2(0, inf),
/// F_2(s) = det(1 - B_s^2),
/// ```
///
/// (Ferrari and Spohn 2005, "A determinantal formula for the GOE Tracy-Widom
/// distribution", Journal of Physics A 38), evaluated by Gauss-Legendre quadrature of
/// the determinant (Bornemann 2010, "On the numerical evaluation of Fredholm
/// determinants", Mathematics of Computation 79).
///
/// # Conventions
///
/// The argument is the largest eigenvalue after centring and scaling; for a
/// Wishart matrix [`EdgeScaling`](crate::EdgeScaling) has both.
///
/// # Accuracy
///
/// Absolute error of [`cdf`](Self::cdf) under 1e-13; relative error of
/// [`survival`](Self::survival) under 1e-10 down to 1e-100. Checked against
/// 30-digit values by mpmath.
///
/// # Complexity
///
/// One evaluation fills and factors a 64 x 64 matrix; a quantile takes about
/// ten. Build the law once and reuse it.
///
/// # Example
///
/// ```
/// use convlens_rmt::{Beta, TracyWidom};
///
/// let law = TracyWidom::new(Beta::One);
/// // The 99% point of Johnstone (2001), table 1: 2.02.
/// assert!((law.quantile(0.99)? - 2.02345).abs() < 5e-6);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TracyWidom {
    beta: Beta,
    operator: AiryOperator,
}

/// Smallest probability that a quantile is asked for on the lower side, where
/// the determinant has an absolute accuracy only.
const LEAST_LOWER: f64 = 1e-10;
/// And on the upper side, where it has a relative one.
const LEAST_UPPER: f64 = 1e-100;

impl TracyWidom {
    /// The law of the given symmetry class.
    #[must_use]
    pub fn new(beta: Beta) -> Self {
        Self {
            beta,
            operator: AiryOperator::new(),
        }
    }

    /// The symmetry class.
    #[must_use]
    pub fn beta(&self) -> Beta {
        self.beta
    }

    /// The mean, as published by Bornemann (2010, "On the numerical evaluation of
    /// distributions in random matrix theory: a review").
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self.beta {
            Beta::One => -1.206_533_574_582_0,
            Beta::Two => -1.771_086_807_411_6,
        }
    }

    /// The variance (same source).
    #[must_use]
    pub fn variance(&self) -> f64 {
        match self.beta {
            Beta::One => 1.607_781_034_581_0,
            Beta::Two => 0.813_194_792_832_9,
        }
    }

    /// `P(X <= s)`; 0 below `s = -12`, where the truth is under 1e-30.
    #[must_use]
    pub fn cdf(&self, s: f64) -> f64 {
        self.log_cdf(s).exp().min(1.0)
    }

    /// `P(X > s)`, accurate in the upper tail, where `1 - cdf` cancels.
    #[must_use]
    pub fn survival(&self, s: f64) -> f64 {
        (-self.log_cdf(s).exp_m1()).clamp(0.0, 1.0)
    }

    /// The `s` with `P(X <= s) = p`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-10 <= p < 1`. For `p` near 1
    /// use [`upper_quantile`](Self::upper_quantile).
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((LEAST_LOWER..1.0).contains(&p), "p", p, "in [1e-10, 1)")?;
        Ok(self.solve(p, 1.0 - p))
    }

    /// The `s` with `P(X > s) = tail`: the critical value of a one-sided test at
    /// false-alarm rate `tail`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-100 <= tail <= 1 - 1e-10`.
    pub fn upper_quantile(&self, tail: f64) -> Result<f64, RmtError> {
        require(
            (LEAST_UPPER..=1.0 - LEAST_LOWER).contains(&tail),
            "tail",
            tail,
            "in [1e-100, 1 - 1e-10]",
        )?;
        Ok(self.solve(1.0 - tail, tail))
    }

    fn log_cdf(&self, s: f64) -> f64 {
        if s < AiryOperator::LOWEST {
            return f64::NEG_INFINITY;
        }
        match self.beta {
            Beta::One => self.operator.log_det_beta1(s),
            Beta::Two => self.operator.log_det_beta2(s),
        }
    }

    /// Root of the logarithm of the smaller tail, which is nearly a parabola in
    /// `s`: bracket outwards from the mean, then the Illinois method.
    fn solve(&self, lower: f64, upper: f64) -> f64 {
        let error = |s: f64| {
            if lower <= upper {
                self.cdf(s).max(f64::MIN_POSITIVE).ln() - lower.ln()
            } else {
                upper.ln() - self.survival(s).max(f64::MIN_POSITIVE).ln()
            }
        };
        let (mut a, mut fa) = (self.mean(), error(self.mean()));
        let direction = if fa < 0.0 { 1.0 } else { -1.0 };
        let (mut b, mut fb, mut step) = (a, fa, 1.5);
        while fb * fa > 0.0 && b.abs() < 60.0 {
            (a, fa) = (b, fb);
            b += direction * step;
            fb = error(b);
            step *= 1.5;
        }
        for _ in 0..80 {
            if fb == 0.0 || (b - a).abs() <= 1e-13 * (1.0 + b.abs()) {
                break;
            }
            let c = (a * fb - b * fa) / (fb - fa);
            let fc = error(c);
            if fc * fb < 0.0 {
                (a, fa) = (b, fb);
            } else {
                fa *= 0.5;
            }
            let moved = (c - b).abs();
            (b, fb) = (c, fc);
            if moved <= 1e-13 * (1.0 + b.abs()) {
                break;
            }
        }
        b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_agree_with_bornemann() {
        for beta in [Beta::One, Beta::Two] {
            let law = TracyWidom::new(beta);
            // E X = c + int_c^inf S - int_-inf^c F about c = 0, and
            // E X^2 = 2 int_0^inf s S - 2 int_-inf^0 s F: trapezoid over a smooth
            // function that dies at both ends, but for the joint at 0 (error h^2/12
            // of the jump in slope), so Simpson on each side: error of order h^4.
            let h = 0.05;
            let simpson = |from: f64, count: usize, f: &dyn Fn(f64) -> f64| -> f64 {
                (0..=count)
                    .map(|i| {
                        let w = if i == 0 || i == count {
                            1.0
                        } else if i % 2 == 1 {
                            4.0
                        } else {
                            2.0
                        };
                        w * f(from + h * i as f64)
                    })
                    .sum::<f64>()
                    * h
                    / 3.0
            };
            let up0 = simpson(0.0, 320, &|s| law.survival(s));
            let up1 = simpson(0.0, 320, &|s| s * law.survival(s));
            let down0 = simpson(-10.0, 200, &|s| law.cdf(s));
            let down1 = simpson(-10.0, 200, &|s| s * law.cdf(s));
            let mean = up0 - down0;
            let variance = 2.0 * (up1 - down1) - mean * mean;
            // h^4 / 180 of third derivatives of order 1 at the joint: 3e-8.
            assert!((mean - law.mean()).abs() < 3e-8, "{beta:?} {mean}");
            assert!(
                (variance - law.variance()).abs() < 1e-7,
                "{beta:?} {variance}"
            );
        }
    }

    #[test]
    fn quantile_inverts_both_tails() {
        for beta in [Beta::One, Beta::Two] {
            let law = TracyWidom::new(beta);
            for p in [1e-10, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999] {
                let s = law.quantile(p).unwrap();
                assert!(
                    (law.cdf(s) - p).abs() < 1e-13 + 1e-9 * p.min(1e-6),
                    "{beta:?} {p}"
                );
            }
            for tail in [0.05, 1e-5, 1e-20, 1e-100] {
                let s = law.upper_quantile(tail).unwrap();
                // d log S / ds is under 2 sqrt(s) < 20 and s is solved to 1e-13 |s|.
                assert!(
                    (law.survival(s) / tail - 1.0).abs() < 1e-10,
                    "{beta:?} {tail}"
                );
            }
        }
        assert!(TracyWidom::new(Beta::One).quantile(1.0).is_err());
        assert!(TracyWidom::new(Beta::One).upper_quantile(0.0).is_err());
    }
}
