//! Whether levels repel, as those of noise do: ratios of consecutive spacings.
//!
//! [`Ratios::measure`] takes the levels of one matrix and says which [`RatioLaw`] they allow:
//! eigenvalues of noise repel (GOE for real, GUE for complex entries), independent levels do not
//! (Poisson).

use std::f64::consts::LN_2;
use std::f64::consts::PI;
use std::fmt;

use crate::error::{RmtError, require};

/// The end of a measurement of spacing ratios.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// The ratios, their mean and what it says.
    Ratios(Ratios),
    /// Too few levels for a mean with an error bar.
    TooFewValues {
        /// Number of distinct levels.
        n: usize,
        /// The fewest that are measured, [`Ratios::MIN_VALUES`].
        needed: usize,
    },
    /// Values repeat, and [`Repeats::Refuse`] was asked for.
    Degenerate {
        /// Number of values.
        n: usize,
        /// Number of distinct levels.
        distinct: usize,
    },
}

impl Outcome {
    /// The ratios, if there are any.
    #[must_use]
    pub fn value(&self) -> Option<&Ratios> {
        match self {
            Outcome::Ratios(ratios) => Some(ratios),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratios(found) => write!(
                f,
                "mean ratio {:.4} (standard error {:.4}): {}",
                found.mean, found.std_error, found.verdict
            ),
            Self::TooFewValues { n, needed } => {
                write!(f, "{n} distinct levels are too few: {needed} are needed")
            }
            Self::Degenerate { n, distinct } => {
                write!(f, "{} of {n} levels repeat another", n - distinct)
            }
        }
    }
}

/// The spacing ratios of a set of levels.
#[doc(alias = "level_repulsion")]
#[doc(alias = "level_spacing")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Ratios {
    /// Number of values given.
    pub n: usize,
    /// Number of distinct levels, those whose spacings were taken.
    pub distinct: usize,
    /// The `distinct - 2` ratios, by ascending level.
    pub ratios: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Standard error of the mean, with the correlation of ratios up to two places apart.
    pub std_error: f64,
    /// The distance to each law, in the order of [`RatioLaw::ALL`].
    pub distances: Vec<RatioDistance>,
    /// Which laws the mean allows.
    pub verdict: Verdict,
    /// The options it was made with.
    pub options: Options,
}

/// How far a set of ratios is from one law.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RatioDistance {
    /// The law.
    pub law: RatioLaw,
    /// `mean -` [`RatioLaw::large_matrix_mean`].
    pub mean_difference: f64,
    /// The same in standard errors.
    pub sigmas: f64,
    /// Kolmogorov-Smirnov distance (supremum) of the ratios to [`RatioLaw::cdf`]. Neighboring
    /// ratios share a spacing, so that tables of this statistic do not apply.
    pub ks_distance: f64,
}

/// Which laws a mean ratio allows.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Verdict {
    /// All laws but this one are rejected.
    Follows(RatioLaw),
    /// Several laws are within the error bar: more levels are needed.
    Undecided(Vec<RatioLaw>),
    /// Every law is rejected: partial repulsion between two laws, or clustering below Poisson's
    /// mean.
    None,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Follows(law) => write!(f, "the levels follow {law}"),
            Self::Undecided(laws) => {
                let names: Vec<String> = laws.iter().map(ToString::to_string).collect();
                write!(f, "undecided between {}", names.join(", "))
            }
            Self::None => f.write_str("the levels follow none of the laws"),
        }
    }
}

/// What is done with values that repeat. A repeated value has a spacing of 0, and so two ratios of
/// 0, that say nothing about repulsion: conjugate frequencies of a convolution give every singular
/// value twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Repeats {
    /// Values with repeats are an outcome of their own,
    /// [`Outcome::Degenerate`]. The default.
    #[default]
    Refuse,
    /// Each run of repeats counts as one level; how many were merged stands in the result.
    Merge,
}

/// Options of [`Ratios::measure`](crate::spacing::Ratios::measure).
///
/// # Example
///
/// ```
/// use convlens_rmt::spacing::{self, Repeats};
///
/// let options = spacing::Options::default().repeats(Repeats::Merge);
/// assert_eq!((options.tolerance, options.sigmas), (1e-12, 3.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// What is done with values that repeat. Default: they are refused.
    pub repeats: Repeats,
    /// Two neighbors repeat when they differ by at most this share of the largest modulus. Default
    /// 1e-12: above the rounding of a double-precision decomposition (about 1e-14), below the least
    /// spacing of 10^5 independent levels (about 1e-10).
    pub tolerance: f64,
    /// A law is rejected when the mean ratio is more than this many standard errors from its own.
    /// Default 3, two-sided 0.3% for a Gaussian mean.
    pub sigmas: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            repeats: Repeats::Refuse,
            tolerance: 1e-12,
            sigmas: 3.0,
        }
    }
}

