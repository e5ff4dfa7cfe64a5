//! The Marchenko-Pastur law.

use std::f64::consts::PI;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};

mod complex;
mod larger_gram;
mod moments;
mod singular_values;
mod stieltjes;

pub use larger_gram::LargerGramLaw;
pub use singular_values::SingularValueLaw;

/// The Marchenko-Pastur law: the limit of the eigenvalues of `W^T W / N` for an
/// `N x M` matrix of independent entries with mean 0 and variance `sigma^2`, as
/// both sides grow with `Q = N / M` fixed (Marchenko and Pastur 1967).
///
/// ```text
/// p(x) = Q sqrt((b - x)(x - a)) / (2 pi sigma^2 x),    a <= x <= b,
/// a, b = sigma^2 (1 -+ sqrt(1/Q))^2.
/// ```
///
/// # Conventions
///
/// - `Q = N / M >= 1`, the normaliser is the larger side `N`, as in
///   [`Esd`](crate::Esd). The `gamma` (or `c`, or `y`) of much of the literature
///   is `M / N = 1 / Q <= 1`.
/// - No atom: the law is that of the `M` eigenvalues of the smaller Gram matrix.
///   The larger one, `W W^T / N`, has `N - M` further eigenvalues that are zero:
///   an atom of weight `1 - 1/Q` at 0, which belongs to it alone and never enters
///   an [`Esd`](crate::Esd); [`larger_gram`](Self::larger_gram) is its law. Zeros of a rank-deficient `W` are no part of the law either.
/// - `Q = 1` has its own branch: `a = 0`, and the density grows as `x^(-1/2)` at 0.
///
/// # Example
///
/// ```
/// use convlens_rmt::MarchenkoPastur;
///
/// let law = MarchenkoPastur::new(4.0, 1.0)?;
/// assert_eq!(law.support(), (0.25, 2.25));
/// assert!((law.cdf(law.quantile(0.3)?) - 0.3).abs() < 1e-14);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct MarchenkoPastur {
    q: f64,
    sigma2: f64,
}

/// The law as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    q: f64,
    sigma2: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for MarchenkoPastur {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Self::new(form.q, form.sigma2)
    }
}

impl MarchenkoPastur {
    /// The law with aspect ratio `q = N / M >= 1` and entry variance
    /// `sigma2 > 0`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `q` is under 1 (exchange the two
    /// sides) or `sigma2` is not positive, or either is not finite.
    pub fn new(q: f64, sigma2: f64) -> Result<Self, RmtError> {
        require(q.is_finite() && q >= 1.0, "q", q, "finite and at least 1")?;
        require(
            sigma2.is_finite() && sigma2 > 0.0,
            "sigma2",
            sigma2,
            "finite and above 0",
        )?;
        Ok(Self { q, sigma2 })
    }

