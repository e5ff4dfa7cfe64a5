//! Frequencies: row-major indices on a grid, and the half that determines the other.

use crate::{SvdError, kernel::checked_product};

/// Frequencies of a grid at most: half of them are listed, in 8 GiB then.
const MOST_FREQUENCIES: usize = 1 << 31;

/// The points of a grid of frequencies, refused where lists of them would not fit.
pub(super) fn check_frequencies(grid: &[usize]) -> Result<usize, SvdError> {
    let points = checked_product(grid)?;
    if points > MOST_FREQUENCIES {
        return Err(SvdError::TooLarge {
            what: "the number of frequencies",
            needed: points as u64,
            limit: MOST_FREQUENCIES as u64,
        });
    }
    Ok(points)
}

/// The singular values at one frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyValues<'a> {
    /// The frequency `f`, an index on [`OperatorSpectrum::frequency_grid`](crate::OperatorSpectrum::frequency_grid).
    pub frequency: Vec<usize>,
    /// Its singular values, descending.
    pub values: &'a [f64],
    /// 2 where `-f` is another frequency (with the same values), 1 where `f = -f`.
    pub multiplicity: usize,
}

impl<'a> FrequencyValues<'a> {
    pub(super) fn new(flat: usize, grid: &[usize], values: &'a [f64]) -> Self {
        Self {
            frequency: unravel(flat, grid),
            values,
            multiplicity: multiplicity(flat, grid),
        }
    }
}

/// 1 for a frequency that is its own negative, else 2.
pub(super) fn multiplicity(flat: usize, grid: &[usize]) -> usize {
    if negated(flat, grid) == flat { 1 } else { 2 }
}

/// The canonical half of the frequencies of a grid, those whose row-major index is at most that of their negative,
/// ascending.
pub(super) fn canonical(grid: &[usize]) -> Vec<usize> {
    let all: usize = grid.iter().product();
    (0..all).filter(|&f| f <= negated(f, grid)).collect()
}

/// The multi-index of a row-major index.
pub(crate) fn unravel(mut flat: usize, grid: &[usize]) -> Vec<usize> {
    let mut index = vec![0; grid.len()];
    for (i, &n) in index.iter_mut().zip(grid).rev() {
        *i = flat % n;
        flat /= n;
    }
    index
}

/// The row-major index of `-f` modulo the grid, for the row-major index of `f`.
pub(crate) fn negated(mut flat: usize, grid: &[usize]) -> usize {
    let (mut out, mut step) = (0, 1);
    for &n in grid.iter().rev() {
        out += (n - flat % n) % n * step;
        flat /= n;
        step *= n;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negation_is_an_involution_with_the_right_fixed_points() {
        for grid in [vec![], vec![1], vec![6], vec![5], vec![4, 3], vec![2, 4, 3]] {
            let n: usize = grid.iter().product();
            let fixed = (0..n).filter(|&f| negated(f, &grid) == f).count();
            let expected: usize = grid
                .iter()
                .map(|&n| if n % 2 == 0 { 2 } else { 1 })
                .product();
            assert_eq!(fixed, expected, "{grid:?}");
            assert!((0..n).all(|f| negated(negated(f, &grid), &grid) == f));
            let half = canonical(&grid);
            let counted: usize = half.iter().map(|&f| multiplicity(f, &grid)).sum();
            assert_eq!(counted, n, "{grid:?}");
        }
    }
}
