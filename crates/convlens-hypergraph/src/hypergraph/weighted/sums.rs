//! Weighted degrees and sizes.

use super::WeightedHypergraph;
use crate::HypergraphError;

impl WeightedHypergraph {
    /// The weighted degree of each node v: the sum of w(e) b(v, e) over its hyperedges e, with
    /// hyperedge weights w and incidence weights b (Zhou, Huang and Schölkopf 2006, "Learning with
    /// hypergraphs", section 2, where b is 0 or 1).
    ///
    /// # Errors
    ///
    /// [`WeightOverflow`](HypergraphError::WeightOverflow) for the first node whose sum is not
    /// finite.
    ///
    /// # Complexity
    ///
    /// O(nodes + incidences), summed in the order of the hyperedges.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, WeightedHypergraph};
    ///
    /// let h = Hypergraph::from_edges(2, &[vec![0, 1], vec![1]])?;
    /// let w = WeightedHypergraph::new(h).with_edge_weights(vec![3.0, 0.5])?;
    /// assert_eq!(w.weighted_degrees()?, [3.0, 3.5]);
    /// assert_eq!(w.weighted_sizes()?, [2.0, 1.0]); // no node weights: the plain sizes
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn weighted_degrees(&self) -> Result<Vec<f64>, HypergraphError> {
        let mut sums = vec![0.0; self.hypergraph.n_nodes()];
        let weights = self.incidence_weights();
        for (i, (v, e)) in self.hypergraph.incidences().enumerate() {
            let weight = weights.map_or(1.0, |w| w[i]);
            sums[v as usize] += weight * self.edge_weight(e as usize);
        }
        finite("node", sums)
    }

    /// The weighted size of each hyperedge e: the sum of w(v) b(v, e) over its nodes v, with node
    /// weights w and incidence weights b. It is the weighted degree in the dual; without node
    /// weights, the hyperedge degree of Zhou, Huang and Schölkopf 2006.
    ///
    /// # Errors
    ///
    /// [`WeightOverflow`](HypergraphError::WeightOverflow) for the first hyperedge whose sum is not
    /// finite.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + incidences), summed in the order of the nodes.
    pub fn weighted_sizes(&self) -> Result<Vec<f64>, HypergraphError> {
        let mut sums = vec![0.0; self.hypergraph.n_edges()];
        let weights = self.incidence_weights();
        for (i, (v, e)) in self.hypergraph.incidences().enumerate() {
            let weight = weights.map_or(1.0, |w| w[i]);
            sums[e as usize] += weight * self.node_weight(v as usize);
        }
        finite("hyperedge", sums)
    }
}

/// The sums, unless one of them overflowed.
pub(crate) fn finite(what: &'static str, sums: Vec<f64>) -> Result<Vec<f64>, HypergraphError> {
    match sums.iter().position(|sum| !sum.is_finite()) {
        Some(index) => Err(HypergraphError::WeightOverflow { what, index }),
        None => Ok(sums),
    }
}
