//! The ERG condition of SETOL: the largest eigenvalues whose product is 1.

use crate::metrics::spectrum::Spectrum;

/// The tail whose determinant is 1 once eigenvalues are scaled to mean 1.
///
/// With `l = lambda count / norm`, the `k` largest `l` have product 1 for some `k`: the sum of
/// their logarithms rises while they are above 1, and is under 0 for all of them together. In SETOL
/// (Martin and Hinrichs, arXiv 2507.17912, 2025) a layer is ideal where that tail is the power-law
/// tail too: the exact-renormalization-group condition.
///
/// `k` is the one whose product is nearest to 1 on a logarithmic scale; WeightWatcher takes the
/// first `k` whose product is under 1, and never the whole spectrum but where no other is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DetX {
    /// `k`: WeightWatcher's `detX_num` and `num_ERG_spikes`.
    pub num: usize,
    /// The smallest eigenvalue of that tail, in the unit of the layer's metrics: WeightWatcher's
    /// `detX_val`.
    pub val: f64,
    /// The same as `l`: what WeightWatcher calls `detX_val_unrescaled`.
    pub val_rescaled: f64,
    /// `sum of ln l` over that tail, natural logarithm: how far it is from the condition. `None` if
    /// it holds a zero.
    pub log_det: Option<f64>,
    /// `num - num_pl_spikes`, 0 in the ideal case; `None` where no power law was fitted.
    /// WeightWatcher's `ERG_gap`.
    pub erg_gap: Option<i64>,
}

/// `theirs`: the choice of WeightWatcher. `spikes`: length of the power-law tail.
pub(super) fn det_x(spectrum: &Spectrum<'_>, theirs: bool, spikes: Option<usize>) -> Option<DetX> {
    let count = spectrum.values.len();
    if count < 2 || spectrum.values[0] >= spectrum.values[count - 1] {
        return None;
    }
    let rescaled = spectrum.rescaled()?;
    let (num, log_det) = if theirs {
        first_below(&rescaled)
    } else {
        nearest(&rescaled)
    };
    // WeightWatcher's loop ends at the second value where no product was under 1, and counts them
    // all.
    let index = if theirs {
        (count - num).max(1)
    } else {
        count - num
    };
    Some(DetX {
        num,
        val: spectrum.values[index],
        val_rescaled: rescaled[index],
        log_det: log_det.is_finite().then_some(log_det),
        erg_gap: spikes.map(|spikes| num as i64 - spikes as i64),
    })
}

fn first_below(rescaled: &[f64]) -> (usize, f64) {
    let mut sum = 0.0;
    for (k, value) in rescaled[1..].iter().rev().enumerate() {
        sum += value.ln();
        if sum < 0.0 {
            return (k + 1, sum);
        }
    }
    (rescaled.len(), sum)
}

fn nearest(rescaled: &[f64]) -> (usize, f64) {
    let mut sum = 0.0;
    for (k, value) in rescaled.iter().rev().enumerate() {
        let next = sum + value.ln();
        if next < 0.0 {
            return if k > 0 && sum <= -next {
                (k, sum)
            } else {
                (k + 1, next)
            };
        }
        sum = next;
    }
    // By the inequality of means the sum of all is at most 0: rounding alone comes here.
    (rescaled.len(), sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Logarithms 2, 1, 0, -1, -4 in units of ln 2: sums 2, 3, 3, 2, -2.
        let values: Vec<f64> = [-4, -1, 0, 1, 2].map(|p| 2.0_f64.powi(p)).to_vec();
        assert_eq!(nearest(&values).0, 4);
        // Sums 2, 3, 3, 2, -1: the fifth is nearer.
        let values: Vec<f64> = [-3, -1, 0, 1, 2].map(|p| 2.0_f64.powi(p)).to_vec();
        assert_eq!(nearest(&values).0, 5);
        // WeightWatcher never looks at the smallest value, and then counts all.
        assert_eq!(first_below(&values).0, 5);
        let values: Vec<f64> = [-4, -4, 0, 1, 2].map(|p| 2.0_f64.powi(p)).to_vec();
        let (num, val) = first_below(&values);
        assert_eq!(num, 4);
        // Four logarithms of at most 3 are summed.
        assert!((val + 2.0_f64.ln()).abs() < 1e-14);
    }
}
