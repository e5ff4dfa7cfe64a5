//! The discrete power law above a lower bound.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::range::RangeLaw;
use crate::error::{RmtError, require};

/// The discrete power law `P(X = x) = x^(-alpha) / zeta(alpha, xmin)` for whole `x >= xmin >= 1`, with Hurwitz's zeta function
/// (Clauset, Shalizi and Newman 2009, eq. 2.4).
///
/// For counts: degrees, sizes of hyperedges. Eigenvalues are continuous: [`PowerLaw`](crate::PowerLaw).
///
/// # Example
///
/// ```
/// use convlens_rmt::DiscretePowerLaw;
///
/// let law = DiscretePowerLaw::new(2.0, 1)?;
/// let basel = 6.0 / std::f64::consts::PI.powi(2);
/// assert!((law.pmf(1) - basel).abs() < 1e-15);
/// assert!((law.cdf(2) - 1.25 * basel).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct DiscretePowerLaw {
    alpha: f64,
    xmin: u64,
    /// `xmin^alpha zeta(alpha, xmin)`.
    #[cfg_attr(feature = "serde", serde(skip_serializing))]
    norm: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    alpha: f64,
    xmin: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for DiscretePowerLaw {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Self::new(form.alpha, form.xmin)
    }
}

/// Exponents up to here: at 1000 all but `1e-300` of the mass is on `xmin = 1`.
pub(super) const ALPHA_MAX: f64 = 1000.0;

impl DiscretePowerLaw {
    /// The law with exponent `1 < alpha <= 1000` from `xmin >= 1` on.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when either is out of range.
    pub fn new(alpha: f64, xmin: u64) -> Result<Self, RmtError> {
        let good = alpha > 1.0 && alpha <= ALPHA_MAX;
        require(good, "alpha", alpha, "above 1 and at most 1000")?;
        require(xmin >= 1, "xmin", xmin as f64, "at least 1")?;
        Ok(Self::from_fit(alpha, xmin))
    }

    /// A fit's own numbers, known to be in range.
    pub(super) fn from_fit(alpha: f64, xmin: u64) -> Self {
        let norm = RangeLaw::new(alpha, xmin, None).norm;
        Self { alpha, xmin, norm }
    }

    fn range(&self) -> RangeLaw {
        let Self { alpha, xmin, norm } = *self;
        RangeLaw {
            alpha,
            xmin,
            xmax: None,
            norm,
        }
    }

    /// The exponent.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The least value.
    #[must_use]
    pub fn xmin(&self) -> u64 {
        self.xmin
    }

    /// `P(X = x)`; 0 below `xmin`.
    #[must_use]
    pub fn pmf(&self, x: u64) -> f64 {
        match x < self.xmin {
            true => 0.0,
            false => self.range().pmf(x),
        }
    }

    /// `P(X <= x)`.
    #[must_use]
    pub fn cdf(&self, x: u64) -> f64 {
        match x < self.xmin {
            true => 0.0,
            false => 1.0 - self.survival(x.saturating_add(1)),
        }
    }

    /// `P(X >= x)`, accurate far out.
    #[must_use]
    pub fn survival(&self, x: u64) -> f64 {
        self.range().survival(x)
    }

    /// `count` independent draws by inversion (ibid., eq. D.6), from ChaCha8 seeded with `seed`; what would pass `2^64 - 1` is that.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<u64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| self.range().quantile(1.0 - rng.random::<f64>()))
            .collect()
    }
}
