//! Optimal thresholds and shrinkers of singular values.

use std::fmt;

use crate::error::{RmtError, require};
use crate::esd::Esd;
use crate::law::marchenko_pastur::MarchenkoPastur;

/// How large the noise is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoiseLevel {
    /// The median singular value over the median of the law of noise, `sigma = y_med / sqrt(N
    /// mu_beta)` (Gavish and Donoho 2014, section III.C). The default. High by 4 to 12% where a
    /// tenth of the directions is signal.
    #[default]
    Median,
    /// The standard deviation of a noise entry, in the unit of a weight;
    /// [`Fit::sigma`](crate::bulk::Fit::sigma) is one that spikes do not move.
    Known(f64),
}

/// The end of [`Denoised::from_singular_values`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DenoiseOutcome {
    /// The singular values with the noise taken off.
    Denoised(Denoised),
    /// The median singular value is zero, up to rounding: no noise of full rank is there, and so
    /// none to measure.
    ZeroMedian {
        /// Numerical rank, see [`Esd::rank`].
        rank: usize,
        /// Number of singular values.
        m: usize,
    },
}

impl DenoiseOutcome {
    /// The denoised values, if there are any.
    #[must_use]
    pub fn value(&self) -> Option<&Denoised> {
        match self {
            DenoiseOutcome::Denoised(denoised) => Some(denoised),
            DenoiseOutcome::ZeroMedian { .. } => None,
        }
    }
}

impl fmt::Display for DenoiseOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denoised(denoised) => write!(
                f,
                "{} of {} singular values are kept, those above {:.4}",
                denoised.rank,
                denoised.singular_values.len(),
                denoised.threshold
            ),
            Self::ZeroMedian { rank, m } => write!(
                f,
                "the median singular value is zero (rank {rank} of {m}), so there is no noise to measure"
            ),
        }
    }
}

/// Singular values with the noise taken off.
#[doc(alias = "gavish_donoho")]
#[doc(alias = "optimal_shrinkage")]
#[doc(alias = "truncated svd")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Denoised {
    /// The new singular values, in the order of those given.
    pub singular_values: Vec<f64>,
    /// How many of them are not zero.
    pub rank: usize,
    /// Standard deviation of a noise entry.
    pub sigma: f64,
    /// The largest singular value that becomes zero.
    pub threshold: f64,
    /// `beta = M / N`.
    pub beta: f64,
    /// The rule applied.
    pub rule: DenoiseRule,
    /// Where `sigma` came from.
    pub noise: NoiseLevel,
}

impl Denoised {
    /// Applies a rule to the `min(rows, cols)` singular values of a `rows x cols` matrix, in any
    /// order.
    ///
    /// # Errors
    ///
    /// Those of [`Esd::from_singular_values`]; [`RmtError::ParameterOutOfRange`] for a known
    /// `sigma` outside `[1e-150, 1e150]`.
    ///
    /// # Complexity
    ///
    /// `O(M log M)`, the sorting of a copy.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Denoised, bulk::{DenoiseRule, NoiseLevel}};
    ///
    /// // A 4 x 4 matrix with noise of 0.5 per entry: the threshold is 4 / sqrt(3) * 0.5 * sqrt(4).
    /// let values = [9.0, 2.4, 2.0, 0.1];
    /// let (rule, noise) = (DenoiseRule::HardThreshold, NoiseLevel::Known(0.5));
    /// let outcome = Denoised::from_singular_values(&values, 4, 4, rule, noise)?;
    /// let denoised = outcome.value().expect("the noise is known");
    /// assert!((denoised.threshold - 4.0 / 3.0_f64.sqrt()).abs() < 1e-12);
    /// assert_eq!(denoised.singular_values, [9.0, 2.4, 0.0, 0.0]);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn from_singular_values(
        singular_values: &[f64],
        rows: usize,
        cols: usize,
        rule: DenoiseRule,
        noise: NoiseLevel,
    ) -> Result<DenoiseOutcome, RmtError> {
        if let NoiseLevel::Known(sigma) = noise {
            let ok = (1e-150..=1e150).contains(&sigma);
            require(ok, "sigma", sigma, "in [1e-150, 1e150]")?;
        }
        let esd = Esd::from_singular_values(singular_values, rows, cols)?;
        let sigma = match noise {
            NoiseLevel::Known(sigma) => sigma,
            NoiseLevel::Median => median_sigma(&esd),
        };
        let unit = sigma * (esd.n() as f64).sqrt();
        if unit <= 0.0 {
            let (rank, m) = (esd.rank(), esd.m());
            return Ok(DenoiseOutcome::ZeroMedian { rank, m });
        }
        let beta = 1.0 / esd.q();
        let singular_values: Vec<f64> = singular_values
            .iter()
            .map(|y| unit * rule.apply(y / unit, beta))
            .collect();
        Ok(DenoiseOutcome::Denoised(Denoised {
            rank: singular_values.iter().filter(|&&x| x > 0.0).count(),
            singular_values,
            sigma,
            threshold: unit * rule.zero_up_to(beta),
            beta,
            rule,
            noise,
        }))
    }
}

