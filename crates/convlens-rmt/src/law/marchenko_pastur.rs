//! The Marchenko-Pastur law: its functions, moments and Stieltjes transform.

use std::f64::consts::PI;

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};
use crate::law::moment::finite_moment;

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
/// - `Q = N / M >= 1`, the normalizer is the larger side `N`, as in
///   [`Esd`](crate::esd::Esd). The `gamma` (or `c`, or `y`) of much of the literature
///   is `M / N = 1 / Q <= 1`.
/// - No atom: the law is that of the `M` eigenvalues of the smaller Gram matrix. The larger one, `W
///   W^T / N`, has `N - M` further eigenvalues that are zero: an atom of weight `1 - 1/Q` at 0,
///   which belongs to it alone and never enters an [`Esd`](crate::esd::Esd);
///   [`larger_gram`](Self::larger_gram) is its law. Zeros of a rank-deficient `W` are no part of
///   the law either.
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
#[doc(alias = "mp")]
#[doc(alias = "marcenko")]
#[doc(alias = "wishart")]
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
    pub(crate) fn draw(&self, u: f64) -> f64 {
        self.value(self.quantile_angle(u))
    }

    fn is_square(&self) -> bool {
        self.q == 1.0
    }

    pub(super) fn r(&self) -> f64 {
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

impl MarchenkoPastur {
    /// The moment `E[x^k]`, by Narayana's numbers.
    ///
    /// ```text
    /// E[x^k] = sigma^(2k) sum over r = 0 .. k - 1 of  C(k, r) C(k - 1, r) / (r + 1) Q^(-r)
    /// ```
    ///
    /// (Bai and Silverstein 2010, "Spectral Analysis of Large Dimensional Random
    /// Matrices", lemma 3.1). At `Q = 1` these are Catalan's numbers.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `order` is over 500, or the moment is too large for
    /// an `f64`.
    ///
    /// # Complexity
    ///
    /// `O(k)`; all terms are positive, so that the relative error is a few `k` roundings.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::MarchenkoPastur;
    ///
    /// let law = MarchenkoPastur::new(2.0, 3.0)?;
    /// assert_eq!(law.moment(1)?, 3.0);
    /// assert_eq!(law.moment(2)?, 9.0 * (1.0 + 0.5)); // sigma^4 (1 + 1/Q)
    /// assert_eq!(MarchenkoPastur::new(1.0, 1.0)?.moment(5)?, 42.0);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn moment(&self, order: u32) -> Result<f64, RmtError> {
        finite_moment(order, || {
            unit_moment(order, self.q) * self.sigma2.powi(order as i32)
        })
    }
}

/// The moment for `sigma = 1`.
fn unit_moment(order: u32, q: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for r in 1..order {
        let (k, r) = (f64::from(order), f64::from(r));
        // Narayana(r + 1) / Narayana(r), the terms of r and r - 1.
        term *= (k - r + 1.0) * (k - r) / (r * (r + 1.0) * q);
        sum += term;
    }
    sum
}

/// `|z|` past this many `sigma^2`: the transform is `-1/z` to the last bit.
const FAR: f64 = 1e100;

