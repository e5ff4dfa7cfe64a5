//! The Tracy-Widom laws: tables of Fredholm determinants, and asymptotic series beyond them.

mod table_beta1;
mod table_beta2;

// The determinants themselves, in double precision: an independent route for the tests.
#[cfg(test)]
mod determinant;
#[cfg(test)]
mod tests;

use std::f64::consts::PI;
use std::f64::consts::SQRT_2;

use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{RmtError, require};

// The determinants themselves, in double precision: an independent route for the tests.

/// The symmetry class of a random matrix.
#[doc(alias = "beta")]
#[doc(alias = "goe")]
#[doc(alias = "gue")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DysonIndex {
    /// `beta = 1`, real entries: the one for weights.
    #[default]
    One,
    /// `beta = 2`, complex entries: the symbol of a convolution at a frequency
    /// that is not its own conjugate.
    Two,
}

/// The Tracy-Widom law of the largest eigenvalue at a soft edge.
///
/// ```text
/// F_1(s) = det(1 - B_s),    B_s(x, y) = Ai(x + y + s) on L^2(0, inf),
/// F_2(s) = det(1 - B_s^2)
/// ```
///
/// (Tracy and Widom 1994, 1996; these forms: Ferrari and Spohn 2005, "A determinantal
/// formula for the GOE Tracy-Widom distribution", Journal of Physics A 38).
///
/// The determinants were evaluated to 40 digits by Gauss-Legendre quadrature
/// (Bornemann 2010, "On the numerical evaluation of Fredholm determinants",
/// Mathematics of Computation 79) and stand in the source as polynomials: `log F`
/// on -10..-2, `log(1 - F)` from -2 up, without end. Below -10 the asymptotic series takes over.
///
/// # Conventions
///
/// The argument is the largest eigenvalue after centering and scaling; for a
/// Wishart matrix [`EdgeScaling`](crate::law::EdgeScaling) has both.
///
/// # Accuracy
///
/// Relative error of [`pdf`](Self::pdf), [`cdf`](Self::cdf) and [`survival`](Self::survival) under
/// 1e-12 from `s = -12` to 20, checked against 20 digits by mpmath; each is computed without a
/// difference where it is small. Outside, the error grows as the rounding of the exponent,
/// `eps |log F|`.
///
/// # Complexity
///
/// One evaluation is a polynomial of degree 13 and an exponential, about 25 ns; a quantile takes
/// about ten of them, 0.3 us.
///
/// # Example
///
/// ```
/// use convlens_rmt::{law::DysonIndex, TracyWidom};
///
/// let law = TracyWidom::new(DysonIndex::One);
/// // The 99% point of Johnstone (2001), table 1: 2.02.
/// assert!((law.quantile(0.99)? - 2.02345).abs() < 5e-6);
/// // Far out, where 1 - cdf is 0.
/// assert!((law.survival(law.upper_quantile(1e-30)?) / 1e-30 - 1.0).abs() < 1e-12);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "largest_eigenvalue")]
#[doc(alias = "tw")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TracyWidom {
    beta: DysonIndex,
}

/// Smallest probability that a quantile is asked for, on either side.
const LEAST: f64 = 1e-300;

impl TracyWidom {
    /// The law of the given symmetry class.
    #[must_use]
    pub fn new(beta: DysonIndex) -> Self {
        Self { beta }
    }

    /// The symmetry class.
    #[must_use]
    pub fn beta(&self) -> DysonIndex {
        self.beta
    }

    /// The density.
    #[must_use]
    pub fn pdf(&self, s: f64) -> f64 {
        let (log, slope) = if s < JOINT {
            log_lower(self.beta, s)
        } else {
            log_upper(self.beta, s)
        };
        let tail = log.exp();
        // The slope is infinite where the tail has long been 0.
        if tail == 0.0 { 0.0 } else { tail * slope.abs() }
    }

    /// `P(X <= s)`, accurate in the lower tail too.
    #[must_use]
    pub fn cdf(&self, s: f64) -> f64 {
        if s < JOINT {
            log_lower(self.beta, s).0.exp()
        } else {
            -log_upper(self.beta, s).0.exp_m1()
        }
    }

    /// `P(X > s)`, accurate in the upper tail, where `1 - cdf` cancels.
    #[must_use]
    pub fn survival(&self, s: f64) -> f64 {
        if s < JOINT {
            -log_lower(self.beta, s).0.exp_m1()
        } else {
            log_upper(self.beta, s).0.exp()
        }
    }

