//! The Stieltjes transform of the Marchenko-Pastur law.

use super::MarchenkoPastur;
use super::complex::{mul, recip, sqrt};
use crate::error::{RmtError, require};

/// `|z|` past this many `sigma^2`: the transform is `-1/z` to the last bit.
const FAR: f64 = 1e100;

impl MarchenkoPastur {
    /// The Stieltjes transform `m(z)` at `z = re + i im`, as `(re, im)`.
    ///
    /// ```text
    /// m(z) = integral of p(x) / (x - z) dx = -2 / (z - sigma^2 (1 - 1/Q) + sqrt(z - a) sqrt(z - b)),
    /// ```
    ///
    /// a root of `sigma^2 z m^2 / Q + (z - sigma^2 (1 - 1/Q)) m + 1 = 0` (Bai and Silverstein 2010, lemma 3.11).
    ///
    /// # Conventions
    ///
    /// - The sign is that of `1 / (x - z)`: `m` maps the upper half-plane to itself, and `m(z) ~ -1/z` at infinity. Free probability's Cauchy
    ///   transform is `-m`.
    /// - Principal roots of the two factors give the right branch everywhere.
    /// - On the real axis outside the support the value is real. On the support it is the limit from above, whose
    ///   imaginary part is `pi p(x)`; the limit from below is its conjugate.
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
            let (far_re, far_im) = recip((re, im));
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
        let root = mul(sqrt((z.0 - a, z.1)), sqrt((z.0 - b, z.1)));
        let shift = (1.0 - r) * (1.0 + r);
        let (re, im) = recip((z.0 - shift + root.0, z.1 + root.1));
        (-2.0 * re, -2.0 * im)
    }
}
