//! Checks of what callers give: counts, room in memory, lengths, weights, fractions.

use crate::error::HypergraphError;

/// Indices are `u32`, so counts go up to 2^32 - 1 (the count itself must fit as well); on 32-bit
/// targets, as far as an array of offsets does.
const MAX_COUNT: usize = {
    let offsets = isize::MAX as usize / size_of::<usize>() - 1;
    if u32::MAX as usize <= offsets {
        u32::MAX as usize
    } else {
        offsets
    }
};

/// Above so many entries the allocator is asked before anything is allocated: a request that it
/// refuses is an error then, not an abort.
const LARGE: usize = 1 << 24;

/// `u32` can name so many nodes, hyperedges, inputs or features, and one offset for each fits in
/// memory.
pub(crate) fn check_count(what: &'static str, count: usize) -> Result<(), HypergraphError> {
    check_at_most(what, count, MAX_COUNT)?;
    check_room::<usize>(what, count + 1)
}

/// A count that is at most `max`.
pub(crate) fn check_at_most(
    what: &'static str,
    count: usize,
    max: usize,
) -> Result<(), HypergraphError> {
    if count > max {
        return Err(HypergraphError::TooMany { what, count, max });
    }
    Ok(())
}

/// Whether the allocator would give room for `count` items.
pub(crate) fn check_room<T>(what: &'static str, count: usize) -> Result<(), HypergraphError> {
    if count > LARGE {
        drop(room::<T>(what, count)?);
    }
    Ok(())
}

/// An empty list with room for `count` items.
pub(crate) fn room<T>(what: &'static str, count: usize) -> Result<Vec<T>, HypergraphError> {
    let mut list = Vec::new();
    match list.try_reserve_exact(count) {
        Ok(()) => Ok(list),
        Err(_) => Err(out_of_memory::<T>(what, count)),
    }
}

/// Makes room for one more item, and for many where there is none.
pub(crate) fn grow<T>(what: &'static str, list: &mut Vec<T>) -> Result<(), HypergraphError> {
    let count = list.len() + 1;
    list.try_reserve(1)
        .map_err(|_| out_of_memory::<T>(what, count))
}

fn out_of_memory<T>(what: &'static str, count: usize) -> HypergraphError {
    HypergraphError::OutOfMemory {
        what,
        count,
        bytes: (count as u128).saturating_mul(size_of::<T>() as u128),
    }
}

/// The number of entries of a square matrix.
pub(crate) fn square(what: &'static str, n: usize) -> Result<usize, HypergraphError> {
    n.checked_mul(n).ok_or(HypergraphError::OutOfMemory {
        what,
        count: usize::MAX,
        bytes: (n as u128).saturating_mul(n as u128),
    })
}

/// The least overlap of s-walks: with s = 0 every two hyperedges would be joined.
pub(crate) fn check_s(s: usize) -> Result<(), HypergraphError> {
    check_at_least("s", s, 1)
}

/// A count that is at least `min`.
pub(crate) fn check_at_least(
    what: &'static str,
    count: usize,
    min: usize,
) -> Result<(), HypergraphError> {
    if count < min {
        return Err(HypergraphError::TooFew { what, count, min });
    }
    Ok(())
}

/// The most permutations of a null: their p-values have eight digits, more than any use for them.
const MAX_PERMUTATIONS: usize = 100_000_000;

/// From 1 to [`MAX_PERMUTATIONS`].
pub(crate) fn check_permutations(permutations: usize) -> Result<(), HypergraphError> {
    if permutations == 0 {
        return Err(HypergraphError::NoPermutations);
    }
    check_at_most("permutations", permutations, MAX_PERMUTATIONS)
}

/// Strictly between 0 and 1.
pub(crate) fn check_fraction(what: &'static str, value: f64) -> Result<(), HypergraphError> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(HypergraphError::Fraction { what, value })
    }
}

/// Two lists of equal length.
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

/// The sums of weights, unless one of them overflowed.
pub(crate) fn check_sums(what: &'static str, sums: Vec<f64>) -> Result<Vec<f64>, HypergraphError> {
    match sums.iter().position(|sum| !sum.is_finite()) {
        Some(index) => Err(HypergraphError::WeightOverflow { what, index }),
        None => Ok(sums),
    }
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