    /// The `s` with `P(X <= s) = p`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-300 <= p < 1`. For `p` near 1
    /// use [`upper_quantile`](Self::upper_quantile).
    pub fn quantile(&self, p: f64) -> Result<f64, RmtError> {
        require((LEAST..1.0).contains(&p), "p", p, "in [1e-300, 1)")?;
        Ok(self.solve(p, 1.0 - p))
    }

    /// The `s` with `P(X > s) = tail`: the critical value of a one-sided test at
    /// false-alarm rate `tail`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `1e-300 <= tail < 1`. For `tail` near 1
    /// use [`quantile`](Self::quantile).
    pub fn upper_quantile(&self, tail: f64) -> Result<f64, RmtError> {
        require((LEAST..1.0).contains(&tail), "tail", tail, "in [1e-300, 1)")?;
        Ok(self.solve(1.0 - tail, tail))
    }

    /// `count` independent draws by inversion, from ChaCha8 seeded with `seed`.
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| self.draw(rng.random())).collect()
    }

    /// The value at the uniform `u` in `[0, 1)`, one of 2^53 cells: at its middle, never 0 or 1.
    pub(crate) fn draw(&self, u: f64) -> f64 {
        let half = 0.25 * f64::EPSILON;
        self.solve(u + half, 1.0 - u - half)
    }

    /// Newton's method on the logarithm of the tail that is tabulated. Both are
    /// concave, so that every step after the first comes from the same side.
    fn solve(&self, lower: f64, upper: f64) -> f64 {
        let split = self.cdf(JOINT);
        let below = lower < split;
        let (target, mut s): (f64, f64) = if below {
            (lower.ln(), JOINT - 1.0)
        } else {
            (upper.ln(), JOINT + 1.0)
        };
        for _ in 0..60 {
            let (log, slope) = if below {
                log_lower(self.beta, s)
            } else {
                log_upper(self.beta, s)
            };
            let step = (log - target) / slope;
            let next = if below {
                (s - step).min(JOINT)
            } else {
                (s - step).max(JOINT)
            };
            let moved = (next - s).abs();
            s = next;
            if moved <= 2.0 * f64::EPSILON * (1.0 + s.abs()) {
                break;
            }
        }
        s
    }
}

/// Mean, variance, skewness and excess kurtosis (Bornemann 2010, "On the numerical evaluation of
/// distributions in random matrix theory: a review", Markov Processes and Related Fields 16), the
/// digits that quadrature of the density confirms.
fn published(beta: DysonIndex) -> [f64; 4] {
    match beta {
        DysonIndex::One => [
            -1.206_533_574_582_0,
            1.607_781_034_581_0,
            0.293_464_524_08,
            0.165_242_938_4,
        ],
        DysonIndex::Two => [
            -1.771_086_807_411_6,
            0.813_194_792_832_9,
            0.224_084_203_610,
            0.093_448_087_6,
        ],
    }
}

impl TracyWidom {
    /// The mean, to 13 digits (Bornemann 2010, "On the numerical evaluation of
    /// distributions in random matrix theory: a review").
    #[must_use]
    pub fn mean(&self) -> f64 {
        published(self.beta())[0]
    }

    /// The variance, to 13 digits (same source).
    #[must_use]
    pub fn variance(&self) -> f64 {
        published(self.beta())[1]
    }

    /// The skewness `E[(X - mean)^3] / sd^3`, to 11 digits (same source).
    #[must_use]
    pub fn skewness(&self) -> f64 {
        published(self.beta())[2]
    }

    /// The excess kurtosis `E[(X - mean)^4] / sd^4 - 3`, to 10 digits (same source).
    #[must_use]
    pub fn excess_kurtosis(&self) -> f64 {
        published(self.beta())[3]
    }
}

/// Where the tables of panels begin and end.
const FIRST: f64 = -10.0;
const LAST: f64 = 8.0;
/// Below it `log F` is tabulated, above it `log(1 - F)`: near the medians, so
/// that neither is a difference of nearly equal numbers.
pub(super) const JOINT: f64 = -2.0;

/// Number of unit panels, and the first one at or above the joint.
const COUNT: usize = 18;
const SPLIT: usize = 8;

/// A number and its derivative with respect to `s`.
pub(super) type Jet = (f64, f64);

