//! The continuous power law (Pareto) above a lower bound.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};

/// The continuous power law `p(x) = (alpha - 1)/xmin * (x/xmin)^(-alpha)` for
/// `x >= xmin` (Clauset, Shalizi and Newman 2009, eq. 2.2), a Pareto law.
///
/// # Conventions
///
/// `alpha > 1` is the exponent of the *density*, the one that Clauset et al. and
/// the literature on weight spectra report. That of the survival function,
/// Hill's tail index, is `alpha - 1`.
///
/// # Example
///
/// ```
/// use convlens_rmt::PowerLaw;
///
/// let law = PowerLaw::new(3.0, 2.0)?;
/// assert_eq!(law.cdf(4.0), 0.75); // 1 - (4/2)^-2
/// assert_eq!(law.quantile(0.75)?, 4.0);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct PowerLaw {
    alpha: f64,
    xmin: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    alpha: f64,
    xmin: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for PowerLaw {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Self::new(form.alpha, form.xmin)
    }
}

impl PowerLaw {
    /// The law with density exponent `alpha > 1` above `xmin > 0`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when either is out of range or not finite.
    pub fn new(alpha: f64, xmin: f64) -> Result<Self, RmtError> {
        let (good_alpha, good_xmin) = (
            alpha.is_finite() && alpha > 1.0,
            xmin.is_finite() && xmin > 0.0,
        );
        require(good_alpha, "alpha", alpha, "finite and above 1")?;
        require(good_xmin, "xmin", xmin, "finite and above 0")?;
        Ok(Self { alpha, xmin })
    }

    /// A fit's own numbers, known to be in range.
    pub(super) fn from_fit(alpha: f64, xmin: f64) -> Self {
        Self { alpha, xmin }
    }

    /// The exponent of the density.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The lower bound.
    #[must_use]
    pub fn xmin(&self) -> f64 {
        self.xmin
    }

    /// The density at `x`; 0 below `xmin`.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        if x < self.xmin {
            return 0.0;
        }
        (self.alpha - 1.0) / self.xmin * (x / self.xmin).powf(-self.alpha)
    }

    /// The distribution function `1 - (x/xmin)^(1 - alpha)`; 0 below `xmin`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= self.xmin {
            return 0.0;
        }
        1.0 - (x / self.xmin).powf(1.0 - self.alpha)
    }

    /// The value that a share `p` of the law lies below; the largest `f64` where it would pass that.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p < 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..1.0).contains(&p), "p", p, "in [0, 1)")?;
        Ok(self.value(1.0 - p))
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`; what would pass the largest `f64` is that.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| self.value(1.0 - rng.random::<f64>()))
            .collect()
    }

    fn value(&self, survival: f64) -> f64 {
        (self.xmin * survival.powf(-1.0 / (self.alpha - 1.0))).min(f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_inverts_and_density_integrates() {
        let law = PowerLaw::new(2.5, 0.7).unwrap();
        for p in [0.0, 0.1, 0.5, 0.99] {
            assert!((law.cdf(law.quantile(p).unwrap()) - p).abs() < 1e-14);
        }
        // Midpoint rule in log x: h^2/24 of a slope of order 1.
        let (end, steps) = (5.0_f64, 20_000);
        let h = (end / 0.7).ln() / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|i| {
                let x = 0.7 * (h * (f64::from(i) + 0.5)).exp();
                law.pdf(x) * x * h
            })
            .sum();
        assert!((sum - law.cdf(end)).abs() < 1e-8);
        assert_eq!(law.pdf(0.69), 0.0);
    }

    #[test]
    fn refuses_bad_parameters() {
        assert!(PowerLaw::new(1.0, 1.0).is_err());
        assert!(PowerLaw::new(2.0, 0.0).is_err());
        assert!(PowerLaw::new(f64::INFINITY, 1.0).is_err());
        assert!(PowerLaw::new(2.0, 1.0).unwrap().quantile(1.0).is_err());
    }
}
