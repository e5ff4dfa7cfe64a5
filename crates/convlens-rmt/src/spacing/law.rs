//! The laws of the ratio of consecutive level spacings.

use std::f64::consts::{LN_2, PI};

/// A law of the spacing ratio `r = min(s_i, s_(i+1)) / max(s_i, s_(i+1))`.
///
/// ```text
/// Goe, Gue:  p(r) = 2/Z (r + r^2)^beta / (1 + r + r^2)^(1 + 3 beta/2),    0 <= r <= 1,
///            beta = 1, Z = 8/27;    beta = 2, Z = 4 pi / (81 sqrt 3);
/// Poisson:   p(r) = 2 / (1 + r)^2
/// ```
///
/// (Atas, Bogomolny, Giraud and Roux 2013, "Distribution of the ratio of consecutive level
/// spacings in random matrix ensembles", Physical Review Letters 110; the ratio itself is that of Oganesyan and Huse
/// 2007, Physical Review B 75).
///
/// # Conventions
///
/// The Gaussian laws are *surmises*, exact for 3 x 3 matrices, with an error of the density of up to 5% for large
/// ones. [`mean`](Self::mean) is that of the surmise, [`large_matrix_mean`](Self::large_matrix_mean) what simulation of large matrices gives.
///
/// # Example
///
/// ```
/// use convlens_rmt::RatioLaw;
///
/// assert!((RatioLaw::Goe.mean() - (4.0 - 2.0 * 3_f64.sqrt())).abs() < 1e-15);
/// assert!((RatioLaw::Poisson.cdf(0.5) - 2.0 / 3.0).abs() < 1e-15);
/// // Eigenvalues repel: small ratios are rare.
/// assert!(RatioLaw::Goe.cdf(0.1) < 0.2 * RatioLaw::Poisson.cdf(0.1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RatioLaw {
    /// Independent levels, without repulsion.
    Poisson,
    /// Gaussian orthogonal ensemble: real symmetric noise, and the bulk of `W^T W` for real noise `W`.
    Goe,
    /// Gaussian unitary ensemble: complex noise, as the symbol of a convolution at a
    /// frequency that is not its own conjugate.
    Gue,
}

impl RatioLaw {
    /// All of them, by growing repulsion.
    pub const ALL: [RatioLaw; 3] = [RatioLaw::Poisson, RatioLaw::Goe, RatioLaw::Gue];

    /// The density at `r`; 0 outside `0..=1`.
    #[must_use]
    pub fn pdf(self, r: f64) -> f64 {
        if !(0.0..=1.0).contains(&r) {
            return 0.0;
        }
        let (up, down) = (r + r * r, 1.0 + r + r * r);
        match self {
            RatioLaw::Poisson => 2.0 / ((1.0 + r) * (1.0 + r)),
            RatioLaw::Goe => 6.75 * up / (down * down * down.sqrt()),
            RatioLaw::Gue => {
                let square = down * down;
                81.0 * 3_f64.sqrt() / (2.0 * PI) * up * up / (square * square)
            }
        }
    }

    /// The distribution function at `r`, in closed form.
    ///
    /// Absolute error under 1e-13.
    #[must_use]
    pub fn cdf(self, r: f64) -> f64 {
        let r = r.clamp(0.0, 1.0);
        match self {
            RatioLaw::Poisson => 2.0 * r / (1.0 + r),
            RatioLaw::Goe => goe_integral(r + 0.5) - goe_integral(0.5),
            RatioLaw::Gue => gue_integral(r + 0.5) - gue_integral(0.5),
        }
    }

    /// The mean of this law: `2 ln 2 - 1`, `4 - 2 sqrt 3`, `2 sqrt 3 / pi - 1/2` (Atas et al. 2013, table I).
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            RatioLaw::Poisson => 2.0 * LN_2 - 1.0,
            RatioLaw::Goe => 4.0 - 2.0 * 3_f64.sqrt(),
            RatioLaw::Gue => 2.0 * 3_f64.sqrt() / PI - 0.5,
        }
    }

    /// The mean for large matrices, by simulation: 0.5307(1) and 0.5996(1) (Atas et al. 2013, table I); exact for
    /// Poisson.
    #[must_use]
    pub fn large_matrix_mean(self) -> f64 {
        match self {
            RatioLaw::Poisson => self.mean(),
            RatioLaw::Goe => 0.5307,
            RatioLaw::Gue => 0.5996,
        }
    }
}

/// Antiderivative of the surmise for `beta = 1` in `x = r + 1/2`, where it is
/// `27/4 (x^2 - 1/4) / (x^2 + 3/4)^(5/2)`.
fn goe_integral(x: f64) -> f64 {
    let w = x * x + 0.75;
    let root = w.sqrt();
    // The integrals of x^2 w^(-5/2) and of w^(-5/2) are x^3 / (9/4 w^(3/2)) and x / (9/4 w^(3/2)) + 32 x / (27 w^(1/2)).
    let square = x * x * x / (2.25 * w * root);
    let one = x / (2.25 * w * root) + 32.0 * x / (27.0 * root);
    6.75 * (square - 0.25 * one)
}

/// Antiderivative of the surmise for `beta = 2`: `81 sqrt 3 / (2 pi) (x^2 - 1/4)^2 / (x^2 + 3/4)^4`.
fn gue_integral(x: f64) -> f64 {
    // (x^2 - 1/4)^2 = (w - 1)^2 = w^2 - 2 w + 1, and I_k, the integral of w^(-k), by its recurrence
    // I_(k+1) = (x / w^k + (2 k - 1) I_k) / (2 k c), c = 3/4.
    let (w, c) = (x * x + 0.75, 0.75_f64);
    let first = (x / c.sqrt()).atan() / c.sqrt();
    let next =
        |k: f64, power: f64, current: f64| (x / power + (2.0 * k - 1.0) * current) / (2.0 * k * c);
    let second = next(1.0, w, first);
    let third = next(2.0, w * w, second);
    let fourth = next(3.0, w * w * w, third);
    81.0 * 3_f64.sqrt() / (2.0 * PI) * (second - 2.0 * third + fourth)
}
