//! How two partitions of the same items cross.

use crate::HypergraphError;
use crate::weights::check_length;

/// The contingency table of two partitions: how many items are in part i of the first and part j
/// of the second. Parts may have any numbers; they are taken in ascending order, and only parts
/// with items count.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Contingency;
///
/// let table = Contingency::new(&[5, 5, 9, 9], &[0, 1, 1, 1])?;
/// assert_eq!((table.rows(), table.columns()), (&[2, 2][..], &[1, 3][..]));
/// assert_eq!(table.cells(), [(0, 0, 1), (0, 1, 1), (1, 1, 2)]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Contingency {
    items: usize,
    rows: Vec<usize>,
    columns: Vec<usize>,
    cells: Vec<(u32, u32, usize)>,
}

impl Contingency {
    /// Counts `a` against `b`.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both are of the same items.
    ///
    /// # Complexity
    ///
    /// O(items log items) for the sorting.
    pub fn new(a: &[u32], b: &[u32]) -> Result<Self, HypergraphError> {
        check_length("two partitions", a.len(), b.len())?;
        let (a, rows) = compact(a);
        let (b, columns) = compact(b);
        let mut pairs: Vec<(u32, u32)> = a.into_iter().zip(b).collect();
        pairs.sort_unstable();
        let mut cells: Vec<(u32, u32, usize)> = Vec::new();
        for (i, j) in pairs {
            match cells.last_mut() {
                Some((r, c, count)) if (*r, *c) == (i, j) => *count += 1,
                _ => cells.push((i, j, 1)),
            }
        }
        Ok(Self {
            items: rows.iter().sum(),
            rows,
            columns,
            cells,
        })
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Items in each part of the first partition.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Items in each part of the second partition.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The cells that are not 0, as (row, column, count), ascending.
    pub fn cells(&self) -> &[(u32, u32, usize)] {
        &self.cells
    }
}

/// Parts renumbered from 0 in ascending order, and the size of each.
fn compact(parts: &[u32]) -> (Vec<u32>, Vec<usize>) {
    let mut names = parts.to_vec();
    names.sort_unstable();
    names.dedup();
    let mut sizes = vec![0; names.len()];
    let numbered = parts
        .iter()
        .map(|part| {
            let i = names.partition_point(|name| name < part);
            sizes[i] += 1;
            i as u32
        })
        .collect();
    (numbered, sizes)
}
