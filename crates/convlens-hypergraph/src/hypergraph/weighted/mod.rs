//! A hypergraph with weights on nodes, hyperedges and incidences.

mod build;
mod carry;
mod sums;

use std::borrow::Cow;

pub use build::DuplicateWeights;
pub(super) use sums::finite;

use super::Hypergraph;
#[cfg(feature = "serde")]
use super::serial::Weighted;
use crate::HypergraphError;
use crate::weights::check_finite_weights;

/// A [`Hypergraph`] with optional weights on its nodes, hyperedges and incidences.
///
/// # Conventions
///
/// - A weight is a finite number, of any sign; 0 is a weight, not an absence. An algorithm that
///   needs more (no negative ones, say) checks it and says so.
/// - Weights never given are 1. [`node_weights`](Self::node_weights) and its like are `None` then;
///   [`node_weights_or_ones`](Self::node_weights_or_ones) and its like fill in the ones.
/// - Incidence weights are in the order of [`Hypergraph::incidences`]: hyperedge by hyperedge,
///   nodes ascending; those of one hyperedge are at [`Hypergraph::incidence_range`].
/// - Nothing ties the three together: an incidence weight does not contain its hyperedge's.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, WeightedHypergraph};
///
/// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
/// let w = WeightedHypergraph::new(h)
///     .with_edge_weights(vec![2.0, 0.5])?
///     .with_incidence_weights(vec![1.0, 3.0, 4.0, 1.0])?;
/// assert_eq!(w.incidence_weight(1, 1), Some(4.0));
/// assert_eq!(w.weighted_degrees()?, [2.0, 8.0, 0.5]);
/// assert_eq!(w.node_weights(), None);
/// assert_eq!(&w.node_weights_or_ones()[..], &[1.0; 3]);
/// assert_eq!(w.dual().node_weights(), Some(&[2.0, 0.5][..]));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Weighted", into = "Weighted"))]
pub struct WeightedHypergraph {
    hypergraph: Hypergraph,
    node_weights: Option<Vec<f64>>,
    edge_weights: Option<Vec<f64>>,
    incidence_weights: Option<Vec<f64>>,
}

impl From<Hypergraph> for WeightedHypergraph {
    fn from(hypergraph: Hypergraph) -> Self {
        Self::new(hypergraph)
    }
}

impl WeightedHypergraph {
    /// A hypergraph in which every weight is 1.
    pub fn new(hypergraph: Hypergraph) -> Self {
        Self {
            hypergraph,
            node_weights: None,
            edge_weights: None,
            incidence_weights: None,
        }
    }

    /// Sets the weights of the nodes.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one for each;
    /// [`NonFiniteWeight`](HypergraphError::NonFiniteWeight) for the first NaN or infinity.
    pub fn with_node_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        check_finite_weights("node", "node weights", &weights, self.hypergraph.n_nodes())?;
        self.node_weights = Some(weights);
        Ok(self)
    }

    /// Sets the weights of the hyperedges.
    ///
    /// # Errors
    ///
    /// As [`with_node_weights`](Self::with_node_weights).
    pub fn with_edge_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        let n_edges = self.hypergraph.n_edges();
        check_finite_weights("hyperedge", "hyperedge weights", &weights, n_edges)?;
        self.edge_weights = Some(weights);
        Ok(self)
    }

    /// Sets the weights of the incidences, in the order of [`Hypergraph::incidences`].
    ///
    /// # Errors
    ///
    /// As [`with_node_weights`](Self::with_node_weights).
    pub fn with_incidence_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        let len = self.hypergraph.n_incidences();
        check_finite_weights("incidence", "incidence weights", &weights, len)?;
        self.incidence_weights = Some(weights);
        Ok(self)
    }

    /// The hypergraph without its weights.
    pub fn hypergraph(&self) -> &Hypergraph {
        &self.hypergraph
    }

    /// The hypergraph alone; the weights are dropped.
    pub fn into_hypergraph(self) -> Hypergraph {
        self.hypergraph
    }

    /// The weights of the nodes, if given.
    pub fn node_weights(&self) -> Option<&[f64]> {
        self.node_weights.as_deref()
    }

    /// The weights of the hyperedges, if given.
    pub fn edge_weights(&self) -> Option<&[f64]> {
        self.edge_weights.as_deref()
    }

    /// The weights of the incidences, if given, in the order of [`Hypergraph::incidences`].
    pub fn incidence_weights(&self) -> Option<&[f64]> {
        self.incidence_weights.as_deref()
    }

    /// The weights of the nodes, ones if none were given.
    pub fn node_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.node_weights(), self.hypergraph.n_nodes())
    }

    /// The weights of the hyperedges, ones if none were given.
    pub fn edge_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.edge_weights(), self.hypergraph.n_edges())
    }

    /// The weights of the incidences, ones if none were given.
    pub fn incidence_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.incidence_weights(), self.hypergraph.n_incidences())
    }

    /// The weight of one node.
    ///
    /// # Panics
    ///
    /// Unless `node` is below the number of nodes.
    pub fn node_weight(&self, node: usize) -> f64 {
        assert!(node < self.hypergraph.n_nodes(), "node {node}");
        self.node_weights.as_ref().map_or(1.0, |w| w[node])
    }

    /// The weight of one hyperedge.
    ///
    /// # Panics
    ///
    /// Unless `edge` is below the number of hyperedges.
    pub fn edge_weight(&self, edge: usize) -> f64 {
        assert!(edge < self.hypergraph.n_edges(), "hyperedge {edge}");
        self.edge_weights.as_ref().map_or(1.0, |w| w[edge])
    }

    /// The weight of one incidence; `None` where the node is not in the hyperedge.
    ///
    /// # Panics
    ///
    /// Unless `edge` is below the number of hyperedges.
    ///
    /// # Complexity
    ///
    /// O(log size).
    pub fn incidence_weight(&self, node: u32, edge: usize) -> Option<f64> {
        let at = self.hypergraph.incidence_index(node, edge)?;
        let weights = self.incidence_weights.as_ref();
        Some(weights.map_or(1.0, |w| w[at]))
    }
}

fn or_ones(weights: Option<&[f64]>, len: usize) -> Cow<'_, [f64]> {
    weights.map_or_else(|| Cow::Owned(vec![1.0; len]), Cow::Borrowed)
}
