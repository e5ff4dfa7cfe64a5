//! The quarter-circle law.

use std::f64::consts::PI;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{absolute_moment, edge_angle, require_radius, segment, segment_angle};
use crate::error::{RmtError, require};

/// The quarter-circle law: the limit of the singular values of a square `n x n` matrix of
/// independent entries of variance `R^2 / (4 n)`.
///
/// ```text
/// p(x) = 4 sqrt(R^2 - x^2) / (pi R^2),    0 <= x <= R.
/// ```
///
/// It is the [`MarchenkoPastur`](crate::MarchenkoPastur) law of `Q = 1` in terms of singular values, and
/// the modulus of a [`Semicircle`](crate::Semicircle) variable.
///
/// # Conventions
///
/// `R` is the edge: `2 sigma` for the singular values of `W / sqrt(n)` with entries of standard deviation `sigma`.
///
/// # Accuracy
///
/// Relative error of [`cdf`](Self::cdf) and [`survival`](Self::survival) under 1e-14, but for what the
/// rounding of `x` itself does near the edge.
///
/// # Example
///
/// ```
/// use convlens_rmt::QuarterCircle;
///
/// let law = QuarterCircle::new(2.0)?;
/// assert_eq!(law.moment(2)?, 1.0);
/// assert!((law.mean() - 8.0 / (3.0 * std::f64::consts::PI)).abs() < 1e-15);
/// assert!((law.cdf(law.quantile(0.9)?) - 0.9).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct QuarterCircle {
    radius: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    radius: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for QuarterCircle {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Self::new(form.radius)
    }
}

impl QuarterCircle {
    /// The law on `0..=radius`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `radius` is finite and above 0.
    pub fn new(radius: f64) -> Result<Self, RmtError> {
        require_radius(radius)?;
        Ok(Self { radius })
    }

    /// The edge `R`.
    #[must_use]
    pub fn radius(&self) -> f64 {
        self.radius
    }

    /// The mean, `4 R / (3 pi)`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        4.0 * self.radius / (3.0 * PI)
    }

    /// The density at `x`; 0 outside the support.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        let u = x / self.radius;
        if !(0.0..1.0).contains(&u) {
            return 0.0;
        }
        4.0 * ((1.0 - u) * (1.0 + u)).sqrt() / (PI * self.radius)
    }

    /// `P(X <= x) = (2 u + sin 2 u) / pi`, `u = asin(x / R)`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let y = 2.0 * (x / self.radius).clamp(0.0, 1.0).asin();
        (y + y.sin()) / PI
    }

    /// `P(X > x)`, without a difference near the edge.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        let u = x / self.radius;
        if u <= 0.0 {
            return 1.0;
        }
        if u.is_nan() {
            return u;
        }
        2.0 * segment(edge_angle((1.0 - u).max(0.0)))
    }

    /// The value that a share `p` of the law lies below.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..=1.0).contains(&p), "p", p, "in [0, 1]")?;
        Ok(self.value(p))
    }

    /// The moment `E[x^k]`, of odd orders too: `R^k Gamma((k + 1)/2) / (sqrt(pi) Gamma(k/2 + 2))`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `order` is over 500, or the moment is too large for an `f64`.
    pub fn moment(&self, order: u32) -> Result<f64, RmtError> {
        absolute_moment(order, self.radius)
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| self.value(rng.random())).collect()
    }

    /// Above the median by the edge's angle, below it by Newton's method on `2 u + sin 2 u`,
    /// which is concave, from a point below the root.
    fn value(&self, p: f64) -> f64 {
        if p > 0.5 {
            return self.radius * segment_angle(0.5 * (1.0 - p)).cos();
        }
        let mut u = 0.25 * PI * p;
        for _ in 0..40 {
            let cos = u.cos();
            let step = (PI * p - 2.0 * u - (2.0 * u).sin()) / (4.0 * cos * cos);
            u += step;
            if step.abs() <= f64::EPSILON * u {
                break;
            }
        }
        self.radius * u.sin()
    }
}