impl Options {
    /// Sets what is done with values that repeat.
    #[must_use]
    pub fn repeats(mut self, repeats: Repeats) -> Self {
        self.repeats = repeats;
        self
    }

    /// Sets the tolerance for a repeat.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the number of standard errors at which a law is rejected.
    #[must_use]
    pub fn sigmas(mut self, sigmas: f64) -> Self {
        self.sigmas = sigmas;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        require(
            (0.0..1.0).contains(&self.tolerance),
            "tolerance",
            self.tolerance,
            "in [0, 1)",
        )?;
        require(
            self.sigmas.is_finite() && self.sigmas > 0.0,
            "sigmas",
            self.sigmas,
            "finite and above 0",
        )
    }
}

/// Correlation of ratios is counted up to this many places: neighbors share a spacing, and
/// repulsion reaches little further.
const LAGS: usize = 2;

impl Ratios {
    /// The fewest distinct levels that are measured: ten ratios.
    pub const MIN_VALUES: usize = 12;

    /// Measures the ratios of consecutive spacings of a set of levels, given in any order.
    ///
    /// ```text
    /// s_i = x_(i+1) - x_i,    r_i = min(s_i, s_(i+1)) / max(s_i, s_(i+1))
    /// ```
    ///
    /// (Oganesyan and Huse 2007, Physical Review B 75; Atas, Bogomolny, Giraud and Roux 2013). No
    /// unfolding is needed: the local density cancels. Noise repels as [`RatioLaw::Goe`] in the
    /// bulk of `W^T W`; independent levels do not.
    ///
    /// # Conventions
    ///
    /// - The levels may be eigenvalues or singular values: where the density varies slowly over a
    ///   spacing the ratios agree. Pass the levels of *one* matrix: pooled spectra of several tend
    ///   to Poisson whatever each of them is.
    /// - Values that repeat within the tolerance are no levels of their own; see [`Repeats`].
    /// - The standard error is `sqrt((g_0 + 2 g_1 + 2 g_2) / count)` with the autocovariances `g`
    ///   of the ratios, at least a half of the `sqrt(g_0 / count)` of independent ones.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] on NaN or an infinity, [`RmtError::ParameterOutOfRange`] on a bad
    /// option.
    ///
    /// # Complexity
    ///
    /// `O(n log n)`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::spacing;
    ///
    /// // Levels as even as a ladder, with a step that alternates 1, 2: every ratio is 1/2.
    /// let levels: Vec<f64> = (0..50).map(|i| f64::from(i + i / 2)).collect();
    /// let options = spacing::Options::default();
    /// let spacing::Outcome::Ratios(found) = spacing::Ratios::measure(&levels, &options)? else {
    ///     panic!("fifty distinct levels");
    /// };
    /// assert!((found.mean - 0.5).abs() < 1e-12);
    /// assert_eq!(found.ratios.len(), 48);
    /// assert_eq!(found.verdict, spacing::Verdict::None);
    ///
    /// // The same levels twice, as from conjugate frequencies.
    /// let twice = [levels.clone(), levels].concat();
    /// let outcome = spacing::Ratios::measure(&twice, &options)?;
    /// assert!(matches!(outcome, spacing::Outcome::Degenerate { n: 100, distinct: 50, .. }));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn measure(values: &[f64], options: &Options) -> Result<Outcome, RmtError> {
        options.check()?;
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            let value = values[index];
            return Err(RmtError::NonFinite { index, value });
        }
        let levels = distinct(values, options.tolerance);
        let (n, distinct) = (values.len(), levels.len());
        if distinct < n && options.repeats == Repeats::Refuse {
            return Ok(Outcome::Degenerate { n, distinct });
        }
        if distinct < Self::MIN_VALUES {
            return Ok(Outcome::TooFewValues {
                n: distinct,
                needed: Self::MIN_VALUES,
            });
        }
        Ok(Outcome::Ratios(summarize(n, &levels, options)))
    }
}

/// The levels in units of the largest modulus, ascending, each run of repeats as its first.
fn distinct(values: &[f64], tolerance: f64) -> Vec<f64> {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let scale = if largest > 0.0 { largest } else { 1.0 };
    let mut levels: Vec<f64> = values.iter().map(|v| v / scale).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup_by(|next, kept| *next - *kept <= tolerance);
    levels
}