/// `log F(s)` for `s <= JOINT`.
pub(super) fn log_lower(beta: DysonIndex, s: f64) -> Jet {
    if s < FIRST {
        left_log_cdf(beta, s)
    } else {
        panel(beta, s, (0, SPLIT - 1))
    }
}

/// `log(1 - F(s))` for `s >= JOINT`.
pub(super) fn log_upper(beta: DysonIndex, s: f64) -> Jet {
    if s < LAST {
        return panel(beta, s, (SPLIT, COUNT - 1));
    }
    // 1 - F_beta = (4 sqrt(pi) s^(3/4))^(-beta) exp(-2 beta s^(3/2)/3) exp(P(t)), t = s^(-3/2).
    let (tail, order) = match beta {
        DysonIndex::One => (&table_beta1::TAIL, 1.0),
        DysonIndex::Two => (&table_beta2::TAIL, 2.0),
    };
    let power = s * s.sqrt();
    let top = LAST * LAST.sqrt();
    let (value, slope) = horner(tail, 2.0 * top / power - 1.0);
    let leading = 2.0 / 3.0 * power + 0.75 * s.ln() + (4.0 * PI.sqrt()).ln();
    (
        value - order * leading,
        -order * (s.sqrt() + 0.75 / s) - 3.0 * top * slope / (power * s),
    )
}

/// The panel of `s` among those from `first` to `last`.
fn panel(beta: DysonIndex, s: f64, (first, last): (usize, usize)) -> Jet {
    let panels = match beta {
        DysonIndex::One => &table_beta1::PANELS,
        DysonIndex::Two => &table_beta2::PANELS,
    };
    let index = ((s - FIRST) as usize).clamp(first, last);
    let start = FIRST + index as f64;
    let (value, slope) = horner(&panels[index], 2.0 * (s - start) - 1.0);
    (value, 2.0 * slope)
}

fn horner(coefficients: &[f64], u: f64) -> Jet {
    let (mut value, mut slope) = (0.0, 0.0);
    for c in coefficients.iter().rev() {
        slope = slope * u + value;
        value = value * u + c;
    }
    (value, slope)
}

/// `log tau_2 = log(2)/24 + zeta'(-1)` (Deift, Its and Krasovsky 2008; Baik, Buckingham and
/// DiFranco 2008).
const LOG_TAU_2: f64 = -0.136_540_011_177_119_87;
/// `log tau_1 = -11 log(2)/48 + zeta'(-1)/2` (Baik, Buckingham and DiFranco 2008).
const LOG_TAU_1: f64 = -0.241_556_800_728_146_48;
/// Coefficients of `x^(-3k)`, `k = 1..`, in `log F_2`: from the series of `q^2`, integrated twice.
const LOG_F2: [f64; 7] = [
    3.0 / 64.0,
    63.0 / 256.0,
    2407.0 / 512.0,
    1_608_657.0 / 8192.0,
    1_180_103_913.0 / 81_920.0,
    26_886_699_679.0 / 16_384.0,
    246_111_785_530_791.0 / 917_504.0,
];
/// Coefficients of `x^(3/2 - 3k)`, `k = 0..`, in `sqrt(2)` times the integral of `q` from `s` up.
const INTEGRAL: [f64; 9] = [
    2.0 / 3.0,
    1.0 / 12.0,
    73.0 / 576.0,
    10_657.0 / 7680.0,
    13_912_277.0 / 344_064.0,
    8_045_883_943.0 / 3_538_944.0,
    4_839_483_796_783.0 / 23_068_672.0,
    6_282_376_235_473_547.0 / 218_103_808.0,
    88_762_466_180_599_259_759.0 / 16_106_127_360.0,
];

