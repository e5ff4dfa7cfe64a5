//! Wigner's semicircle law.

use std::f64::consts::PI;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{absolute_moment, edge_angle, require_radius, segment, segment_angle};
use crate::error::{RmtError, require};

/// Wigner's semicircle law: the limit of the eigenvalues of a symmetric `n x n` matrix of
/// independent entries of variance `R^2 / (4 n)` (Wigner 1958).
///
/// ```text
/// p(x) = 2 sqrt(R^2 - x^2) / (pi R^2),    |x| <= R.
/// ```
///
/// # Conventions
///
/// `R` is the edge; the standard deviation is `R / 2`.
///
/// # Accuracy
///
/// Relative error of [`cdf`](Self::cdf) and [`survival`](Self::survival) under 1e-14, but for what the
/// rounding of `x` itself does near an edge.
///
/// # Example
///
/// ```
/// use convlens_rmt::Semicircle;
///
/// let law = Semicircle::new(2.0)?;
/// assert!((law.cdf(0.0) - 0.5).abs() < 1e-15);
/// assert_eq!(law.moment(4)?, 2.0); // Catalan's number
/// assert!((law.cdf(law.quantile(0.1)?) - 0.1).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct Semicircle {
    radius: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    radius: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for Semicircle {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Self::new(form.radius)
    }
}

impl Semicircle {
    /// The law with edges `-radius` and `radius`.
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

    /// The density at `x`; 0 outside the support.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        let u = x / self.radius;
        if u.abs() >= 1.0 {
            return 0.0;
        }
        2.0 * ((1.0 - u) * (1.0 + u)).sqrt() / (PI * self.radius)
    }

    /// `P(X <= x)`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let u = x / self.radius;
        if u <= 0.0 {
            segment(edge_angle((1.0 + u).max(0.0)))
        } else if u > 0.0 {
            1.0 - segment(edge_angle((1.0 - u).max(0.0)))
        } else {
            u
        }
    }

    /// `P(X > x)`, that is `cdf(-x)`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        self.cdf(-x)
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

    /// The moment `E[x^k]`: 0 for odd `k`, `(R/2)^k` times Catalan's number of `k/2` for even.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `order` is over 500, or the moment is too large for an `f64`.
    pub fn moment(&self, order: u32) -> Result<f64, RmtError> {
        let absolute = absolute_moment(order, self.radius)?;
        Ok(if order.is_multiple_of(2) {
            absolute
        } else {
            0.0
        })
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| self.value(rng.random())).collect()
    }

    fn value(&self, p: f64) -> f64 {
        if p <= 0.5 {
            -self.radius * segment_angle(p).cos()
        } else {
            self.radius * segment_angle(1.0 - p).cos()
        }
    }
}
