//! How much two partitions of the same items agree, adjusted for chance.
//!
//! [`adjusted_mutual_information`] and [`adjusted_rand_index`] compare two partitions;
//! [`Contingency`] is the table behind both, and [`InformationBaseline`] what a permutation null
//! computes once.
//!
//! ```
//! use convlens_hypergraph::partition::{InformationBound, adjusted_mutual_information};
//!
//! let (a, b) = ([0, 0, 1, 1], [7, 7, 2, 2]); // the same parts under other numbers
//! assert_eq!(adjusted_mutual_information(&a, &b, InformationBound::default())?, 1.0);
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

use std::collections::BTreeMap;

use crate::checks::check_length;
use crate::error::HypergraphError;

/// The contingency table of two partitions: how many items are in part i of the first and part j
/// of the second. Parts may have any numbers; they are taken in ascending order, and only parts
/// with items count.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::partition::Contingency;
///
/// let table = Contingency::new(&[5, 5, 9, 9], &[0, 1, 1, 1])?;
/// assert_eq!((table.rows(), table.columns()), (&[2, 2][..], &[1, 3][..]));
/// let cells: Vec<_> = table.cells().iter().map(|c| (c.row, c.column, c.count)).collect();
/// assert_eq!(cells, [(0, 0, 1), (0, 1, 1), (1, 1, 2)]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Contingency {
    items: usize,
    rows: Vec<usize>,
    columns: Vec<usize>,
    cells: Vec<Cell>,
}

