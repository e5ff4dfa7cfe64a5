//! The fit of Clauset, Shalizi and Newman.

use super::bootstrap::bootstrap;
use super::law::PowerLaw;
use super::options::PowerLawOptions;
use super::outcome::{PowerLawFit, PowerLawOutcome};
use super::scan::scan;
use crate::error::{RmtError, require_non_negative};

impl PowerLaw {
    /// Fits a continuous power law to the upper tail of `values`: maximum
    /// likelihood above each candidate `xmin`, and the `xmin` with the least
    /// Kolmogorov-Smirnov distance (Clauset, Shalizi and Newman, "Power-law
    /// distributions in empirical data", SIAM Review 51 (2009), sections 3.1
    /// and 3.3).
    ///
    /// # Conventions
    ///
    /// - Values in any order and any unit: `alpha` does not depend on the scale.
    /// - Every distinct value is a candidate that leaves `min_tail` values and
    ///   two distinct ones; none is skipped. Among equal distances the lowest
    ///   `xmin` wins.
    /// - Zeros are left out and counted.
    /// - The estimate takes the values as independent draws. Eigenvalues of one
    ///   matrix are not (they repel), so the spread given here is on the large
    ///   side for them; the union of spectra over frequencies repeats each value,
    ///   which makes it too small.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] or [`RmtError::Negative`] for such a value;
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Too little data is an
    /// outcome, not an error.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort, then between `O(n)` and `O(n^2)` exponentials for
    /// the scan, near the former in practice; times the number of replicates
    /// where a bootstrap is asked for.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{PowerLaw, PowerLawOptions, PowerLawOutcome};
    ///
    /// let data = PowerLaw::new(3.0, 1.0)?.sample(2000, 1);
    /// let outcome = PowerLaw::fit(&data, &PowerLawOptions::default())?;
    /// let PowerLawOutcome::Fit(fit) = outcome else { panic!("2000 values are enough") };
    /// assert!((fit.alpha - 3.0).abs() < 0.3);
    /// assert_eq!(fit.n, 2000);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit(values: &[f64], options: &PowerLawOptions) -> Result<PowerLawOutcome, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        let mut sorted: Vec<f64> = values.iter().copied().filter(|&v| v > 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        if n < options.min_tail {
            return Ok(PowerLawOutcome::NotEnoughTail {
                n,
                needed: options.min_tail,
            });
        }
        let logs = relative_logs(&sorted);
        let Some(best) = scan(&logs, options.min_tail, options.ks) else {
            return Ok(PowerLawOutcome::AllEqual {
                value: sorted[n - 1],
                n,
            });
        };
        let n_tail = n - best.index;
        Ok(PowerLawOutcome::Fit(PowerLawFit {
            alpha: best.alpha,
            alpha_std_err: (best.alpha - 1.0) / (n_tail as f64).sqrt(),
            xmin: sorted[best.index],
            ks_distance: best.distance,
            n_tail,
            n,
            n_zero: values.len() - n,
            ks: options.ks,
            min_tail: options.min_tail,
            bootstrap: options.bootstrap.as_ref().and_then(|settings| {
                bootstrap(&sorted, &logs, options.min_tail, options.ks, settings)
            }),
        }))
    }
}

/// `ln(x / x_max)`: division by the largest value makes the result the same to
/// the last bit when the data are scaled by a power of two.
fn relative_logs(sorted: &[f64]) -> Vec<f64> {
    let largest = sorted[sorted.len() - 1];
    sorted
        .iter()
        .map(|x| {
            let ratio = x / largest;
            if ratio.is_normal() {
                ratio.ln()
            } else {
                x.ln() - largest.ln()
            }
        })
        .collect()
}
