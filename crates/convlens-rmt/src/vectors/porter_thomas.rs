//! The Porter-Thomas law of the squared entries of a random unit vector.

use std::f64::consts::PI;

use libm::erf;
use libm::erfc;
use statrs::function::beta::beta_reg;
use statrs::function::beta::ln_beta;

use crate::error::{RmtError, require};

/// The Porter-Thomas law of `x = n v_i^2`, `v` a random unit vector of `n` real entries.
///
/// ```text
/// exact:  v_i^2 ~ Beta(1/2, (n - 1)/2),
///         p(x) = (1 - x/n)^((n - 3)/2) / (B(1/2, (n - 1)/2) sqrt(n x)),
/// limit:  x ~ chi^2 with 1 degree of freedom,    p(x) = exp(-x/2) / sqrt(2 pi x)
/// ```
///
/// (Porter and Thomas 1956, Physical Review 104; the exact law is that of one coordinate of
/// a point spread evenly over the sphere, as in Guhr, Mueller-Groeling and Weidenmueller 1998).
///
/// # Conventions
///
/// - The mean is 1. `v` has unit length, so that its entries are *not* independent: the law is that
///   of any one of them.
/// - The exact law lives on `0 <= x <= n`.
///
/// # Accuracy
///
/// Relative error of [`cdf`](Self::cdf) and [`survival`](Self::survival) about `1e-16 n log n`
/// where neither is under 1e-10 (rounding of logarithms of gamma functions): 2e-12 up to `n =
/// 1,000`, 3e-9 at `n = 10^6`.
///
/// # Example
///
/// ```
/// use convlens_rmt::PorterThomas;
///
/// let limit = PorterThomas::limit();
/// // One standard deviation of a Gaussian entry.
/// assert!((limit.cdf(1.0) - 0.682_689_492_137_086).abs() < 1e-14);
/// let exact = PorterThomas::of_dimension(3)?;
/// // On the sphere in three dimensions a coordinate is uniform (Archimedes).
/// assert!((exact.cdf(3.0 * 0.25) - 0.5).abs() < 1e-14);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct PorterThomas {
    /// `None` for the limit.
    dimension: Option<usize>,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    dimension: Option<usize>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for PorterThomas {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        form.dimension.map_or(Ok(Self::limit()), Self::of_dimension)
    }
}

impl PorterThomas {
    /// The limit for many entries, chi-squared with one degree of freedom.
    #[must_use]
    pub fn limit() -> Self {
        Self { dimension: None }
    }

    /// The exact law for vectors of `n` entries.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `2 <= n <= 10^7`.
    pub fn of_dimension(n: usize) -> Result<Self, RmtError> {
        require(
            (2..=10_000_000).contains(&n),
            "n",
            n as f64,
            "from 2 to 10^7",
        )?;
        Ok(Self { dimension: Some(n) })
    }

    /// The number of entries, or `None` for the limit.
    #[must_use]
    pub fn dimension(&self) -> Option<usize> {
        self.dimension
    }