/// A cell of a [`Contingency`] table that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cell {
    /// The part in the first partition.
    pub row: u32,
    /// The part in the second partition.
    pub column: u32,
    /// How many items are in both.
    pub count: usize,
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
        let mut cells: Vec<Cell> = Vec::new();
        for (row, column) in pairs {
            match cells.last_mut() {
                Some(cell) if (cell.row, cell.column) == (row, column) => cell.count += 1,
                _ => cells.push(Cell {
                    row,
                    column,
                    count: 1,
                }),
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

    /// The cells that are not 0, ascending by row, then by column.
    pub fn cells(&self) -> &[Cell] {
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

/// The upper bound that mutual information is measured against: a mean of both entropies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InformationBound {
    /// (H(a) + H(b)) / 2: the default, as scikit-learn's.
    #[default]
    Arithmetic,
    /// sqrt(H(a) H(b)).
    Geometric,
    /// max(H(a), H(b)).
    Max,
    /// min(H(a), H(b)): the tightest bound.
    Min,
}

impl Contingency {
    /// Mutual information of the two partitions, in nats: sum of (n_ij / N) ln(N n_ij / (a_i b_j)).
    pub fn mutual_information(&self) -> f64 {
        let total = self.items() as f64;
        let cells = self.cells().iter().map(|cell| {
            let (a, b) = (
                self.rows()[cell.row as usize],
                self.columns()[cell.column as usize],
            );
            let n = cell.count as f64;
            n / total * (n * total / (a as f64 * b as f64)).ln()
        });
        cells.sum::<f64>().max(0.0)
    }

    /// Entropies of the first and of the second partition, in nats.
    pub fn entropies(&self) -> (f64, f64) {
        let total = self.items() as f64;
        let entropy = |sizes: &[usize]| -> f64 {
            let shares = sizes.iter().map(|&n| n as f64 / total);
            shares.map(|p| -p * p.ln()).sum::<f64>().max(0.0)
        };
        (entropy(self.rows()), entropy(self.columns()))
    }
}

/// What adjusts mutual information for chance. It depends on the sizes of the parts alone, so one
/// serves all permutations of a partition.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::partition::{Contingency, InformationBaseline, InformationBound};
///
/// let table = Contingency::new(&[0, 0, 1, 1], &[1, 1, 0, 0])?;
/// let baseline = InformationBaseline::new(&table, InformationBound::Arithmetic);
/// assert!((baseline.adjust(table.mutual_information()) - 1.0).abs() < 1e-14);
/// assert!((baseline.adjust(baseline.expected)).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InformationBaseline {
    /// Mutual information expected by chance, in nats.
    pub expected: f64,
    /// The bound: a mean of the entropies, in nats.
    pub upper: f64,
    /// Which mean.
    pub bound: InformationBound,
}

impl InformationBaseline {
    /// The baseline for partitions with the part sizes of `table`.
    ///
    /// # Complexity
    ///
    /// As [`expected_mutual_information`].
    pub fn new(table: &Contingency, bound: InformationBound) -> Self {
        let (a, b) = table.entropies();
        let upper = match bound {
            InformationBound::Arithmetic => 0.5 * (a + b),
            InformationBound::Geometric => (a * b).sqrt(),
            InformationBound::Max => a.max(b),
            InformationBound::Min => a.min(b),
        };
        Self {
            expected: expected(table.items(), table.rows(), table.columns()),
            upper,
            bound,
        }
    }

    /// (information - expected) / (upper - expected). Where chance reaches the bound, so that
    /// nothing can be told from chance (one part, or each item its own part), the value is 0.
    pub fn adjust(&self, information: f64) -> f64 {
        let room = self.upper - self.expected;
        // Entropies are sums of up to N terms p ln p: rounding is far below this.
        if room.abs() <= 1e-12 * self.upper.max(1e-3) {
            return 0.0;
        }
        (information - self.expected) / room
    }
}

/// Adjusted mutual information of two partitions (Vinh, Epps and Bailey 2010, "Information
/// theoretic measures for clusterings comparison", equation 15):
///
/// AMI = (MI - E\[MI\]) / (bound - E\[MI\]).
///
/// 1 for equal partitions, 0 on average for random ones with the same part sizes; it may be
/// negative.
///
/// # Conventions
///
/// Numbers of parts are names only. Partitions that are equal up to names have 1, those of no items
/// included; else, where chance itself reaches the bound (one of them is a single part), 0. So does
/// scikit-learn's `adjusted_mutual_info_score`, whose values these are. For a permutation null make
/// one [`InformationBaseline`].
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both are of the same items.
///
/// # Complexity
///
/// O(items log items), and [`expected_mutual_information`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::partition::{InformationBound, adjusted_mutual_information};
///
/// let bound = InformationBound::default();
/// let same = adjusted_mutual_information(&[0, 0, 1, 1], &[7, 7, 2, 2], bound)?;
/// assert_eq!(same, 1.0);
/// let apart = adjusted_mutual_information(&[0, 0, 1, 1], &[0, 1, 0, 1], bound)?;
/// assert!((apart + 0.5).abs() < 1e-14);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "ami")]
#[doc(alias = "adjusted_mutual_info_score")]
pub fn adjusted_mutual_information(
    a: &[u32],
    b: &[u32],
    bound: InformationBound,
) -> Result<f64, HypergraphError> {
    let table = Contingency::new(a, b)?;
    if table.is_match() {
        return Ok(1.0);
    }
    Ok(InformationBaseline::new(&table, bound).adjust(table.mutual_information()))
}

/// The expected mutual information (nats) of two random partitions with parts of the given sizes
/// (Vinh, Epps and Bailey 2010, equation 24a): the contingency table is drawn under the
/// hypergeometric model, so with N items and each pair of sizes (a, b)
///
/// E\[MI\] = sum over (a, b) of E\[ (n / N) ln(N n / (a b)) \], n ~ Hypergeometric(N, a, b).
///
/// It depends on the sizes alone: a permutation null computes it once. Exact: no sampling. The
/// probabilities come by recurrence from the mode of n outwards and are divided by their sum, so no
/// factorial is taken and nothing overflows.
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) unless the sizes of both partitions have the
/// same sum, or if that is beyond `usize`.
///
/// # Complexity
///
/// O(pairs of distinct sizes × spread of n), with a spread of at most min(a, b), and of some
/// twenty standard deviations.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::partition::expected_mutual_information;
///
/// // Two items: {1, 1} against {1, 1} always agree.
/// assert!((expected_mutual_information(&[1, 1], &[1, 1])? - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(expected_mutual_information(&[4], &[2, 2])?, 0.0);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn expected_mutual_information(
    rows: &[usize],
    columns: &[usize],
) -> Result<f64, HypergraphError> {
    let sum = |sizes: &[usize]| sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(n));
    match (sum(rows), sum(columns)) {
        (Some(total), Some(other)) if total == other => Ok(expected(total, rows, columns)),
        (left, right) => Err(HypergraphError::LengthMismatch {
            what: "items of two partitions",
            left: left.unwrap_or(usize::MAX),
            right: right.unwrap_or(usize::MAX),
        }),
    }
}

/// [`expected_mutual_information`] of sizes that both have the sum `total`.
fn expected(total: usize, rows: &[usize], columns: &[usize]) -> f64 {
    let (rows, columns) = (by_size(rows), by_size(columns));
    let mut sum = 0.0;
    for (&a, &times_a) in &rows {
        for (&b, &times_b) in &columns {
            sum += times_a as f64 * times_b as f64 * expected_term(total, a, b);
        }
    }
    // Every term is a mean of n ln n less its convex bound: the whole is not negative.
    f64::max(sum, 0.0)
}

