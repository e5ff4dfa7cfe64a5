//! The whole curve that the search runs over.

use super::distance::{Stack, Tail};
use super::law::PowerLaw;
use super::options::PowerLawOptions;
use super::prepare::prepare;
use super::scan::distance;
use super::slopes::slopes;
use crate::error::{RmtError, require_non_negative};

/// One candidate for `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CurvePoint {
    /// The candidate.
    pub xmin: f64,
    /// The exponent of the tail from there on.
    pub alpha: f64,
    /// Its Kolmogorov-Smirnov distance.
    pub ks_distance: f64,
    /// Its number of values.
    pub n_tail: usize,
}

impl PowerLaw {
    /// Every candidate `xmin` with its exponent and distance, ascending: where the curve of `alpha` is flat, the fit does not
    /// hang on `xmin`.
    ///
    /// The least `ks_distance` is that of [`PowerLaw::fit`] with the same options. A given `xmin` leaves only candidates at or
    /// above it; empty where there are none.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`].
    ///
    /// # Complexity
    ///
    /// `O(sqrt(n))` exponentials a candidate where laws fit, `O(n)` at most: a second for some 10^5 values.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{PowerLaw, PowerLawOptions};
    ///
    /// let data = PowerLaw::new(3.0, 1.0)?.sample(500, 1);
    /// let options = PowerLawOptions::default();
    /// let curve = PowerLaw::curve(&data, &options)?;
    /// let best = curve.iter().min_by(|a, b| a.ks_distance.total_cmp(&b.ks_distance)).unwrap();
    /// let outcome = PowerLaw::fit(&data, &options)?;
    /// assert_eq!(Some(best.xmin), outcome.fit().map(|fit| fit.xmin));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn curve(values: &[f64], options: &PowerLawOptions) -> Result<Vec<CurvePoint>, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        let prepared = prepare(values, None, options);
        if prepared.too_few().is_some() {
            return Ok(Vec::new());
        }
        let (sample, method) = (&prepared.sample, &prepared.method);
        let points = &sample.points;
        let series = (&points.logs[..], &points.mass[..]);
        let mut stack = Stack::default();
        let found = slopes(points, method.ceiling, &method.rules);
        let first = method.origin.unwrap_or(f64::NEG_INFINITY);
        let curve = found
            .into_iter()
            .enumerate()
            .filter(|&(i, slope)| slope > 0.0 && points.logs[i] >= first);
        Ok(curve
            .map(|(i, slope)| {
                let law = (points.logs[i], slope);
                let tail = Tail::new(series, i, law, method.ceiling, method.rules.ks);
                CurvePoint {
                    xmin: sample.values[i],
                    alpha: 1.0 + slope,
                    ks_distance: distance(&tail, &mut stack),
                    n_tail: sample.count[i],
                }
            })
            .collect())
    }
}
