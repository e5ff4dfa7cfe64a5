//! The law of the singular values of a matrix of independent entries.

use std::f64::consts::PI;

use super::MarchenkoPastur;
use crate::error::RmtError;

/// The law of the singular values of `W / sqrt(N)`, the roots of a [`MarchenkoPastur`] variable.
///
/// ```text
/// f(s) = 2 s p(s^2) = Q sqrt((b - s^2)(s^2 - a)) / (pi sigma^2 s),    sqrt(a) <= s <= sqrt(b),
/// sqrt(a), sqrt(b) = sigma (1 -+ sqrt(1/Q)).
/// ```
///
/// At `Q = 1` it is the quarter circle of radius `2 sigma`, see [`QuarterCircle`](crate::QuarterCircle).
///
/// # Conventions
///
/// Singular values of `W` itself are these times `sqrt(N)`, `N` the larger side.
///
/// # Example
///
/// ```
/// use convlens_rmt::{MarchenkoPastur, QuarterCircle};
///
/// let law = MarchenkoPastur::new(4.0, 1.0)?.singular_values();
/// assert_eq!(law.support(), (0.5, 1.5));
/// let square = MarchenkoPastur::new(1.0, 1.0)?.singular_values();
/// assert!((square.pdf(0.7) - QuarterCircle::new(2.0)?.pdf(0.7)).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SingularValueLaw {
    eigenvalues: MarchenkoPastur,
}

impl MarchenkoPastur {
    /// The law of the singular values `sqrt(x)`.
    #[must_use]
    pub fn singular_values(self) -> SingularValueLaw {
        SingularValueLaw { eigenvalues: self }
    }
}

impl SingularValueLaw {
    /// The law of the squares.
    #[must_use]
    pub fn eigenvalues(&self) -> MarchenkoPastur {
        self.eigenvalues
    }

    /// The edges `sigma (1 -+ sqrt(1/Q))`.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        let (sigma, r) = (self.sigma(), self.eigenvalues.r());
        (sigma * (1.0 - r), sigma * (1.0 + r))
    }

    /// The density at `s`; 0 outside the support, finite everywhere.
    #[must_use]
    pub fn pdf(&self, s: f64) -> f64 {
        let (sigma, r) = (self.sigma(), self.eigenvalues.r());
        let s = s / sigma;
        let (a, b) = (1.0 - r, 1.0 + r);
        if !(a..=b).contains(&s) {
            return 0.0;
        }
        let upper = (b - s) * (b + s);
        let unit = if r == 1.0 {
            // The quarter circle: s cancels, and 0 / 0 at the origin with it.
            upper.sqrt() / PI
        } else {
            (upper * (s - a) * (s + a)).sqrt() / (PI * r * r * s)
        };
        unit / sigma
    }

    /// The distribution function at `s`, that of the eigenvalues at `s^2`; accuracy as there.
    #[must_use]
    pub fn cdf(&self, s: f64) -> f64 {
        if s <= 0.0 {
            return 0.0;
        }
        self.eigenvalues.cdf(s * s)
    }

    /// The value that a share `p` of the law lies below.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        Ok(self.eigenvalues.quantile(p)?.sqrt())
    }

    /// The even moment `E[s^(2k)]`, that of order `k` of the eigenvalues. The odd ones are elliptic integrals, not served.
    ///
    /// # Errors
    ///
    /// As [`MarchenkoPastur::moment`].
    pub fn even_moment(&self, k: u32) -> Result<f64, RmtError> {
        self.eigenvalues.moment(k)
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut draws = self.eigenvalues.sample(count, seed);
        for x in &mut draws {
            *x = x.sqrt();
        }
        draws
    }

    fn sigma(&self) -> f64 {
        self.eigenvalues.sigma2().sqrt()
    }
}
