//! The fit of a discrete power law.

use super::gof::goodness_of_fit;
use super::law::{ALPHA_MAX, DiscretePowerLaw};
use super::outcome::{DiscretePowerLawFit, DiscretePowerLawOptions, DiscretePowerLawOutcome};
use crate::error::RmtError;
use crate::special::{root, scaled_hurwitz_zeta};

impl DiscretePowerLaw {
    /// Fits a discrete power law to the upper tail of counts: exact maximum likelihood by Hurwitz's zeta function above each
    /// candidate `xmin` (not the approximation that moves `xmin` by a half), and the `xmin` with the least Kolmogorov-Smirnov
    /// distance (Clauset, Shalizi and Newman 2009, sections 3.1 and 3.3).
    ///
    /// # Conventions
    ///
    /// Every distinct value is a candidate that leaves `min_tail` values and two distinct ones; among equal distances the
    /// lowest wins. Zeros are left out and counted.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort; with `d` distinct values at most `O(d^2)` zeta functions, and far fewer where candidates are
    /// dropped early. A test of fit takes as many fits as it has replicates, and some twenty zeta functions a draw.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DiscretePowerLaw, DiscretePowerLawOptions};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 2)?.sample(2000, 1);
    /// let outcome = DiscretePowerLaw::fit(&counts, &DiscretePowerLawOptions::default())?;
    /// assert!((outcome.fit().unwrap().alpha - 2.5).abs() < 0.15);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit(
        values: &[u64],
        options: &DiscretePowerLawOptions,
    ) -> Result<DiscretePowerLawOutcome, RmtError> {
        options.check()?;
        let mut sorted: Vec<u64> = values.iter().copied().filter(|&v| v > 0).collect();
        sorted.sort_unstable();
        let n = sorted.len();
        let tail = sorted.partition_point(|&v| v < options.xmin.unwrap_or(1));
        if n - tail < options.min_tail {
            return Ok(DiscretePowerLawOutcome::NotEnoughTail {
                n: n - tail,
                needed: options.min_tail,
            });
        }
        Ok(match search(&sorted, options) {
            None => DiscretePowerLawOutcome::NoExponent { n },
            Some(fit) => DiscretePowerLawOutcome::Fit(DiscretePowerLawFit {
                n,
                n_zero: values.len() - n,
                goodness_of_fit: options
                    .goodness_of_fit
                    .map(|settings| goodness_of_fit(&sorted, options, &fit, settings)),
                ..fit
            }),
        })
    }
}

/// The best tail of ascending positive values, what `n` counts left open.
pub(super) fn search(
    sorted: &[u64],
    options: &DiscretePowerLawOptions,
) -> Option<DiscretePowerLawFit> {
    let counts = Counts::new(sorted);
    let candidates = match options.xmin {
        Some(xmin) => vec![xmin],
        None => counts.values.clone(),
    };
    let mut best: Option<DiscretePowerLawFit> = None;
    for xmin in candidates {
        let bound = best.map_or(f64::INFINITY, |b| b.ks_distance);
        let found = counts.tail(xmin, options.min_tail, bound);
        best = found.or(best);
    }
    best
}

/// Distinct values with what is at or above each.
struct Counts {
    values: Vec<u64>,
    /// One longer than `values`, and 0 at the end.
    above: Vec<usize>,
    /// `above[i]` times the mean of `ln x` from value `i` on, less `ln` of the value: sums of log ratios.
    excess: Vec<f64>,
}

impl Counts {
    fn new(sorted: &[u64]) -> Self {
        let n = sorted.len();
        let (mut values, mut above) = (Vec::new(), Vec::new());
        for (i, &value) in sorted.iter().enumerate() {
            if values.last() != Some(&value) {
                values.push(value);
                above.push(n - i);
            }
        }
        above.push(0);
        let mut excess = vec![0.0; values.len()];
        for i in (0..values.len().saturating_sub(1)).rev() {
            let step = (values[i + 1] as f64 / values[i] as f64).ln();
            excess[i] = excess[i + 1] + above[i + 1] as f64 * step;
        }
        Self {
            values,
            above,
            excess,
        }
    }

    /// The fit from `xmin` on; none where it has no exponent, is too short, or its distance is not under `bound`.
    fn tail(&self, xmin: u64, min_tail: usize, bound: f64) -> Option<DiscretePowerLawFit> {
        let first = self.values.partition_point(|&v| v < xmin);
        let n_tail = self.above[first];
        if n_tail < min_tail.max(1) {
            return None;
        }
        let n = n_tail as f64;
        let a = xmin as f64;
        let excess = self.excess[first] + n * (self.values[first] as f64 / a).ln();
        let alpha = exponent(excess / n, a)?;
        let law = DiscretePowerLaw::from_fit(alpha, xmin);
        let ks_distance = self.distance_under(&law, first, bound)?;
        let [zeta, slope, curvature] = scaled_hurwitz_zeta(alpha, a);
        let information = curvature / zeta - (slope / zeta) * (slope / zeta);
        Some(DiscretePowerLawFit {
            alpha,
            alpha_std_err: 1.0 / (n * information).sqrt(),
            xmin,
            ks_distance,
            log_likelihood: -n * zeta.ln() - alpha * excess,
            n_tail,
            n: 0,
            n_zero: 0,
            goodness_of_fit: None,
        })
    }

    /// The distance if it is under `bound`. Between two values of the sample its distribution is flat and the law's rises: the
    /// largest differences are at a value and just before the next.
    fn distance_under(&self, law: &DiscretePowerLaw, first: usize, bound: f64) -> Option<f64> {
        let n = self.above[first] as f64;
        let mut worst = 0.0_f64;
        let mut at_or_above = law.survival(self.values[first]);
        // Before the first value, where a given xmin lies below it.
        worst = worst.max(1.0 - at_or_above);
        for i in first..self.values.len() {
            let sample = self.above[i + 1] as f64 / n;
            worst = worst.max((at_or_above - law.pmf(self.values[i]) - sample).abs());
            if let Some(&next) = self.values.get(i + 1) {
                at_or_above = law.survival(next);
                worst = worst.max((at_or_above - sample).abs());
            }
            if worst >= bound {
                return None;
            }
        }
        Some(worst)
    }
}

/// The exponent whose law has the mean `mean` of `ln(x / a)`: `-Z'/Z` falls in `alpha`, from infinity at 1 to 0.
fn exponent(mean: f64, a: f64) -> Option<f64> {
    let off = |alpha: f64| {
        let [zeta, slope, _] = scaled_hurwitz_zeta(alpha, a);
        -slope / zeta - mean
    };
    if off(ALPHA_MAX) >= 0.0 {
        return None;
    }
    // The continuous law above a - 1/2 (eq. 3.7) is near.
    let guess = 1.0 + 1.0 / (mean + (a / (a - 0.5)).ln());
    let (mut low, mut high) = (
        1.0 + 0.5 * (guess - 1.0),
        (2.0 * guess - 1.0).min(ALPHA_MAX),
    );
    while off(low) < 0.0 {
        low = 1.0 + 0.5 * (low - 1.0);
        if low - 1.0 < 1e-12 {
            return None;
        }
    }
    while off(high) > 0.0 {
        high = (2.0 * high - 1.0).min(ALPHA_MAX);
    }
    Some(root(off, low, high))
}
