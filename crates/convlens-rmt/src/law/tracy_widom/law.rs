//! The two Tracy-Widom laws as distributions.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::log_tail::{self, JOINT};
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
/// F_2(s) = det(1 - B_s^2)
/// ```
///
/// (Tracy and Widom 1994, 1996; these forms: Ferrari and Spohn 2005, "A determinantal
/// formula for the GOE Tracy-Widom distribution", Journal of Physics A 38).
///
/// The determinants were evaluated to 40 digits by Gauss-Legendre quadrature
/// (Bornemann 2010, "On the numerical evaluation of Fredholm determinants",
/// Mathematics of Computation 79) and stand in the source as polynomials: `log F`
/// on -10..-2, `log(1 - F)` from -2 up, without end. Below -10 the asymptotic series takes over.
///
/// # Conventions
///
/// The argument is the largest eigenvalue after centring and scaling; for a
/// Wishart matrix [`EdgeScaling`](crate::EdgeScaling) has both.
///
/// # Accuracy
///
/// Relative error of [`pdf`](Self::pdf), [`cdf`](Self::cdf) and
/// [`survival`](Self::survival) under 1e-12 from `s = -12` to 20, checked against 20 digits by mpmath; each is
/// computed without a difference where it is small. Outside, the error grows as the rounding of the exponent, `eps |log F|`.
///
/// # Complexity
///
/// One evaluation is a polynomial of degree 13 and an exponential, about 25 ns; a quantile takes about ten of them, 0.3 us.
///
/// # Example
///
/// ```
/// use convlens_rmt::{Beta, TracyWidom};
///
/// let law = TracyWidom::new(Beta::One);
/// // The 99% point of Johnstone (2001), table 1: 2.02.
/// assert!((law.quantile(0.99)? - 2.02345).abs() < 5e-6);
/// // Far out, where 1 - cdf is 0.
/// assert!((law.survival(law.upper_quantile(1e-30)?) / 1e-30 - 1.0).abs() < 1e-12);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TracyWidom {
    beta: Beta,
}

/// Smallest probability that a quantile is asked for, on either side.
const LEAST: f64 = 1e-300;

impl TracyWidom {
    /// The law of the given symmetry class.
    #[must_use]
    pub fn new(beta: Beta) -> Self {
        Self { beta }
    }

    /// The symmetry class.
    #[must_use]
    pub fn beta(&self) -> Beta {
        self.beta
    }

    /// The density.
    #[must_use]
    pub fn pdf(&self, s: f64) -> f64 {
        let (log, slope) = if s < JOINT {
            log_tail::lower(self.beta, s)
        } else {
            log_tail::upper(self.beta, s)
        };
        let tail = log.exp();
        // The slope is infinite where the tail has long been 0.
        if tail == 0.0 { 0.0 } else { tail * slope.abs() }
    }

    /// `P(X <= s)`, accurate in the lower tail too.
    #[must_use]
    pub fn cdf(&self, s: f64) -> f64 {
        if s < JOINT {
            log_tail::lower(self.beta, s).0.exp()
        } else {
            -log_tail::upper(self.beta, s).0.exp_m1()
        }
    }

    /// `P(X > s)`, accurate in the upper tail, where `1 - cdf` cancels.
    #[must_use]
    pub fn survival(&self, s: f64) -> f64 {
        if s < JOINT {
            -log_tail::lower(self.beta, s).0.exp_m1()
        } else {
            log_tail::upper(self.beta, s).0.exp()
        }
    }

    /// The `s` with `P(X <= s) = p`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-300 <= p < 1`. For `p` near 1
    /// use [`upper_quantile`](Self::upper_quantile).
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((LEAST..1.0).contains(&p), "p", p, "in [1e-300, 1)")?;
        Ok(self.solve(p, 1.0 - p))
    }

    /// The `s` with `P(X > s) = tail`: the critical value of a one-sided test at
    /// false-alarm rate `tail`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-300 <= tail < 1`. For `tail` near 1
    /// use [`quantile`](Self::quantile).
    pub fn upper_quantile(&self, tail: f64) -> Result<f64, RmtError> {
        require((LEAST..1.0).contains(&tail), "tail", tail, "in [1e-300, 1)")?;
        Ok(self.solve(1.0 - tail, tail))
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| {
                // The middle of one of 2^53 cells: never 0 or 1.
                let (u, half) = (rng.random::<f64>(), 0.25 * f64::EPSILON);
                self.solve(u + half, 1.0 - u - half)
            })
            .collect()
    }

    /// Newton's method on the logarithm of the tail that is tabulated. Both are
    /// concave, so that every step after the first comes from the same side.
    fn solve(&self, lower: f64, upper: f64) -> f64 {
        let split = self.cdf(JOINT);
        let below = lower < split;
        let (target, mut s): (f64, f64) = if below {
            (lower.ln(), JOINT - 1.0)
        } else {
            (upper.ln(), JOINT + 1.0)
        };
        for _ in 0..60 {
            let (log, slope) = if below {
                log_tail::lower(self.beta, s)
            } else {
                log_tail::upper(self.beta, s)
            };
            let step = (log - target) / slope;
            let next = if below {
                (s - step).min(JOINT)
            } else {
                (s - step).max(JOINT)
            };
            let moved = (next - s).abs();
            s = next;
            if moved <= 2.0 * f64::EPSILON * (1.0 + s.abs()) {
                break;
            }
        }
        s
    }
}
