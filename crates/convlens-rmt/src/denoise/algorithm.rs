//! A spectrum with the noise taken off.

use super::rule::DenoiseRule;
use crate::error::{RmtError, require};
use crate::esd::Esd;
use crate::law::MarchenkoPastur;

/// How large the noise is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoiseLevel {
    /// The median singular value over the median of the law of noise, `sigma = y_med / sqrt(N mu_beta)` (Gavish and
    /// Donoho 2014, section III.C). The default. High by 4 to 12% where a tenth of the directions is signal.
    #[default]
    Median,
    /// The standard deviation of a noise entry, in the unit of a weight; [`MpFit::sigma`](crate::MpFit::sigma) is one
    /// that spikes do not move.
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
    /// The median singular value is zero, up to rounding: no noise of full rank is there, and so none to measure.
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
    pub fn denoised(&self) -> Option<&Denoised> {
        match self {
            DenoiseOutcome::Denoised(denoised) => Some(denoised),
            DenoiseOutcome::ZeroMedian { .. } => None,
        }
    }
}

/// Singular values with the noise taken off.
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
    /// Applies a rule to the `min(rows, cols)` singular values of a `rows x cols` matrix, in any order.
    ///
    /// # Errors
    ///
    /// Those of [`Esd::from_singular_values`]; [`RmtError::ParameterOutOfRange`] for a known `sigma` outside
    /// `[1e-150, 1e150]`.
    ///
    /// # Complexity
    ///
    /// `O(M log M)`, the sorting of a copy.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DenoiseRule, Denoised, NoiseLevel};
    ///
    /// // A 4 x 4 matrix with noise of 0.5 per entry: the threshold is 4 / sqrt(3) * 0.5 * sqrt(4).
    /// let outcome = Denoised::from_singular_values(&[9.0, 2.4, 2.0, 0.1], 4, 4, DenoiseRule::HardThreshold, NoiseLevel::Known(0.5))?;
    /// let denoised = outcome.denoised().expect("the noise is known");
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

/// Of the singular values, not of their squares: with an even number of them the two differ. 0 when half of them are.
fn median_sigma(esd: &Esd) -> f64 {
    let (m, values) = (esd.m(), esd.eigenvalues());
    if 2 * esd.rank() < m {
        return 0.0;
    }
    let median = 0.5 * (values[(m - 1) / 2].sqrt() + values[m / 2].sqrt());
    median / MarchenkoPastur::from_fit(esd.q(), 1.0).median().sqrt()
}
