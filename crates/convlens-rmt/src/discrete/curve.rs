//! The whole curve that the discrete search runs over.

use super::counts::{Counts, Method};
use super::fit::prepare;
use super::law::DiscretePowerLaw;
use super::options::DiscretePowerLawOptions;
use crate::error::RmtError;

/// One candidate for `xmin` of a discrete fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscreteCurvePoint {
    /// The candidate.
    pub xmin: u64,
    /// The exponent of the tail from there on.
    pub alpha: f64,
    /// Its Kolmogorov-Smirnov distance.
    pub ks_distance: f64,
    /// Its number of values.
    pub n_tail: usize,
}

impl DiscretePowerLaw {
    /// Every candidate `xmin` with its exponent and distance, ascending: the curve whose least distance Clauset, Shalizi and
    /// Newman 2009, section 3.3, take; where that of `alpha` is flat, the fit does not hang on `xmin`.
    ///
    /// The least `ks_distance` is that of [`DiscretePowerLaw::fit`] with the same options, and the first point that has it holds
    /// its `xmin` and `alpha`. A given `xmin` leaves only candidates at or above it; empty where there are none. Bootstrap and
    /// test of fit of the options are not made.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`].
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort and, with `d` distinct values, `d^2 / 2` zeta functions.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DiscretePowerLaw, DiscretePowerLawOptions};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 2)?.sample(500, 1);
    /// let options = DiscretePowerLawOptions::default();
    /// let curve = DiscretePowerLaw::curve(&counts, &options)?;
    /// let best = curve.iter().min_by(|a, b| a.ks_distance.total_cmp(&b.ks_distance)).unwrap();
    /// let outcome = DiscretePowerLaw::fit(&counts, &options)?;
    /// assert_eq!(Some(best.xmin), outcome.fit().map(|fit| fit.xmin));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn curve(
        values: &[u64],
        options: &DiscretePowerLawOptions,
    ) -> Result<Vec<DiscreteCurvePoint>, RmtError> {
        options.check()?;
        let counts = Counts::new(&prepare(values, options).sorted);
        let method = Method::new(options);
        let first = options.xmin.unwrap_or(1);
        let candidates = counts.values.iter().filter(|&&xmin| xmin >= first);
        let found = candidates.filter_map(|&xmin| method.tail(&counts, xmin, f64::INFINITY));
        Ok(found
            .map(|found| DiscreteCurvePoint {
                xmin: found.law.xmin,
                alpha: found.law.alpha,
                ks_distance: found.distance,
                n_tail: found.n_tail,
            })
            .collect())
    }
}