impl MarchenkoPastur {
    /// The Stieltjes transform `m(z)` at `z = re + i im`, as `(re, im)`.
    ///
    /// ```text
    /// m(z) = integral of p(x) / (x - z) dx = -2 / (z - sigma^2 (1 - 1/Q) + sqrt(z - a) sqrt(z - b)),
    /// ```
    ///
    /// a root of `sigma^2 z m^2 / Q + (z - sigma^2 (1 - 1/Q)) m + 1 = 0` (Bai and Silverstein 2010,
    /// lemma 3.11).
    ///
    /// # Conventions
    ///
    /// - The sign is that of `1 / (x - z)`: `m` maps the upper half-plane to itself, and `m(z) ~
    ///   -1/z` at infinity. Free probability's Cauchy transform is `-m`.
    /// - Principal roots of the two factors give the right branch everywhere.
    /// - On the real axis outside the support the value is real. On the support it is the limit
    ///   from above, whose imaginary part is `pi p(x)`; the limit from below is its conjugate.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `re` or `im` is not finite, or the
    /// transform is too large for an `f64`, as at `z = 0` with `Q = 1`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::MarchenkoPastur;
    ///
    /// let law = MarchenkoPastur::new(4.0, 1.0)?;
    /// // m(0) is the mean of 1/x, 1 / (sigma^2 (1 - 1/Q)).
    /// let (re, im) = law.stieltjes(0.0, 0.0)?;
    /// assert!((re - 4.0 / 3.0).abs() < 1e-15 && im == 0.0);
    /// // The density, read off the real axis.
    /// let (_, im) = law.stieltjes(1.0, 0.0)?;
    /// assert!((im / std::f64::consts::PI - law.pdf(1.0)).abs() < 1e-15);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn stieltjes(&self, re: f64, im: f64) -> Result<(f64, f64), RmtError> {
        require(re.is_finite(), "re", re, "finite")?;
        require(im.is_finite(), "im", im, "finite")?;
        // In units of sigma^2; `+ 0.0` turns a negative zero into a positive one.
        let z = (re / self.sigma2, im / self.sigma2 + 0.0);
        let value = if z.0.abs().max(z.1.abs()) > FAR {
            let (far_re, far_im) = complex_recip((re, im));
            (-far_re, -far_im + 0.0)
        } else {
            let unit = self.unit_transform(z);
            (unit.0 / self.sigma2, unit.1 / self.sigma2 + 0.0)
        };
        require(
            value.0.is_finite() && value.1.is_finite(),
            "re",
            re,
            "away from the pole at 0 of the square case",
        )?;
        Ok(value)
    }

    fn unit_transform(&self, z: (f64, f64)) -> (f64, f64) {
        let r = self.r();
        let (a, b) = ((1.0 - r) * (1.0 - r), (1.0 + r) * (1.0 + r));
        let root = complex_mul(complex_sqrt((z.0 - a, z.1)), complex_sqrt((z.0 - b, z.1)));
        let shift = (1.0 - r) * (1.0 + r);
        let (re, im) = complex_recip((z.0 - shift + root.0, z.1 + root.1));
        (-2.0 * re, -2.0 * im)
    }
}

/// Principal square root (branch cut along the negative reals, continuous from above).
fn complex_sqrt((re, im): (f64, f64)) -> (f64, f64) {
    let modulus = re.hypot(im);
    if modulus == 0.0 {
        return (0.0, 0.0);
    }
    // The larger part first, the other by division: no cancellation.
    let large = (0.5 * (modulus + re.abs())).sqrt();
    let small = 0.5 * im.abs() / large;
    let (re, root_im) = if re >= 0.0 {
        (large, small)
    } else {
        (small, large)
    };
    (re, if im < 0.0 { -root_im } else { root_im })
}

