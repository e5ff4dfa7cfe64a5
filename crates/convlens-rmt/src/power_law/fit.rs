//! The fit of Clauset, Shalizi and Newman.

use super::bootstrap::bootstrap;
use super::gof::{GofOutcome, goodness_of_fit};
use super::law::PowerLaw;
use super::options::PowerLawOptions;
use super::outcome::{PowerLawFit, PowerLawOutcome, XminChoice};
use super::prepare::{Prepared, prepare};
use super::slopes::standard_error;
use crate::error::{RmtError, require, require_non_negative};

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
    ///   which makes it too small: [`PowerLaw::fit_weighted`] takes multiplicities.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] or [`RmtError::Negative`] for such a value;
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Too little data is an
    /// outcome, not an error.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort; the search takes about one exponential for each candidate and `O(sqrt(n))` for the few that come
    /// near the best. All times the number of replicates where a bootstrap is asked for.
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
        Ok(fit(prepare(values, None, options), options))
    }

    /// [`PowerLaw::fit`] where each value stands for `weights[i]` values that it alone decides, as those of conjugate
    /// frequencies of an operator (2, and 1 where a frequency is its own conjugate).
    ///
    /// # Conventions
    ///
    /// - Likelihood and empirical distribution are weighted: `alpha`, `xmin` and `D` are those of the list with each value
    ///   repeated, where weights are whole.
    /// - `n`, `n_tail` and `min_tail` count the values given, not what they stand for. `n_eff = (sum w)^2 / sum w^2` over the
    ///   tail, and `alpha_std_err` goes by it.
    /// - The bootstrap draws values with their weights. A test of fit is refused, [`GofOutcome::NotIndependent`]: values of an
    ///   operator's frequencies are no sample, and only a simulation of the whole kernel would have a p-value.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`]; [`RmtError::ParameterOutOfRange`] where `weights` are not as many as `values`, or one is not
    /// finite and above 0.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{PowerLaw, PowerLawOptions};
    ///
    /// let half = PowerLaw::new(3.0, 1.0)?.sample(500, 1);
    /// let twice = [half.clone(), half.clone()].concat();
    /// let options = PowerLawOptions::default();
    /// let weighted = PowerLaw::fit_weighted(&half, &[2.0; 500], &options)?;
    /// let repeated = PowerLaw::fit(&twice, &options.min_tail(20))?;
    /// let (weighted, repeated) = (weighted.fit().unwrap(), repeated.fit().unwrap());
    /// assert_eq!((weighted.alpha, weighted.xmin), (repeated.alpha, repeated.xmin));
    /// assert_eq!(2 * weighted.n_tail, repeated.n_tail);
    /// // The copies add no information.
    /// assert!(weighted.alpha_std_err > 1.4 * repeated.alpha_std_err);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit_weighted(
        values: &[f64],
        weights: &[f64],
        options: &PowerLawOptions,
    ) -> Result<PowerLawOutcome, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        let given = weights.len() as f64;
        let words = "as many as the values";
        require(
            weights.len() == values.len(),
            "number of weights",
            given,
            words,
        )?;
        for &weight in weights {
            // Sums of squares of up to 10^9 of them stay finite.
            let good = weight.is_finite() && (1e-100..=1e100).contains(&weight);
            require(good, "weight", weight, "between 1e-100 and 1e100")?;
        }
        Ok(fit(prepare(values, Some(weights), options), options))
    }
}

fn fit(prepared: Prepared, options: &PowerLawOptions) -> PowerLawOutcome {
    if let Some(outcome) = prepared.too_few() {
        return outcome;
    }
    let Prepared {
        sample,
        mut method,
        n_zero,
        n_above,
        weighted,
    } = prepared;
    let found = method.find(&sample.points).or_else(|| {
        // powerlaw takes the least distance of all where no candidate has an exponent in its range.
        method.rules.alphas = (1.0, f64::INFINITY);
        method.find(&sample.points)
    });
    let Some(found) = found else {
        let (n, needed) = (sample.len(), method.rules.min_tail);
        return match &sample.values[..] {
            [value] => PowerLawOutcome::AllEqual { value: *value, n },
            _ => PowerLawOutcome::NotEnoughTail { n, needed },
        };
    };
    let n_eff = sample.effective(found.index);
    let width = method.ceiling.map(|c| c - found.origin);
    let count = sample.count[found.index];
    let size = if weighted { n_eff } else { count as f64 };
    PowerLawOutcome::Fit(PowerLawFit {
        alpha: 1.0 + found.slope,
        alpha_std_err: standard_error(found.slope, size, width),
        xmin: options.xmin.unwrap_or(sample.values[found.index]),
        xmin_choice: match options.xmin {
            None => XminChoice::Searched,
            Some(_) => XminChoice::Given,
        },
        xmax: options.xmax,
        ks_distance: found.distance,
        n_tail: count,
        n_eff: size,
        n: sample.len(),
        n_zero,
        n_above,
        ks: options.ks,
        min_tail: method.rules.min_tail,
        compat: options.compat,
        bootstrap: options
            .bootstrap
            .as_ref()
            .and_then(|settings| bootstrap(&sample, &method, &found, settings))
            .map(Box::new),
        goodness_of_fit: options.goodness_of_fit.as_ref().map(|settings| {
            if weighted {
                GofOutcome::NotIndependent
            } else {
                goodness_of_fit(&sample, &method, &found, settings)
            }
        }),
    })
}
