//! The exact search for `xmin`.

use super::options::KsConvention;

/// The best tail of a sorted sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    /// Index of `xmin`; the tail is everything from here on.
    pub(super) index: usize,
    pub(super) alpha: f64,
    pub(super) distance: f64,
}

/// One in this many candidates goes first, to find a good bound early.
const COARSE: usize = 32;

/// The tail with the least Kolmogorov-Smirnov distance over all distinct values
/// that leave `min_tail` of them and at least two distinct ones; the lowest
/// `xmin` among ties. `logs` are the logarithms of the data, ascending.
///
/// Exact: a candidate is dropped only when one of its points already lies
/// farther from the law than the best distance so far. The point that dropped
/// the last candidate is tried first, which settles most of them at once.
///
/// # Complexity
///
/// `O(n)` to `O(n^2)` exponentials, near `O(n)` on real spectra; no logarithms.
pub(super) fn scan(logs: &[f64], min_tail: usize, ks: KsConvention) -> Option<Best> {
    let count = (logs.len() + 1).checked_sub(min_tail)?;
    let excess = excess_sums(logs);
    let mut best: Option<Best> = None;
    let mut hint = logs.len() - 1;
    let order = (0..count)
        .step_by(COARSE)
        .chain((0..count).filter(|index| index % COARSE != 0));
    for index in order {
        let repeated = index > 0 && logs[index] == logs[index - 1];
        if repeated || excess[index] <= 0.0 {
            continue;
        }
        let tail = Tail {
            logs: &logs[index..],
            slope: (logs.len() - index) as f64 / excess[index],
            ks,
        };
        let bound = best.map_or(f64::INFINITY, |b| b.distance);
        match tail.distance_within(bound, hint.saturating_sub(index)) {
            Ok(distance) => {
                let better = best.is_none_or(|b| {
                    distance < b.distance || (distance == b.distance && index < b.index)
                });
                if better {
                    best = Some(Best {
                        index,
                        alpha: 1.0 + tail.slope,
                        distance,
                    });
                }
            }
            Err(position) => hint = index + position,
        }
    }
    best
}

/// `sum over i >= j of (l_i - l_j)` for every `j`, from the top down in steps
/// that are all non-negative, so that nothing cancels.
fn excess_sums(logs: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; logs.len()];
    for j in (0..logs.len().saturating_sub(1)).rev() {
        let above = (logs.len() - 1 - j) as f64;
        sums[j] = sums[j + 1] + above * (logs[j + 1] - logs[j]);
    }
    sums
}

/// A tail and the law fitted to it.
struct Tail<'a> {
    logs: &'a [f64],
    /// `alpha - 1`.
    slope: f64,
    ks: KsConvention,
}

impl Tail<'_> {
    /// The distance if it does not pass `bound`, else the position of a point
    /// that does.
    fn distance_within(&self, bound: f64, hint: usize) -> Result<f64, usize> {
        if hint < self.logs.len() && self.deviation(hint) > bound {
            return Err(hint);
        }
        let stride = self.logs.len() / 64;
        if stride > 1 && bound.is_finite() {
            for position in (0..self.logs.len()).step_by(stride) {
                if self.deviation(position) > bound {
                    return Err(position);
                }
            }
        }
        let mut distance = 0.0;
        for position in 0..self.logs.len() {
            let deviation = self.deviation(position);
            if deviation > distance {
                if deviation > bound {
                    return Err(position);
                }
                distance = deviation;
            }
        }
        Ok(distance)
    }

    /// How far the law is from the sample's steps at one point.
    fn deviation(&self, position: usize) -> f64 {
        let size = self.logs.len() as f64;
        let law = 1.0 - (self.slope * (self.logs[0] - self.logs[position])).exp();
        let below = (law - position as f64 / size).abs();
        match self.ks {
            // Inside a run of equal values the steps in between lie between the
            // first and the last, so that the maximum is not changed by them.
            KsConvention::Supremum => below.max(((position + 1) as f64 / size - law).abs()),
            KsConvention::OneStep => {
                if position > 0 && self.logs[position] == self.logs[position - 1] {
                    0.0
                } else {
                    below
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excess_sums_match_the_definition() {
        let logs = [-3.0, -2.5, -2.5, -1.0, 0.0];
        let sums = excess_sums(&logs);
        for (j, sum) in sums.iter().enumerate() {
            let direct: f64 = logs[j..].iter().map(|l| l - logs[j]).sum();
            assert!((sum - direct).abs() < 1e-14);
        }
    }

    #[test]
    fn short_or_flat_data_have_no_tail() {
        assert_eq!(scan(&[], 2, KsConvention::Supremum), None);
        assert_eq!(scan(&[0.0], 2, KsConvention::Supremum), None);
        assert_eq!(scan(&[0.0; 5], 2, KsConvention::OneStep), None);
    }

    #[test]
    fn two_points_by_hand() {
        // alpha - 1 = 2 / ln 2; at the second point F = 1 - exp(-2), steps 1/2 and 1.
        let best = scan(&[0.0, 2.0_f64.ln()], 2, KsConvention::Supremum).unwrap();
        assert!((best.alpha - 1.0 - 2.0 / 2.0_f64.ln()).abs() < 1e-15);
        assert!((best.distance - 0.5).abs() < 1e-15);
        let best = scan(&[0.0, 2.0_f64.ln()], 2, KsConvention::OneStep).unwrap();
        assert!((best.distance - (0.5 - (-2.0_f64).exp())).abs() < 1e-15);
    }
}
