//! The discrete power law above a lower bound.

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};
use crate::special::numeric::root;
use crate::special::zeta::{scaled_hurwitz_zeta, scaled_power_sum};

/// The discrete power law `P(X = x) = x^(-alpha) / zeta(alpha, xmin)` for whole `x >= xmin >= 1`, with Hurwitz's zeta function
/// (Clauset, Shalizi and Newman 2009, eq. 2.4).
///
/// For counts: degrees, sizes of hyperedges. Eigenvalues are continuous: [`PowerLaw`](crate::tail::PowerLaw).
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

/// `sum of (x / from)^(-alpha)` over whole `x` from `from` to `xmax` (to infinity without one), and its first two derivatives in
/// `alpha`.
pub(super) fn zeta(alpha: f64, from: u64, xmax: Option<u64>) -> [f64; 3] {
    match xmax {
        None => scaled_hurwitz_zeta(alpha, from as f64),
        Some(xmax) => {
            let count = xmax.saturating_sub(from) as f64 + 1.0;
            scaled_power_sum(alpha, from as f64, count)
        }
    }
}

/// `P(X = x)` in proportion to `x^(-alpha)` on `xmin..=xmax`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RangeLaw {
    pub(super) alpha: f64,
    pub(super) xmin: u64,
    pub(super) xmax: Option<u64>,
    /// `xmin^alpha (zeta(alpha, xmin) - zeta(alpha, xmax + 1))`.
    pub(super) norm: f64,
}

impl RangeLaw {
    pub(super) fn new(alpha: f64, xmin: u64, xmax: Option<u64>) -> Self {
        Self {
            alpha,
            xmin,
            xmax,
            norm: zeta(alpha, xmin, xmax)[0],
        }
    }

    /// `P(X = x)` for `x` within the bounds.
    pub(super) fn pmf(&self, x: u64) -> f64 {
        self.power(x) / self.norm
    }

    /// `P(X >= x)`.
    pub(super) fn survival(&self, x: u64) -> f64 {
        if x <= self.xmin {
            1.0
        } else if self.xmax.is_some_and(|end| x > end) {
            0.0
        } else {
            self.power(x) * zeta(self.alpha, x, self.xmax)[0] / self.norm
        }
    }

    /// The largest `x` with `P(X >= x) >= share > 0`, by doubling and bisection.
    pub(super) fn quantile(&self, share: f64) -> u64 {
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

    /// `(x / xmin)^(-alpha)`.
    fn power(&self, x: u64) -> f64 {
        (-self.alpha * (x as f64 / self.xmin as f64).ln()).exp()
    }
}

/// The exponent above 1 whose law has the mean `mean` of `ln(x / xmin)`: `-Z'/Z` falls in `alpha` to 0, from infinity at 1
/// or, with an `xmax`, from a finite number. None where it is not in `(1, ALPHA_MAX)`.
pub(super) fn exponent(mean: f64, xmin: u64, xmax: Option<u64>) -> Option<f64> {
    let off = |alpha: f64| {
        let [zeta, slope, _] = zeta(alpha, xmin, xmax);
        -slope / zeta - mean
    };
    let flat = xmax.is_some() && off(1.0) <= 0.0;
    if mean <= 0.0 || flat {
        return None;
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