/// Of the singular values, not of their squares: with an even number of them the two differ. 0 when
/// half of them are.
fn median_sigma(esd: &Esd) -> f64 {
    let (m, values) = (esd.m(), esd.eigenvalues());
    if 2 * esd.rank() < m {
        return 0.0;
    }
    let median = 0.5 * (values[(m - 1) / 2].sqrt() + values[m / 2].sqrt());
    median / MarchenkoPastur::from_fit(esd.q(), 1.0).median().sqrt()
}

/// What is done to a noisy singular value.
///
/// Below, `y` is a singular value over `sigma sqrt(N)`, and `beta = M / N <= 1`. All rules set `y
/// <= 1 + sqrt(beta)`, the edge of the noise, to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DenoiseRule {
    /// Kept as it is above `lambda(beta)`, else zero: the threshold of least asymptotic mean
    /// squared error (Gavish and Donoho 2014, "The optimal hard threshold for singular values is
    /// 4/sqrt(3)", IEEE Transactions on Information Theory 60, eq. 11):
    ///
    /// ```text
    /// lambda(beta) = sqrt(2 (beta + 1) + 8 beta / (beta + 1 + sqrt(beta^2 + 14 beta + 1))).
    /// ```
    ///
    /// Above the edge as it is, it drops directions that can be seen but not estimated well enough
    /// to be worth keeping.
    HardThreshold,
    /// The shrinker of least squared Frobenius error (Gavish and Donoho 2017, "Optimal shrinkage of
    /// singular values", IEEE Transactions on Information Theory 63, eq. 7):
    ///
    /// ```text
    /// eta(y) = sqrt((y^2 - beta - 1)^2 - 4 beta) / y.
    /// ```
    ///
    /// The default: no other rule on singular values, hard thresholds included, has a lower error.
    #[default]
    ShrinkFrobenius,
    /// The shrinker of least operator-norm error, which gives back the planted singular value (the
    /// same, eq. 8 and 9):
    ///
    /// ```text
    /// eta(y) = x(y) = sqrt((y^2 - beta - 1 + sqrt((y^2 - beta - 1)^2 - 4 beta)) / 2).
    /// ```
    ShrinkOperator,
    /// The shrinker of least nuclear-norm error (the same, eq. 10), zero where it would be
    /// negative:
    ///
    /// ```text
    /// eta(y) = (x^4 - beta - sqrt(beta) x y) / (x^2 y),     x = x(y) as above.
    /// ```
    ShrinkNuclear,
}

impl DenoiseRule {
    /// The value that takes the place of `y`, both over `sigma sqrt(N)`.
    pub(super) fn apply(self, y: f64, beta: f64) -> f64 {
        if y <= 1.0 + beta.sqrt() {
            return 0.0;
        }
        match self {
            DenoiseRule::HardThreshold if y > hard_threshold(beta) => y,
            DenoiseRule::HardThreshold => 0.0,
            DenoiseRule::ShrinkFrobenius => root_over(y, beta),
            DenoiseRule::ShrinkOperator => planted(y, beta),
            DenoiseRule::ShrinkNuclear => {
                let x = planted(y, beta);
                // Divided out, so that no fourth power overflows.
                let shrunk = x * (x / y) - beta / (x * x) / y - beta.sqrt() / x;
                shrunk.max(0.0)
            }
        }
    }

    /// The largest `y` that becomes zero.
    pub(super) fn zero_up_to(self, beta: f64) -> f64 {
        let edge = 1.0 + beta.sqrt();
        match self {
            DenoiseRule::HardThreshold => hard_threshold(beta),
            DenoiseRule::ShrinkFrobenius | DenoiseRule::ShrinkOperator => edge,
            DenoiseRule::ShrinkNuclear => {
                let (mut low, mut high) = (edge, 10.0 * edge);
                for _ in 0..60 {
                    let middle = 0.5 * (low + high);
                    if self.apply(middle, beta) > 0.0 {
                        high = middle;
                    } else {
                        low = middle;
                    }
                }
                low
            }
        }
    }
}

/// `lambda(beta)`, Gavish and Donoho 2014, eq. 11.
pub(super) fn hard_threshold(beta: f64) -> f64 {
    let root = (beta * beta + 14.0 * beta + 1.0).sqrt();
    (2.0 * (beta + 1.0) + 8.0 * beta / (beta + 1.0 + root)).sqrt()
}

