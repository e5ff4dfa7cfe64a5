//! The law of the larger Gram matrix's eigenvalues, with its atom at 0.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::MarchenkoPastur;
use crate::error::{RmtError, require};

/// The law of all `N` eigenvalues of the larger Gram matrix `W W^T / N`.
///
/// `W` is `N x M` with `N >= M`, so that `N - M` of them are zero and the others
/// are those of `W^T W / N`:
///
/// ```text
/// (1 - 1/Q) delta_0 + (1/Q) p(x) dx,    p the density of MarchenkoPastur.
/// ```
///
/// (Marchenko and Pastur 1967; Bai and Silverstein 2010, section 3.1).
///
/// # Conventions
///
/// The normaliser is `N`, the larger side, as in [`MarchenkoPastur`]; at `Q = 1` there is no atom and the two laws are one.
///
/// # Example
///
/// ```
/// use convlens_rmt::MarchenkoPastur;
///
/// let law = MarchenkoPastur::new(4.0, 1.0)?.larger_gram();
/// assert_eq!(law.atom(), 0.75);
/// assert_eq!(law.cdf(0.0), 0.75);
/// assert_eq!(law.quantile(0.6)?, 0.0);
/// assert_eq!(law.mean(), 0.25);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LargerGramLaw {
    bulk: MarchenkoPastur,
}

impl MarchenkoPastur {
    /// The law of all `N` eigenvalues of `W W^T / N`, the `N - M` zeros included.
    #[must_use]
    pub fn larger_gram(self) -> LargerGramLaw {
        LargerGramLaw { bulk: self }
    }
}

impl LargerGramLaw {
    /// The law of the eigenvalues that are not zero.
    #[must_use]
    pub fn bulk(&self) -> MarchenkoPastur {
        self.bulk
    }

    /// The mass at 0, `1 - 1/Q`.
    #[must_use]
    pub fn atom(&self) -> f64 {
        1.0 - self.share()
    }

    /// The density of the part that is not the atom, of total mass `1/Q`.
    #[must_use]
    pub fn pdf(&self, x: f64) -> f64 {
        self.share() * self.bulk.pdf(x)
    }

    /// `P(X <= x)`; jumps by the atom at 0.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            0.0
        } else {
            self.atom() + self.share() * self.bulk.cdf(x)
        }
    }

    /// The least `x` with `P(X <= x) >= p`; 0 up to the atom.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((0.0..=1.0).contains(&p), "p", p, "in [0, 1]")?;
        if p <= self.atom() {
            return Ok(0.0);
        }
        self.bulk
            .quantile(((p - self.atom()) / self.share()).clamp(0.0, 1.0))
    }

    /// The mean, `sigma^2 / Q`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.share() * self.bulk.mean()
    }

    /// The moment `E[x^k]`: 1 for `k = 0`, else `1/Q` of that of the bulk.
    ///
    /// # Errors
    ///
    /// As [`MarchenkoPastur::moment`].
    pub fn moment(&self, order: u32) -> Result<f64, RmtError> {
        let bulk = self.bulk.moment(order)?;
        Ok(if order == 0 { 1.0 } else { self.share() * bulk })
    }

    /// The Stieltjes transform `-(1 - 1/Q) / z + m(z) / Q`, conventions as [`MarchenkoPastur::stieltjes`].
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `re` or `im` is not finite, or the
    /// transform is too large for an `f64`, as at 0.
    pub fn stieltjes(&self, re: f64, im: f64) -> Result<(f64, f64), RmtError> {
        let (bulk_re, bulk_im) = self.bulk.stieltjes(re, im)?;
        if self.atom() == 0.0 {
            return Ok((bulk_re, bulk_im));
        }
        let pole = super::complex::recip((re, im));
        let value = (
            self.share() * bulk_re - self.atom() * pole.0,
            self.share() * bulk_im - self.atom() * pole.1 + 0.0,
        );
        require(
            value.0.is_finite() && value.1.is_finite(),
            "re",
            re,
            "away from the pole at 0",
        )?;
        Ok(value)
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| {
                let u: f64 = rng.random();
                if u < self.atom() {
                    0.0
                } else {
                    self.bulk.draw((u - self.atom()) / self.share())
                }
            })
            .collect()
    }

    /// `1/Q`, the share of eigenvalues that are not zero.
    fn share(&self) -> f64 {
        self.bulk.q().recip()
    }
}
