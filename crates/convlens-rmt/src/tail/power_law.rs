//! The continuous power law (Pareto) above a lower bound, or between two.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};
use crate::tail::outcome::Fit;

/// The continuous power law `p(x) = (alpha - 1)/xmin * (x/xmin)^(-alpha)` for
/// `x >= xmin` (Clauset, Shalizi and Newman 2009, eq. 2.2), a Pareto law; or the same shape between
/// two bounds.
///
/// # Conventions
///
/// `alpha` is the exponent of the *density*, the one that Clauset et al. and the literature on
/// weight spectra report. That of the survival function, Hill's tail index, is `alpha - 1`. Without
/// an upper bound it is above 1; on `[xmin, xmax]` ([`between`](Self::between)) `p(x)` in
/// proportion to `x^(-alpha)` is a law for every real `alpha`.
///
/// # Example
///
/// ```
/// use convlens_rmt::PowerLaw;
///
/// let law = PowerLaw::new(3.0, 2.0)?;
/// assert_eq!(law.cdf(4.0), 0.75); // 1 - (4/2)^-2
/// assert_eq!(law.quantile(0.75)?, 4.0);
///
/// let flat = PowerLaw::between(0.0, 1.0, 5.0)?;
/// assert!((flat.cdf(2.0) - 0.25).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "Pareto")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct PowerLaw {
    alpha: f64,
    xmin: f64,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    xmax: Option<f64>,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    alpha: f64,
    xmin: f64,
    xmax: Option<f64>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for PowerLaw {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        match form.xmax {
            None => Self::new(form.alpha, form.xmin),
            Some(xmax) => Self::between(form.alpha, form.xmin, xmax),
        }
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
        Ok(Self::from_fit(alpha, xmin, None))
    }

    /// The law in proportion to `x^(-alpha)` on `[xmin, xmax]`, for any finite `alpha`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `alpha` is finite and `0 < xmin < xmax`, both
    /// finite.
    pub fn between(alpha: f64, xmin: f64, xmax: f64) -> Result<Self, RmtError> {
        require(alpha.is_finite(), "alpha", alpha, "finite")?;
        let good_xmin = xmin.is_finite() && xmin > 0.0;
        require(good_xmin, "xmin", xmin, "finite and above 0")?;
        let good_xmax = xmax.is_finite() && xmin < xmax;
        require(good_xmax, "xmax", xmax, "finite and above xmin")?;
        Ok(Self::from_fit(alpha, xmin, Some(xmax)))
    }

    /// A fit's own numbers, known to be in range.
    pub(super) fn from_fit(alpha: f64, xmin: f64, xmax: Option<f64>) -> Self {
        Self { alpha, xmin, xmax }
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

    /// The upper bound, if there is one.
    #[must_use]
    pub fn xmax(&self) -> Option<f64> {
        self.xmax
    }

    /// The density at `x`; 0 outside the bounds.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        if x < self.xmin {
            return 0.0;
        }
        match self.bounded() {
            None => (self.alpha - 1.0) / self.xmin * (x / self.xmin).powf(-self.alpha),
            Some(_) if self.xmax.is_some_and(|xmax| x > xmax) => 0.0,
            Some(bounded) => bounded.log_density((x / self.xmin).ln()).exp() / x,
        }
    }

    /// The distribution function, `1 - (x/xmin)^(1 - alpha)` without an upper bound; 0 below
    /// `xmin`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= self.xmin {
            return 0.0;
        }
        match self.bounded() {
            None => 1.0 - (x / self.xmin).powf(1.0 - self.alpha),
            Some(_) if self.xmax.is_some_and(|xmax| x >= xmax) => 1.0,
            Some(bounded) => 1.0 - bounded.survival((x / self.xmin).ln()),
        }
    }

    /// The value that a share `p` of the law lies below; the largest `f64` where it would pass
    /// that.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p < 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..1.0).contains(&p), "p", p, "in [0, 1)")?;
        Ok(self.value(1.0 - p))
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`; what would pass the
    /// largest `f64` is that.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| self.value(1.0 - rng.random::<f64>()))
            .collect()
    }

    /// The value with this much of the law at or above it.
    pub(crate) fn value(&self, survival: f64) -> f64 {
        match (self.bounded(), self.xmax) {
            (Some(bounded), Some(xmax)) => {
                let excess = bounded.excess(1.0 - survival);
                (self.xmin * excess.exp()).min(xmax)
            }
            _ => (self.xmin * survival.powf(-1.0 / (self.alpha - 1.0))).min(f64::MAX),
        }
    }

    fn bounded(&self) -> Option<Bounded> {
        let width = |xmax: f64| xmax.ln() - self.xmin.ln();
        self.xmax
            .map(|xmax| Bounded::new(self.alpha - 1.0, width(xmax)))
    }
}

impl Fit<f64> {
    /// The fitted law, for its density and distribution function: on `[xmin, xmax]` where there is
    /// an `xmax`.
    #[must_use]
    pub fn law(&self) -> PowerLaw {
        PowerLaw::from_fit(self.alpha, self.xmin, self.xmax)
    }
}

/// `y = ln(x / xmin)` of a power law between two bounds: density in proportion to `e^(-slope y)` on
/// `[0, width]`, for any real `slope`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounded {
    slope: f64,
    width: f64,
    /// `e^(-slope width)`, and one over what that leaves of 1: for a law that falls.
    floor: f64,
    scale: f64,
}

/// Under this `|slope width|` the law is so nearly flat that differences of exponentials cancel.
const NEARLY_FLAT: f64 = 1e-2;

impl Bounded {
    pub(super) fn new(slope: f64, width: f64) -> Self {
        Self {
            slope,
            width,
            floor: (-slope * width).exp(),
            scale: -1.0 / (-slope * width).exp_m1(),
        }
    }

    /// `P(Y >= y)`.
    pub(super) fn survival(&self, y: f64) -> f64 {
        let left = self.width - y;
        let all = self.slope * self.width;
        if all == 0.0 {
            left / self.width
        } else if all.abs() < NEARLY_FLAT {
            (self.slope * left).exp_m1() / all.exp_m1()
        } else if self.slope > 0.0 {
            ((-self.slope * y).exp() - self.floor) * self.scale
        } else {
            // Where it rises, from the upper end: no exponential is large.
            1.0 - (self.slope * left).exp() * (self.slope * y).exp_m1() / all.exp_m1()
        }
    }

    /// The logarithm of the density of `y`.
    pub(super) fn log_density(&self, y: f64) -> f64 {
        let all = self.slope * self.width;
        if all == 0.0 {
            -self.width.ln()
        } else if self.slope > 0.0 {
            self.slope.ln() - self.slope * y - (-(-all).exp_m1()).ln()
        } else {
            (-self.slope).ln() + self.slope * (self.width - y) - (-all.exp_m1()).ln()
        }
    }

    /// The `y` with the share `u` below it.
    pub(super) fn excess(&self, u: f64) -> f64 {
        let all = self.slope * self.width;
        let y = if all == 0.0 {
            u * self.width
        } else if all > -1.0 {
            -(u * (-all).exp_m1()).ln_1p() / self.slope
        } else {
            self.width - (u + (1.0 - u) * all.exp()).ln() / self.slope
        };
        y.clamp(0.0, self.width)
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
    fn between_two_bounds_every_exponent_is_a_law() {
        let (xmin, xmax) = (0.5, 6.0);
        for alpha in [-40.0, -1.0, 0.0, 1.0 - 1e-9, 1.0, 1.0 + 1e-4, 2.5, 60.0] {
            let law = PowerLaw::between(alpha, xmin, xmax).unwrap();
            assert_eq!(
                (law.cdf(xmin), law.cdf(xmax), law.pdf(xmax + 1e-9)),
                (0.0, 1.0, 0.0)
            );
            for p in [1e-9, 0.1, 0.5, 0.99] {
                // Rounding of x near a bound, times a density of up to 120.
                let back = law.cdf(law.quantile(p).unwrap());
                assert!((back - p).abs() < 1e-12, "{alpha} {p} {back}");
            }
            // Midpoint rule in log x: h^2/24 of a second derivative of up to 40^2 times the
            // density.
            let (end, steps) = (4.0_f64, 200_000);
            let h = (end / xmin).ln() / f64::from(steps);
            let sum: f64 = (0..steps)
                .map(|i| {
                    let x = xmin * (h * (f64::from(i) + 0.5)).exp();
                    law.pdf(x) * x * h
                })
                .sum();
            assert!(
                (sum - law.cdf(end)).abs() < 1e-7,
                "{alpha}: {sum} {}",
                law.cdf(end)
            );
        }
        assert!(PowerLaw::between(1.0, 2.0, 2.0).is_err());
        assert!(PowerLaw::between(f64::NAN, 1.0, 2.0).is_err());
    }

    #[test]
    fn refuses_bad_parameters() {
        assert!(PowerLaw::new(1.0, 1.0).is_err());
        assert!(PowerLaw::new(2.0, 0.0).is_err());
        assert!(PowerLaw::new(f64::INFINITY, 1.0).is_err());
        assert!(PowerLaw::new(2.0, 1.0).unwrap().quantile(1.0).is_err());
    }
}