/// Product.
fn complex_mul(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// `1 / z`, scaled by the larger part (Smith 1962) so that nothing overflows on the way.
pub(super) fn complex_recip((re, im): (f64, f64)) -> (f64, f64) {
    if re.abs() >= im.abs() {
        let ratio = im / re;
        let scale = 1.0 / (re + im * ratio);
        (scale, -ratio * scale)
    } else {
        let ratio = re / im;
        let scale = 1.0 / (re * ratio + im);
        (ratio * scale, -scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Midpoint rule in the angle, where the integrand is smooth and periodic, so
    /// that it converges faster than any power of the step.
    fn integrate(law: &MarchenkoPastur, upto: f64, f: impl Fn(f64) -> f64) -> f64 {
        let r = law.r();
        let steps = 200_000;
        let end = law.angle(upto);
        let h = end / f64::from(steps);
        (0..steps)
            .map(|i| {
                let t = (f64::from(i) + 0.5) * h;
                let x = law.value(t);
                f(x) * law.pdf(x) * 2.0 * law.sigma2 * r * t.sin() * h
            })
            .sum()
    }

    #[test]
    fn cdf_is_the_integral_of_the_density() {
        for (q, sigma2) in [
            (1.0, 1.0),
            (1.0 + 1e-9, 2.0),
            (1.5, 0.3),
            (2.0, 1.0),
            (50.0, 7.0),
            (150.0, 1.0),
            (1e6, 1.0),
        ] {
            let law = MarchenkoPastur::new(q, sigma2).unwrap();
            let (a, b) = law.support();
            for share in [0.01, 0.2, 0.5, 0.9, 0.999, 1.0] {
                let x = a + share * (b - a);
                let numeric = integrate(&law, x, |_| 1.0);
                // Midpoint with 2e5 steps: h^2/24 of a bounded slope, under 1e-10;
                // near the square case the integrand bends within 1 - r of 0.
                assert!(
                    (law.cdf(x) - numeric).abs() < 1e-9,
                    "q {q} share {share}: {} {numeric}",
                    law.cdf(x)
                );
            }
            let mean = integrate(&law, b, |x| x);
            let second = integrate(&law, b, |x| x * x);
            assert!((mean / law.mean() - 1.0).abs() < 1e-9, "q {q}: {mean}");
            let variance = second - mean * mean;
            assert!(
                (variance - law.variance()).abs() < 1e-8 * sigma2 * sigma2,
                "q {q}"
            );
        }
    }

    #[test]
    fn quantile_inverts_the_cdf() {
        for q in [1.0, 1.0 + 1e-6, 1.3, 4.0, 99.0, 101.0, 1e4] {
            let law = MarchenkoPastur::new(q, 2.5).unwrap();
            for p in [1e-9, 1e-3, 0.25, 0.5, 0.9, 1.0 - 1e-9] {
                let back = law.cdf(law.quantile(p).unwrap());
                // cdf is stated to 1e-13.
                assert!((back - p).abs() < 2e-13, "q {q} p {p}: {back}");
            }
            // Two orders of multiplication for the same product.
            let lower = law.support().0;
            assert!((law.quantile(0.0).unwrap() - lower).abs() <= 1e-15 * lower);
            assert!((law.quantile(1.0).unwrap() / law.support().1 - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn branches_meet() {
        // The series and the closed form on either side of r = 0.1.
        for t in [0.1, 1.0, 2.0, 3.0] {
            let below = MarchenkoPastur::new(100.0 * (1.0 + 1e-13), 1.0).unwrap();
            let above = MarchenkoPastur::new(100.0 * (1.0 - 1e-13), 1.0).unwrap();
            assert!((below.cdf_at_angle(t) - above.cdf_at_angle(t)).abs() < 1e-13);
            // The square case against its neighbor: the slope in r is of order 1.
            let square = MarchenkoPastur::new(1.0, 1.0).unwrap();
            let near = MarchenkoPastur::new(1.0 + 1e-10, 1.0).unwrap();
            assert!((square.cdf_at_angle(t) - near.cdf_at_angle(t)).abs() < 1e-9);
        }
    }

    #[test]
    fn sample_follows_the_law_and_the_seed() {
        let law = MarchenkoPastur::new(2.0, 1.0).unwrap();
        let mut draws = law.sample(20_000, 7);
        assert_eq!(draws, law.sample(20_000, 7));
        assert_ne!(draws, law.sample(20_000, 8));
        draws.sort_by(f64::total_cmp);
        let n = draws.len() as f64;
        let ks = draws
            .iter()
            .enumerate()
            .map(|(i, &x)| {
                let f = law.cdf(x);
                (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
            })
            .fold(0.0, f64::max);
        // Kolmogorov's 99.9% point, 1.95 / sqrt(n), n = 20,000.
        assert!(ks < 1.95 / n.sqrt(), "{ks}");
    }

    #[test]
    fn refuses_bad_parameters() {
        assert!(MarchenkoPastur::new(0.5, 1.0).is_err());
        assert!(MarchenkoPastur::new(f64::NAN, 1.0).is_err());
        assert!(MarchenkoPastur::new(2.0, 0.0).is_err());
        assert!(MarchenkoPastur::from_shape(0, 3, 1.0).is_err());
        assert!(
            MarchenkoPastur::new(2.0, 1.0)
                .unwrap()
                .quantile(1.1)
                .is_err()
        );
    }
}