fn by_size(sizes: &[usize]) -> BTreeMap<usize, usize> {
    let mut times = BTreeMap::new();
    for &size in sizes.iter().filter(|&&size| size > 0) {
        *times.entry(size).or_default() += 1;
    }
    times
}

/// E[(n / N) ln(N n / (a b))].
fn expected_term(total: usize, a: usize, b: usize) -> f64 {
    let low = a.saturating_sub(total - b);
    let high = a.min(b);
    let (nf, af, bf) = (total as f64, a as f64, b as f64);
    let value = |n: usize| {
        let x = n as f64;
        if n == 0 {
            0.0
        } else {
            x / nf * (x * nf / (af * bf)).ln()
        }
    };
    // P(n + 1) / P(n).
    let ratio = |n: usize| {
        let x = n as f64;
        (af - x) * (bf - x) / ((x + 1.0) * (nf - af - bf + x + 1.0))
    };
    let mode = (((af + 1.0) * (bf + 1.0) / (nf + 2.0)) as usize).clamp(low, high);
    let (mut mass, mut sum) = (1.0, value(mode));
    let mut add = |p: f64, n: usize| {
        mass += p;
        sum += p * value(n);
        p > 1e-25
    };
    let mut p = 1.0;
    for n in mode..high {
        p *= ratio(n);
        if !add(p, n + 1) {
            break;
        }
    }
    p = 1.0;
    for n in (low..mode).rev() {
        p /= ratio(n);
        if !add(p, n) {
            break;
        }
    }
    sum / mass
}

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
/// use convlens_hypergraph::partition::adjusted_rand_index;
///
/// assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[3, 3, 2, 2])?, 1.0);
/// assert!((adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1])? + 0.5).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "ari")]
#[doc(alias = "adjusted_rand_score")]
pub fn adjusted_rand_index(a: &[u32], b: &[u32]) -> Result<f64, HypergraphError> {
    let table = Contingency::new(a, b)?;
    if table.is_match() {
        return Ok(1.0);
    }
    let pairs = |n: usize| (n as u128 * (n as u128).saturating_sub(1)) / 2;
    let together = |sizes: &[usize]| sizes.iter().map(|&n| pairs(n)).sum::<u128>() as f64;
    let both = table
        .cells()
        .iter()
        .map(|cell| pairs(cell.count))
        .sum::<u128>() as f64;
    let (rows, columns) = (together(table.rows()), together(table.columns()));
    // Partitions that differ have at least two items, and not both all or no pairs together.
    let expected = rows * columns / pairs(table.items()) as f64;
    Ok((both - expected) / (0.5 * (rows + columns) - expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean over all orders of the second partition.
    fn by_enumeration(rows: &[usize], columns: &[usize]) -> f64 {
        let expand = |sizes: &[usize]| -> Vec<u32> {
            let parts = sizes.iter().enumerate();
            parts
                .flat_map(|(i, &n)| std::iter::repeat_n(i as u32, n))
                .collect()
        };
        let (a, mut b) = (expand(rows), expand(columns));
        let (mut sum, mut orders) = (0.0, 0.0);
        permute(&mut b, 0, &mut |b| {
            let table = Contingency::new(&a, b).unwrap();
            sum += table.mutual_information();
            orders += 1.0;
        });
        sum / orders
    }

    fn permute(items: &mut [u32], from: usize, visit: &mut impl FnMut(&[u32])) {
        if from == items.len() {
            return visit(items);
        }
        for i in from..items.len() {
            items.swap(from, i);
            permute(items, from + 1, visit);
            items.swap(from, i);
        }
    }

    #[test]
    fn it_is_the_mean_over_all_orders() {
        for (rows, columns) in [
            (vec![3, 4], vec![2, 5]),
            (vec![1, 1, 5], vec![6, 1]),
            (vec![2, 2, 2], vec![3, 2, 1]),
            (vec![1, 1, 1, 1], vec![2, 2]),
            (vec![7], vec![3, 4]),
        ] {
            let slow = by_enumeration(&rows, &columns);
            let fast = expected_mutual_information(&rows, &columns).unwrap();
            // Up to 5040 terms below 2 are summed in the slow one.
            assert!((slow - fast).abs() < 1e-12, "{rows:?} {columns:?}");
        }
    }
}