    /// The variance: 2 in the limit, `2 (n - 1) / (n + 2)` exactly.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.dimension
            .map_or(2.0, |n| 2.0 * (n as f64 - 1.0) / (n as f64 + 2.0))
    }

    /// The density at `x`; infinite at 0, and at `x = n` for `n = 2`.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        match self.dimension {
            None => (-0.5 * x).exp() / (2.0 * PI * x).sqrt(),
            Some(n) => {
                let n = n as f64;
                if x > n {
                    return 0.0;
                }
                let b = 0.5 * (n - 1.0);
                let power = if b == 1.0 {
                    0.0
                } else {
                    (b - 1.0) * (-x / n).ln_1p()
                };
                (power - ln_beta_half(b)).exp() / (n * x).sqrt()
            }
        }
    }

    /// `P(X <= x)`: `erf(sqrt(x/2))`, or the regularized incomplete beta function at `x/n`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        match self.dimension {
            None => erf((0.5 * x).sqrt()),
            Some(n) if x >= n as f64 => 1.0,
            Some(n) if x < n as f64 => beta_reg(0.5, 0.5 * (n as f64 - 1.0), x / n as f64),
            Some(_) => f64::NAN,
        }
    }

    /// `P(X > x)`, accurate where it is small.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 1.0;
        }
        match self.dimension {
            None => erfc((0.5 * x).sqrt()),
            Some(n) if x >= n as f64 => 0.0,
            Some(n) if x < n as f64 => {
                let n = n as f64;
                beta_reg(0.5 * (n - 1.0), 0.5, (n - x) / n)
            }
            Some(_) => f64::NAN,
        }
    }

    /// The value that a share `p` of the law lies below.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p < 1`.
    ///
    /// # Complexity
    ///
    /// Bisection in `sqrt(x)`: about 60 evaluations of the cdf, more for `p` under 1e-3.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..1.0).contains(&p), "p", p, "in [0, 1)")?;
        if p == 0.0 {
            return Ok(0.0);
        }
        // erfc(40 / sqrt(2)) is 0: past it no p below 1 lies.
        let end = self.dimension.map_or(40.0, |n| (n as f64).sqrt().min(40.0));
        let (mut low, mut high) = (0.0, end);
        for _ in 0..1100 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            let below = if p <= 0.5 {
                self.cdf(middle * middle) < p
            } else {
                self.survival(middle * middle) > 1.0 - p
            };
            if below {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(high * high)
    }
}

/// `log B(1/2, b)`; for large `b` by the series of `log Gamma(b + 1/2) - log Gamma(b)` (DLMF
/// 5.11.8), which does not cancel.
fn ln_beta_half(b: f64) -> f64 {
    if b < 30.0 {
        return ln_beta(0.5, b);
    }
    let y = 1.0 / (b * b);
    // The next term is 3e-4 b^-9, under 2e-17.
    let series = (-1.0 / 8.0 + y * (1.0 / 192.0 + y * (-1.0 / 640.0 + y * 17.0 / 14_336.0))) / b;
    0.5 * (PI / b).ln() - series
}

/// Cells of the grid.
const CELLS: usize = 2048;
/// The grid ends here: the law has less than 1e-20 beyond.
const END: f64 = 10.0;

/// Cubic Hermite interpolation of the exact distribution function, values and slopes from the law;
/// the error is under 1e-10.
#[derive(Debug, Clone)]
pub(super) struct CdfTable {
    step: f64,
    /// `(F, F' step)` at each end of a cell.
    knots: Vec<(f64, f64)>,
}

impl CdfTable {
    pub(super) fn new(law: PorterThomas) -> Self {
        let end = law.dimension().map_or(END, |n| (n as f64).sqrt().min(END));
        let step = end / CELLS as f64;
        let knots = (0..=CELLS)
            .map(|i| {
                // At the origin 2 u p(u^2) is 0 times infinity: the limit is taken a little above
                // it.
                let u = step * i as f64;
                let near = u.max(1e-9);
                (law.cdf(u * u), step * 2.0 * near * law.pdf(near * near))
            })
            .collect();
        Self { step, knots }
    }

    /// `P(sqrt(n) |v_i| <= u)`.
    pub(super) fn cdf(&self, u: f64) -> f64 {
        let place = u / self.step;
        let index = place as usize;
        if index >= CELLS {
            return 1.0;
        }
        let t = place - index as f64;
        let ((f0, d0), (f1, d1)) = (self.knots[index], self.knots[index + 1]);
        let rise = f1 - f0;
        f0 + t * (d0 + t * (3.0 * rise - 2.0 * d0 - d1 + t * (d0 + d1 - 2.0 * rise)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_the_law() {
        for n in [8, 9, 30, 1000] {
            let law = PorterThomas::of_dimension(n).unwrap();
            let table = CdfTable::new(law);
            for i in 0..700 {
                let u = 0.01 * f64::from(i);
                // h^4/384 of a fourth derivative of order 1, h = 5e-3; at n = 8 and 9 the density
                // ends as a power 5/2 or 3 of the distance.
                let error = table.cdf(u) - law.cdf(u * u);
                assert!(error.abs() < 1e-9, "n {n} u {u}: {error:e}");
            }
        }
    }
}
