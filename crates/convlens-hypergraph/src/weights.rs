//! Checks of weights given as slices.

use crate::HypergraphError;

/// One finite weight of at least 0 for each of `count`.
pub(crate) fn check_weights(
    what: &'static str,
    weights: &[f64],
    count: usize,
) -> Result<(), HypergraphError> {
    check_length(what, weights.len(), count)?;
    match weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        Some(index) => Err(HypergraphError::BadWeight {
            what,
            index,
            value: weights[index],
        }),
        None => Ok(()),
    }
}

/// As [`check_weights`], and none is 0.
pub(crate) fn check_positive(
    what: &'static str,
    weights: &[f64],
    count: usize,
) -> Result<(), HypergraphError> {
    check_weights(what, weights, count)?;
    match weights.iter().position(|&w| w == 0.0) {
        Some(index) => Err(HypergraphError::BadWeight {
            what,
            index,
            value: 0.0,
        }),
        None => Ok(()),
    }
}

pub(crate) fn check_length(
    what: &'static str,
    left: usize,
    right: usize,
) -> Result<(), HypergraphError> {
    if left != right {
        return Err(HypergraphError::LengthMismatch { what, left, right });
    }
    Ok(())
}

/// The weights divided by the largest (1 each if none are given): sums cannot overflow.
pub(crate) fn relative(weights: Option<&[f64]>, count: usize) -> Vec<f64> {
    match weights {
        None => vec![1.0; count],
        Some(weights) => {
            let max = weights.iter().copied().fold(0.0, f64::max);
            let scale = if max > 0.0 { max } else { 1.0 };
            weights.iter().map(|w| w / scale).collect()
        }
    }
}
