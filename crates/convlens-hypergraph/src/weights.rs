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

/// One finite weight, of any sign, for each of `count`.
pub(crate) fn check_finite_weights(
    what: &'static str,
    list: &'static str,
    weights: &[f64],
    count: usize,
) -> Result<(), HypergraphError> {
    check_length(list, weights.len(), count)?;
    match weights.iter().position(|w| !w.is_finite()) {
        Some(index) => Err(HypergraphError::NonFiniteWeight {
            what,
            index,
            value: weights[index],
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
