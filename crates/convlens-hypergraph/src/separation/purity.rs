//! Purity and entropy of the hyperedges.

use super::{ClassCounts, Labels};
use crate::{Hypergraph, HypergraphError};

/// Size-weighted mean purity of the hyperedges: with n_ec members of class c in hyperedge e,
///
/// purity = (sum_e max_c n_ec) / (sum_e |e|)
///
/// over nonempty hyperedges (Zhao and Karypis 2001, "Criterion functions for document clustering",
/// with hyperedges for clusters). 1 if every hyperedge holds one class only. `None` if no
/// hyperedge has a member.
///
/// The number alone means little: small hyperedges are pure by chance.
/// [`Labels::majority_share`] is its baseline for large hyperedges, and
/// [`Separation`](crate::Separation) gives the null.
///
/// # Errors
///
/// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// O(incidences + hyperedges × classes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, purity};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2, 3]])?;
/// let labels = Labels::new(&[0_i64, 0, 1, 1])?;
/// assert_eq!(purity(&h, &labels)?, Some(4.0 / 5.0));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn purity(h: &Hypergraph, labels: &Labels) -> Result<Option<f64>, HypergraphError> {
    labels.check_len(h.n_nodes())?;
    let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
    Ok(purity_of(&counts))
}

/// Size-weighted mean Shannon entropy of the classes in the hyperedges, in nats:
///
/// entropy = (sum_e |e| H_e) / (sum_e |e|),  H_e = - sum_c (n_ec / |e|) ln(n_ec / |e|)
///
/// over nonempty hyperedges. 0 if every hyperedge holds one class only; smaller is better.
/// `None` if no hyperedge has a member. [`Labels::entropy`] is its baseline for large hyperedges.
///
/// # Errors
///
/// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// O(incidences + hyperedges × classes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, entropy};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2]])?;
/// let labels = Labels::new(&[0_i64, 0, 1, 1])?;
/// let half_of_ln_2 = std::f64::consts::LN_2 / 2.0; // one pure hyperedge, one even
/// assert!((entropy(&h, &labels)?.unwrap() - half_of_ln_2).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn entropy(h: &Hypergraph, labels: &Labels) -> Result<Option<f64>, HypergraphError> {
    labels.check_len(h.n_nodes())?;
    let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
    let largest = (0..h.n_edges()).map(|e| h.size(e)).max().unwrap_or(0);
    Ok(entropy_of(&counts, &x_ln_x(largest)))
}

pub(crate) fn purity_of(counts: &ClassCounts) -> Option<f64> {
    let largest: u64 = counts
        .rows()
        .map(|row| u64::from(row.iter().copied().max().unwrap_or(0)))
        .sum();
    (counts.total() > 0).then(|| largest as f64 / counts.total() as f64)
}

/// `x_ln_x` holds x ln x for all counts up to the largest hyperedge. Uses
/// |e| H_e = |e| ln |e| - sum_c n_ec ln n_ec.
pub(crate) fn entropy_of(counts: &ClassCounts, x_ln_x: &[f64]) -> Option<f64> {
    let weighted: f64 = counts
        .rows()
        .map(|row| {
            let size: u32 = row.iter().sum();
            let within: f64 = row.iter().map(|&c| x_ln_x[c as usize]).sum();
            // Rounding can leave a pure hyperedge of one class just below 0, never by more.
            (x_ln_x[size as usize] - within).max(0.0)
        })
        .sum();
    (counts.total() > 0).then(|| weighted / counts.total() as f64)
}

/// x ln x for x = 0..=largest, with 0 ln 0 = 0.
pub(crate) fn x_ln_x(largest: usize) -> Vec<f64> {
    let mut table: Vec<f64> = (0..=largest).map(|x| x as f64 * (x as f64).ln()).collect();
    table[0] = 0.0;
    table
}