/// `log F(s)` and its derivative for `s <= -10`, with `x = -s`:
///
/// ```text
/// log F_2 = log tau_2 - x^3/12 - log(x)/8 + 3/64 x^-3 + ...
/// log F_1 = log tau_1 + (log F_2 - log tau_2 - I) / 2,
/// I = (2 x^(3/2)/3 + x^(-3/2)/12 + ...) / sqrt(2),
/// ```
///
/// where `(log F_2)'' = -q^2` and `I` is the integral of `q`, up to its constant, from the series
/// of Hastings and McLeod's solution `q ~ sqrt(x/2) (1 - x^-3/8 - 73 x^-6/128 - ...)` of Painleve
/// II (Tracy and Widom 1994). The relative error of `F` at -10 is 2e-13 and falls from there.
pub(super) fn left_log_cdf(beta: DysonIndex, s: f64) -> (f64, f64) {
    let x = -s;
    let y = 1.0 / (x * x * x);
    let (mut series, mut slope) = (0.0, 0.0);
    for (k, c) in LOG_F2.iter().enumerate().rev() {
        series = y * (c + series);
        slope = y * ((k + 1) as f64 * c + slope);
    }
    let cubic = x * x * x / 12.0;
    let log_f2 = -cubic - x.ln() / 8.0 + series;
    // d/ds = -d/dx.
    let slope_f2 = x * x / 4.0 + (1.0 / 8.0 + 3.0 * slope) / x;
    match beta {
        DysonIndex::Two => (LOG_TAU_2 + log_f2, slope_f2),
        DysonIndex::One => {
            let (mut integral, mut density) = (0.0, 0.0);
            for (k, c) in INTEGRAL.iter().enumerate().rev() {
                integral = c + y * integral;
                density = c * (1.5 - 3.0 * k as f64) + y * density;
            }
            let root = x.sqrt();
            let integral = integral * x * root / SQRT_2;
            let density = density * root / SQRT_2;
            (
                LOG_TAU_1 + 0.5 * (log_f2 - integral),
                0.5 * (slope_f2 + density),
            )
        }
    }
}

/// Which constants carry the largest eigenvalue of a real white Wishart matrix
/// to the Tracy-Widom law of order 1.
///
/// For `W` of size `N x M` with independent standard Gaussian entries, and
/// `l_1` the largest eigenvalue of `W^T W` (not divided by `N`),
/// `(l_1 - mu) / s` tends to Tracy-Widom with `beta = 1`, where with shifted
/// sizes `n`, `m`
///
/// ```text
/// mu = (sqrt(n) + sqrt(m))^2,    s = (sqrt(n) + sqrt(m)) (1/sqrt(n) + 1/sqrt(m))^(1/3).
/// ```
///
/// Measured rates above the 5% point of Tracy-Widom, 60,000 matrices each (standard error 0.09%):
/// Ma 4.66, 4.76, 4.81, 5.06% and Johnstone 4.22, 4.14, 4.81, 4.81% for 10 x 5, 40 x 10, 40 x 40,
/// 100 x 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EdgeScaling {
    /// `n = N - 1/2`, `m = M - 1/2`: error `O(M^(-2/3))`. Ma, "Accuracy of the
    /// Tracy-Widom limits for the extreme eigenvalues in white Wishart
    /// matrices", Bernoulli 18 (2012). The default.
    #[default]
    Ma,
    /// `n = N - 1`, `m = M`: error `O(M^(-1/3))`. Johnstone, "On the distribution
    /// of the largest eigenvalue in principal components analysis", Annals of
    /// Statistics 29 (2001), theorem 1.1, with `N >= M` as the sample size.
    Johnstone,
}

impl EdgeScaling {
    /// `(mu, s)` for an `n x m` matrix with unit-variance entries; the order of
    /// the two sides does not matter.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, [`RmtError::ParameterOutOfRange`] for a 1 x 1
    /// matrix, which has no edge.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::law::EdgeScaling;
    ///
    /// let (mu, s) = EdgeScaling::Johnstone.center_and_scale(101, 25)?;
    /// assert!((mu - 225.0).abs() < 1e-12); // (sqrt(100) + sqrt(25))^2
    /// assert!((s - 15.0 * 0.3_f64.cbrt()).abs() < 1e-12);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn center_and_scale(self, n: usize, m: usize) -> Result<(f64, f64), RmtError> {
        let (rows, cols) = (n, m);
        if rows == 0 || cols == 0 {
            return Err(RmtError::EmptyShape { rows, cols });
        }
        let larger = rows.max(cols);
        require(larger >= 2, "larger side", larger as f64, "at least 2")?;
        Ok(self.constants(larger, rows.min(cols)))
    }

    /// The same for `n >= m >= 1`, `n >= 2`.
    pub(crate) fn constants(self, n: usize, m: usize) -> (f64, f64) {
        let (n, m) = match self {
            EdgeScaling::Ma => (n as f64 - 0.5, m as f64 - 0.5),
            EdgeScaling::Johnstone => (n as f64 - 1.0, m as f64),
        };
        let root = n.sqrt() + m.sqrt();
        (
            root * root,
            root * (n.sqrt().recip() + m.sqrt().recip()).cbrt(),
        )
    }
}