/// `sqrt((y^2 - beta - 1)^2 - 4 beta) / y`, by its four factors, so that nothing cancels at the
/// edge or overflows.
fn root_over(y: f64, beta: f64) -> f64 {
    let s = beta.sqrt();
    let upper = (y - 1.0 - s).sqrt() * (y + 1.0 + s).sqrt();
    let lower = (y - 1.0 + s).sqrt() * (y + 1.0 - s).sqrt();
    upper / y * lower
}

/// `x(y)`: the planted singular value seen at `y`.
fn planted(y: f64, beta: f64) -> f64 {
    let scaled = y - (beta + 1.0) / y + root_over(y, beta);
    (0.5 * scaled).sqrt() * y.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::MarchenkoPastur;

    const BETAS: [f64; 4] = [0.01, 0.3, 0.7, 1.0];

    /// Where a planted `x` is seen, and the cosines of its two vectors (Benaych-Georges and
    /// Nadakuditi 2012).
    fn seen(x: f64, beta: f64) -> (f64, f64, f64) {
        let (x2, x4) = (x * x, x.powi(4));
        let y = ((x + 1.0 / x) * (x + beta / x)).sqrt();
        let left = ((x4 - beta) / (x4 + beta * x2)).sqrt();
        let right = ((x4 - beta) / (x4 + x2)).sqrt();
        (y, left, right)
    }

    #[test]
    fn published_constants() {
        // Gavish and Donoho 2014: 4 / sqrt(3) for a square, sqrt(2) as beta tends to 0; 2.858 times
        // the median.
        assert!((hard_threshold(1.0) - 4.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        assert!((hard_threshold(0.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        // omega(beta), their 2.858 at 1: the density integrated by quadrature and solved for its
        // median (SciPy 1.17.1).
        for (beta, omega) in [
            (0.05, 1.519_340_96),
            (0.5, 2.171_185_35),
            (1.0, 2.858_362_42),
        ] {
            let median = MarchenkoPastur::new(1.0 / beta, 1.0).unwrap().median();
            let found = hard_threshold(beta) / median.sqrt();
            assert!((found - omega).abs() < 1e-7, "{beta}: {found}");
        }
    }

    #[test]
    fn shrinkers_are_the_theory_of_spikes() {
        for beta in BETAS {
            for factor in [1.05, 1.5, 3.0, 40.0] {
                let x = factor * beta.powf(0.25);
                let (y, left, right) = seen(x, beta);
                let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1e-3);
                // Operator: the planted value. Frobenius: x times both cosines. Nuclear: x (c c' -
                // s s').
                assert!(close(DenoiseRule::ShrinkOperator.apply(y, beta), x));
                let cosines = left * right;
                assert!(close(
                    DenoiseRule::ShrinkFrobenius.apply(y, beta),
                    x * cosines
                ));
                let sines = ((1.0 - left * left) * (1.0 - right * right)).sqrt();
                let nuclear = (x * (cosines - sines)).max(0.0);
                let found = DenoiseRule::ShrinkNuclear.apply(y, beta);
                assert!(
                    (found - nuclear).abs() < 1e-8 * x,
                    "{beta} {factor}: {found} {nuclear}"
                );
            }
        }
    }

    #[test]
    fn the_hard_threshold_is_where_keeping_and_dropping_cost_the_same() {
        // Squared error of a kept direction: y^2 + x^2 - 2 x y c c'; of a dropped one: x^2.
        for beta in BETAS {
            let y = hard_threshold(beta);
            let x = DenoiseRule::ShrinkOperator.apply(y, beta);
            let (again, left, right) = seen(x, beta);
            assert!((again - y).abs() < 1e-12);
            assert!((y - 2.0 * x * left * right).abs() < 1e-12, "{beta}");
        }
    }

    #[test]
    fn thresholds_separate_zero_from_the_rest() {
        use DenoiseRule::{HardThreshold, ShrinkFrobenius, ShrinkNuclear, ShrinkOperator};
        for beta in BETAS {
            for rule in [
                HardThreshold,
                ShrinkFrobenius,
                ShrinkOperator,
                ShrinkNuclear,
            ] {
                let at = rule.zero_up_to(beta);
                assert_eq!(rule.apply(at * (1.0 - 1e-9), beta), 0.0);
                assert!(rule.apply(at * (1.0 + 1e-9), beta) > 0.0, "{rule:?} {beta}");
                let large = rule.apply(1e200, beta);
                assert!((large / 1e200 - 1.0).abs() < 1e-12, "{rule:?}");
            }
        }
    }
}
