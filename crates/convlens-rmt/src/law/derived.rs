//! Two laws that follow from the Marchenko-Pastur law: of the larger Gram matrix, and of singular
//! values.

use std::f64::consts::PI;

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};
use crate::law::marchenko_pastur::{MarchenkoPastur, complex_recip};

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
/// The normalizer is `N`, the larger side, as in [`MarchenkoPastur`]; at `Q = 1` there is no atom
/// and the two laws are one.
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

    /// The Stieltjes transform `-(1 - 1/Q) / z + m(z) / Q`, conventions as
    /// [`MarchenkoPastur::stieltjes`].
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
        let pole = complex_recip((re, im));
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
        (0..count).map(|_| self.draw(rng.random())).collect()
    }

    /// The value at the uniform `u` in `[0, 1)`.
    pub(crate) fn draw(&self, u: f64) -> f64 {
        match u < self.atom() {
            true => 0.0,
            false => self.bulk.draw((u - self.atom()) / self.share()),
        }
    }

    /// `1/Q`, the share of eigenvalues that are not zero.
    fn share(&self) -> f64 {
        self.bulk.q().recip()
    }
}

/// The law of the singular values of `W / sqrt(N)`, the roots of a [`MarchenkoPastur`] variable.
///
/// ```text
/// f(s) = 2 s p(s^2) = Q sqrt((b - s^2)(s^2 - a)) / (pi sigma^2 s),    sqrt(a) <= s <= sqrt(b),
/// sqrt(a), sqrt(b) = sigma (1 -+ sqrt(1/Q)).
/// ```
///
/// At `Q = 1` it is the quarter circle of radius `2 sigma`, see
/// [`QuarterCircle`](crate::law::QuarterCircle).
///
/// # Conventions
///
/// Singular values of `W` itself are these times `sqrt(N)`, `N` the larger side.
///
/// # Example
///
/// ```
/// use convlens_rmt::{MarchenkoPastur, law::QuarterCircle};
///
/// let law = MarchenkoPastur::new(4.0, 1.0)?.singular_values();
/// assert_eq!(law.support(), (0.5, 1.5));
/// let square = MarchenkoPastur::new(1.0, 1.0)?.singular_values();
/// assert!((square.pdf(0.7) - QuarterCircle::new(2.0)?.pdf(0.7)).abs() < 1e-15);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SingularValueLaw {
    eigenvalues: MarchenkoPastur,
}

impl MarchenkoPastur {
    /// The law of the singular values `sqrt(x)`.
    #[must_use]
    pub fn singular_values(self) -> SingularValueLaw {
        SingularValueLaw { eigenvalues: self }
    }
}

impl SingularValueLaw {
    /// The law of the squares.
    #[must_use]
    pub fn eigenvalues(&self) -> MarchenkoPastur {
        self.eigenvalues
    }

    /// The edges `sigma (1 -+ sqrt(1/Q))`.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        let (sigma, r) = (self.sigma(), self.eigenvalues.r());
        (sigma * (1.0 - r), sigma * (1.0 + r))
    }

    /// The density at `s`; 0 outside the support, finite everywhere.
    #[must_use]
    pub fn pdf(&self, s: f64) -> f64 {
        let (sigma, r) = (self.sigma(), self.eigenvalues.r());
        let s = s / sigma;
        let (a, b) = (1.0 - r, 1.0 + r);
        if !(a..=b).contains(&s) {
            return 0.0;
        }
        let upper = (b - s) * (b + s);
        let unit = if r == 1.0 {
            // The quarter circle: s cancels, and 0 / 0 at the origin with it.
            upper.sqrt() / PI
        } else {
            (upper * (s - a) * (s + a)).sqrt() / (PI * r * r * s)
        };
        unit / sigma
    }

    /// The distribution function at `s`, that of the eigenvalues at `s^2`; accuracy as there.
    #[must_use]
    pub fn cdf(&self, s: f64) -> f64 {
        if s <= 0.0 {
            return 0.0;
        }
        self.eigenvalues.cdf(s * s)
    }

    /// The value that a share `p` of the law lies below.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `0 <= p <= 1`.
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        Ok(self.eigenvalues.quantile(p)?.sqrt())
    }

    /// The even moment `E[s^(2k)]`, that of order `k` of the eigenvalues. The odd ones are elliptic
    /// integrals, not served.
    ///
    /// # Errors
    ///
    /// As [`MarchenkoPastur::moment`].
    pub fn even_moment(&self, k: u32) -> Result<f64, RmtError> {
        self.eigenvalues.moment(k)
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| self.draw(rng.random())).collect()
    }

    /// The value at the uniform `u` in `[0, 1)`.
    pub(crate) fn draw(&self, u: f64) -> f64 {
        self.eigenvalues.draw(u).sqrt()
    }

    fn sigma(&self) -> f64 {
        self.eigenvalues.sigma2().sqrt()
    }
}
