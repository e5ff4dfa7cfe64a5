//! The measurement itself.

use super::{
    RatioDistance, RatioLaw, Repeats, SpacingOptions, SpacingOutcome, SpacingRatios, SpacingVerdict,
};
use crate::error::RmtError;

/// Correlation of ratios is counted up to this many places: neighbours share a spacing, and repulsion reaches little further.
const LAGS: usize = 2;

impl SpacingRatios {
    /// The fewest distinct levels that are measured: ten ratios.
    pub const MIN_VALUES: usize = 12;

    /// Measures the ratios of consecutive spacings of a set of levels, given in any order.
    ///
    /// ```text
    /// s_i = x_(i+1) - x_i,    r_i = min(s_i, s_(i+1)) / max(s_i, s_(i+1))
    /// ```
    ///
    /// (Oganesyan and Huse 2007, Physical Review B 75; Atas, Bogomolny, Giraud and Roux 2013). No unfolding is
    /// needed: the local density cancels. Noise repels as [`RatioLaw::Goe`] in the bulk of `W^T W`; independent levels do not.
    ///
    /// # Conventions
    ///
    /// - The levels may be eigenvalues or singular values: where the density varies slowly over a spacing the ratios agree.
    ///   Pass the levels of *one* matrix: pooled spectra of several tend to Poisson whatever each of them is.
    /// - Values that repeat within the tolerance are no levels of their own; see [`Repeats`].
    /// - The standard error is `sqrt((g_0 + 2 g_1 + 2 g_2) / count)` with the autocovariances `g` of the ratios, at least a half
    ///   of the `sqrt(g_0 / count)` of independent ones.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] on NaN or an infinity, [`RmtError::ParameterOutOfRange`] on a bad option.
    ///
    /// # Complexity
    ///
    /// `O(n log n)`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{SpacingOptions, SpacingOutcome, SpacingRatios, SpacingVerdict};
    ///
    /// // Levels as even as a ladder, with a step that alternates 1, 2: every ratio is 1/2.
    /// let levels: Vec<f64> = (0..50).map(|i| f64::from(i + i / 2)).collect();
    /// let options = SpacingOptions::default();
    /// let SpacingOutcome::Ratios(found) = SpacingRatios::measure(&levels, &options)? else {
    ///     panic!("fifty distinct levels");
    /// };
    /// assert!((found.mean - 0.5).abs() < 1e-12);
    /// assert_eq!(found.ratios.len(), 48);
    /// assert_eq!(found.verdict, SpacingVerdict::None);
    ///
    /// // The same levels twice, as from conjugate frequencies.
    /// let twice = [levels.clone(), levels].concat();
    /// let outcome = SpacingRatios::measure(&twice, &options)?;
    /// assert!(matches!(outcome, SpacingOutcome::Degenerate { n: 100, distinct: 50, .. }));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn measure(values: &[f64], options: &SpacingOptions) -> Result<SpacingOutcome, RmtError> {
        options.check()?;
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            let value = values[index];
            return Err(RmtError::NonFinite { index, value });
        }
        let levels = distinct(values, options.tolerance);
        let (n, distinct) = (values.len(), levels.len());
        if distinct < n && options.repeats == Repeats::Refuse {
            return Ok(SpacingOutcome::Degenerate { n, distinct });
        }
        if distinct < Self::MIN_VALUES {
            return Ok(SpacingOutcome::TooFewValues {
                n: distinct,
                needed: Self::MIN_VALUES,
            });
        }
        Ok(SpacingOutcome::Ratios(summarise(n, &levels, options)))
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

fn summarise(n: usize, levels: &[f64], options: &SpacingOptions) -> SpacingRatios {
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
        [] => SpacingVerdict::None,
        [law] => SpacingVerdict::Follows(*law),
        _ => SpacingVerdict::Undecided(allowed),
    };
    SpacingRatios {
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
