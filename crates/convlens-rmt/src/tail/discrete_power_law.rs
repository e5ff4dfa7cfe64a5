//! The discrete power law above a lower bound, or between two.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};
use crate::special::numeric::root;
use crate::special::zeta::{scaled_hurwitz_zeta, scaled_power_sum};
use crate::tail::outcome::Fit;

/// The discrete power law `P(X = x) = x^(-alpha) / zeta(alpha, xmin)` for whole `x >= xmin >= 1`,
/// with Hurwitz's zeta function (Clauset, Shalizi and Newman 2009, eq. 2.4); or the same shape on
/// `xmin..=xmax`, with `zeta(alpha, xmin) - zeta(alpha, xmax + 1)` in its place.
///
/// For counts: degrees, sizes of hyperedges. Eigenvalues are continuous:
/// [`PowerLaw`](crate::tail::PowerLaw).
///
/// # Conventions
///
/// Without an upper bound `alpha` is above 1; on `xmin..=xmax` ([`between`](Self::between)) it may
/// be any real number that keeps the probabilities in the range of `f64`.
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
///
/// let die = DiscretePowerLaw::between(0.0, 1, 6)?;
/// assert!((die.pmf(4) - 1.0 / 6.0).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "zeta")]
#[doc(alias = "Zipf")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct DiscretePowerLaw {
    pub(super) alpha: f64,
    pub(super) xmin: u64,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub(super) xmax: Option<u64>,
    /// `xmin^alpha (zeta(alpha, xmin) - zeta(alpha, xmax + 1))`.
    #[cfg_attr(feature = "serde", serde(skip_serializing))]
    norm: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    alpha: f64,
    xmin: u64,
    xmax: Option<u64>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for DiscretePowerLaw {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        match form.xmax {
            None => Self::new(form.alpha, form.xmin),
            Some(xmax) => Self::between(form.alpha, form.xmin, xmax),
        }
    }
}

/// Exponents up to here: at 1000 all but `1e-300` of the mass is on `xmin = 1`.
pub(super) const ALPHA_MAX: f64 = 1000.0;

/// `(xmax / xmin)^(1 - alpha)` may be up to `e` to this: sums and their derivatives stay finite.
const RISE: f64 = 500.0;