fn summarize(n: usize, levels: &[f64], options: &Options) -> Ratios {
    let spacings: Vec<f64> = levels.windows(2).map(|w| w[1] - w[0]).collect();
    let ratios: Vec<f64> = spacings
        .windows(2)
        .map(|s| s[0].min(s[1]) / s[0].max(s[1]))
        .collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let std_error = std_error(&ratios, mean);
    let mut sorted = ratios.clone();
    sorted.sort_by(f64::total_cmp);
    let distances: Vec<RatioDistance> = RatioLaw::ALL
        .iter()
        .map(|&law| {
            let mean_difference = mean - law.large_matrix_mean();
            RatioDistance {
                law,
                mean_difference,
                // Equal ratios have no spread: the floor keeps this finite.
                sigmas: mean_difference / std_error.max(1e-12),
                ks_distance: ks_distance(&sorted, law),
            }
        })
        .collect();
    let allowed: Vec<RatioLaw> = distances
        .iter()
        .filter(|d| d.sigmas.abs() <= options.sigmas)
        .map(|d| d.law)
        .collect();
    let verdict = match allowed.as_slice() {
        [] => Verdict::None,
        [law] => Verdict::Follows(*law),
        _ => Verdict::Undecided(allowed),
    };
    Ratios {
        n,
        distinct: levels.len(),
        ratios,
        mean,
        std_error,
        distances,
        verdict,
        options: *options,
    }
}

fn std_error(ratios: &[f64], mean: f64) -> f64 {
    let count = ratios.len() as f64;
    let covariance = |lag: usize| -> f64 {
        ratios
            .iter()
            .zip(&ratios[lag..])
            .map(|(a, b)| (a - mean) * (b - mean))
            .sum::<f64>()
            / (count - 1.0)
    };
    let own = covariance(0);
    let shared: f64 = (1..=LAGS).map(covariance).sum();
    ((own + 2.0 * shared).max(0.25 * own) / count).sqrt()
}

fn ks_distance(sorted: &[f64], law: RatioLaw) -> f64 {
    let n = sorted.len() as f64;
    sorted
        .iter()
        .enumerate()
        .map(|(i, &r)| {
            let f = law.cdf(r);
            (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
        })
        .fold(0.0, f64::max)
}

/// A law of the spacing ratio `r = min(s_i, s_(i+1)) / max(s_i, s_(i+1))`.
///
/// ```text
/// Goe, Gue:  p(r) = 2/Z (r + r^2)^beta / (1 + r + r^2)^(1 + 3 beta/2),    0 <= r <= 1,
///            beta = 1, Z = 8/27;    beta = 2, Z = 4 pi / (81 sqrt 3);
/// Poisson:   p(r) = 2 / (1 + r)^2
/// ```
///
/// (Atas, Bogomolny, Giraud and Roux 2013, "Distribution of the ratio of consecutive level spacings
/// in random matrix ensembles", Physical Review Letters 110; the ratio itself is that of Oganesyan
/// and Huse 2007, Physical Review B 75).
///
/// # Conventions
///
/// The Gaussian laws are *surmises*, exact for 3 x 3 matrices, with an error of the density of up
/// to 5% for large ones. [`mean`](Self::mean) is that of the surmise,
/// [`large_matrix_mean`](Self::large_matrix_mean) what simulation of large matrices gives.
///
/// # Example
///
/// ```
/// use convlens_rmt::spacing::RatioLaw;
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
    /// Gaussian orthogonal ensemble: real symmetric noise, and the bulk of `W^T W` for real noise
    /// `W`.
    Goe,
    /// Gaussian unitary ensemble: complex noise, as the symbol of a convolution at a
    /// frequency that is not its own conjugate.
    Gue,
}

impl fmt::Display for RatioLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Poisson => "Poisson (independent levels)",
            Self::Goe => "GOE (real noise)",
            Self::Gue => "GUE (complex noise)",
        })
    }
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

    /// The mean of this law: `2 ln 2 - 1`, `4 - 2 sqrt 3`, `2 sqrt 3 / pi - 1/2` (Atas et al. 2013,
    /// table I).
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            RatioLaw::Poisson => 2.0 * LN_2 - 1.0,
            RatioLaw::Goe => 4.0 - 2.0 * 3_f64.sqrt(),
            RatioLaw::Gue => 2.0 * 3_f64.sqrt() / PI - 0.5,
        }
    }

    /// The mean for large matrices, by simulation: 0.5307(1) and 0.5996(1) (Atas et al. 2013, table
    /// I); exact for Poisson.
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
    // The integrals of x^2 w^(-5/2) and of w^(-5/2) are x^3 / (9/4 w^(3/2)) and x / (9/4 w^(3/2)) +
    // 32 x / (27 w^(1/2)).
    let square = x * x * x / (2.25 * w * root);
    let one = x / (2.25 * w * root) + 32.0 * x / (27.0 * root);
    6.75 * (square - 0.25 * one)
}

/// Antiderivative of the surmise for `beta = 2`: `81 sqrt 3 / (2 pi) (x^2 - 1/4)^2 / (x^2 +
/// 3/4)^4`.
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
