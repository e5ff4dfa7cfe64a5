//! Frequencies: row-major indices on a grid, and the half that determines the other.

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
pub(crate) fn negated(flat: usize, grid: &[usize]) -> usize {
    unravel(flat, grid)
        .iter()
        .zip(grid)
        .fold(0, |acc, (&f, &n)| acc * n + (n - f) % n)
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
        }
    }
}
