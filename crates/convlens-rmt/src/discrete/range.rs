//! The discrete law between two bounds, the upper one of which may be missing: what fit, draws and law share.

use super::law::ALPHA_MAX;
use crate::special::{root, scaled_hurwitz_zeta, scaled_power_sum};

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
