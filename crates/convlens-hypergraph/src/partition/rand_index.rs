//! Agreement over pairs of items.

use super::Contingency;
use crate::HypergraphError;

impl Contingency {
    /// Are the partitions equal but for the names of their parts?
    pub fn is_match(&self) -> bool {
        self.cells().len() == self.rows().len() && self.cells().len() == self.columns().len()
    }
}

/// The adjusted Rand index of two partitions (Hubert and Arabie 1985, equation 5): with S the pairs
/// together in both, A and B those together in each, and E = A B / C(N, 2),
///
/// ARI = (S - E) / ((A + B) / 2 - E).
///
/// # Conventions
///
/// 1 for partitions that are equal up to names, those of no items included. As scikit-learn's
/// `adjusted_rand_score`.
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both are of the same items.
///
/// # Complexity
///
/// O(items log items).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::adjusted_rand_index;
///
/// assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[3, 3, 2, 2])?, 1.0);
/// assert!((adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1])? + 0.5).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn adjusted_rand_index(a: &[u32], b: &[u32]) -> Result<f64, HypergraphError> {
    let table = Contingency::new(a, b)?;
    if table.is_match() {
        return Ok(1.0);
    }
    let pairs = |n: usize| (n as u128 * (n as u128).saturating_sub(1)) / 2;
    let together = |sizes: &[usize]| sizes.iter().map(|&n| pairs(n)).sum::<u128>() as f64;
    let both = table.cells().iter().map(|c| pairs(c.2)).sum::<u128>() as f64;
    let (rows, columns) = (together(table.rows()), together(table.columns()));
    // Partitions that differ have at least two items, and not both all or no pairs together.
    let expected = rows * columns / pairs(table.items()) as f64;
    Ok((both - expected) / (0.5 * (rows + columns) - expected))
}