/// The least exponent on `xmin..=xmax`.
fn alpha_least(xmin: u64, xmax: u64) -> f64 {
    let width = (xmax as f64 / xmin as f64).ln();
    (1.0 - RISE / width).max(-ALPHA_MAX)
}

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
        Ok(Self::from_fit(alpha, xmin, None))
    }

    /// The law in proportion to `x^(-alpha)` on `xmin..=xmax`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1 <= xmin < xmax` and `alpha` is at most 1000, at
    /// least -1000, and not so low that `(xmax / xmin)^(1 - alpha)` passes `e^500`.
    pub fn between(alpha: f64, xmin: u64, xmax: u64) -> Result<Self, RmtError> {
        require(xmin >= 1, "xmin", xmin as f64, "at least 1")?;
        require(xmin < xmax, "xmax", xmax as f64, "above xmin")?;
        let good = (alpha_least(xmin, xmax)..=ALPHA_MAX).contains(&alpha);
        let words = "at most 1000, and (xmax / xmin)^(1 - alpha) at most e^500";
        require(good, "alpha", alpha, words)?;
        Ok(Self::from_fit(alpha, xmin, Some(xmax)))
    }

    /// A fit's own numbers, known to be in range.
    pub(super) fn from_fit(alpha: f64, xmin: u64, xmax: Option<u64>) -> Self {
        Self {
            alpha,
            xmin,
            xmax,
            norm: zeta(alpha, xmin, xmax)[0],
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

    /// The largest value, if there is one.
    #[must_use]
    pub fn xmax(&self) -> Option<u64> {
        self.xmax
    }

    /// `P(X = x)`; 0 outside the bounds.
    #[must_use]
    pub fn pmf(&self, x: u64) -> f64 {
        match x < self.xmin || self.is_past(x) {
            true => 0.0,
            false => self.power(x) / self.norm,
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
        if x <= self.xmin {
            1.0
        } else if self.is_past(x) {
            0.0
        } else {
            self.power(x) * zeta(self.alpha, x, self.xmax)[0] / self.norm
        }
    }

    /// `count` independent draws by inversion (ibid., eq. D.6), from ChaCha8 seeded with `seed`;
    /// what would pass `2^64 - 1` is that.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<u64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| self.upper_quantile(1.0 - rng.random::<f64>()))
            .collect()
    }

    /// The largest `x` with `P(X >= x) >= share > 0`, by doubling and bisection.
    pub(crate) fn upper_quantile(&self, share: f64) -> u64 {
        let mut low = self.xmin;
        let mut high = self.xmin.saturating_add(1);
        while self.survival(high) >= share {
            low = high;
            if high == u64::MAX {
                return high;
            }
            high = high.saturating_mul(2);
        }
        while high - low > 1 {
            let middle = low.midpoint(high);
            match self.survival(middle) >= share {
                true => low = middle,
                false => high = middle,
            }
        }
        low
    }

    fn is_past(&self, x: u64) -> bool {
        self.xmax.is_some_and(|end| x > end)
    }

    /// `(x / xmin)^(-alpha)`.
    fn power(&self, x: u64) -> f64 {
        (-self.alpha * (x as f64 / self.xmin as f64).ln()).exp()
    }
}

impl Fit<u64> {
    /// The fitted law: on `xmin..=xmax` where there is an `xmax`.
    #[must_use]
    pub fn law(&self) -> DiscretePowerLaw {
        DiscretePowerLaw::from_fit(self.alpha, self.xmin, self.xmax)
    }
}

/// `sum of (x / from)^(-alpha)` over whole `x` from `from` to `xmax` (to infinity without one), and
/// its first two derivatives in `alpha`.
pub(super) fn zeta(alpha: f64, from: u64, xmax: Option<u64>) -> [f64; 3] {
    match xmax {
        None => scaled_hurwitz_zeta(alpha, from as f64),
        Some(xmax) => {
            let count = xmax.saturating_sub(from) as f64 + 1.0;
            scaled_power_sum(alpha, from as f64, count)
        }
    }
}

/// The exponent whose law has the mean `mean` of `ln(x / xmin)`: `-Z'/Z` falls in `alpha` to 0,
/// from infinity at 1 or, with an `xmax`, from `ln(xmax / xmin)` at minus infinity. None where it
/// is not in range.
pub(super) fn exponent(mean: f64, xmin: u64, xmax: Option<u64>) -> Option<f64> {
    let off = |alpha: f64| {
        let [zeta, slope, _] = zeta(alpha, xmin, xmax);
        -slope / zeta - mean
    };
    if mean <= 0.0 {
        return None;
    }
    if let Some(xmax) = xmax
        && off(1.0) <= 0.0
    {
        let least = alpha_least(xmin, xmax);
        let (mut low, mut step) = (0.0_f64.max(least), 1.0);
        while off(low) < 0.0 {
            if low <= least {
                return None;
            }
            low = (low - step).max(least);
            step *= 2.0;
        }
        return Some(root(off, low, 1.0));
    }
    // The continuous law above a - 1/2 (eq. 3.7) is near, where there is no xmax.
    let a = xmin as f64;
    let guess = (1.0 + 1.0 / (mean + (a / (a - 0.5)).ln())).min(ALPHA_MAX);
    let (mut low, mut high) = (
        1.0 + 0.5 * (guess - 1.0),
        (2.0 * guess - 1.0).min(ALPHA_MAX),
    );
    while off(low) < 0.0 {
        low = 1.0 + 0.5 * (low - 1.0);
        if low - 1.0 < 1e-12 {
            return None;
        }
    }
    while off(high) >= 0.0 {
        if high >= ALPHA_MAX {
            return None;
        }
        high = (2.0 * high - 1.0).min(ALPHA_MAX);
    }
    Some(root(off, low, high))
}
