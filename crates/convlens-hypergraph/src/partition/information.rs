//! Mutual information, and its adjustment for chance.

use super::{Contingency, expected_mutual_information};
use crate::HypergraphError;

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
        let cells = self.cells().iter().map(|&(i, j, count)| {
            let (a, b) = (self.rows()[i as usize], self.columns()[j as usize]);
            let n = count as f64;
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
/// use convlens_hypergraph::{Contingency, InformationBaseline, InformationBound};
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
            expected: expected_mutual_information(table.rows(), table.columns()),
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

/// Adjusted mutual information of two partitions (Vinh, Epps and Bailey 2010, "Information theoretic
/// measures for clusterings comparison", equation 15):
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
/// use convlens_hypergraph::{InformationBound, adjusted_mutual_information};
///
/// let bound = InformationBound::default();
/// let same = adjusted_mutual_information(&[0, 0, 1, 1], &[7, 7, 2, 2], bound)?;
/// assert_eq!(same, 1.0);
/// let apart = adjusted_mutual_information(&[0, 0, 1, 1], &[0, 1, 0, 1], bound)?;
/// assert!((apart + 0.5).abs() < 1e-14);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
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