    /// The law for a `rows x cols` matrix, in either order of the sides.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, else as [`new`](Self::new).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::MarchenkoPastur;
    ///
    /// let law = MarchenkoPastur::from_shape(30, 120, 1.0)?;
    /// assert_eq!(law, MarchenkoPastur::new(4.0, 1.0)?);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn from_shape(rows: usize, cols: usize, sigma2: f64) -> Result<Self, RmtError> {
        if rows == 0 || cols == 0 {
            return Err(RmtError::EmptyShape { rows, cols });
        }
        Self::new(rows.max(cols) as f64 / rows.min(cols) as f64, sigma2)
    }

    /// A fit's own numbers, known to be in range.
    pub(crate) fn from_fit(q: f64, sigma2: f64) -> Self {
        Self { q, sigma2 }
    }

    /// The aspect ratio `Q = N / M`.
    #[must_use]
    pub fn q(&self) -> f64 {
        self.q
    }

    /// The entry variance `sigma^2`, a weight squared.
    #[must_use]
    pub fn sigma2(&self) -> f64 {
        self.sigma2
    }

    /// The edges `(a, b) = sigma^2 (1 -+ sqrt(1/Q))^2`.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        let r = self.r();
        (
            self.sigma2 * (1.0 - r) * (1.0 - r),
            self.sigma2 * (1.0 + r) * (1.0 + r),
        )
    }

    /// The mean, `sigma^2`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sigma2
    }

    /// The variance, `sigma^4 / Q`.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.sigma2 * self.sigma2 / self.q
    }

    /// The density at `x`; 0 outside the open support, infinite only at
    /// `x = 0` for `Q = 1`.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        let u = x / self.sigma2;
        let unit = if self.is_square() {
            if !(0.0..4.0).contains(&u) || x < 0.0 {
                return 0.0;
            }
            // In three roots, so that neither quotient nor product leaves the range of an f64.
            return (4.0 - u).sqrt() / x.sqrt() / self.sigma2.sqrt() / (2.0 * PI);
        } else {
            let r = self.r();
            let (a, b) = ((1.0 - r) * (1.0 - r), (1.0 + r) * (1.0 + r));
            if u <= a || u >= b {
                return 0.0;
            }
            self.q * ((b - u) * (u - a)).sqrt() / (2.0 * PI * u)
        };
        unit / self.sigma2
    }

    /// The distribution function at `x`, in closed form.
    ///
    /// With `r = sqrt(1/Q)`, `x = sigma^2 (1 + r^2 - 2 r cos t)` and
    /// `phi = arg(1 - r e^(-it)) = atan2(r sin t, 1 - r cos t)`,
    ///
    /// ```text
    /// F = (t + r sin t - (1 - r^2)(phi - r sin t) / r^2) / pi,
    /// ```
    ///
    /// the integral of `(2/pi) sin^2 t / (1 + r^2 - 2 r cos t)`. It stays
    /// accurate as `Q` grows (`r < 0.1` sums `phi - r sin t` as a series, and the
    /// limit is the semicircle's law).
    ///
    /// # Accuracy
    ///
    /// Absolute error under 1e-13.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let (a, b) = self.support();
        if x <= a {
            return 0.0;
        }
        if x >= b {
            return 1.0;
        }
        self.cdf_at_angle(self.angle(x))
    }

    /// The value that a share `p` of the law lies below.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    ///
    /// # Complexity
    ///
    /// A safeguarded Newton iteration in the angle: about 6 evaluations of the cdf.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..=1.0).contains(&p), "p", p, "in [0, 1]")?;
        Ok(self.value(self.quantile_angle(p)))
    }

    /// The median of the law.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.value(self.quantile_angle(0.5))
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    ///
    /// Independent draws are not a spectrum: eigenvalues of one matrix repel
    /// each other and lie far more evenly.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| self.draw(rng.random())).collect()
    }

    /// The value at the uniform `u` in `[0, 1)`.
    fn draw(&self, u: f64) -> f64 {
        self.value(self.quantile_angle(u))
    }

    fn is_square(&self) -> bool {
        self.q == 1.0
    }

    fn r(&self) -> f64 {
        self.q.sqrt().recip()
    }

    /// `x = sigma^2 ((1 - r)^2 + 4 r sin^2(t/2))`, free of cancellation at the lower edge.
    fn value(&self, t: f64) -> f64 {
        let (r, s) = (self.r(), (0.5 * t).sin());
        self.sigma2 * ((1.0 - r) * (1.0 - r) + 4.0 * r * s * s)
    }

    fn angle(&self, x: f64) -> f64 {
        let r = self.r();
        let s2 = (x / self.sigma2 - (1.0 - r) * (1.0 - r)) / (4.0 * r);
        2.0 * s2.clamp(0.0, 1.0).sqrt().asin()
    }

    fn cdf_at_angle(&self, t: f64) -> f64 {
        let (sin, cos) = t.sin_cos();
        if self.is_square() {
            return (t + sin) / PI;
        }
        let r = self.r();
        let r2 = r * r;
        let excess = if r < 0.1 {
            // sum over k >= 2 of r^(k-2) sin(k t) / k, by the recurrence for sines;
            // 16 terms leave less than 1e-17.
            let (mut previous, mut current, mut power, mut sum) = (sin, 2.0 * sin * cos, 1.0, 0.0);
            for k in 2..18 {
                sum += power * current / f64::from(k);
                power *= r;
                (previous, current) = (current, 2.0 * cos * current - previous);
            }
            sum
        } else {
            ((r * sin).atan2(1.0 - r * cos) - r * sin) / r2
        };
        ((t + r * sin - (1.0 - r2) * excess) / PI).clamp(0.0, 1.0)
    }

    /// `dF/dt = (2/pi) sin^2 t / (1 + r^2 - 2 r cos t)`.
    fn slope_at_angle(&self, t: f64) -> f64 {
        if self.is_square() {
            return (1.0 + t.cos()) / PI;
        }
        let sin = t.sin();
        2.0 / PI * sin * sin * self.sigma2 / self.value(t)
    }

    fn quantile_angle(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, PI);
        if p <= 0.0 {
            return low;
        }
        if p >= 1.0 {
            return high;
        }
        let mut t = 0.5 * PI;
        for _ in 0..100 {
            let error = self.cdf_at_angle(t) - p;
            if error > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - error / self.slope_at_angle(t);
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            let moved = (next - t).abs();
            t = next;
            if moved <= 2.0 * f64::EPSILON * t {
                break;
            }
        }
        t
    }
}

#[cfg(test)]
mod tests;
