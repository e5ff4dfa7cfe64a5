//! What hypergraphs look like to serde: checked again when read.

use serde::{Deserialize, Serialize};

use super::{Hypergraph, WeightedHypergraph};
use crate::HypergraphError;

/// A [`Hypergraph`] as the nodes of each hyperedge.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename = "Hypergraph")]
pub(super) struct Edges {
    n_nodes: usize,
    edges: Vec<Vec<u32>>,
}

impl From<Hypergraph> for Edges {
    fn from(h: Hypergraph) -> Self {
        Self {
            n_nodes: h.n_nodes(),
            edges: (0..h.n_edges()).map(|e| h.edge(e).to_vec()).collect(),
        }
    }
}

impl TryFrom<Edges> for Hypergraph {
    type Error = HypergraphError;

    fn try_from(edges: Edges) -> Result<Self, HypergraphError> {
        // Sorting here would part the nodes from weights that come beside them.
        let ascends = |nodes: &Vec<u32>| nodes.is_sorted_by(|a, b| a < b);
        if let Some(edge) = edges.edges.iter().position(|nodes| !ascends(nodes)) {
            return Err(HypergraphError::EdgeOrder { edge });
        }
        Self::from_edges(edges.n_nodes, &edges.edges)
    }
}

/// A [`WeightedHypergraph`]; weights never given are absent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename = "WeightedHypergraph")]
pub(super) struct Weighted {
    hypergraph: Hypergraph,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_weights: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edge_weights: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incidence_weights: Option<Vec<f64>>,
}

impl From<WeightedHypergraph> for Weighted {
    fn from(w: WeightedHypergraph) -> Self {
        Self {
            node_weights: w.node_weights().map(<[f64]>::to_vec),
            edge_weights: w.edge_weights().map(<[f64]>::to_vec),
            incidence_weights: w.incidence_weights().map(<[f64]>::to_vec),
            hypergraph: w.into_hypergraph(),
        }
    }
}

impl TryFrom<Weighted> for WeightedHypergraph {
    type Error = HypergraphError;

    fn try_from(parts: Weighted) -> Result<Self, HypergraphError> {
        let mut weighted = Self::new(parts.hypergraph);
        if let Some(weights) = parts.node_weights {
            weighted = weighted.with_node_weights(weights)?;
        }
        if let Some(weights) = parts.edge_weights {
            weighted = weighted.with_edge_weights(weights)?;
        }
        if let Some(weights) = parts.incidence_weights {
            weighted = weighted.with_incidence_weights(weights)?;
        }
        Ok(weighted)
    }
}
