//! Weights through the dual and through restrictions.

use super::super::{Emptied, Restriction};
use super::WeightedHypergraph;
use crate::{Hypergraph, HypergraphError};

impl WeightedHypergraph {
    /// The dual: nodes and hyperedges change places with their weights, and incidences keep theirs
    /// in the dual's order. An involution.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    #[must_use]
    pub fn dual(&self) -> Self {
        let h = &self.hypergraph;
        let transposed = |w: &Vec<f64>| h.dual_weights(w);
        Self {
            hypergraph: h.dual(),
            node_weights: self.edge_weights.clone(),
            edge_weights: self.node_weights.clone(),
            incidence_weights: self.incidence_weights.as_ref().map(transposed),
        }
    }

    /// As [`Hypergraph::restrict_to_nodes`](crate::Hypergraph::restrict_to_nodes); what is kept
    /// keeps its weights.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::restrict_to_nodes`](crate::Hypergraph::restrict_to_nodes).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Emptied, Hypergraph, WeightedHypergraph};
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![0, 2]])?;
    /// let w = WeightedHypergraph::new(h).with_incidence_weights(vec![1.0, 2.0, 3.0, 4.0])?;
    /// let r = w.restrict_to_nodes(&[1, 2], Emptied::Keep)?;
    /// assert_eq!(r.hypergraph.incidence_weights(), Some(&[2.0, 4.0][..]));
    /// let r = w.restrict_to_edges(&[1], Emptied::DropEmpty)?;
    /// assert_eq!(r.hypergraph.incidence_weights(), Some(&[3.0, 4.0][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn restrict_to_nodes(
        &self,
        nodes: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction<Self>, HypergraphError> {
        let restriction = self.hypergraph.restrict_to_nodes(nodes, emptied)?;
        Ok(self.carry(restriction))
    }

    /// As [`Hypergraph::restrict_to_edges`](crate::Hypergraph::restrict_to_edges); what is kept
    /// keeps its weights.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::restrict_to_edges`](crate::Hypergraph::restrict_to_edges).
    pub fn restrict_to_edges(
        &self,
        edges: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction<Self>, HypergraphError> {
        let restriction = self.hypergraph.restrict_to_edges(edges, emptied)?;
        Ok(self.carry(restriction))
    }

    /// The weights of what a restriction of this hypergraph kept.
    fn carry(&self, restriction: Restriction) -> Restriction<Self> {
        let Restriction {
            hypergraph,
            nodes,
            edges,
        } = restriction;
        let pick = |w: &Vec<f64>, kept: &[u32]| kept.iter().map(|&i| w[i as usize]).collect();
        let incidences = |w: &Vec<f64>| {
            let mut picked = Vec::with_capacity(hypergraph.n_incidences());
            for (new, &old) in edges.iter().enumerate() {
                let mut old_nodes = self.hypergraph.edge(old as usize).iter();
                let mut position = self.hypergraph.incidence_range(old as usize);
                for &v in hypergraph.edge(new) {
                    // Both ascend, and the new ones are among the old ones.
                    let v = nodes[v as usize];
                    let here = old_nodes
                        .by_ref()
                        .zip(&mut position)
                        .find(|(u, _)| **u == v);
                    picked.extend(here.map(|(_, p)| w[p]));
                }
            }
            picked
        };
        let weighted = Self {
            node_weights: self.node_weights.as_ref().map(|w| pick(w, &nodes)),
            edge_weights: self.edge_weights.as_ref().map(|w| pick(w, &edges)),
            incidence_weights: self.incidence_weights.as_ref().map(incidences),
            hypergraph,
        };
        Restriction {
            hypergraph: weighted,
            nodes,
            edges,
        }
    }
}

impl Hypergraph {
    /// Weights of incidences in the order of the dual's: node by node.
    pub(crate) fn dual_weights(&self, weights: &[f64]) -> Vec<f64> {
        self.edges.transpose_values(self.n_nodes(), weights)
    }
}
